// SPDX-License-Identifier: GPL-2.0-only
#include "tests/scenario_runs.h"

#include "program/load.h"
#include "tests/program_files.h"

namespace spb::test {

bool holds(const std::string& program, std::size_t variant, const RunOptions& options) {
  const auto loaded = load_program(SPB_SOURCE_DIR "/" + program);
  loaded->zone.variant = static_cast<uint32_t>(variant);
  Runner runner(loaded->zone, options);
  return !run(runner, *loaded->source, &*loaded->text).has_value();
}

std::vector<std::string> scenarios_of(std::size_t variant) {
  RunOptions options;
  options.conformance = false;
  std::vector<std::string> speaking;
  for (const std::string& program : program_files({"tests/scenarios"})) {
    if (holds(program, variant, options)) speaking.push_back(program);
  }
  return speaking;
}

}  // namespace spb::test
