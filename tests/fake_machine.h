// SPDX-License-Identifier: GPL-2.0-only
// A machine for the scripts of ci/: commands that stand before the real ones of PATH.
#pragma once

#include <filesystem>
#include <string>

#include "tests/command.h"

namespace spb::test {

/// The command line of a script: `ci("test --help")`.
std::string ci(const std::string& call);

/// Removed with the object.
class FakeMachine {
 public:
  FakeMachine();
  ~FakeMachine();
  FakeMachine(const FakeMachine&) = delete;
  FakeMachine& operator=(const FakeMachine&) = delete;

  /// `name` may have folders before it; the body is a shell's.
  void command(const std::string& name, const std::string& body) const;
  /// Here every package is installed but these.
  void lacks(const std::string& packages) const;

  const std::filesystem::path& folder() const { return folder_; }
  std::string text_of(const std::string& name) const;
  /// What a shell needs to know before it calls a script.
  std::string environment() const;
  CommandOutcome run(const std::string& call) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace spb::test
