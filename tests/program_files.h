// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

namespace spb::test {

// The texts of programs under these folders of the repository, as paths from its root, sorted.
std::vector<std::string> program_files(const std::vector<std::string>& folders);

// Without what a test's name may not have.
std::string test_name(const std::string& path);

}  // namespace spb::test
