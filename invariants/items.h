// SPDX-License-Identifier: GPL-2.0-only
// Where the work items of the evacuation pool are.
#pragma once

#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

void check_items(const Raw& raw, Violations& violations);

}  // namespace spb
