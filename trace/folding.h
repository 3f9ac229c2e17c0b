// SPDX-License-Identifier: GPL-2.0-only
// Migratetypes that the model has no lists for: where a recording has them, a replay folds them
// into the nearest that it has, and they are counted.
#pragma once

#include <cstdint>
#include <optional>

#include "model/words/types.h"

namespace spb::trace {

/// HIGHATOMIC holds unmovable pages, CMA movable ones. ISOLATE, like an unknown type, says nothing
/// about the stored tag.
std::optional<Migratetype> folded_type(uint8_t type);

/// How often each type was met that folded_type() does not give back as it is.
struct FoldedTypes {
  uint64_t highatomic = 0;
  uint64_t cma = 0;
  uint64_t isolate = 0;

  void count(uint8_t type);
  uint64_t total() const { return highatomic + cma + isolate; }
};

}  // namespace spb::trace
