// SPDX-License-Identifier: GPL-2.0-only
#include "model/engine/driver.h"

#include "model/engine/buddy.h"
#include "model/engine/migration.h"
#include "model/policy/slow_path.h"
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

Caller<Concrete> caller_of(const Request<Concrete>& request, uint32_t gfp) {
  return {.order = request.order,
          .noretry = (gfp & __GFP_NORETRY) != 0,
          .nowarn = (gfp & __GFP_NOWARN) != 0,
          .nofail = (gfp & __GFP_NOFAIL) != 0,
          .nofragment = request.nofragment,
          .tainted_ok = request.tainted_ok,
          .lower_order_servable = false};
}

/// The ladder on a zone: each step is told, and but for a step that gives up a try follows.
struct LadderSide {
  Zone& zone;
  Request<Concrete> request;
  uint32_t gfp;
  Taken taken{};

  bool lower_order_servable() const { return spb::lower_order_servable(zone, request); }

  bool acts(const LadderRow<Concrete>& row, const Caller<Concrete>&, const Caller<Concrete>& after,
            bool) {
    count_one(zone.statistics.ladder, row.id);
    Event relax = event_of(EventKind::spb_alloc_atomic_relax, request);
    relax.a = static_cast<uint32_t>(row.id);
    relax.b = gfp;
    zone.events.add(relax);
    if (row.action == LadderAction::give_up) return true;
    request.nofragment = after.nofragment;
    request.tainted_ok = after.tainted_ok;
    taken = rmqueue(zone, request);
    return static_cast<bool>(taken);
  }
};

Taken climb(Zone& zone, const Request<Concrete>& request, uint32_t gfp) {
  LadderSide side{zone, request, gfp};
  climb_ladder(zone.policy(), caller_of(request, gfp), side);
  return side.taken;
}

// ---- reclaim and compaction

/// Pages that can migrate can be reclaimed too.
bool is_reclaimable(uint8_t page_type) {
  return page_type == MIGRATE_RECLAIMABLE || page_state::migrates(page_type);
}

void direct_reclaim(Zone& zone, uint32_t slot_plus_one) {
  if (slot_plus_one == 0) return;
  const Slot slot = zone.slot(slot_plus_one - 1);
  if (slot.page == 0 || slot.zone != zone.index() || !is_reclaimable(slot.type)) return;
  zone.events.add({.kind = EventKind::page_reclaimed,
                   .order = slot.order,
                   .type = slot.type,
                   .pfn = Pfn(slot.page - 1)});
  Mutate::forget_slot(zone, slot_plus_one - 1);
  free_pages_ok(zone, Pfn(slot.page - 1), Order(slot.order), false);
}

/// The driver on a zone.
struct DriverSide {
  Zone& zone;
  uint32_t gfp;
  const SlowPath& given;
  Taken taken{};

  bool acts(const DriverRow<Concrete>& row, const Request<Concrete>& request, bool) {
    if (zone.observers) zone.observers->driver_step(zone, row.id);
    if (row.id == DriverStep::ATOMIC_LADDER) taken = climb(zone, request, gfp);
    if (is_last_step(row.id)) return true;
    if (!prepares(row.id)) return false;
    taken = rmqueue(zone, request);
    return static_cast<bool>(taken);
  }

  /// What comes before the try; false if there is nothing to try again for.
  bool prepares(DriverStep step) {
    if (step == DriverStep::DIRECT_RECLAIM) direct_reclaim(zone, given.reclaim);
    if (step != DriverStep::DIRECT_COMPACTION) return true;
    return given.compact != 0 && migrate_slot(zone, given.compact - 1);
  }
};

Taken watched_drive(Zone& zone, Request<Concrete> request, uint32_t gfp, const SlowPath& given) {
  request.non_block = (slow_path_alloc_flags(gfp) & ALLOC_NON_BLOCK) != 0;
  request.gives_up = gfp_gives_up(gfp, order_of(request).value);
  if (zone.observers) zone.observers->driver_begins(zone, request);
  DriverSide side{zone, gfp, given};
  drive(zone.policy(), request, side);
  if (zone.observers) zone.observers->driver_ends(zone, static_cast<bool>(side.taken));
  return side.taken;
}

}  // namespace

Taken alloc_pages(Zone& zone, Order order, uint32_t gfp, const SlowPath& slow_path) {
  const Request<Concrete> request = request_of(order, gfp);
  const Taken taken = rmqueue(zone, request);
  return taken ? taken : watched_drive(zone, request, gfp, slow_path);
}

}  // namespace spb
