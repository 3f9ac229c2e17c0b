// SPDX-License-Identifier: GPL-2.0-only
// Boot: what a machine is before the first operation. It needs the buddy system, so it stands here,
// above the state that it sets up.
#include <algorithm>
#include <bit>

#include "model/engine/buddy.h"
#include "model/policy/variant.h"
#include "model/state/machine.h"
#include "model/state/mutate.h"

namespace spb {

Machine::Machine(const Geometry& first, const Variant& variant, const Parameters& chosen)
    : Machine(first, variant.policy, resolve(chosen, variant.defaults, first)) {}

namespace {

/// Free the zone ascending as memblock does: at each pfn the largest order that alignment and the
/// end allow.
void free_all(Zone& zone) {
  const Geometry& g = zone.geometry();
  for (Pfn pfn = g.start(); pfn < g.end();) {
    Order order(
        std::min(g.max_page_order,
                 pfn.value == 0 ? 31U : static_cast<uint32_t>(std::countr_zero(pfn.value))));
    while (pfn + nr_pages(order) > g.end())
      --order;
    split_large_buddy(zone, pfn, order, true);
    pfn = pfn + nr_pages(order);
  }
}

void occupy_all(Zone& zone) {
  const Geometry& g = zone.geometry();
  for (Pfn pfn = g.start(); pfn < g.end(); ++pfn) {
    hand_out(zone, pfn, Order(0), MIGRATE_MOVABLE, page_state::before);
  }
}

}  // namespace

void Zone::set_up() {
  std::fill(pages_, pages_ + geometry_.start().value, page_state::absent);
  std::fill(pages_ + geometry_.end().value, pages_ + geometry_.span(), page_state::absent);
  for (uint32_t b = 0; b < geometry_.nr_blocks(); ++b) {
    blocks_[b].tag = MIGRATE_MOVABLE;
    if (geometry_.outside(BlockIndex(b))) continue;
    // init_pageblock_migratetype() sets the bit of the tag, before any page is free.
    blocks_[b].bits = PB_has_movable;
    SpbState& spb = spbs_[spb_of(BlockIndex(b)).value];
    ++spb.total_pageblocks;
    ++spb.nr_movable;
  }
  for (uint32_t s = 0; s < nr_spbs(); ++s) {
    Mutate::spb_list_add(*this, SpbIndex(s), spb_list_for(*this, SpbIndex(s)));
  }
  if (geometry_.start_allocated) {
    occupy_all(*this);
  } else {
    free_all(*this);
  }
}

void Machine::set_up() {
  const bool log = events.enabled;
  events.enabled = false;
  for (const auto& zone : zones_)
    zone->set_up();
  Mutate::fill_pool(zone(), pool_size_);
  events.enabled = log;
}

}  // namespace spb
