// SPDX-License-Identifier: GPL-2.0-only
// One program of `spbcheck run`: run, judged, told.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/run_folders.h"
#include "model/state/statistics.h"
#include "program/run.h"

namespace spb::cli {

/// What `run` was asked for.
struct RunVerb {
  std::string notes;  ///< a file for them; empty: none
  std::vector<std::string> programs;
  ZoneChanges changes;
  std::optional<Form> form;
  RunOptions run;
  bool no_conformance = false;
  std::string property;
  bool verbose = false;
  bool quiet = false;
  bool state = false;
  bool counts = false;
  bool digest = false;
  std::optional<double> seconds;
  uint32_t before = 10;

  /// Of several programs one asks whether anything is unexpected, of a single one what it breaks.
  bool is_survey() const { return programs.size() > 1; }
};

/// Where a run is, for whoever has to say so from outside.
struct Progress {
  enum class Phase : uint8_t { waiting, loading, setting_up, running, judging, telling };

  std::atomic<std::size_t> program = 0;
  std::atomic<Phase> phase = Phase::waiting;
  std::atomic<uint64_t> operation = 0;  ///< of running: the one that runs; else the last one
  std::atomic<bool> stop = false;       ///< the run has to end
  std::optional<std::chrono::steady_clock::time_point> end;  ///< and so it has at this time

  bool has_to_stop() const {
    if (stop.load(std::memory_order_relaxed)) return true;
    return end && std::chrono::steady_clock::now() >= *end;
  }
};
/// "in operation 12", "while its zone is set up".
std::string place_text(const Progress& progress);

/// What came of one program.
struct ProgramResult {
  Became became = Became::unfinished;
  uint32_t variant = 0;
  Statistics statistics;
  uint64_t operations = 0;
  uint64_t known = 0;      ///< operations that broke what is known
  bool unchecked = false;  ///< a known violation left it unchecked from some operation on
};

/// Runs the program at this path and tells what came of it. Throws what its input throws.
ProgramResult run_program(const RunVerb& verb, const std::string& path, Progress& progress);

}  // namespace spb::cli
