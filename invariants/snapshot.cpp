// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/snapshot.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "invariants/clauses.h"

namespace spb {

namespace {

template <class First, class End>
std::pair<const std::byte*, const std::byte*> bytes_between(const First* first, const End* end) {
  return {reinterpret_cast<const std::byte*>(first), reinterpret_cast<const std::byte*>(end)};
}

/// Where the parts of the zone's record begin and end, the hints of all CPUs and the pool among
/// them.
std::pair<const std::byte*, const std::byte*> bytes_of(const Raw& raw, ZonePart part) {
  const ZoneState& state = *raw.state;
  const HintState* hints = &raw.zone.hints(0);
  switch (part) {
    case ZonePart::sums:
      return bytes_between(&state.nr_free_pages, &state.moved_unmerged);
    case ZonePart::merging:
      return bytes_between(&state.moved_unmerged, &state.evacuation_wait);
    case ZonePart::spb_lists:
      return bytes_between(&state.spb_lists, hints);
    case ZonePart::hints:
      return bytes_between(hints, hints + raw.zone.machine().shape().cpus);
    case ZonePart::size:
      // Of a zone that cannot grow it is no state.
      if (&raw.zone.geometry().superpageblocks == raw.size) return bytes_between(hints, hints);
      return bytes_between(raw.size, raw.size + 1);
    case ZonePart::evacuation:
    case ZonePart::count:
      break;
  }
  return bytes_between(&raw.zone.evacuate_free(), raw.zone.item_counts() + nr_item_places);
}

Where at_list_of_order(uint32_t index) {
  return at_list(index * MIGRATE_TYPES);
}
Where at_area(uint32_t) {
  return at_zone();
}

constexpr auto nr_parts = static_cast<unsigned>(ZonePart::count);

}  // namespace

Snapshot::Snapshot(const Zone& zone, bool wanted) : raw_(zone), wanted_(wanted) {
  if (!wanted_) return;
  const Machine& machine = zone.machine();
  for (uint32_t z = 0; z < machine.nr_zones(); ++z) {
    if (z != zone.index()) others_.emplace_back(machine.zone(z));
  }
  covered_.resize(image().size());
  marked_links_.resize(raw_.span);
}

void Snapshot::compare_all(Violations& violations) {
  std::fill(covered_.begin(), covered_.end(), uint8_t{0});
  std::fill(marked_links_.begin(), marked_links_.end(), uint8_t{0});
  cover_marked();
  cover(&raw_.zone.slot(0), raw_.zone.geometry().slots);
  cover_waits();
  for (std::size_t at = next_change(0); at < copy_.size(); at = next_change(at + 1)) {
    if (!covered_[at] && !is_marked_link(at) && !is_marked_neighbour(at) && !is_owner(at))
      report(at, violations);
  }
}

/// Most of a zone stays as it was.
std::size_t Snapshot::next_change(std::size_t at) const {
  constexpr std::size_t block = 64;
  const auto now = image();
  while (now.size() - at >= block && std::memcmp(&now[at], &copy_[at], block) == 0)
    at += block;
  while (at < now.size() && now[at] == copy_[at])
    ++at;
  return at;
}

void Snapshot::cover_marked() {
  const DirtyList& dirty = raw_.zone.dirty;
  for (const DirtyPages& range : dirty.pages) {
    cover(raw_.pages + range.pfn.value, nr_pages(range.order));
    cover_lists(raw_.area_of(range.pfn.value), range.order.value);
    marked_links_[range.pfn.value] = 1;
  }
  for (const Pfn pfn : dirty.links)
    marked_links_[pfn.value] = 1;
  for (const BlockIndex b : dirty.blocks)
    cover(raw_.blocks + b.value);
  for (const SpbIndex s : dirty.spbs)
    cover(raw_.spbs + s.value);
  for (unsigned part = 0; part < nr_parts; ++part) {
    if (!dirty.has_changed(static_cast<ZonePart>(part))) continue;
    const auto [first, end] = bytes_of(raw_, static_cast<ZonePart>(part));
    cover(first, static_cast<std::size_t>(end - first));
  }
  if (dirty.has_changed(ZonePart::evacuation)) cover(&raw_.zone.item(0), raw_.pool());
}

/// Time passes in every zone, and is looked at there (evacuation-throttle).
void Snapshot::cover_waits() {
  cover(&raw_.state->evacuation_wait);
  for (const Raw& other : others_)
    cover(&other.state->evacuation_wait);
}

/// A chunk of this order came to a list of the area, or left one.
void Snapshot::cover_lists(uint32_t a, uint32_t order) {
  if (order > raw_.max_order) return;
  cover(&raw_.list(a, order, 0), MIGRATE_TYPES);
  cover(raw_.counts + a * raw_.orders + order);
  cover(raw_.areas + a);
}

/// A link that changed is marked at the page it is in or at the one that it names.
bool Snapshot::is_marked_link(std::size_t at) const {
  const std::size_t first = offset_of(raw_.links);
  const std::size_t pfn = (at - first) / sizeof(PageLinks);
  if (at < first || pfn >= raw_.span) return false;
  if (marked_links_[pfn] || was_and_is_owned(raw_, static_cast<uint32_t>(pfn))) return true;
  const PageLinks& links = raw_.links[pfn];
  const uint32_t link = is_in(&links.next, at) ? links.next : links.prev;
  return link > 0 && link <= raw_.span && marked_links_[link - 1];
}

bool Snapshot::was_and_is_owned(const Raw& raw, uint32_t pfn) const {
  const auto is_owner = [](uint8_t page) {
    return Raw::is_allocated(page) && (page & page_state::owned);
  };
  const auto before = std::to_integer<uint8_t>(copy_[offset_of(raw.pages + pfn)]);
  return is_owner(before) && is_owner(raw.pages[pfn]);
}

/// A slot that comes to name a chunk of this zone may have named one of another.
bool Snapshot::is_owner(std::size_t at) const {
  return std::any_of(others_.begin(), others_.end(), [&](const Raw& other) {
    const std::size_t first = offset_of(other.links);
    const std::size_t pfn = (at - first) / sizeof(PageLinks);
    return at >= first && pfn < other.span && was_and_is_owned(other, static_cast<uint32_t>(pfn));
  });
}

/// The same of superpageblocks.
bool Snapshot::is_marked_neighbour(std::size_t at) const {
  const std::size_t first = offset_of(raw_.spbs);
  const std::size_t s = (at - first) / sizeof(SpbState);
  if (at < first || s >= raw_.most_spbs) return false;
  for (const uint32_t* link : {&raw_.spbs[s].next, &raw_.spbs[s].prev}) {
    const bool names = is_in(link, at) && *link > 0 && *link <= raw_.most_spbs;
    if (names && covered_[offset_of(raw_.spbs + *link - 1)]) return true;
  }
  return false;
}

/// Says which record the byte is in.
void Snapshot::report(std::size_t at, Violations& violations) const {
  struct Records {
    const Clause& clause;
    Where (*where)(uint32_t index);
    std::size_t first, size, count;
  };
  const std::size_t orders = std::size_t{raw_.nr_areas} * raw_.orders;
  const Records all[] = {
      {clauses::page_unmarked, at_page, offset_of(raw_.pages), 1, raw_.span},
      {clauses::links_unmarked, at_page, offset_of(raw_.links), sizeof(PageLinks), raw_.span},
      {clauses::block_unmarked, at_block, offset_of(raw_.blocks), sizeof(BlockState),
       raw_.nr_blocks},
      {clauses::spb_unmarked, at_spb, offset_of(raw_.spbs), sizeof(SpbState), raw_.most_spbs},
      {clauses::list_unmarked, at_list, offset_of(raw_.lists), sizeof(ListHead),
       orders * MIGRATE_TYPES},
      {clauses::list_unmarked, at_list_of_order, offset_of(raw_.counts), sizeof(uint32_t), orders},
      {clauses::list_unmarked, at_area, offset_of(raw_.areas), sizeof(FreeAreaState),
       raw_.nr_areas}};
  const auto before = std::to_integer<int64_t>(copy_[at]);
  const auto now = std::to_integer<int64_t>(image()[at]);
  for (const Records& records : all) {
    const std::size_t index = (at - records.first) / records.size;
    if (at < records.first || index >= records.count) continue;
    violations.add(records.clause, records.where(static_cast<uint32_t>(index)), before, now);
    return;
  }
  for (unsigned part = 0; part < nr_parts; ++part) {
    const auto [first, end] = bytes_of(raw_, static_cast<ZonePart>(part));
    if (at < offset_of(first) || at >= offset_of(end)) continue;
    violations.add(clauses::zone_unmarked, at_zone(), static_cast<ZonePart>(part), Nothing{});
    return;
  }
  const std::size_t items = offset_of(&raw_.zone.item(0));
  if (at >= items && at < items + raw_.pool() * sizeof(EvacuateItem)) {
    violations.add(clauses::zone_unmarked, at_zone(), ZonePart::evacuation, Nothing{});
  } else {
    violations.add(clauses::other_zone, at_zone(), before, now);
  }
}

constinit const InvariantInfo invariants::marked_changes{
    .id = InvariantId::marked_changes,
    .name = "marked-changes",
    .kind = InvariantKind::step,
    .claim =
        "Every change is on the dirty list, so that checks of what was touched find what full "
        "checks find.",
    .source = "ours: incremental checks rest on it",
    .clauses = {&clauses::page_unmarked, &clauses::links_unmarked, &clauses::block_unmarked,
                &clauses::spb_unmarked, &clauses::list_unmarked, &clauses::zone_unmarked,
                &clauses::stale, &clauses::missed},
};

}  // namespace spb
