// SPDX-License-Identifier: GPL-2.0-only
// Progress: what an allocation that got nothing left lying about.
#pragma once

#include "invariants/raw.h"
#include "invariants/slow_path.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"
#include "model/words/gfp.h"

namespace spb {

/// An order-0 allocation of a caller that may wait got nothing: a violation for each free page that
/// would have served it, the first one of each area, tag and order. `met`: of the whole operation.
[[gnu::cold]] void check_served(const Raw& raw, const Operation& op, const Context& met,
                                Violations& violations);

/// Whether it is an allocation that check_served() is for.
inline bool is_unserved(const Zone& zone, const Operation& op, const Outcome& outcome) {
  return outcome.result == Result::none && op.kind == OpKind::alloc && op.order == 0 &&
         (get(op, Argument::gfp) & __GFP_DIRECT_RECLAIM) != 0 && !fails_before_drop(zone, op);
}

}  // namespace spb
