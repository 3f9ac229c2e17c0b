// SPDX-License-Identifier: GPL-2.0-only
// The one command that shows a finding again, with which every report of a finding ends.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spb::cli {

/// The word as the shell reads it back: in quotes where it has to be.
std::string shell_word(std::string_view word);

/// `spbcheck WORD...`.
std::string command_text(const std::vector<std::string>& words);

/// `again: spbcheck WORD...`, a line.
std::string again_line(const std::vector<std::string>& words);

}  // namespace spb::cli
