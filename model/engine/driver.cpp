// SPDX-License-Identifier: GPL-2.0-only
#include "model/engine/driver.h"

#include <cstddef>

#include <algorithm>

#include "model/engine/buddy.h"
#include "model/engine/migration.h"
#include "model/state/mutate.h"

namespace spb {

namespace {

Request<Concrete> request_of(Order order, uint32_t gfp) {
  return request_for(order, gfp_migratetype(gfp), fast_path_alloc_flags(gfp), gfp_is_atomic(gfp));
}

// ---- the atomic ladder

/// Some tainted superpageblock has movable content, or a free buddy of a lower order on the
/// request's own list or the one that it borrows from (series v2 spb_tainted_can_serve_smaller()).
bool lower_order_servable(const Zone& zone, const Request<Concrete>& request) {
  const uint32_t lower = (1U << static_cast<uint32_t>(request.order)) - 1;
  const int opposite = rules::opposite_type<Concrete>(request);
  if (lower == 0) return false;
  SpbWalk walk(zone, Source::tainted, request);
  for (SpbIndex s; walk.next(s);) {
    if (zone.spb(s).nr_movable > 0) return true;
    const FreeAreaState& area = zone.area(zone.area_of(s));
    if ((area.nonempty[request.migratetype] | area.nonempty[opposite]) & lower) return true;
  }
  return false;
}

Caller<Concrete> caller_of(const Zone& zone, const Request<Concrete>& request, uint32_t gfp) {
  return {request.order,
          (gfp & __GFP_NORETRY) != 0,
          (gfp & __GFP_NOWARN) != 0,
          (gfp & __GFP_NOFAIL) != 0,
          request.nofragment,
          request.tainted_ok,
          lower_order_servable(zone, request)};
}

/// The first row that applies, or null.
const LadderRow<Concrete>* next_relaxation(const Zone& zone, const Caller<Concrete>& caller) {
  const auto& rows = zone.policy().ladder;
  const auto* row = std::find_if(rows.begin(), rows.end(),
                                 [&](const auto& candidate) { return candidate.applies(caller); });
  return row == rows.end() ? nullptr : row;
}

/// Relax step by step, with a try after each step and then the rows from the first again, until
/// something is found, a step says to give up, or none applies any more.
Taken climb_ladder(Zone& zone, Request<Concrete> request, uint32_t gfp) {
  // Each row relaxes something once; one that relaxes nothing would apply for ever.
  for (std::size_t step = 0; step < zone.policy().ladder.size(); ++step) {
    const auto* row = next_relaxation(zone, caller_of(zone, request, gfp));
    if (row == nullptr) break;
    count_one(zone.statistics.ladder, row->id);
    zone.events.add({EventKind::spb_alloc_atomic_relax, static_cast<uint8_t>(request.order),
                     static_cast<uint8_t>(request.migratetype), 0, no_page,
                     static_cast<uint32_t>(row->id), gfp});
    if (row->action == LadderAction::give_up) return {};
    if (row->action == LadderAction::add_tainted_ok) request.tainted_ok = true;
    if (row->action == LadderAction::drop_nofragment) {
      request.nofragment = request.tainted_ok = false;
    }
    const Taken taken = rmqueue(zone, request);
    if (taken) return taken;
  }
  return {};
}

// ---- reclaim and compaction

/// Pages that can migrate can be reclaimed too.
bool is_reclaimable(uint8_t page_type) {
  return page_type == MIGRATE_RECLAIMABLE || page_state::migrates(page_type);
}

void direct_reclaim(Zone& zone, uint32_t slot_plus_one) {
  if (slot_plus_one == 0) return;
  const Slot slot = zone.slot(slot_plus_one - 1);
  if (slot.page == 0 || !is_reclaimable(slot.type)) return;
  zone.events.add({EventKind::page_reclaimed, slot.order, slot.type, 0, Pfn(slot.page - 1), 0, 0});
  Mutate::forget_slot(zone, slot_plus_one - 1);
  free_pages_ok(zone, Pfn(slot.page - 1), Order(slot.order), false);
}

/// What the step does before the next try; false if there is nothing to try again for.
bool relaxes(Zone& zone, DriverStep step, Request<Concrete>& request, const SlowPath& given) {
  switch (step) {
    case DriverStep::DIRECT_RECLAIM:
      direct_reclaim(zone, given.reclaim);
      return true;
    case DriverStep::DIRECT_COMPACTION:
      return given.compact != 0 && migrate_slot(zone, given.compact - 1);
    case DriverStep::DROP_NOFRAGMENT:
      request.nofragment = false;
      return true;
    case DriverStep::ATOMIC_LADDER:
    case DriverStep::count:
      break;
  }
  return false;
}

/// The driver's rows, until something is found.
Taken drive(Zone& zone, Request<Concrete> request, uint32_t gfp, const SlowPath& given) {
  for (const DriverRow<Concrete>& row : zone.policy().driver) {
    if (!row.applies(request)) continue;
    if (zone.observer) zone.observer->driver_step(zone, row.id);
    if (row.id == DriverStep::ATOMIC_LADDER) return climb_ladder(zone, request, gfp);
    if (!relaxes(zone, row.id, request, given)) continue;
    const Taken taken = rmqueue(zone, request);
    if (taken) return taken;
  }
  return {};
}

/// The same, watched.
Taken watched_drive(Zone& zone, Request<Concrete> request, uint32_t gfp, const SlowPath& given) {
  request.non_block = (slow_path_alloc_flags(gfp) & ALLOC_NON_BLOCK) != 0;
  if (zone.observer) zone.observer->driver_begins(zone, request);
  const Taken taken = drive(zone, request, gfp, given);
  if (zone.observer) zone.observer->driver_ends(zone, static_cast<bool>(taken));
  return taken;
}

}  // namespace

Taken alloc_pages(Zone& zone, Order order, uint32_t gfp, const SlowPath& slow_path) {
  const Request<Concrete> request = request_of(order, gfp);
  const Taken taken = rmqueue(zone, request);
  return taken ? taken : watched_drive(zone, request, gfp, slow_path);
}

}  // namespace spb
