// SPDX-License-Identifier: GPL-2.0-only
// A random walk at the model's own speed, beside the engines that are guided by coverage or by
// properties. It is made of lives: a zone, drawn from a seed, on which several runs follow each
// other, from its beginning or from where an earlier run did something new. Most runs draw every
// operation alike, whatever the state. The others have two phases: they hunt, with operations that
// fit the state, some kinds left out; then they heal: what the environment did is undone, memory
// comes back, and requests have to be served. The mix finds planted faults sooner than either.
//
// A life is its seed's alone: the same in any build, on any number of threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "invariants/reading.h"
#include "program/cells.h"
#include "program/program.h"
#include "program/run.h"

namespace spb {

/// What a mutator forgot to mark, the incremental checks do not look at: one life in so many has
/// both kinds, which have to agree.
inline constexpr uint32_t usual_sample_of_both = 16;

struct SimulateOptions {
  std::vector<uint32_t> variants;  ///< indices, one at least
  ReadingSet readings = ReadingSet::posted;
  std::vector<Program>
      from;  ///< half of the lives begin with the states that one of these leads to
  std::vector<Operation> preferred;  ///< where a run hunts, every third operation is like one of
                                     ///< these; none: no operation is preferred
  /// Any operation is as likely as any other, whatever the zone's state, and each run begins with
  /// the untouched zone: what engines are measured against.
  bool uniform = false;
  uint32_t sample_of_both = usual_sample_of_both;  ///< of larger zones fewer
  RunOptions run;
};

/// What a life found: the program, and the last operation's number is its length.
struct LifeFinding {
  Program program;
  Finding finding;
};

/// What lives counted.
struct SimulateCounts {
  uint64_t lives = 0;
  uint64_t runs = 0;
  uint64_t operations = 0;
  uint64_t checked_in_full = 0;  ///< of the operations
  uint64_t known = 0;            ///< violations that a cause of their reading explains
  Cells cells;

  void add(const SimulateCounts& other);
};

/// The seed of life `number` of a simulation.
uint64_t seed_of_life(uint64_t seed, uint64_t number);

/// One life, to its end, to what it finds, or until `stop` is true. Counts are added to `counts`.
/// Where no variant has a reading of the set there is none. Throws std::runtime_error then.
std::optional<LifeFinding> live(uint64_t seed, const SimulateOptions& options,
                                SimulateCounts& counts, const std::atomic<bool>& stop);

}  // namespace spb
