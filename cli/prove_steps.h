// SPDX-License-Identifier: GPL-2.0-only
// `spbcheck prove --steps`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace spb::cli {

struct StepsOptions {
  uint64_t transitions_max = 0;  ///< in each zone
  std::string programs;          ///< a folder for every program that was found, or empty
  std::string findings;          ///< a folder for what is refuted and should not be
  bool force = false;            ///< replace programs that exist
};

/// Answers the questions of these ids, or all, and returns the exit status.
int prove_steps(const std::vector<std::string>& ids, const StepsOptions& options);

}  // namespace spb::cli
