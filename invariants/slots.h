// SPDX-License-Identifier: GPL-2.0-only
// A name of the program and the chunk it stands for.
#pragma once

#include "invariants/findings.h"
#include "invariants/raw.h"

namespace spb {

void check_slot(const Raw& raw, uint32_t index, Findings& findings);

}  // namespace spb
