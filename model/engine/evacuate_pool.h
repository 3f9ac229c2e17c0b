// SPDX-License-Identifier: GPL-2.0-only
// The pool of work items of the asynchronous evacuation (series v2 06/40), and the request that
// takes one. What the items wait for is in deferred/.
#pragma once

#include <cstdint>

#include "model/state/zone.h"

namespace spb {

/// Ask for a pageblock's movable pages to be migrated away. Where the pool, which is the whole
/// machine's, is empty the request is dropped, and nobody tries again.
void queue_pageblock_evacuate(Zone& zone, BlockIndex b);

/// The zone of a work item, index + 1, and its pageblock there.
Zone& zone_of_item(Zone& zone, uint32_t item);
BlockIndex block_of_item(const Zone& zone, uint32_t item);
/// The item that the step moved in the pool or the queue of the zone's node, index + 1, or 0 if
/// there was none.
uint32_t move_item(Zone& zone, ItemStep step);
void report_evacuate(Zone& zone, EventKind kind, BlockIndex b, uint32_t a = 0);

}  // namespace spb
