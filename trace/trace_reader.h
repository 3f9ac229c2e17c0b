// SPDX-License-Identifier: GPL-2.0-only
// Turns the lines of a trace into entries of the zones of a recording.
#pragma once

#include "trace/input.h"
#include "trace/recording.h"
#include "trace/zone_map.h"

namespace spb::trace {

/// Fills entries, counts, frames and by_callers of the recording, whose kernel and zones are known;
/// `map` is over these zones. What is left out is counted by its reason. Throws InputError for a
/// line that is none of a trace, and for events that contradict each other or what /proc said.
void read_trace(LineReader& reader, Recording& recording, ZoneMap& map,
                const RecordingOptions& options, const RecordingLimits& limits);

}  // namespace spb::trace
