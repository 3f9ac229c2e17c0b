// SPDX-License-Identifier: GPL-2.0-only
// The questions of `spbcheck prove`, and what is told of their answers.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "files/notes.h"
#include "program/finding.h"
#include "smt/prove.h"

namespace spb::cli {

/// What an answer means.
enum class Standing : uint8_t {
  expected,
  unexpected,  ///< a finding
  unanswered,  ///< a budget ended, the machine kept a solver from answering, or it was not asked
};

/// One question: a property of a variant, or of one of its weakened tables.
struct ProveTask {
  const smt::Property* property;
  std::size_t variant;
  const smt::Weakened* weakened;  ///< null: the variant as it is
  bool bounded;                   ///< asked at one size alone
  smt::Verdict verdict{};
  std::optional<MinimalFinding> program{};
  bool answered = false;

  Standing standing() const;
  /// "taint-comes-last (rfc-v2)".
  std::string name() const;
};

/// A line of this task, and the file that shows it where it is unexpected: filed under `findings`.
void tell(const ProveTask& task, const std::string& findings);

/// For a run's record.
void note(const ProveTask& task, const Notes& notes);

/// Counts, then what is unexpected by name, then what is not answered and why. Returns the exit
/// status: a finding before trouble of the machine, that before a budget that ended.
int tell_summary(std::span<const ProveTask> tasks);

}  // namespace spb::cli
