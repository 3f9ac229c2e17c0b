// SPDX-License-Identifier: GPL-2.0-only
// A name of the program and the chunk it stands for.
#pragma once

#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

/// A slot of another zone is that zone's to check.
void check_slot(const Raw& raw, uint32_t index, Violations& violations);

}  // namespace spb
