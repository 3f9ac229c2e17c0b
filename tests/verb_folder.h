// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/command.h"

namespace spb::test {

// A folder of its own for each test, in which verbs run.
class VerbFolder : public testing::Test {
 protected:
  VerbFolder()
      : folder_(std::filesystem::path(testing::TempDir()) /
                ("spb_verb_" + std::to_string(getpid()))) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~VerbFolder() override { std::filesystem::remove_all(folder_); }

  // In the folder, by bash; $SPBCHECK is the program.
  CommandOutcome bash(const std::string& script) const {
    std::ofstream(folder_ / "script")
        << "cd '" << folder_.string() << "'\nSPBCHECK='" SPB_PROGRAM "'\n"
        << script << "\n";
    return run_command("bash '" + (folder_ / "script").string() + "'");
  }
  CommandOutcome spbcheck(const std::string& arguments) const {
    return bash("\"$SPBCHECK\" " + arguments);
  }
  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  void write_executable(const std::string& name, const std::string& text) const {
    write(name, text);
    std::filesystem::permissions(folder_ / name, std::filesystem::perms::owner_all);
  }
  std::string read(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  bool exists(const std::string& name) const { return std::filesystem::exists(folder_ / name); }

  std::filesystem::path folder_;
};

}  // namespace spb::test
