// SPDX-License-Identifier: GPL-2.0-only
// Which rows the tables of a variant have, as the patches up to the one at which it stands say, a
// second time. Conformance asks the rows that are there and cannot miss one that is not.
#pragma once

#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

/// Of each table the first row that is stated and not there behind those that are to come before
/// it. What else a table has is not looked at.
void check_tables(const Raw& raw, Violations& violations);

}  // namespace spb
