// SPDX-License-Identifier: GPL-2.0-only
// The full checks: every state invariant from the pages up. Plain loops, no shadow, nothing kept.
#pragma once

#include "invariants/findings.h"
#include "model/state/zone.h"

namespace spb {

void full_checks(const Zone& zone, Findings& findings);

}  // namespace spb
