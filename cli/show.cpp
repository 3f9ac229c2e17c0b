// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/verbs.h"
#include "trace/start_state.h"

namespace spb::cli {

namespace {

int run_show(const std::string& folder) {
  const trace::StartState state = trace::read_start_state(folder);
  for (const std::string& remark : state.remarks)
    fmt::print("# {}\n", remark);
  fmt::print("{}\n{}", trace::to_text(trace::buddyinfo_of(state)),
             trace::to_text(trace::pagetypeinfo_of(state)));
  return holds;
}

}  // namespace

void add_show(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand(
      "show", "Print a recording's start state as /proc/buddyinfo and /proc/pagetypeinfo would");
  const auto folder = std::make_shared<std::string>();
  command
      ->add_option("FOLDER", *folder,
                   "A recording, or a folder with pagetypeinfo and buddyinfo alone: a state with "
                   "their counts is made up then")
      ->required();
  command->callback([folder, &status] { status = run_show(*folder); });
}

}  // namespace spb::cli
