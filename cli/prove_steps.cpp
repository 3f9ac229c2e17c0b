// SPDX-License-Identifier: GPL-2.0-only
#include "cli/prove_steps.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "cli/ending.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "files/findings_folder.h"
#include "model/policy/variant.h"
#include "program/finding.h"
#include "program/printable.h"
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

std::filesystem::path program_path(const StepsOptions& options, const StepsQuestion& question) {
  return std::filesystem::path(options.programs) /
         fmt::format("{}.{}.txt", question.id, variants()[question.variant].name);
}

/// Before minutes of work, not after them.
void refuse_to_replace(const StepsOptions& options, const StepsQuestion& question) {
  const auto path = program_path(options, question);
  if (options.programs.empty() || options.force || !std::filesystem::exists(path)) return;
  throw std::runtime_error(fmt::format(
      "{}: found a file that exists, expected a new file; --force replaces it", path.string()));
}

void write_program(const MinimalFinding& finding, const StepsQuestion& question,
                   const StepsOptions& options) {
  std::filesystem::create_directories(options.programs);
  StagedFiles files(options.force);
  const auto path = program_path(options, question);
  files.add(path) << print_text(finding.text);
  files.commit();
  fmt::print("    {}\n", printable(path.string()));
}

void keep(const MinimalFinding& finding, const StepsQuestion& question,
          const StepsOptions& options) {
  if (!options.programs.empty()) write_program(finding, question, options);
  if (question.refuted) return;
  const FiledFinding filed = file_finding(finding, options.findings);
  fmt::print("    `spbcheck run {}` tells it\n", printable(filed.path.string()));
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
  const uint32_t threads = std::max(1U, std::thread::hardware_concurrency());
  Result result;
  for (const Geometry& zone : question.zones) {
    const StepsAnswer found = answer(question, zone, options.transitions_max, threads);
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

/// What all questions came to. One thread asks, another may have to say how far it got.
struct Answers {
  std::mutex mutex;
  std::vector<std::string> unexpected;
  std::vector<std::string> unfinished;
  std::size_t asked = 0;

  void add(const StepsQuestion& question, const Result& result) {
    const std::scoped_lock lock(mutex);
    ++asked;
    const bool open = !result.refuted && !result.complete;
    if (open) unfinished.emplace_back(question.id);
    if (open || result.refuted == question.refuted) return;
    unexpected.emplace_back(question.id);
    fmt::print("  NOT AS EXPECTED: {}\n", question.refuted ? "refuted" : "holds");
  }

  int status() const {
    if (!unexpected.empty()) return finding;
    return unfinished.empty() ? holds : no_answer;
  }
};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? ": " : ", ") + name;
  return text;
}

}  // namespace

int prove_steps(const std::vector<std::string>& ids, const StepsOptions& options) {
  const std::vector<const StepsQuestion*> questions = questions_of(ids);
  for (const StepsQuestion* question : questions)
    refuse_to_replace(options, *question);
  Answers answers;
  std::atomic<bool> stop = false;
  const End end = run_until({}, stop, [&] {
    for (std::size_t i = 0; i < questions.size() && !stop; ++i)
      answers.add(*questions[i], ask(*questions[i], options));
  });
  const std::scoped_lock lock(answers.mutex);
  for (std::size_t i = answers.asked; i < questions.size(); ++i)
    answers.unfinished.emplace_back(questions[i]->id);
  fmt::print("{} not as expected{}\n", answers.unexpected.size(), joined(answers.unexpected));
  fmt::print("{} not answered within {} transitions{}\n", answers.unfinished.size(),
             options.transitions_max, joined(answers.unfinished));
  if (end.early()) fmt::print("{} before every question was answered\n", reason_text(end));
  const int status = status_of(end, answers.status());
  if (!end.done) leave(status);
  return status;
}

}  // namespace spb::cli
