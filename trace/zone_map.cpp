// SPDX-License-Identifier: GPL-2.0-only
#include "trace/zone_map.h"

#include <algorithm>
#include <string>

#include "trace/recording.h"

namespace spb::trace {

namespace {

/// Each round may settle a zone that the one before left shared; in practice one or two do.
constexpr int rounds_max = 8;

}  // namespace

ZoneMap::ZoneMap(std::vector<RecordedZone>& zones, std::size_t preferred, const std::string& file)
    : zones_(zones) {
  std::vector<uint64_t> borders;
  for (const RecordedZone& zone : zones) {
    borders.push_back(zone.start_pfn);
    borders.push_back(zone.end_pfn());
  }
  std::sort(borders.begin(), borders.end());
  borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
  for (const uint64_t border : borders)
    intervals_.push_back({border, no_owner});

  std::vector<bool> settled(zones.size(), false);
  for (int round = 0; round < rounds_max && settle(settled, file); ++round) {
  }
  share(settled);
  if (preferred < zones.size()) own(preferred, shared);
}

ZoneMap::Range ZoneMap::range_of(const RecordedZone& zone) const {
  const auto at = [this](uint64_t pfn) {
    const auto found = std::lower_bound(intervals_.begin(), intervals_.end(), pfn,
                                        [](const Interval& i, uint64_t p) { return i.start < p; });
    return static_cast<std::size_t>(found - intervals_.begin());
  };
  return {at(zone.start_pfn), at(zone.end_pfn())};
}

/// Frames of the span that no settled zone owns.
uint64_t ZoneMap::pages_left(std::size_t zone) const {
  uint64_t pages = 0;
  const Range range = range_of(zones_[zone]);
  for (std::size_t i = range.first; i < range.end; ++i) {
    if (intervals_[i].owner == no_owner) pages += intervals_[i + 1].start - intervals_[i].start;
  }
  return pages;
}

void ZoneMap::own(std::size_t zone, uint32_t from) {
  const Range range = range_of(zones_[zone]);
  for (std::size_t i = range.first; i < range.end; ++i) {
    if (intervals_[i].owner == from) intervals_[i].owner = static_cast<uint32_t>(zone);
  }
}

/// Gives what is left of a span to a zone that needs all of it; false if there is none.
bool ZoneMap::settle(std::vector<bool>& settled, const std::string& file) {
  bool any = false;
  for (std::size_t z = 0; z < zones_.size(); ++z) {
    if (settled[z] || !zones_[z].present_pages) continue;
    const uint64_t present = *zones_[z].present_pages;
    const uint64_t left = pages_left(z);
    if (left < present) {
      throw InputError(file, 0,
                       {"zone " + zones_[z].name + " with " + std::to_string(present) +
                            " pages present, of which other zones leave " + std::to_string(left),
                        "each page in one zone"});
    }
    if (left != present) continue;
    own(z, no_owner);
    settled[z] = any = true;
  }
  return any;
}

/// What one unsettled zone alone spans is its own; what several span is shared.
void ZoneMap::share(const std::vector<bool>& settled) {
  for (std::size_t z = 0; z < zones_.size(); ++z) {
    if (settled[z]) continue;
    const Range range = range_of(zones_[z]);
    for (std::size_t i = range.first; i < range.end; ++i) {
      uint32_t& owner = intervals_[i].owner;
      const bool free = owner == no_owner;
      if (free) {
        owner = static_cast<uint32_t>(z);
      } else if (owner == shared || !settled[owner]) {
        owner = shared;
      }
    }
  }
}

uint64_t ZoneMap::shared_pages() const {
  uint64_t pages = 0;
  for (std::size_t i = 0; i + 1 < intervals_.size(); ++i) {
    if (intervals_[i].owner == shared) pages += intervals_[i + 1].start - intervals_[i].start;
  }
  return pages;
}

/// The interval that holds a frame; intervals_.size() for one outside all of them.
std::size_t ZoneMap::interval_of(uint64_t pfn) {
  const auto holds = [&](std::size_t i) {
    return i + 1 < intervals_.size() && intervals_[i].start <= pfn && pfn < intervals_[i + 1].start;
  };
  if (holds(last_)) return last_;
  const auto above = std::upper_bound(intervals_.begin(), intervals_.end(), pfn,
                                      [](uint64_t p, const Interval& i) { return p < i.start; });
  if (above == intervals_.begin() || above == intervals_.end()) return intervals_.size();
  last_ = static_cast<std::size_t>(above - intervals_.begin()) - 1;
  return last_;
}

ZoneMap::Owner ZoneMap::find(const LineReader& reader, uint64_t pfn, uint32_t order) {
  const uint64_t pages = uint64_t{1} << order;
  if (pfn % pages != 0) {
    reader.refuse({"pfn " + hex_text(pfn) + " with order " + std::to_string(order),
                   "a frame that is a multiple of 2^order"});
  }
  std::size_t at = interval_of(pfn);
  if (at == intervals_.size() || intervals_[at].owner == no_owner) return {};
  const uint32_t owner = intervals_[at].owner;
  if (owner == shared) return {nullptr, true};
  // A buddy lies in one zone: what it reaches into is that zone's too where several may own it.
  RecordedZone& zone = zones_[owner];
  const auto is_mine = [&](uint32_t other) {
    return other == owner || (other == shared && intervals_[at].start < zone.end_pfn());
  };
  for (; at + 1 < intervals_.size() && intervals_[at].start < pfn + pages; ++at) {
    if (!is_mine(intervals_[at].owner)) break;
  }
  if (intervals_[at].start >= pfn + pages) return {&zone, false};
  reader.refuse({"pfn " + hex_text(pfn) + " with order " + std::to_string(order) +
                     ", which leaves zone " + zone.name,
                 "pages before " + hex_text(intervals_[at].start)});
}

}  // namespace spb::trace
