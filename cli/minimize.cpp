// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "cli/minimal.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/verbs.h"

namespace spb::cli {

namespace {

struct MinimizeVerb {
  std::string program;
  std::string out;
  bool force = false;
  std::optional<Form> form;
};

void write(const MinimizeVerb& verb, const std::string& text) {
  if (verb.out.empty()) {
    fmt::print("{}", text);
    return;
  }
  StagedFiles files(verb.force);
  files.add(verb.out) << text;
  files.commit();
}

int minimize_verb(const MinimizeVerb& verb) {
  const auto minimal = minimal_finding_of(verb.program, verb.form);
  if (!minimal) {
    fmt::print(stderr, "{}: all holds, there is nothing to minimize\n", verb.program);
    return holds;
  }
  write(verb, print_text(minimal->text));
  fmt::print(stderr, "{}: {}\n", verb.program, summary_of(*minimal));
  return finding;
}

}  // namespace

void add_minimize(CLI::App& app, int& status) {
  CLI::App* verb = app.add_subcommand(
      "minimize", "The smallest program that breaks the same invariant in the same way");
  auto options = std::make_shared<MinimizeVerb>();
  verb->add_option("PROGRAM", options->program, "A program in any form")->required();
  verb->add_option("-o,--output", options->out, "Write it to this file, not to standard output")
      ->type_name("FILE");
  verb->add_flag("--force", options->force, "Replace the file if it exists");
  add_form_option(*verb, "--as", "The program's form, instead of what its content says",
                  options->form);
  verb->callback([options, &status] { status = minimize_verb(*options); });
}

}  // namespace spb::cli
