// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "cli/again.h"
#include "cli/crash.h"
#include "cli/minimal.h"
#include "cli/run_notes.h"
#include "model/policy/variant.h"
#include "program/printable.h"
#include "program/story.h"
#include "program/words.h"
#include "smt/judge.h"

namespace spb::cli {

namespace {

/// Where the operation of this number, from 1, stands in its file.
uint64_t line_of_operation(const TextProgram& text, uint64_t number) {
  for (std::size_t i = 0; i < text.lines.size(); ++i) {
    const TextLine& line = text.lines[i];
    if (line.kind == TextLine::Kind::operation && line.operation + uint64_t{1} == number)
      return i + 1;
  }
  return 0;
}

/// Each name once.
std::vector<std::string> all_invariants(const Finding& found, const std::string& blamed) {
  std::vector<std::string> names{blamed};
  for (const Violation& violation : found.also) {
    const std::string name(info(violation.id).name);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

void tell_of(const Finding& found, const Runner& runner, const TextProgram& text,
             report::ToldFinding& told) {
  const std::size_t number = found.operation;
  const Operation* op = number == 0 ? nullptr : &text.program.operations[number - 1];
  const Signature signature = signature_of(found, runner, op);
  told.invariant = signature.name;
  told.clause = signature.detail;
  told.invariants = all_invariants(found, signature.name);
  if (op != nullptr) told.operation = name_of(signature.kind);
  // A property is judged over many operations.
  if (signature.pass != PassId::NO_PAGE && !found.property) told.row = name_of(signature.pass);
  told.message = headline(found, runner.zone(), text.program.zone);
  told.line = found.expectation ? found.expectation->line : line_of_operation(text, number);
}

/// As `spbcheck file` looks: with the incremental checks, then with both.
bool tells_what_it_breaks(const TextProgram& text, report::ToldFinding& told) {
  RunOptions options;
  for (const Checks checks : {Checks::incremental, Checks::both}) {
    options.checks = checks;
    Runner runner(text.program.zone, options);
    OperationList source(text.program.operations);
    auto found = run(runner, source, &text);
    if (!found && !text.property.empty()) found = smt::judge(text.property, text.program);
    if (!found) continue;
    tell_of(*found, runner, text, told);
    return true;
  }
  return false;
}

/// A filed finding is named after what it broke.
std::string name_of_file(const std::string& path) {
  const std::string name = std::filesystem::path(path).stem().string();
  return name.substr(0, name.rfind('-'));
}

void tell_fixed(report::ToldFinding& told) {
  told.state = "fixed";
  told.invariant = name_of_file(told.program);
  told.clause = "no longer";
  told.invariants = {told.invariant};
  told.message = "all holds now";
}

void tell_end(int signal, report::ToldFinding& told) {
  told.invariant = "ends";
  told.clause = fmt::format("SIG{}", sigabbrev_np(signal));
  told.invariants = {told.invariant};
  told.message = "the model or its checks end by " + told.clause;
}

/// It was filed as a finding, so it stays one, and the others are told all the same.
void tell_unreadable(const std::string& why, report::ToldFinding& told) {
  told.invariant = name_of_file(told.program);
  told.clause = "cannot be run";
  told.invariants = {told.invariant};
  told.message = why;
}

void run_and_tell(const std::string& path, report::ToldFinding& told) {
  const TextProgram text = whole_program(path, {});
  told.variant = variants()[text.program.zone.variant].name;
  const auto work = [&] {
    if (!tells_what_it_breaks(text, told)) tell_fixed(told);
  };
  survive(work, [&](int signal) { tell_end(signal, told); });
}

}  // namespace

report::ToldFinding told_finding(const std::string& state, const std::string& path) {
  report::ToldFinding told;
  told.state = state;
  told.program = path;
  told.again = command_text({"reproduce", path});
  try {
    run_and_tell(path, told);
  } catch (const std::exception& error) {
    tell_unreadable(error.what(), told);
  }
  told.fingerprint = report::fingerprint_of(told);
  return told;
}

}  // namespace spb::cli
