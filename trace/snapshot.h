// SPDX-License-Identifier: GPL-2.0-only
// What a recorded kernel says about itself in /proc, and the snapshots of its free blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "trace/input.h"
#include "trace/recording.h"
#include "trace/zone_map.h"

namespace spb::trace {

/// Names, spans and present pages from /proc/zoneinfo, ascending. Zones without pages are left out,
/// those of which no page is present among them.
std::vector<RecordedZone> read_zones(LineReader& reader, const RecordingLimits& limits);

/// Orders and migratetypes from /proc/pagetypeinfo. A line that the file does not have is refused,
/// and so is a file without the heading of the pageblock order.
Kernel read_kernel(LineReader& reader);

using BlockList = std::vector<FreeBlock> RecordedZone::*;

/// Appends each block to `list` of its zone; returns how many were left out because several zones
/// may own them.
uint64_t read_snapshot(LineReader& reader, const Kernel& kernel, ZoneMap& zones, BlockList list);

}  // namespace spb::trace
