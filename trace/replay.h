// SPDX-License-Identifier: GPL-2.0-only
// Runs one zone of a recording through a variant, without a program in between.
#pragma once

#include <cstdint>
#include <functional>

#include "model/operation.h"
#include "model/variant.h"
#include "trace/import.h"
#include "trace/yardstick.h"

namespace spb::trace {

/// Applies an operation; whoever wants to check invariants does it here.
using Runner = std::function<Outcome(Zone&, const Operation&)>;

struct ReplayResult {
  ImportCounts imported;
  uint64_t refused = 0;       ///< operations that the zone refused
  Yardstick yardstick;        ///< frames only
  Share served;               ///< requests only
  uint32_t tainted_spbs = 0;  ///< superpageblocks at the end: holding non-movable pageblocks
  uint32_t clean_spbs = 0;    ///< in use, without any
  uint32_t empty_spbs = 0;    ///< wholly free
};

/// `options.follow` says which program is run. Throws InputError as import_geometry() does.
ReplayResult replay(const Recording& recording, const RecordedZone& recorded,
                    const ImportOptions& options, const Variant& variant,
                    const Parameters& parameters, const Runner& run = apply);

}  // namespace spb::trace
