// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "cli/ending.h"
#include "cli/minimal.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "program/printable.h"

namespace spb::cli {

namespace {

struct MinimizeVerb {
  std::string program;
  std::string out;
  bool force = false;
  std::optional<Form> form;
  std::optional<double> seconds;
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

int tell_minimal(const MinimizeVerb& verb, const MinimalFinding& minimal, const End& end) {
  write(verb, print_text(minimal.text));
  fmt::print(stderr, "{}: {}\n", printable(verb.program), summary_of(minimal));
  if (end.early()) {
    fmt::print(stderr, "{}: {} first, it may not be the smallest\n", printable(verb.program),
               reason_text(end));
  }
  return finding;
}

int minimize_verb(const MinimizeVerb& verb) {
  std::optional<MinimalFinding> minimal;
  std::atomic<bool> stop = false;
  const End end = run_until(verb.seconds, stop,
                            [&] { minimal = minimal_finding_of(verb.program, verb.form, &stop); });
  if (end.done && minimal) return status_of(end, tell_minimal(verb, *minimal, end));
  if (end.early()) {
    fmt::print(stderr, "not answered: {}: {} before it was known to break anything\n",
               printable(verb.program), reason_text(end));
    if (!end.done) leave(status_of(end, no_answer));
    return status_of(end, no_answer);
  }
  fmt::print(stderr, "{}: all holds, there is nothing to minimize\n", printable(verb.program));
  return holds;
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
  add_seconds(*verb, "--seconds", options->seconds,
              "Look no longer than this for a smaller one, and take the smallest so far");
  verb->callback([options, &status] { status = minimize_verb(*options); });
}

}  // namespace spb::cli
