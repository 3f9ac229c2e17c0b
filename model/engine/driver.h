// SPDX-License-Identifier: GPL-2.0-only
// The least of a page allocator around __rmqueue(): the fast path, the atomic ladder, or reclaim
// and compaction that give what the operation says, and the drop of ALLOC_NOFRAGMENT.
#pragma once

#include <cstdint>

#include "model/engine/search.h"
#include "model/state/zone.h"
#include "model/words/gfp.h"

namespace spb {

/// What the environment gives a waiting caller: slot + 1, 0 for nothing. It has to be of the
/// caller's zone.
struct SlowPath {
  uint32_t reclaim = 0;  ///< its movable or reclaimable chunk is freed by direct reclaim
  uint32_t compact = 0;  ///< its movable chunk is migrated by direct compaction
};

/// One allocation with its gfp flags, from the fast path to giving up.
Taken alloc_pages(Zone& zone, Order order, uint32_t gfp, const SlowPath& slow_path);

}  // namespace spb
