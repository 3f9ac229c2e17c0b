// SPDX-License-Identifier: GPL-2.0-only
#include "model/search.h"

#include <algorithm>
#include <bit>

#include "model/buddy.h"
#include "model/evacuation.h"
#include "model/mutate.h"

namespace spb {

// ---- walking superpageblocks
// ---------------------------------------------------------------------

SpbWalk::SpbWalk(const Zone& zone, Source source, const Request<Concrete>& request) : zone_(zone) {
  const bool movable = rules::is_movable<Concrete>(request);
  const auto category = [&](uint8_t c) {
    list_ = list_id(c, 0);
    last_list_ = list_id(c, zone.parameters()[ParameterId::fullness_bins] - 1U);
  };
  switch (source) {
    case Source::zone:
      zone_once_ = true;
      return;
    case Source::empty:
      list_ = last_list_ = list_empty;
      break;
    case Source::tainted:
      category(SB_TAINTED);
      break;
    case Source::preferred:
      category(movable ? SB_CLEAN : SB_TAINTED);
      break;
    case Source::non_preferred:
      category(movable ? SB_TAINTED : SB_CLEAN);
      break;
  }
  at_ = zone.state().spb_lists[list_].first;
}

bool SpbWalk::next(SpbIndex& spb) {
  if (zone_once_) {
    zone_once_ = false;
    last_list_ = list_ = 0;
    spb = SpbIndex(0);
    return true;
  }
  while (at_ == 0) {
    if (list_ >= last_list_) return false;
    at_ = zone_.state().spb_lists[++list_].first;
  }
  spb = SpbIndex(at_ - 1);
  at_ = zone_.spb(spb).next;
  return true;
}

// ---- orders of a pass
// ----------------------------------------------------------------------------

namespace {

/// Orders as bits, tried from the lowest up or from the highest down.
struct OrderSegment {
  uint32_t orders = 0;
  bool up = true;
};

struct OrderPlan {
  OrderSegment segments[2];
  uint32_t all() const { return segments[0].orders | segments[1].orders; }
};

OrderPlan plan_orders(OrderWalk walk, uint32_t order, const Geometry& g) {
  const uint32_t every = (2U << g.max_page_order) - (1U << order);
  const uint32_t below_block = (1U << g.pageblock_order) - 1;
  const uint32_t whole = every & ~below_block;
  const uint32_t sub = every & below_block;
  switch (walk) {
    case OrderWalk::up:
      return {{{every, true}, {}}};
    case OrderWalk::down:
      return {{{every, false}, {}}};
    case OrderWalk::whole_then_sub:
      return {{{whole, true}, {sub, true}}};
    case OrderWalk::sub_then_whole:
      return {{{sub, true}, {whole, true}}};
    case OrderWalk::whole_up:
      return {{{whole, true}, {}}};
    case OrderWalk::whole_down:
      return {{{whole, false}, {}}};
    case OrderWalk::sub_down:
      return {{{sub, false}, {}}};
    case OrderWalk::sub_up:
      return {{{sub, true}, {}}};
  }
  return {};
}

/// Takes the next order out of the set.
Order next_order(uint32_t& orders, bool up) {
  const auto bit =
      static_cast<uint32_t>(up ? std::countr_zero(orders) : 31 - std::countl_zero(orders));
  orders &= ~(1U << bit);
  return Order(bit);
}

Order order_of(const Request<Concrete>& request) {
  return Order(static_cast<uint32_t>(request.order));
}

Migratetype type_of(const Request<Concrete>& request) {
  return static_cast<Migratetype>(request.migratetype);
}

// ---- effects
// -------------------------------------------------------------------------------------

Taken take(Zone& zone, const Request<Concrete>& request, const Found& found) {
  page_del_and_expand(zone, found.head, order_of(request), found.order, found.list);
  hand_out(zone, found.head, order_of(request), type_of(request), page_state::owned);
  return {found.head, PassId::NO_PAGE};
}

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
// ------------------------------------------------------------------------------------

/// The heads that a pass looks at in one superpageblock: a refused head sends it on to the next
/// order.
Taken try_spb(Zone& zone, const Request<Concrete>& request, const PassRow<Concrete>& row,
              const OrderPlan& plan, Migratetype list, uint32_t a, uint32_t depth) {
  for (const OrderSegment& segment : plan.segments) {
    uint32_t orders = segment.orders & zone.area(a).nonempty[list];
    while (orders != 0) {
      const Order order = next_order(orders, segment.up);
      const Pfn head(zone.free_list(a, order, list).first - 1);
      const Chunk<Concrete> chunk{static_cast<int>(order.value), list, false};
      if (!row.chunk_filter(request, chunk, zone.view(zone.block_of(head)))) continue;
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
  SpbWalk walk(zone, row.source, request);
  for (SpbIndex s; walk.next(s);) {
    ++visited;
    const uint32_t a = zone.area_of(s);
    if ((zone.area(a).nonempty[list] & plan.all()) == 0) continue;
    if (!row.spb_filter(request, zone.view(s), zone.limits())) continue;
    const Taken taken = try_spb(zone, request, row, plan, list, a, depth);
    if (taken) return taken;
  }
  return {};
}

/// alloc_flags in the eight bits that an event has for them.
uint8_t walk_flags(const Request<Concrete>& request) {
  return static_cast<uint8_t>((request.nofragment ? WALK_NOFRAGMENT : 0) |
                              (request.tainted_ok ? WALK_TAINTED_OK : 0) |
                              (request.non_block ? WALK_NON_BLOCK : 0));
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

uint8_t saw(const Spb<Concrete>& spb, const Limits<Concrete>& limits) {
  const bool below = !rules::above_tainted_reserve<Concrete>(spb, limits);
  return static_cast<uint8_t>((spb.nr_free_pages > 0 ? SAW_FREE_PAGES : 0) |
                              (spb.nr_free > 0 ? SAW_FREE_PAGEBLOCK : 0) |
                              (below ? SAW_BELOW_RESERVE : 0));
}

/// All tainted passes failed: how many tainted superpageblocks there are, and how many hold a buddy
/// on the list that PASS_1 reads. The second should be 0.
void report_fall_through(Zone& zone, const Request<Concrete>& request) {
  if (!zone.events.enabled) return;
  const uint32_t orders = ~0U << static_cast<uint32_t>(request.order);
  uint32_t tainted = 0;
  uint32_t with_buddy = 0;
  uint8_t flags = walk_flags(request);
  SpbWalk walk(zone, Source::tainted, request);
  for (SpbIndex s; walk.next(s);) {
    ++tainted;
    with_buddy += (zone.area(zone.area_of(s)).nonempty[type_of(request)] & orders) != 0;
    flags = static_cast<uint8_t>(flags | saw(zone.view(s), zone.limits()));
  }
  zone.events.add({EventKind::spb_alloc_fall_through, static_cast<uint8_t>(request.order),
                   type_of(request), flags, no_page, tainted, with_buddy});
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
    if (!row.gate(request, zone.limits())) continue;
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

// ---- claim
// ---------------------------------------------------------------------------------------

Taken claim_whole_block(Zone& zone, const Request<Concrete>& request, const Found& found) {
  const Migratetype type = type_of(request);
  const BlockIndex last = zone.block_of(found.head + (nr_pages(found.order) - 1));
  Mutate::del_page_from_free_list(zone, found.head, found.order, found.list);
  for (BlockIndex b = zone.block_of(found.head); b <= last; ++b) {
    Mutate::set_block(zone, b, accounting::after_whole_claim<Concrete>(zone.view(b), type));
  }
  Mutate::spb_update_list(zone, zone.spb_of(found.head));
  expand(zone, found.head, order_of(request), found.order, type);
  hand_out(zone, found.head, order_of(request), type, page_state::owned);
  return {found.head, PassId::CLAIM};
}

namespace {

/// The first refusal that holds, or Refusal::count.
Refusal refused(const Zone& zone, const Request<Concrete>& request, const Chunk<Concrete>& chunk,
                BlockIndex b, const BlockPages<Concrete>& pages) {
  for (const RefusalRow<Concrete>& row : zone.policy().refusals) {
    if (planted(zone, Fault::claim_without_half_rule) && row.id == Refusal::INSUFFICIENT_COMPAT) {
      continue;
    }
    if (row.refuses(request, chunk, zone.view(b), pages, zone.limits())) return row.id;
  }
  return Refusal::count;
}

void report_refusal(Zone& zone, const Request<Concrete>& request, const Found& found,
                    Refusal reason) {
  count_one(zone.statistics.refusals, reason);
  zone.events.add({EventKind::spb_claim_block_refused, static_cast<uint8_t>(found.order.value),
                   type_of(request), 0, found.head, static_cast<uint32_t>(reason), found.list});
}

/// Relabel a partly used pageblock: its free chunks move, then the search starts over on the new
/// lists.
Taken claim_part_block(Zone& zone, const Request<Concrete>& request, BlockIndex b, uint32_t depth) {
  const Migratetype from = zone.type_of(b);
  const Migratetype type = type_of(request);
  move_freepages_block(zone, b, from, type);
  update_block(zone, b, accounting::after_relabel<Concrete>(zone.view(b), type));
  if (from == MIGRATE_MOVABLE && rules::is_non_movable<Concrete>(request)) {
    queue_pageblock_evacuate(zone, b);
  }
  const Taken taken = rmqueue_smallest(zone, request, depth + 1);
  return {taken.pfn, PassId::CLAIM, true};
}

}  // namespace

Refusal claim_refused(const Zone& zone, const Request<Concrete>& request, const Found& found,
                      bool from_tainted_spb) {
  const BlockIndex b = zone.block_of(found.head);
  const Chunk<Concrete> chunk{static_cast<int>(found.order.value), found.list, from_tainted_spb};
  const bool part = found.order.value < zone.geometry().pageblock_order;
  return refused(zone, request, chunk, b, part ? zone.count_pages(b) : BlockPages<Concrete>{});
}

Taken try_to_claim_block(Zone& zone, const Request<Concrete>& request, const Found& found,
                         bool from_tainted_spb, uint32_t depth) {
  const BlockIndex b = zone.block_of(found.head);
  const Chunk<Concrete> chunk{static_cast<int>(found.order.value), found.list, from_tainted_spb};
  const bool part = found.order.value < zone.geometry().pageblock_order;
  const BlockPages<Concrete> pages = part ? zone.count_pages(b) : BlockPages<Concrete>{};
  if (part) {
    zone.events.add({EventKind::block_pages, 0, 0, 0, zone.geometry().first_page(b),
                     static_cast<uint32_t>(pages.free), static_cast<uint32_t>(pages.movable)});
  }
  const Refusal reason = refused(zone, request, chunk, b, pages);
  if (reason != Refusal::count) {
    report_refusal(zone, request, found, reason);
    return {};
  }
  return part ? claim_part_block(zone, request, b, depth) : claim_whole_block(zone, request, found);
}

// ---- fallback
// ------------------------------------------------------------------------------------

namespace {

bool any_list(const Request<Concrete>&, int) {
  return true;
}

/// The first superpageblock of a category, and there the first fallback type, with a chunk of this
/// order: its head.
Found find_fallback(const Zone& zone, const Request<Concrete>& request,
                    const CategoryRow<Concrete>& category, Order order,
                    bool (*list_filter)(const Request<Concrete>&, int)) {
  SpbWalk walk(zone, category.source, request);
  for (SpbIndex s; walk.next(s);) {
    if (!category.spb_filter(request, zone.view(s), zone.limits())) continue;
    const uint32_t a = zone.area_of(s);
    for (const Migratetype list : fallbacks[request.migratetype]) {
      if (!(zone.area(a).nonempty[list] >> order.value & 1U)) continue;
      if (!list_filter(request, list)) continue;
      return {Pfn(zone.free_list(a, order, list).first - 1), order, list};
    }
  }
  return {};
}

void report_extfrag(Zone& zone, const Request<Concrete>& request, const Found& found, Pfn page,
                    bool change_ownership) {
  zone.events.add({EventKind::mm_page_alloc_extfrag, static_cast<uint8_t>(request.order),
                   type_of(request), change_ownership, page, found.order.value, found.list});
}

void tell_fallback(const Zone& zone, const Request<Concrete>& request, PassId by,
                   const Found& found) {
  if (!zone.observer) return;
  zone.observer->fallback_chosen(zone, request, by, found.head, found.order, found.list);
}

Taken claim_order(Zone& zone, const Request<Concrete>& request,
                  const CategoryRow<Concrete>& category, Order order) {
  if (!rules::order_is_worth_claiming<Concrete>(request, static_cast<int>(order.value),
                                                zone.limits())) {
    return {};
  }
  const Found found = find_fallback(zone, request, category, order, any_list);
  if (!found) return {};
  tell_fallback(zone, request, PassId::CLAIM, found);
  const Taken taken = try_to_claim_block(zone, request, found, false, 0);
  if (taken) report_extfrag(zone, request, found, taken.pfn, true);
  return taken;
}

Taken steal_order(Zone& zone, const Request<Concrete>& request,
                  const CategoryRow<Concrete>& category, Order order) {
  const Found found = find_fallback(zone, request, category, order, zone.policy().may_steal);
  if (!found) return {};
  tell_fallback(zone, request, PassId::STEAL, found);
  const Taken taken = take(zone, request, found);
  if (planted(zone, Fault::steal_relabels)) {
    auto block = zone.view(zone.block_of(taken.pfn));
    block.tag = request.migratetype;
    update_block(zone, zone.block_of(taken.pfn), block);
  }
  report_extfrag(zone, request, found, taken.pfn, false);
  return {taken.pfn, PassId::STEAL};
}

/// The lowest order that a claim or steal goes down to in this category.
uint32_t lowest_fallback_order(const Zone& zone, const Request<Concrete>& request, Mode mode,
                               const CategoryRow<Concrete>& category) {
  const bool preferred = category.source == Source::preferred;
  const int lowest = mode == Mode::CLAIM
                         ? rules::min_claim_order<Concrete>(request, preferred, zone.limits())
                         : request.order;
  return static_cast<uint32_t>(lowest);
}

Taken search_category(Zone& zone, const Request<Concrete>& request, const ModeRow<Concrete>& mode,
                      const CategoryRow<Concrete>& category) {
  const uint32_t lowest = lowest_fallback_order(zone, request, mode.id, category);
  for (OrderSegment segment : plan_orders(mode.orders, lowest, zone.geometry()).segments) {
    while (segment.orders != 0) {
      const Order order = next_order(segment.orders, segment.up);
      const Taken taken = mode.id == Mode::CLAIM ? claim_order(zone, request, category, order)
                                                 : steal_order(zone, request, category, order);
      if (taken) return taken;
    }
  }
  return {};
}

/// A claim or a steal: a category after the other, and in each all orders.
Taken through_categories(Zone& zone, const Request<Concrete>& request,
                         const ModeRow<Concrete>& mode) {
  if (request.migratetype >= MIGRATE_PCPTYPES) return {};
  for (const CategoryRow<Concrete>& category : zone.policy().categories) {
    if (!category.gate(request, zone.limits())) continue;
    const Taken taken = search_category(zone, request, mode, category);
    if (!taken) continue;
    count_one(zone.statistics.passes, taken.by);
    return taken;
  }
  return {};
}

Taken through_modes(Zone& zone, const Request<Concrete>& request) {
  for (const ModeRow<Concrete>& row : zone.policy().modes) {
    if (!row.gate(request, zone.limits())) continue;
    const Taken taken = row.id == Mode::NORMAL ? rmqueue_smallest(zone, request, 0)
                                               : through_categories(zone, request, row);
    if (taken) return taken;
  }
  return {};
}

}  // namespace

Taken rmqueue(Zone& zone, const Request<Concrete>& request) {
  if (zone.observer) zone.observer->attempt_begins(zone, request);
  const Taken taken = through_modes(zone, request);
  if (zone.observer) zone.observer->attempt_ends(zone, request, taken.by, taken.pfn);
  return taken;
}

}  // namespace spb
