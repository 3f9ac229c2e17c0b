// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>

namespace spb::test {

struct CommandOutcome {
  int status;        // the exit status, or -1 where a signal ended it
  std::string text;  // standard output and error together
};

// Runs a command line with the shell, in the root folder, so that whatever it calls has to find its
// own way home.
CommandOutcome run_command(const std::string& command);

}  // namespace spb::test
