// SPDX-License-Identifier: GPL-2.0-only
#include "trace/snapshot.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "trace/text.h"

namespace spb::trace {

namespace {

struct ZoneLines {
  uint64_t node = 0;
  std::string name;
  std::optional<uint64_t> spanned;
  std::optional<uint64_t> start_pfn;
  uint64_t line = 0;
};

uint64_t number_or_refuse(const LineReader& reader, std::string_view word) {
  uint64_t number = 0;
  if (!parse_number(word, 10, number)) reader.refuse({quoted(word), "a decimal number"});
  return number;
}

/// `Node 0, zone   Normal`
std::optional<ZoneLines> zone_heading(const LineReader& reader, std::string_view line) {
  if (!line.starts_with("Node ")) return {};
  line.remove_prefix(5);
  std::string_view node = next_word(line);
  if (!node.ends_with(',') || next_word(line) != "zone") return {};
  node.remove_suffix(1);
  ZoneLines zone;
  zone.node = number_or_refuse(reader, node);
  zone.name = next_word(line);
  zone.line = reader.line_number();
  return zone;
}

std::vector<ZoneLines> zone_lines(LineReader& reader) {
  std::vector<ZoneLines> zones;
  std::string_view line;
  while (reader.next(line)) {
    if (auto heading = zone_heading(reader, line)) {
      zones.push_back(std::move(*heading));
      continue;
    }
    const std::string_view word = next_word(line);
    if (word != "spanned" && word != "start_pfn:") continue;
    if (zones.empty()) reader.refuse({quoted(word), "`Node N, zone NAME` before it"});
    (word == "spanned" ? zones.back().spanned : zones.back().start_pfn) =
        number_or_refuse(reader, next_word(line));
  }
  return zones;
}

RecordedZone zone_from(const LineReader& reader, const ZoneLines& lines, bool several_nodes,
                       const RecordingLimits& limits) {
  const auto refuse = [&](std::string found, std::string expected) {
    throw InputError(reader.name(), lines.line, {std::move(found), std::move(expected)});
  };
  constexpr uint64_t pfn_max = uint64_t{1} << 32;
  if (!lines.start_pfn) refuse("zone " + lines.name + " without start_pfn", "`start_pfn: N`");
  if (*lines.spanned > limits.zone_pages_max) {
    refuse("zone " + lines.name + " of " + std::to_string(*lines.spanned) + " pages",
           "at most " + std::to_string(limits.zone_pages_max));
  }
  if (*lines.start_pfn >= pfn_max || *lines.start_pfn + *lines.spanned > pfn_max) {
    refuse("zone " + lines.name + " beyond pfn 2^32", "frame numbers of 32 bits");
  }
  RecordedZone zone;
  zone.name = several_nodes ? std::to_string(lines.node) + "/" + lines.name : lines.name;
  zone.start_pfn = static_cast<uint32_t>(*lines.start_pfn);
  zone.spanned_pages = static_cast<uint32_t>(*lines.spanned);
  return zone;
}

constexpr std::array<std::pair<std::string_view, Migratetype>, 6> type_names = {{
    {"Unmovable", MIGRATE_UNMOVABLE},
    {"Movable", MIGRATE_MOVABLE},
    {"Reclaimable", MIGRATE_RECLAIMABLE},
    {"HighAtomic", MIGRATE_HIGHATOMIC},
    {"CMA", MIGRATE_CMA},
    {"Isolate", MIGRATE_ISOLATE},
}};

void read_types(const LineReader& reader, std::string_view names, Kernel& kernel) {
  kernel.nr_migratetypes = 0;
  for (auto name = next_word(names); !name.empty(); name = next_word(names)) {
    const auto known = std::find_if(type_names.begin(), type_names.end(),
                                    [&](const auto& entry) { return entry.first == name; });
    if (known == type_names.end() || kernel.nr_migratetypes == kernel.migratetypes.size()) {
      reader.refuse({"migratetype " + quoted(name),
                     "Unmovable, Movable, Reclaimable, HighAtomic, CMA and Isolate, each once"});
    }
    kernel.migratetypes[kernel.nr_migratetypes++] = known->second;
  }
}

uint32_t order_or_refuse(const LineReader& reader, std::string_view word, uint32_t max) {
  uint32_t order = 0;
  if (parse_number(word, 10, order) && order <= max) return order;
  reader.refuse({"order " + quoted(word), "an order from 0 to " + std::to_string(max)});
}

constexpr std::string_view block_order_heading = "Page block order:";
constexpr std::string_view free_pages_heading = "Free pages count per migrate type at order";
constexpr std::string_view block_types_heading = "Number of blocks type";

}  // namespace

std::vector<RecordedZone> read_zones(LineReader& reader, const RecordingLimits& limits) {
  const std::vector<ZoneLines> lines = zone_lines(reader);
  const bool several_nodes = std::any_of(
      lines.begin(), lines.end(), [&](const ZoneLines& z) { return z.node != lines.front().node; });
  std::vector<RecordedZone> zones;
  for (const ZoneLines& zone : lines) {
    if (zone.spanned.value_or(0) == 0) continue;
    zones.push_back(zone_from(reader, zone, several_nodes, limits));
  }
  std::sort(zones.begin(), zones.end(),
            [](const auto& a, const auto& b) { return a.start_pfn < b.start_pfn; });
  for (std::size_t i = 1; i < zones.size(); ++i) {
    if (zones[i - 1].end_pfn() <= zones[i].start_pfn) continue;
    throw InputError(
        reader.name(), 0,
        {"zones " + zones[i - 1].name + " and " + zones[i].name + " with pages in common",
         "each page in one zone"});
  }
  if (!zones.empty()) return zones;
  throw InputError(reader.name(), 0, {"no zone with pages", "`Node N, zone NAME` and `spanned N`"});
}

Kernel read_kernel(LineReader& reader) {
  Kernel kernel;
  std::string_view line;
  while (reader.next(line)) {
    if (line.starts_with(block_order_heading)) {
      line.remove_prefix(block_order_heading.size());
      kernel.pageblock_order = order_or_refuse(reader, next_word(line), max_nr_page_orders - 1);
    } else if (line.starts_with(free_pages_heading)) {
      line = last_word(line);
      kernel.max_page_order = order_or_refuse(reader, line, max_nr_page_orders - 1);
    } else if (line.starts_with(block_types_heading)) {
      line.remove_prefix(block_types_heading.size());
      read_types(reader, line, kernel);
    }
  }
  if (kernel.pageblock_order <= kernel.max_page_order) return kernel;
  throw InputError(reader.name(), 0,
                   {"pageblocks of order " + std::to_string(kernel.pageblock_order) +
                        " above the largest buddy, " + std::to_string(kernel.max_page_order),
                    "pageblocks no larger than the largest buddy"});
}

RecordedZone* ZoneFinder::find(const LineReader& reader, uint64_t pfn, uint32_t order) {
  const uint64_t pages = uint64_t{1} << order;
  if (pfn % pages != 0) {
    reader.refuse({"pfn " + hex_text(pfn) + " with order " + std::to_string(order),
                   "a frame that is a multiple of 2^order"});
  }
  const auto holds = [&](const RecordedZone& z) { return pfn >= z.start_pfn && pfn < z.end_pfn(); };
  if (!holds(zones_[last_])) {
    const auto found = std::find_if(zones_.begin(), zones_.end(), holds);
    if (found == zones_.end()) return nullptr;
    last_ = static_cast<std::size_t>(found - zones_.begin());
  }
  RecordedZone& zone = zones_[last_];
  if (pfn + pages <= zone.end_pfn()) return &zone;
  reader.refuse({"pfn " + hex_text(pfn) + " with order " + std::to_string(order) +
                     ", which leaves zone " + zone.name,
                 "pages before " + hex_text(zone.end_pfn())});
}

void read_snapshot(LineReader& reader, const Kernel& kernel, std::vector<RecordedZone>& zones,
                   BlockList list) {
  ZoneFinder finder(zones);
  uint64_t next_pfn = 0;
  std::string_view line;
  while (reader.next(line)) {
    std::string_view rest = line;
    uint64_t pfn = 0;
    const std::string_view pfn_word = next_word(rest);
    if (pfn_word.empty() || pfn_word.starts_with('#')) continue;
    if (!parse_hex(pfn_word, pfn)) reader.refuse({quoted(line), "`HEXPFN ORDER`"});
    const uint32_t order = order_or_refuse(reader, next_word(rest), kernel.max_page_order);
    if (pfn < next_pfn) {
      reader.refuse(
          {"block " + hex_text(pfn) + " before the end of the one above it, " + hex_text(next_pfn),
           "blocks in ascending order, without pages in common"});
    }
    RecordedZone* zone = finder.find(reader, pfn, order);
    if (!zone)
      reader.refuse({"block " + hex_text(pfn) + " in no zone of zoneinfo", "a frame of a zone"});
    (zone->*list).push_back({static_cast<uint32_t>(pfn), static_cast<uint8_t>(order)});
    next_pfn = pfn + (uint64_t{1} << order);
  }
}

}  // namespace spb::trace
