// SPDX-License-Identifier: GPL-2.0-only
// What README.md shows is what the program prints: each command of it that prints the same every
// time is run and compared, line by line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/command.h"

namespace spb::test {
namespace {

namespace fs = std::filesystem;

struct Example {
  std::string command;
  std::string output;
};

/// A line `    $ COMMAND` and the indented lines below it.
std::vector<Example> examples() {
  std::ifstream in(SPB_SOURCE_DIR "/README.md");
  std::vector<Example> all;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    const bool starts = line.starts_with("    $ ");
    if (starts) all.push_back({line.substr(6), ""});
    inside = starts || (inside && line.starts_with("    "));
    if (inside && !starts) all.back().output += line.substr(4) + "\n";
  }
  return all;
}

/// Proofs print the solvers' times.
bool is_repeatable(const std::string& command) {
  return command.find("spbcheck prove") == std::string::npos;
}

/// Where the example begins with an ellipsis, the rest is the end of the output.
void expect_shown(const Example& example, const std::string& text) {
  constexpr std::string_view ellipsis = "...\n";
  if (example.output.starts_with(ellipsis)) {
    EXPECT_THAT(text, testing::EndsWith(example.output.substr(ellipsis.size())));
  } else {
    EXPECT_EQ(text, example.output) << example.command;
  }
}

/// A folder that looks like the repository's root, where the commands may leave files.
fs::path root() {
  const fs::path folder = fs::path(testing::TempDir()) / "spb_readme";
  fs::remove_all(folder);
  fs::create_directories(folder);
  for (const char* name : {"corpus", "tests"})
    fs::create_directory_symlink(fs::path(SPB_SOURCE_DIR) / name, folder / name);
  return folder;
}

TEST(Readme, ShowsWhatTheProgramPrints) {
  const std::string bin = fs::path(SPB_PROGRAM).parent_path().string();
  int compared = 0;
  for (const Example& example : examples()) {
    if (!is_repeatable(example.command)) continue;
    const CommandOutcome outcome = run_command("cd '" + root().string() + "' && PATH='" + bin +
                                               "':$PATH && (" + example.command + ")");
    expect_shown(example, outcome.text);
    ++compared;
  }
  EXPECT_GE(compared, 3);
}

}  // namespace
}  // namespace spb::test
