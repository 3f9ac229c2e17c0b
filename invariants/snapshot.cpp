// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/snapshot.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "invariants/clauses.h"

namespace spb {

namespace {

/// Where the parts of the zone's record begin and end.
std::pair<const uint32_t*, const uint32_t*> words_of(const ZoneState& state, ZonePart part) {
  switch (part) {
    case ZonePart::sums:
      return {&state.nr_free_pages, &state.moved_unmerged};
    case ZonePart::merging:
      return {&state.moved_unmerged, &state.spb_lists[0].first};
    case ZonePart::spb_lists:
      return {&state.spb_lists[0].first, &state.hints[0][0]};
    case ZonePart::hints:
      return {&state.hints[0][0], &state.evacuate_free};
    case ZonePart::evacuation:
    case ZonePart::count:
      break;
  }
  return {&state.evacuate_free, std::end(state.evacuate_items)};
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
  covered_.resize(zone.image().size());
  marked_links_.resize(raw_.span);
}

void Snapshot::compare_all(Violations& violations) {
  std::fill(covered_.begin(), covered_.end(), uint8_t{0});
  std::fill(marked_links_.begin(), marked_links_.end(), uint8_t{0});
  cover_marked();
  cover(&raw_.zone.slot(0), raw_.zone.geometry().slots);
  for (std::size_t at = next_change(0); at < copy_.size(); at = next_change(at + 1)) {
    if (!covered_[at] && !is_marked_link(at) && !is_marked_neighbour(at)) report(at, violations);
  }
}

/// Most of a zone stays as it was.
std::size_t Snapshot::next_change(std::size_t at) const {
  constexpr std::size_t block = 64;
  const auto now = raw_.zone.image();
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
    const auto [first, end] = words_of(*raw_.state, static_cast<ZonePart>(part));
    cover(first, static_cast<std::size_t>(end - first));
  }
  if (dirty.has_changed(ZonePart::evacuation)) cover(&raw_.zone.item(0), raw_.pool());
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
  const auto is_owner = [](uint8_t page) {
    return Raw::is_allocated(page) && (page & page_state::owned);
  };
  const auto before = std::to_integer<uint8_t>(copy_[offset_of(raw_.pages + pfn)]);
  if (marked_links_[pfn] || (is_owner(before) && is_owner(raw_.pages[pfn]))) return true;
  const PageLinks& links = raw_.links[pfn];
  const uint32_t link = is_in(&links.next, at) ? links.next : links.prev;
  return link > 0 && link <= raw_.span && marked_links_[link - 1];
}

/// The same of superpageblocks.
bool Snapshot::is_marked_neighbour(std::size_t at) const {
  const std::size_t first = offset_of(raw_.spbs);
  const std::size_t s = (at - first) / sizeof(SpbState);
  if (at < first || s >= raw_.nr_spbs) return false;
  for (const uint32_t* link : {&raw_.spbs[s].next, &raw_.spbs[s].prev}) {
    const bool names = is_in(link, at) && *link > 0 && *link <= raw_.nr_spbs;
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
      {clauses::spb_unmarked, at_spb, offset_of(raw_.spbs), sizeof(SpbState), raw_.nr_spbs},
      {clauses::list_unmarked, at_list, offset_of(raw_.lists), sizeof(ListHead),
       orders * MIGRATE_TYPES},
      {clauses::list_unmarked, at_list_of_order, offset_of(raw_.counts), sizeof(uint32_t), orders},
      {clauses::list_unmarked, at_area, offset_of(raw_.areas), sizeof(FreeAreaState),
       raw_.nr_areas}};
  const auto before = std::to_integer<int64_t>(copy_[at]);
  const auto now = std::to_integer<int64_t>(raw_.zone.image()[at]);
  for (const Records& records : all) {
    const std::size_t index = (at - records.first) / records.size;
    if (at < records.first || index >= records.count) continue;
    violations.add(records.clause, records.where(static_cast<uint32_t>(index)), before, now);
    return;
  }
  unsigned part = 0;
  while (part + 1 < nr_parts &&
         at >= offset_of(words_of(*raw_.state, static_cast<ZonePart>(part)).second))
    ++part;
  violations.add(clauses::zone_unmarked, at_zone(), static_cast<ZonePart>(part), Nothing{});
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
