// SPDX-License-Identifier: GPL-2.0-only
// Where the work items of the evacuation pool are, which is the whole machine's: in the pool, or in
// the queues of a node.
#pragma once

#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

/// Of the machine that the zone is of.
void check_items(const Raw& raw, Violations& violations);

}  // namespace spb
