// SPDX-License-Identifier: GPL-2.0-only
// The claim and the steal, and the cascade of modes that leads to them.
#include <algorithm>

#include "model/engine/buddy.h"
#include "model/engine/deferred_requests.h"
#include "model/engine/search.h"
#include "model/state/mutate.h"

namespace spb {

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
  Event extfrag = event_of(EventKind::mm_page_alloc_extfrag, request);
  extfrag.c = change_ownership;
  extfrag.pfn = page;
  extfrag.a = found.order.value;
  extfrag.b = found.list;
  zone.events.add(extfrag);
}

void tell_fallback(const Zone& zone, const Request<Concrete>& request, PassId by,
                   const Found& found) {
  if (!zone.observers) return;
  zone.observers->fallback_chosen(zone, request, by, found.head, found.order, found.list);
}

/// A non-movable claim that is about to taint: what it asks for helps the next one (series v1
/// 27/45, 30/45).
bool leaves_tainted(const Request<Concrete>& request, const CategoryRow<Concrete>& category) {
  return (category.source == Source::empty || category.source == Source::non_preferred) &&
         !rules::is_movable<Concrete>(request);
}

Taken claim_order(Zone& zone, const Request<Concrete>& request,
                  const CategoryRow<Concrete>& category, Order order) {
  if (!rules::order_is_worth_claiming<Concrete>(request, static_cast<int>(order.value),
                                                zone.limits())) {
    return {};
  }
  const Found found = find_fallback(zone, request, category, order, any_list);
  if (!found) return {};
  if (leaves_tainted(request, category)) {
    request_evacuation(zone, request);
    request_shrink(zone);
  }
  tell_fallback(zone, request, PassId::CLAIM, found);
  const Pfn page = try_to_claim_block(zone, request, found, false, 0);
  if (page == no_page) return {};
  report_extfrag(zone, request, found, page, true);
  return {page, PassId::CLAIM};
}

Taken steal_order(Zone& zone, const Request<Concrete>& request,
                  const CategoryRow<Concrete>& category, Order order) {
  const Found found = find_fallback(zone, request, category, order, zone.policy().may_steal);
  if (!found) return {};
  tell_fallback(zone, request, PassId::STEAL, found);
  const Pfn page = hand_out(zone, request, found);
  Mutate::spb_update_list(zone, zone.spb_of(page));
  report_extfrag(zone, request, found, page, false);
  return {page, PassId::STEAL};
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
  for (OrderSegment segment : plan_orders(mode.orders, lowest, zone.order_ranges()).segments) {
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
    if (!category.gate(mode.id)(request, zone.limits())) continue;
    const Taken taken = search_category(zone, request, mode, category);
    if (!taken) continue;
    count_one(zone.statistics.passes, taken.by);
    return taken;
  }
  return {};
}

bool is_open(const Zone& zone, const ModeRow<Concrete>& mode, const Request<Concrete>& request) {
  if (mode.flag != nullptr && !(request.*mode.flag)) return false;
  // Most modes are open to everyone, and a call says so slowly.
  const bool gate_open =
      mode.gate == rules::everyone<Concrete> || mode.gate(request, zone.limits());
  return gate_open &&
         (mode.zone_filter == rules::any_zone<Concrete> || mode.zone_filter(zone.pages_view()));
}

// ---- ALLOC_HIGHORDER_OPTIONAL

bool keeps_record(const Zone& zone, const Request<Concrete>& request) {
  return request.highorder_optional && zone.policy().lists_per_superpageblock &&
         rules::not_movable_nor_cma<Concrete>(request, zone.limits());
}

/// A caller with a cheap fallback is refused what comes after the passes while the tainted
/// superpageblocks have anything free: going on would taint (series v2 26/40).
bool refuses_optional(Zone& zone, const Request<Concrete>& request, const WalkRecord& record) {
  if (!(record.saw & (SAW_FREE_PAGES | SAW_FREE_PAGEBLOCK))) return false;
  zone.events.add(event_of(EventKind::highorder_refused, request));
  return true;
}

/// Any mode but the passes for the request's own lists.
[[gnu::noinline]] Taken run_other_mode(Zone& zone, const Request<Concrete>& request,
                                       const ModeRow<Concrete>& mode) {
  if (mode.id == Mode::CLAIM || mode.id == Mode::STEAL) {
    return through_categories(zone, request, mode);
  }
  Request<Concrete> other = request;
  other.migratetype = searched_type<Concrete>(mode.searches, request);
  return rmqueue_smallest(zone, other, 0);
}

Taken run_mode(Zone& zone, const Request<Concrete>& request, const ModeRow<Concrete>& mode,
               WalkRecord* record) {
  if (zone.observers) zone.observers->mode_begins(zone, request, mode);
  if (mode.id == Mode::NORMAL) [[likely]]
    return rmqueue_smallest(zone, request, 0, record);
  return run_other_mode(zone, request, mode);
}

/// The first mode, in the table's order, that serves the request, among those whose bit is set;
/// `served` is its row.
Taken through_modes(Zone& zone, const Request<Concrete>& request, uint32_t rows,
                    std::size_t& served) {
  const auto& modes = zone.policy().modes;
  const bool keeps = request.highorder_optional && keeps_record(zone, request);
  const bool flagged = request.highatomic | request.cma | request.non_block;
  for (std::size_t i = flagged ? 0 : zone.first_plain_mode(); i < modes.size(); ++i) {
    if (!(rows >> i & 1U) || !is_open(zone, modes[i], request)) continue;
    WalkRecord record;
    const Taken taken = run_mode(zone, request, modes[i], keeps ? &record : nullptr);
    if (taken) {
      served = i;
      return taken;
    }
    // __rmqueue() ends here, and rmqueue_buddy() goes on.
    if (keeps && refuses_optional(zone, request, record)) rows &= ~batch_rows(modes);
  }
  return {};
}

Taken watched_modes(Zone& zone, const Request<Concrete>& request, uint32_t rows,
                    std::size_t& served) {
  if (zone.observers) zone.observers->attempt_begins(zone, request);
  const Taken taken = through_modes(zone, request, rows, served);
  if (zone.observers) zone.observers->attempt_ends(zone, request, taken.by, taken.pfn);
  return taken;
}

}  // namespace

Taken rmqueue(Zone& zone, const Request<Concrete>& request) {
  std::size_t served = 0;
  return watched_modes(zone, request, ~0U, served);
}

// ---- batches

Batch::Batch(Zone& zone, const Request<Concrete>& request)
    : zone_(zone), request_(request), rows_(batch_rows(zone.policy().modes)) {}

Taken Batch::next() {
  // A call that keeps a record begins at RMQUEUE_NORMAL.
  if (keeps_record(zone_, request_)) rows_ = batch_rows(zone_.policy().modes);
  const Taken taken = watched_modes(zone_, request_, rows_, served_);
  if (taken) rows_ = rows_after(zone_.policy().modes, rows_, served_);
  return taken;
}

}  // namespace spb
