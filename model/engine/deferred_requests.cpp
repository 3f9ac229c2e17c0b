// SPDX-License-Identifier: GPL-2.0-only
#include "model/engine/deferred_requests.h"

#include <algorithm>

#include "model/engine/search.h"
#include "model/engine/walk.h"
#include "model/state/mutate.h"

namespace spb {

namespace {

bool pool_has_chunk(const Zone& zone, const Request<Concrete>& request) {
  const uint32_t order = 1U << static_cast<uint32_t>(request.order);
  SpbWalk walk(zone, Source::tainted, request);
  for (SpbIndex s; walk.next(s);) {
    if (zone.area(zone.area_of(s)).nonempty[type_of(request)] & order) return true;
  }
  return false;
}

/// The throttle is asked before the superpageblocks, and one that is held back starts no interval.
EvacuationAnswer answer_to(const Zone& zone, const Request<Concrete>& request) {
  if (zone.evacuation_wait(type_of(request)) != 0) return EvacuationAnswer::throttled;
  return pool_has_chunk(zone, request) ? EvacuationAnswer::pool_has_chunk
                                       : EvacuationAnswer::queued;
}

/// Pages of spb_tainted_reserve() pageblocks.
uint64_t reserve_pages(const Zone& zone, const SpbState& spb) {
  const Parameters& parameters = zone.parameters();
  const uint32_t share =
      spb.total_pageblocks / uint32_t{parameters[ParameterId::tainted_reserve_divisor]};
  const uint32_t blocks = std::max<uint32_t>(parameters[ParameterId::tainted_reserve_min], share);
  return uint64_t{blocks} << zone.geometry().pageblock_order;
}

}  // namespace

void request_evacuation(Zone& zone, const Request<Concrete>& request) {
  if (request.migratetype >= MIGRATE_PCPTYPES) return;
  const EvacuationAnswer answer = answer_to(zone, request);
  if (answer == EvacuationAnswer::queued) Mutate::throttle_evacuation(zone, type_of(request));
  Event requested = event_of(EventKind::evacuation_requested, request);
  requested.a = static_cast<uint32_t>(answer);
  zone.events.add(requested);
  if (zone.observers) zone.observers->evacuation_requested(zone, request, answer);
}

void request_shrink(Zone& zone) {
  zone.events.add({.kind = EventKind::shrink_requested});
  if (zone.observers) zone.observers->shrink_requested(zone);
}

void check_tainted_high_water(Zone& zone, SpbIndex s) {
  const bool is_heard = zone.events.enabled || zone.observers;
  if (!is_heard || !zone.parameters()[ParameterId::pass_triggers]) return;
  const SpbState& spb = zone.spb(s);
  if (spb.nr_free_pages >= reserve_pages(zone, spb)) return;
  request_shrink(zone);
  maybe_start_defrag(zone, s);
}

void sweep_tainted(Zone& zone, const Request<Concrete>& request) {
  if (!zone.events.enabled || !zone.parameters()[ParameterId::pass_triggers]) return;
  SpbWalk walk(zone, Source::tainted, request);
  for (SpbIndex s; walk.next(s);)
    maybe_start_defrag(zone, s);
}

}  // namespace spb
