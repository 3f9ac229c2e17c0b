// SPDX-License-Identifier: GPL-2.0-only
// Named frames: what a recording says of a page or a pageblock is done to it, whatever the policy
// would have chosen.
#pragma once

#include "model/state/zone.h"

namespace spb {

/// 2^order free pages from `pfn` on leave the free lists. False if they are not all free.
bool take_frame(Zone& zone, Pfn pfn, Order order, Migratetype type);
/// They come back. False if some are free, or belong to a name of the program.
bool give_frame(Zone& zone, Pfn pfn, Order order, bool to_tail);
/// The stored tag is set, and free chunks move to its lists. False for an isolated pageblock, one
/// outside the zone, and one whose tag the variant would reset at once.
bool tag_block(Zone& zone, BlockIndex b, Migratetype type);

}  // namespace spb
