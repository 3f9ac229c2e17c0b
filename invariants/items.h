// SPDX-License-Identifier: GPL-2.0-only
// Where the work items of the evacuation pool are.
#pragma once

#include "invariants/findings.h"
#include "invariants/raw.h"

namespace spb {

void check_items(const Raw& raw, Findings& findings);

}  // namespace spb
