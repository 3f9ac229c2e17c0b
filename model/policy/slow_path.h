// SPDX-License-Identifier: GPL-2.0-only
// How the rows of the driver and of its atomic ladder are run: one procedure each, for the engine
// on its zone and for proofs over terms.
//
// `Side` carries out. It is told that a row acts, under a condition that the engine finds true and
// a proof keeps as a term, and says whether the caller's way ends with it.
#pragma once

#include <cstddef>

#include "model/policy/rows.h"

namespace spb {

/// What a row of the ladder does to its caller, where it acts.
template <class D>
Caller<D> relaxed(Caller<D> caller, LadderAction action, typename D::Bool acts) {
  const typename D::Bool drops = acts && D::truth(action == LadderAction::drop_nofragment);
  const typename D::Bool adds = acts && D::truth(action == LadderAction::add_tainted_ok);
  caller.nofragment = caller.nofragment && !drops;
  caller.tainted_ok = (caller.tainted_ok || adds) && !drops;
  return caller;
}

/// The first row that applies acts, and a try follows. Then the rows are asked from the first on
/// again, with a fresh look at what a lower order could be served from. Ends where Side says so (it
/// gave up, or found a page), or where no row applies.
///
/// Side has lower_order_servable(), and acts(row, caller, after, acts): the caller before and
/// after.
template <class D, class Side>
void climb_ladder(const Policy<D>& policy, Caller<D> caller, Side& side) {
  using Bool = typename D::Bool;
  Bool climbs = D::truth(true);
  // Each row relaxes something once; one that relaxes nothing would apply for ever.
  for (std::size_t round = 0; round < policy.ladder.size() && D::possible(climbs); ++round) {
    caller.lower_order_servable = side.lower_order_servable();
    const Caller<D> asks = caller;
    Bool undecided = climbs;
    for (const LadderRow<D>& row : policy.ladder) {
      const Bool acts = undecided && row.applies(asks);
      if (!D::possible(acts)) continue;
      undecided = undecided && !acts;
      caller = relaxed<D>(caller, row.action, acts);
      climbs = climbs && !(acts && side.acts(row, asks, caller, acts));
    }
    climbs = climbs && !undecided;
  }
}

/// Each row that applies acts once, in the table's order, until Side says that it ends.
///
/// Side has acts(row, request, acts): the request as the row leaves it.
template <class D, class Side>
void drive(const Policy<D>& policy, Request<D> request, Side& side) {
  using Bool = typename D::Bool;
  Bool drives = D::truth(true);
  for (const DriverRow<D>& row : policy.driver) {
    const Bool acts = drives && row.applies(request);
    if (!D::possible(acts)) continue;
    if (row.id == DriverStep::DROP_NOFRAGMENT) request.nofragment = request.nofragment && !acts;
    drives = drives && !(acts && side.acts(row, request, acts));
  }
}

}  // namespace spb
