// SPDX-License-Identifier: GPL-2.0-only
#include "cli/prove_steps.h"

#include <fmt/core.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "cli/verbs.h"
#include "model/policy/variant.h"
#include "program/finding.h"
#include "program/story.h"
#include "program/words.h"
#include "smt/judge.h"
#include "smt/steps.h"

namespace spb::cli {

namespace {

using namespace spb::smt;

/// What all zones of one question came to.
struct Result {
  bool refuted = false;
  bool complete = true;  ///< where it is not refuted: every program was tried
};

std::vector<const StepsQuestion*> questions_of(const std::vector<std::string>& ids) {
  std::vector<const StepsQuestion*> chosen;
  for (const StepsQuestion& question : steps_questions()) {
    if (ids.empty()) chosen.push_back(&question);
  }
  for (const std::string& id : ids) {
    const StepsQuestion* question = find_steps_question(id);
    if (question == nullptr) {
      throw std::runtime_error(
          fmt::format("found '{}', expected a property about several steps", id));
    }
    chosen.push_back(question);
  }
  return chosen;
}

void write_program(const MinimalFinding& finding, const StepsQuestion& question,
                   const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto path =
      folder / fmt::format("{}.{}.txt", question.id, variants()[question.variant].name);
  std::ofstream out(path);
  out << print_text(finding.text);
  if (!out.flush()) throw std::runtime_error(fmt::format("cannot write {}", path.string()));
  fmt::print("    {}\n", path.string());
}

void keep(const MinimalFinding& finding, const StepsQuestion& question,
          const StepsOptions& options) {
  if (!options.programs.empty()) write_program(finding, question, options.programs);
  if (question.refuted) return;
  const FiledFinding filed = file_finding(finding, options.findings);
  fmt::print("    `spbcheck run {}` tells it\n", filed.path.string());
}

void tell(const StepsAnswer& found, const StepsQuestion& question, const Geometry& zone) {
  std::string verdict = "refuted by a program of ";
  if (found.program) {
    verdict += counted(found.program->operations.size(), "operation");
  } else {
    verdict = found.complete ? "holds of every program" : "not refuted so far";
  }
  const bool cut = zone.absent_first > 0 || zone.absent_last > 0;
  fmt::print("  {:<10} {}{}: {} pairs of states, {} transitions, {} operations deep: {}\n",
             variants()[question.variant].name, size_text(zone), cut ? ", cut ends" : "",
             found.states, found.transitions, found.depth, verdict);
  std::fflush(stdout);
}

Result ask(const StepsQuestion& question, const StepsOptions& options) {
  fmt::print("{}: {}\n", question.id, question.sentence);
  Result result;
  for (const Geometry& zone : question.zones) {
    const StepsAnswer found = answer(question, zone, options.transitions_max);
    tell(found, question, zone);
    result.complete = result.complete && found.complete;
    if (!found.program) continue;
    result.refuted = true;
    keep(property_finding(question.id, *found.program, "a search of a small zone"), question,
         options);
    break;
  }
  return result;
}

}  // namespace

int prove_steps(const std::vector<std::string>& ids, const StepsOptions& options) {
  std::size_t unexpected = 0;
  std::size_t unfinished = 0;
  for (const StepsQuestion* question : questions_of(ids)) {
    const Result result = ask(*question, options);
    const bool open = !result.refuted && !result.complete;
    unfinished += open;
    if (result.refuted == question->refuted || open) continue;
    ++unexpected;
    fmt::print("  NOT AS EXPECTED: {}\n", question->refuted ? "refuted" : "holds");
  }
  fmt::print("{} not as expected, {} not answered within {} transitions\n", unexpected, unfinished,
             options.transitions_max);
  if (unexpected > 0) return finding;
  return unfinished > 0 ? no_answer : holds;
}

}  // namespace spb::cli
