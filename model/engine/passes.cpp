// SPDX-License-Identifier: GPL-2.0-only
#include "model/engine/search.h"

#include <algorithm>
#include <bit>

#include "model/engine/buddy.h"
#include "model/engine/deferred_requests.h"
#include "model/state/mutate.h"
#include "model/words/defects.h"

namespace spb {

namespace {

// ---- effects

Pfn apply_effect(Zone& zone, const Request<Concrete>& request, Effect effect, const Found& found,
                 uint32_t depth) {
  switch (effect) {
    case Effect::hand_out:
      return hand_out(zone, request, found);
    case Effect::claim_whole:
      return claim_whole_block(zone, request, found);
    case Effect::claim_part:
      return try_to_claim_block(zone, request, found, true, depth);
  }
  return no_page;
}

}  // namespace

uint32_t orders_tried(const PassRow<Concrete>& row, const Request<Concrete>& request,
                      const Geometry& geometry) {
  const auto order = static_cast<uint32_t>(request.order);
  return plan_orders(row.orders, order, OrderRanges(geometry)).all();
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

/// One search: who asks, and what it has seen so far.
struct Search {
  const Request<Concrete>& request;
  uint32_t depth;
  WalkRecord* record;
  uint32_t visited = 0;
  bool told = false;  ///< a search inside reported the page as it left the lists
};

/// The heads that a pass looks at in one superpageblock: a refused head sends it on to the next
/// order.
Pfn try_spb(Zone& zone, const PassRow<Concrete>& row, const OrderPlan& plan, Migratetype list,
            uint32_t a, Search& search) {
  const Request<Concrete>& request = search.request;
  for (const OrderSegment& segment : plan.segments) {
    uint32_t orders = segment.orders & zone.area(a).nonempty[list];
    while (orders != 0) {
      const Order order = next_order(orders, segment.up);
      const Pfn head(zone.free_list(a, order, list).first - 1);
      if (!accepts(zone, request, row, {head, order, list})) continue;
      if (zone.observers) zone.observers->chosen(zone, request, row, head, order);
      const Pfn page = apply_effect(zone, request, row.effect, {head, order, list}, search.depth);
      if (page != no_page) {
        const bool whole = order.value >= zone.geometry().pageblock_order;
        search.told = row.effect == Effect::claim_part && !whole;
        return page;
      }
      // A claim in vain may have moved what was on the lists ahead.
      orders &= zone.area(a).nonempty[list];
    }
  }
  return no_page;
}

/// Pages that the walk counts as free, and pageblocks. As posted those of the superpageblock's
/// counters, which a request of any type need not be able to use (D7).
struct FreeToSee {
  bool pages;
  bool pageblock;
};

FreeToSee free_to_see(const Zone& zone, SpbIndex s) {
  const Spb<Concrete> spb = zone.view(s);
  if (!fixes(zone.parameters(), Defect::D7)) return {spb.nr_free_pages > 0, spb.nr_free > 0};
  const auto& nonempty = zone.area(zone.area_of(s)).nonempty;
  const uint32_t orders =
      nonempty[MIGRATE_UNMOVABLE] | nonempty[MIGRATE_MOVABLE] | nonempty[MIGRATE_RECLAIMABLE];
  return {orders != 0, orders >> zone.geometry().pageblock_order != 0};
}

/// What a walk notes of a superpageblock that it comes to.
uint32_t saw(const Zone& zone, SpbIndex s) {
  const FreeToSee free = free_to_see(zone, s);
  const bool below = !rules::above_tainted_reserve<Concrete>(zone.view(s), zone.limits());
  const auto bit_if = [](bool seen, WalkSaw bit) { return seen ? uint32_t{bit} : 0U; };
  return bit_if(free.pages, SAW_FREE_PAGES) | bit_if(free.pageblock, SAW_FREE_PAGEBLOCK) |
         bit_if(below, SAW_BELOW_RESERVE);
}

/// What a superpageblock was when a hint led to it.
Event hint_event(const Request<Concrete>& request, SpbIndex s, const Spb<Concrete>& spb) {
  const uint8_t category = rules::spb_is_empty<Concrete>(spb)     ? 2
                           : rules::spb_is_tainted<Concrete>(spb) ? SB_TAINTED
                                                                  : SB_CLEAN;
  Event event = event_of(EventKind::hint_used, request);
  event.c = category;
  event.a = s.value;
  event.b = static_cast<uint32_t>(spb.nr_free);
  return event;
}

/// What a pass leaves behind where it served.
void after_pass(Zone& zone, const Request<Concrete>& request, const PassRow<Concrete>& row,
                SpbIndex s) {
  if (row.first_walk && rules::has_hints<Concrete>(request, zone.limits())) {
    Mutate::set_hint(zone, order_of(request), type_of(request), s);
  }
  if (row.checks_high_water) check_high_water(zone, s);
}

Pfn run_pass(Zone& zone, const PassRow<Concrete>& row, Search& search) {
  const Request<Concrete>& request = search.request;
  const OrderPlan plan =
      plan_orders(row.orders, static_cast<uint32_t>(request.order), zone.order_ranges());
  const auto list = static_cast<Migratetype>(list_of<Concrete>(row.list, request));
  const bool filters = row.spb_filter != rules::any_spb<Concrete>;
  const bool hinted = row.source == Source::hinted;
  const bool tells_hint = hinted && zone.events.enabled;
  SpbWalk walk(zone, row.source, request);
  for (SpbIndex s; walk.next(s);) {
    search.visited += !hinted;
    if (row.first_walk && search.record) search.record->saw |= saw(zone, s);
    const uint32_t a = zone.area_of(s);
    if ((zone.area(a).nonempty[list] & plan.all()) == 0) continue;
    const Spb<Concrete> spb = zone.view(s);
    if (filters && !row.spb_filter(request, spb, zone.limits())) continue;
    const Event hint = tells_hint ? hint_event(request, s, spb) : Event{};
    const Pfn page = try_spb(zone, row, plan, list, a, search);
    if (page == no_page) continue;
    if (tells_hint) zone.events.add(hint);
    after_pass(zone, request, row, s);
    return page;
  }
  return no_page;
}

void report_walk(Zone& zone, const Search& search, const Taken& taken) {
  const Request<Concrete>& request = search.request;
  if (taken && !search.told) {
    Event locked = event_of(EventKind::mm_page_alloc_zone_locked, request);
    locked.pfn = taken.pfn;
    zone.events.add(locked);
  }
  Event walk = event_of(EventKind::spb_alloc_walk, request);
  walk.c = walk_flags(request);
  walk.pfn = taken.pfn;
  walk.a = static_cast<uint32_t>(taken.by);
  walk.b = search.visited;
  zone.events.add(walk);
}

/// Every tainted pass failed: how many tainted superpageblocks there are, and how many hold a buddy
/// of just this order on the list that PASS_1 reads.
void report_fall_through(Zone& zone, const Request<Concrete>& request, const WalkRecord& record) {
  if (!zone.events.enabled) return;
  const uint32_t order = 1U << static_cast<uint32_t>(request.order);
  uint32_t tainted = 0;
  uint32_t with_buddy = 0;
  SpbWalk walk(zone, Source::tainted, request);
  for (SpbIndex s; walk.next(s);) {
    ++tainted;
    with_buddy += (zone.area(zone.area_of(s)).nonempty[type_of(request)] & order) != 0;
  }
  Event event = event_of(EventKind::spb_alloc_fall_through, request);
  event.c = walk_flags(request);
  event.a = tainted | record.saw << walk_saw_shift;
  event.b = with_buddy;
  zone.events.add(event);
}

/// The passes that follow leave the tainted superpageblocks: what the walk saw there asks for work
/// that the next request may profit from.
void leave_tainted(Zone& zone, const Search& search) {
  if (search.record) {
    if (search.record->saw & SAW_BELOW_RESERVE) {
      request_evacuation(zone, search.request);
      request_shrink(zone);
    }
  }
  sweep_tainted(zone, search.request);
  if (search.record) report_fall_through(zone, search.request, *search.record);
}

Taken run_passes(Zone& zone, Search& search) {
  for (const PassRow<Concrete>& row : zone.policy().passes) {
    if (row.gate != rules::everyone<Concrete> && !row.gate(search.request, zone.limits())) continue;
    if (row.source == Source::empty) leave_tainted(zone, search);
    const Pfn page = run_pass(zone, row, search);
    if (page != no_page) return {page, row.id};
  }
  return {};
}

}  // namespace

Taken rmqueue_smallest(Zone& zone, const Request<Concrete>& request, uint32_t depth,
                       WalkRecord* record) {
  Statistics& statistics = zone.statistics;
  statistics.deepest_reentry = std::max(statistics.deepest_reentry, depth);
  if (depth > zone.parameters()[ParameterId::reentry_bound]) {
    ++statistics.reentry_bound_hit;
    return {};
  }
  if (zone.observers) zone.observers->search_begins(zone, request);
  Search search{request, depth, record};
  const Taken taken = run_passes(zone, search);
  ++statistics.searches;
  statistics.spbs_visited += search.visited;
  count_one(statistics.passes, taken.by);
  report_walk(zone, search, taken);
  if (zone.observers) zone.observers->search_ends(zone, request, taken.by, taken.pfn);
  return taken;
}

}  // namespace spb
