// SPDX-License-Identifier: GPL-2.0-only
// What is in the rows of a variant's tables, as their sources state it, a second time: which lists
// and superpageblocks a pass reads and in which order, what it does, where a mode searches and what
// the next page of a batch begins with, where a work item goes. Conformance asks the rows
// themselves, and would follow one that is wrong.
#pragma once

#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

/// Of each table the rows that a source states and that say something else. Gates and filters are
/// asked as requests come by (StatedRules); rows of ours are not looked at.
void check_rows(const Raw& raw, Violations& violations);

}  // namespace spb
