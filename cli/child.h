// SPDX-License-Identifier: GPL-2.0-only
// Another program, run to its end: a build of spbcheck, RapidCheck's properties.
#pragma once

#include <string>
#include <vector>

namespace spb::cli {

struct ChildEnd {
  int status = 0;      ///< its exit status; 128 + the signal that ended it
  std::string output;  ///< what it wrote to standard output
  std::string errors;  ///< and to standard error
};

/// Runs `words`, the program's path first, with these `NAME=VALUE` in its environment besides ours.
/// It ends with us, however we end. Throws std::runtime_error where it cannot be run.
ChildEnd run_child(const std::vector<std::string>& words,
                   const std::vector<std::string>& environment = {});

/// The path of this program itself.
std::string own_program();

}  // namespace spb::cli
