// SPDX-License-Identifier: GPL-2.0-only
#include "cli/minimal.h"

#include <fmt/core.h>

#include <utility>

#include "program/words.h"
#include "smt/judge.h"

namespace spb::cli {

namespace {

/// A candidate is a copy of the program, so there is an end to how long it may be.
constexpr std::size_t operations_max = std::size_t{1} << 24;

/// What the text was kept for, whatever else it breaks.
std::optional<MinimalFinding> minimal_property(const TextProgram& text,
                                               const std::atomic<bool>* stop) {
  if (text.property.empty() || !smt::judge(text.property, text.program)) return {};
  MinimalFinding finding = smt::property_finding(
      text.property, smt::minimised(text.property, text.program, nullptr, stop), "another program");
  finding.operations_before = text.program.operations.size();
  return finding;
}

}  // namespace

TextProgram whole_program(const std::string& path, std::optional<Form> form) {
  const auto loaded = load_program(path, form);
  if (loaded->text) return std::move(*loaded->text);
  Program program{loaded->zone, {}};
  for (Operation op; loaded->source->next(op);) {
    if (program.operations.size() == operations_max) {
      throw InputError(path, 0, 0, "more than " + std::to_string(operations_max) + " operations",
                       "a shorter program", "`spbcheck run` tells where it breaks");
    }
    program.operations.push_back(op);
  }
  return with_lines(std::move(program));
}

std::optional<MinimalFinding> minimal_finding_of(const TextProgram& program,
                                                 const std::atomic<bool>* stop) {
  if (auto finding = minimal_property(program, stop)) return finding;
  RunOptions options;
  for (const Checks checks : {Checks::incremental, Checks::both}) {
    options.checks = checks;
    if (auto finding = minimise_finding(program, options, stop)) return finding;
  }
  return {};
}

std::optional<MinimalFinding> minimal_finding_of(const std::string& path, std::optional<Form> form,
                                                 const std::atomic<bool>* stop) {
  return minimal_finding_of(whole_program(path, form), stop);
}

std::string summary_of(const MinimalFinding& finding) {
  return fmt::format("{} of {} operations: {}", finding.text.program.operations.size(),
                     finding.operations_before, signature_text(finding.signature));
}

}  // namespace spb::cli
