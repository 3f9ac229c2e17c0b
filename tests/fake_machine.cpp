// SPDX-License-Identifier: GPL-2.0-only
#include "tests/fake_machine.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace spb::test {

namespace fs = std::filesystem;

std::string ci(const std::string& call) {
  return "'" SPB_SOURCE_DIR "'/ci/" + call;
}

FakeMachine::FakeMachine()
    : folder_(fs::path(testing::TempDir()) / ("spb_ci_" + std::to_string(getpid()))) {
  fs::create_directories(folder_);
  command("apt-get", "echo \"apt-get was run: $*\"");
  command("sudo", "exit 1");
  command("id", "echo 1000");
}

FakeMachine::~FakeMachine() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void FakeMachine::command(const std::string& name, const std::string& body) const {
  fs::create_directories((folder_ / name).parent_path());
  std::ofstream(folder_ / name) << "#!/bin/bash\n" << body << "\n";
  fs::permissions(folder_ / name, fs::perms::owner_all);
}

void FakeMachine::lacks(const std::string& packages) const {
  command("dpkg-query", "shift 2; for p; do case \" " + packages +
                            " \" in *\" $p \"*) ;; *) echo \"$p installed\" ;; esac; done");
}

std::string FakeMachine::text_of(const std::string& name) const {
  std::ifstream in(folder_ / name);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string FakeMachine::environment() const {
  // A log folder of its own: tests run side by side.
  return "export SPB_LOG_FOLDER='" + folder_.string() + "' PATH='" + folder_.string() +
         "':\"$PATH\"; ";
}

CommandOutcome FakeMachine::run(const std::string& call) const {
  return run_command(environment() + ci(call));
}

}  // namespace spb::test
