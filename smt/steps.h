// SPDX-License-Identifier: GPL-2.0-only
// What a pass does over several steps: the same program runs through a table with the pass and
// through one without it, operation by operation, and the superpageblocks that end tainted are
// counted in both. No formula: every program of a small zone is tried, breadth first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/policy/tables.h"
#include "program/program.h"

namespace spb::smt {

/// Which programs count. A name stands for what it got in each of the two zones, or for nothing.
enum class Programs : uint8_t {
  any,           ///< all; an operation may succeed in one zone and fail in the other
  same_results,  ///< those whose every operation has the same result in both zones
};

/// "No program leaves more superpageblocks tainted with the pass than without it."
struct StepsQuestion {
  std::string_view id;
  std::string_view sentence;
  std::string_view source;
  std::size_t variant;  ///< has the pass
  PassId pass;
  Programs programs;
  bool frees;  ///< programs may free what they got
  std::vector<Geometry> zones;
  bool refuted;  ///< what is expected: there is such a program
};

std::span<const StepsQuestion> steps_questions();
const StepsQuestion* find_steps_question(std::string_view id);

/// What one zone of a question gave.
struct StepsAnswer {
  uint64_t states = 0;  ///< pairs of states
  uint64_t transitions = 0;
  uint32_t depth = 0;              ///< operations to the farthest pair
  bool complete = false;           ///< every program was tried
  std::optional<Program> program;  ///< a minimal one that taints more
};

StepsAnswer answer(const StepsQuestion& question, const Geometry& zone, uint64_t transitions_max,
                   uint32_t threads = 1);

/// Superpageblocks that are tainted after the same program.
struct TaintedInBoth {
  uint32_t with = 0;
  uint32_t without = 0;
  std::size_t operations = 0;  ///< after which the two differ that way
};
/// Where the program first leaves more tainted with the pass; nothing where it never does, or where
/// it does not count before.
std::optional<TaintedInBoth> taints_more(const StepsQuestion& question, const Program& program);

}  // namespace spb::smt
