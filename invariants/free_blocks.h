// SPDX-License-Identifier: GPL-2.0-only
// The marks of wholly free pageblocks: PB_all_free and no content. What an operation leaves wrong
// is reported once, by that operation: it may stay for as long as the pageblock is not used.
#pragma once

#include "invariants/findings.h"
#include "invariants/raw.h"
#include "model/state/dirty.h"

namespace spb {

/// Of the pageblocks that the operation touched, or of all where a list is full.
void check_free_blocks(const Raw& raw, const DirtyList& touched, Findings& findings);

}  // namespace spb
