// SPDX-License-Identifier: GPL-2.0-only
// The program spbcheck: options, verbs, exit statuses.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "program/words.h"

namespace {

using namespace spb::cli;

constexpr const char* version = "spbcheck " SPB_VERSION;
constexpr const char* purpose =
    "An executable specification of the superpageblock page allocator: runs programs and real\n"
    "recordings through it and checks invariants after every operation.";
constexpr const char* statuses =
    "Exit status: 0 all holds, 1 a finding, 2 usage or bad input, 3 the budget ended without an\n"
    "answer, 4 skipped. `spbcheck VERB --help` explains a verb.";

using AddVerb = void (*)(CLI::App&, int&);
constexpr AddVerb verbs[] = {add_run,    add_replay,  add_minimize, add_reproduce, add_diff,
                             add_file,   add_list,    add_import,   add_record,    add_convert,
                             add_golden, add_prove,   add_show,     add_simulate,  add_manual,
                             add_triage, add_explore, add_coverage, add_report};

/// The verb that was asked for, or the app itself.
const CLI::App& innermost(const CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  return chosen.empty() ? app : innermost(*chosen.front());
}

/// CLI11 misses a verb where there is one that it does not know.
bool names_unknown_verb(const CLI::App& app) {
  const std::vector<std::string> left = app.remaining(true);
  const CLI::App& parent = innermost(app);
  if (left.empty() || parent.get_require_subcommand_min() == 0) return false;
  spb::Names names;
  std::vector<std::string> owned;
  for (const CLI::App* verb : parent.get_subcommands(nullptr))
    if (!verb->get_group().empty()) owned.push_back(verb->get_name());
  names.assign(owned.begin(), owned.end());
  const std::string hint = spb::nearest_hint(left.front(), names);
  complain(fmt::format("found {}, expected {}{}", spb::quoted(left.front()),
                       spb::alternatives(names), hint.empty() ? "" : " (" + hint + ")"));
  return true;
}

/// Help and version are asked for and succeed; everything else CLI11 says is wrong usage.
int say(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);
  if (names_unknown_verb(app)) return bad_use;
  complain(error.what());
  fmt::print(stderr, "Run with --help for more information.\n");
  return bad_use;
}

int run(int argc, char** argv) {
  CLI::App app(purpose, "spbcheck");
  app.set_version_flag("--version", version);
  app.footer(statuses);
  app.require_subcommand(1);
  int status = holds;
  for (const AddVerb add : verbs)
    add(app, status);
  refuse_empty_values(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return say(app, error);
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int status = run(argc, argv);
    if (all_is_printed()) return status;
    complain("found standard output closed or full, expected room");
  } catch (const std::exception& error) {
    complain(error.what());
  }
  return bad_use;
}
