// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>
#include <vector>

namespace spb::test {

// One file of the repository: its path from the repository's root ("model/state/zone.h") and its
// lines without line ends.
struct SourceFile {
  std::string path;
  std::vector<std::string> lines;
};

// The C++ files (*.cpp, *.h) of the house's folders, sorted by path.
std::vector<SourceFile> cpp_files();

// Every text file that the repository holds by hand: the C++ files, scripts, CMake, documents,
// programs.
std::vector<SourceFile> text_files();

// A file of this text, for showing what a check says of it.
SourceFile source_file(const std::string& path, const std::string& text);

// One finding a line, so that a failed expectation reads like a compiler's output.
std::string joined(const std::vector<std::string>& findings);

}  // namespace spb::test
