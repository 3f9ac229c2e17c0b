// SPDX-License-Identifier: GPL-2.0-only
#include "model/engine/search.h"

#include <algorithm>
#include <bit>

#include "model/engine/buddy.h"
#include "model/state/mutate.h"

namespace spb {

namespace {

// ---- effects

Taken apply_effect(Zone& zone, const Request<Concrete>& request, Effect effect, const Found& found,
                   uint32_t depth) {
  switch (effect) {
    case Effect::take:
      return take(zone, request, found);
    case Effect::claim_whole:
      return claim_whole_block(zone, request, found);
    case Effect::claim_part:
      return try_to_claim_block(zone, request, found, true, depth);
  }
  return {};
}

}  // namespace

uint32_t orders_tried(const PassRow<Concrete>& row, const Request<Concrete>& request,
                      const Geometry& geometry) {
  return plan_orders(row.orders, static_cast<uint32_t>(request.order), geometry).all();
}

namespace {

// ---- one pass

/// Most of mainline's rules let everything pass, and a call says so slowly.
bool accepts(const Zone& zone, const Request<Concrete>& request, const PassRow<Concrete>& row,
             const Found& found) {
  if (row.chunk_filter == rules::any_chunk<Concrete>) return true;
  const Chunk<Concrete> chunk{static_cast<int>(found.order.value), found.list, false};
  return row.chunk_filter(request, chunk, zone.view(zone.block_of(found.head)));
}

/// The heads that a pass looks at in one superpageblock: a refused head sends it on to the next
/// order.
Taken try_spb(Zone& zone, const Request<Concrete>& request, const PassRow<Concrete>& row,
              const OrderPlan& plan, Migratetype list, uint32_t a, uint32_t depth) {
  for (const OrderSegment& segment : plan.segments) {
    uint32_t orders = segment.orders & zone.area(a).nonempty[list];
    while (orders != 0) {
      const Order order = next_order(orders, segment.up);
      const Pfn head(zone.free_list(a, order, list).first - 1);
      if (!accepts(zone, request, row, {head, order, list})) continue;
      if (zone.observer) zone.observer->chosen(zone, request, row, head, order);
      const Taken taken = apply_effect(zone, request, row.effect, {head, order, list}, depth);
      if (taken) return {taken.pfn, row.id, taken.told};
      // A claim in vain may have moved what was on the lists ahead.
      orders &= zone.area(a).nonempty[list];
    }
  }
  return {};
}

Taken run_pass(Zone& zone, const Request<Concrete>& request, const PassRow<Concrete>& row,
               uint32_t depth, uint32_t& visited) {
  const OrderPlan plan =
      plan_orders(row.orders, static_cast<uint32_t>(request.order), zone.geometry());
  const auto list = static_cast<Migratetype>(list_of<Concrete>(row.list, request));
  const bool filters = row.spb_filter != rules::any_spb<Concrete>;
  SpbWalk walk(zone, row.source, request);
  for (SpbIndex s; walk.next(s);) {
    ++visited;
    const uint32_t a = zone.area_of(s);
    if ((zone.area(a).nonempty[list] & plan.all()) == 0) continue;
    if (filters && !row.spb_filter(request, zone.view(s), zone.limits())) continue;
    const Taken taken = try_spb(zone, request, row, plan, list, a, depth);
    if (taken) return taken;
  }
  return {};
}

/// alloc_flags in the eight bits that an event has for them.
uint8_t walk_flags(const Request<Concrete>& request) {
  return static_cast<uint8_t>(
      request.nofragment * WALK_NOFRAGMENT | request.tainted_ok * WALK_TAINTED_OK |
      request.non_block * WALK_NON_BLOCK | request.highatomic * WALK_HIGHATOMIC |
      request.highorder_optional * WALK_HIGHORDER_OPTIONAL | request.cma * WALK_CMA);
}

void report_walk(Zone& zone, const Request<Concrete>& request, const Taken& taken,
                 uint32_t visited) {
  const auto order = static_cast<uint8_t>(request.order);
  if (taken && !taken.told) {
    zone.events.add(
        {EventKind::mm_page_alloc_zone_locked, order, type_of(request), 0, taken.pfn, 0, 0});
  }
  zone.events.add({EventKind::spb_alloc_walk, order, type_of(request), walk_flags(request),
                   taken.pfn, static_cast<uint32_t>(taken.by), visited});
}

uint32_t saw(const Spb<Concrete>& spb, const Limits<Concrete>& limits) {
  const bool below = !rules::above_tainted_reserve<Concrete>(spb, limits);
  uint32_t seen = 0;
  if (spb.nr_free_pages > 0) seen |= SAW_FREE_PAGES;
  if (spb.nr_free > 0) seen |= SAW_FREE_PAGEBLOCK;
  if (below) seen |= SAW_BELOW_RESERVE;
  return seen;
}

/// All tainted passes failed: how many tainted superpageblocks there are, and how many hold a buddy
/// on the list that PASS_1 reads. The second should be 0.
void report_fall_through(Zone& zone, const Request<Concrete>& request) {
  if (!zone.events.enabled) return;
  const uint32_t orders = ~0U << static_cast<uint32_t>(request.order);
  uint32_t tainted = 0;
  uint32_t with_buddy = 0;
  uint32_t seen = 0;
  SpbWalk walk(zone, Source::tainted, request);
  for (SpbIndex s; walk.next(s);) {
    ++tainted;
    with_buddy += (zone.area(zone.area_of(s)).nonempty[type_of(request)] & orders) != 0;
    seen |= saw(zone.view(s), zone.limits());
  }
  zone.events.add({EventKind::spb_alloc_fall_through, static_cast<uint8_t>(request.order),
                   type_of(request), walk_flags(request), no_page, tainted | seen << walk_saw_shift,
                   with_buddy});
}

/// The series reports a fall-through just before a non-movable request takes an empty
/// superpageblock.
bool is_fall_through(const PassRow<Concrete>& row) {
  return row.source == Source::empty && row.effect == Effect::claim_whole;
}

/// The row that runs at place `i`: the table's own order, unless a fault puts the tainting pass
/// first.
const PassRow<Concrete>& row_at(const Zone& zone, std::size_t i) {
  const auto& passes = zone.policy().passes;
  if (!planted(zone, Fault::taint_first)) return passes[i];
  const auto tainting = std::find_if(passes.begin(), passes.end(), is_fall_through);
  const auto place = static_cast<std::size_t>(tainting - passes.begin());
  if (tainting == passes.end() || i > place) return passes[i];
  return i == 0 ? *tainting : passes[i - 1];
}

Taken run_passes(Zone& zone, const Request<Concrete>& request, uint32_t depth, uint32_t& visited) {
  for (std::size_t i = 0; i < zone.policy().passes.size(); ++i) {
    const PassRow<Concrete>& row = row_at(zone, i);
    if (row.gate != rules::everyone<Concrete> && !row.gate(request, zone.limits())) continue;
    if (is_fall_through(row)) report_fall_through(zone, request);
    const Taken taken = run_pass(zone, request, row, depth, visited);
    if (taken) return taken;
  }
  return {};
}

}  // namespace

Taken rmqueue_smallest(Zone& zone, const Request<Concrete>& request, uint32_t depth) {
  Statistics& statistics = zone.statistics;
  statistics.deepest_reentry = std::max(statistics.deepest_reentry, depth);
  if (depth > zone.parameters()[ParameterId::reentry_bound]) {
    ++statistics.reentry_bound_hit;
    return {};
  }
  if (zone.observer) zone.observer->search_begins(zone, request);
  uint32_t visited = 0;
  const Taken taken = run_passes(zone, request, depth, visited);
  ++statistics.searches;
  statistics.spbs_visited += visited;
  count_one(statistics.passes, taken.by);
  report_walk(zone, request, taken, visited);
  if (zone.observer) zone.observer->search_ends(zone, request, taken.by, taken.pfn);
  return taken;
}

}  // namespace spb
