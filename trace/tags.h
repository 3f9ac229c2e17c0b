// SPDX-License-Identifier: GPL-2.0-only
// What a recording says about the tags of its pageblocks.
#pragma once

#include <cstdint>
#include <vector>

#include "model/words/geometry.h"
#include "trace/recording.h"

namespace spb::trace {

/// A run of pageblocks of the span.
struct BlockRange {
  uint32_t first;
  uint32_t count;
};

/// The blocks whose type a fallback found or changed: those of a chunk of a block or more, or the
/// one it is in.
BlockRange claimed_blocks(const Geometry& geometry, const Entry& entry);

/// What the events of a recording say about the tags of its blocks. An event on the lists of a type
/// speaks for its block: zone_locked by its migratetype, extfrag by its fallback_migratetype,
/// pcpu_drain by its migratetype. So does mm_page_alloc of a page that was not stolen, since
/// per-CPU lists are kept by the type of the block, those of CMA and HIGHATOMIC among the movable
/// ones. The first statement tells the initial tag; a claim changes it; a later one may only agree,
/// but for the HIGHATOMIC reserve, of which no event tells.
struct TagEvidence {
  std::vector<uint8_t> first;  ///< Migratetype of each pageblock of the span, or unknown_type
  uint64_t blocks_known = 0;
  uint64_t statements = 0;
  uint64_t contradictions = 0;  ///< by events on the lists
  uint64_t outdated = 0;        ///< by pages on a per-CPU list while their block changed its tag
};
TagEvidence tag_evidence(const Kernel& kernel, const RecordedZone& zone, const Geometry& geometry);

}  // namespace spb::trace
