// SPDX-License-Identifier: GPL-2.0-only
// Runs the steps of a golden vector of either format, and compares what the model would have
// written with what stands there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/operation/operation.h"
#include "model/state/zone.h"
#include "trace/golden_step.h"
#include "trace/golden_text.h"

namespace spb::trace {

/// Where vector and model part.
struct GoldenDifference {
  uint64_t line = 0;       ///< of the file, from 1
  uint64_t operation = 0;  ///< its number, or for a line of a state: operations before it
  bool in_state = false;
  std::string expected;  ///< the vector's line
  std::string found;     ///< the line that the model would have written
};

struct GoldenResult {
  uint64_t operations = 0;  ///< that agree, before the first difference
  uint64_t states = 0;      ///< likewise
  std::optional<GoldenDifference> difference;
};

/// How a format writes what the model did.
struct GoldenWriters {
  /// What stands behind the arrow.
  void (*answer)(Text& out, const Zone& zone, const GoldenStep& step, const Outcome& outcome);
  /// A state block, after so many operations.
  void (*state)(Text& out, const Zone& zone, uint64_t operations);
};

/// Up to the first difference, on a zone that stands where the vector begins. Throws InputError at
/// a line that frees what no earlier line allocated.
GoldenResult compare_golden(const GoldenSteps& vector, Zone& zone, const GoldenWriters& writers);

/// FREE/MOV of the pageblock that a claim looked at: the last count before `event`, or null.
const Event* pages_before(const Zone& zone, const Event& event);
/// `:FREE/MOV`, or nothing where there was no count.
void write_pages(Text& out, const Event* pages);

}  // namespace spb::trace
