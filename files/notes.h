// SPDX-License-Identifier: GPL-2.0-only
// Notes of a run, of which `spbcheck report` makes its record: whatever is part of the run adds
// lines to one file as it goes on, so that nothing is lost whatever ends it.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

namespace spb {

/// What an engine tells from time to time; a process counts from its own beginning.
struct ProgressNote {
  std::string engine;
  uint64_t executions = 0;
  uint64_t operations = 0;
  std::optional<uint64_t> rows{};   ///< reached, of all variants' tables
  std::optional<uint64_t> cells{};  ///< reached (program/cells.h)
};

class Notes {
 public:
  /// An empty path takes no notes.
  explicit Notes(std::string path) : path_(std::move(path)) {}

  bool are_taken() const { return !path_.empty(); }
  /// A line at once, whoever else writes there; blanks of other kinds in a field become blanks.
  /// Throws std::runtime_error.
  void add(std::initializer_list<std::string> fields) const;
  void add(const ProgressNote& progress) const;

 private:
  std::string path_;
};

/// When to take the next note: after a second, and then at growing distances, so that hours make
/// hundreds of notes.
class Pace {
 public:
  bool is_due();

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point next_ = begin_ + std::chrono::seconds(1);
};

}  // namespace spb
