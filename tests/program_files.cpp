// SPDX-License-Identifier: GPL-2.0-only
#include "tests/program_files.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace spb::test {

namespace fs = std::filesystem;

std::vector<std::string> program_files(const std::vector<std::string>& folders) {
  std::vector<std::string> files;
  const fs::path root(SPB_SOURCE_DIR);
  for (const std::string& folder : folders) {
    if (!fs::is_directory(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file() || entry.path().extension() != ".txt") continue;
      files.push_back(entry.path().lexically_relative(root).generic_string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string test_name(const std::string& path) {
  std::string name = path;
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

}  // namespace spb::test
