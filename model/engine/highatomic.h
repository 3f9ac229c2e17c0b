// SPDX-License-Identifier: GPL-2.0-only
// The HIGHATOMIC reserve: pageblocks that only requests with ALLOC_HIGHATOMIC or ALLOC_NON_BLOCK
// take from (mainline).
#pragma once

#include "model/state/zone.h"

namespace spb {

/// The pageblocks of a chunk that a request with ALLOC_HIGHATOMIC got become HIGHATOMIC, unless the
/// reserve is full (mainline reserve_highatomic_pageblock()).
void reserve_highatomic_pageblock(Zone& zone, Pfn pfn, Order order);

/// The first chunk of the smallest order on the HIGHATOMIC lists leaves the reserve: its pageblock,
/// or all that it covers, become `type`. The last pageblock goes only if `force` (mainline
/// unreserve_highatomic_pageblock()). True if one did.
bool unreserve_highatomic_pageblock(Zone& zone, Migratetype type, bool force);

}  // namespace spb
