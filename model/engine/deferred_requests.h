// SPDX-License-Identifier: GPL-2.0-only
// What a search asks for and does not wait for: evacuation of tainted superpageblocks, shrinking of
// slab, defragmentation (series v2 15/40, 25/40, 28/40). Each request is recorded as an event,
// and an observer hears of those to evacuate and to shrink. The work itself is not modelled, so
// neither are the single flight, which ends with it, and the pool of requests that it empties.
#pragma once

#include "model/state/zone.h"

namespace spb {

/// queue_spb_evacuate(), for UNMOVABLE, MOVABLE and RECLAIMABLE: nothing is queued within
/// `evacuation-interval` of the last one of this zone and type, nor where a tainted superpageblock
/// has a chunk of just this order and type.
void request_evacuation(Zone& zone, const Request<Concrete>& request);
/// queue_spb_slab_shrink()
void request_shrink(Zone& zone);
/// Asks for shrinking and defragmentation where a tainted superpageblock that has just served has
/// fewer free pages than its reserve of pageblocks holds. Parameter `pass-triggers`.
void check_tainted_high_water(Zone& zone, SpbIndex s);
inline void check_high_water(Zone& zone, SpbIndex s) {
  if (rules::spb_is_tainted<Concrete>(zone.view(s))) check_tainted_high_water(zone, s);
}
/// Every tainted superpageblock is asked whether it needs defragmentation, once a request is about
/// to leave them. Parameter `pass-triggers`.
void sweep_tainted(Zone& zone, const Request<Concrete>& request);

}  // namespace spb
