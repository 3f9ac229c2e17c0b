// SPDX-License-Identifier: GPL-2.0-only
#include "tests/command.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>

namespace spb::test {

CommandOutcome run_command(const std::string& command) {
  FILE* pipe = popen(("cd / && {\n" + command + "\n} 2>&1 </dev/null").c_str(), "r");
  if (pipe == nullptr) return {-1, "popen failed"};
  std::string text;
  std::array<char, 4096> buffer;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), n);
  }
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text};
}

}  // namespace spb::test
