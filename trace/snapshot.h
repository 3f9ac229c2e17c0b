// SPDX-License-Identifier: GPL-2.0-only
// What a recorded kernel says about itself in /proc, and the snapshots of its free blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "trace/input.h"
#include "trace/recording.h"

namespace spb::trace {

/// Names and spans from /proc/zoneinfo, ascending; zones without pages are left out.
std::vector<RecordedZone> read_zones(LineReader& reader, const RecordingLimits& limits);

/// Orders and migratetypes from /proc/pagetypeinfo.
Kernel read_kernel(LineReader& reader);

using BlockList = std::vector<FreeBlock> RecordedZone::*;

/// Appends each block to `list` of its zone.
void read_snapshot(LineReader& reader, const Kernel& kernel, std::vector<RecordedZone>& zones,
                   BlockList list);

/// Finds the zone of a frame; neighbours in a trace are most often of the same zone.
class ZoneFinder {
 public:
  explicit ZoneFinder(std::vector<RecordedZone>& zones) : zones_(zones) {}

  /// Null if the frame is of no zone. A block that is unaligned or leaves its zone is refused as an
  /// error in the line that `reader` gave last.
  RecordedZone* find(const LineReader& reader, uint64_t pfn, uint32_t order);

 private:
  std::vector<RecordedZone>& zones_;
  std::size_t last_ = 0;
};

}  // namespace spb::trace
