// SPDX-License-Identifier: GPL-2.0-only
// Runs one zone of a recording through a variant and measures it.
#pragma once

#include <cstdint>
#include <optional>

#include "program/run.h"
#include "trace/import.h"
#include "trace/yardstick.h"

namespace spb::trace {

/// Superpageblocks by what they hold.
struct SpbCensus {
  uint32_t tainted = 0;  ///< pageblocks of unmovable or reclaimable content or tag
  uint32_t clean = 0;    ///< none, but not wholly free
  uint32_t empty = 0;    ///< wholly free
};
SpbCensus census(const Zone& zone);

struct ReplayResult {
  ZoneSpec zone;
  ImportCounts imported;
  RunCounts run;
  Statistics statistics;
  std::optional<Finding> finding;           ///< the run ended there
  std::optional<uint64_t> unchecked_after;  ///< or there, where its state broke as is known
  Yardstick yardstick;                      ///< frames only
  Share served;                             ///< requests only
  SpbCensus at_end;
};

/// What to run it through; its geometry is the recording's.
struct ReplayVariant {
  uint32_t variant = 0;  ///< index into variants()
  Parameters parameters;
};

/// `import.follow` says which program is run. Throws InputError as ImportSource does.
ReplayResult replay(const Recording& recording, const RecordedZone& zone,
                    const ImportOptions& import, const ReplayVariant& variant,
                    const RunOptions& options, RunListener* listener = nullptr);

}  // namespace spb::trace
