// SPDX-License-Identifier: GPL-2.0-only
#include "cli/prove_tasks.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <set>
#include <string>
#include <string_view>

#include "cli/output.h"
#include "cli/verbs.h"
#include "files/findings_folder.h"
#include "program/printable.h"
#include "smt/report.h"

namespace spb::cli {

using namespace spb::smt;
using smt::Outcome;

namespace {

bool is_as_expected(const ProveTask& task) {
  const Outcome outcome = task.verdict.outcome;
  if (task.weakened) return outcome == Outcome::refuted;
  return task.bounded ? as_expected_at_size(*task.property, task.variant, outcome)
                      : as_expected(*task.property, task.variant, outcome);
}

std::string_view expected_text(const ProveTask& task) {
  return task.weakened ? "refuted" : name_of(task.property->expected[task.variant]);
}

}  // namespace

Standing ProveTask::standing() const {
  const bool in_trouble = verdict.outcome == Outcome::error && !verdict.trouble.empty();
  if (!answered || verdict.outcome == Outcome::timeout || in_trouble) return Standing::unanswered;
  return is_as_expected(*this) ? Standing::expected : Standing::unexpected;
}

std::string ProveTask::name() const {
  const std::string where = weakened ? fmt::format("weakened by \"{}\"", weakened->edit.what)
                                     : std::string(variants()[variant].name);
  return fmt::format("{} ({})", property->id, where);
}

// ---- a task

namespace {

std::string cvc5_text(const ProveTask& task) {
  if (task.verdict.cvc5 == Answer::absent) return "skipped";
  if (task.verdict.cvc5 == Answer::unknown) return "unknown";
  if (task.verdict.cvc5 == Answer::trouble) return "trouble";
  return fmt::format("{:.3f} s", task.verdict.cvc5_seconds);
}

/// At one size "proven" would say too much.
std::string_view outcome_text(const ProveTask& task) {
  const bool holds_here = task.bounded && task.verdict.outcome == Outcome::proven;
  return holds_here ? "holds" : name_of(task.verdict.outcome);
}

/// What cannot be filed is told all the same, and so are the tasks behind it.
void keep(const MinimalFinding& program, const std::string& findings) {
  try {
    const FiledFinding filed = file_finding(program, findings);
    fmt::print("    `spbcheck run {}` tells it\n", printable(filed.path.string()));
  } catch (const std::exception& error) {
    std::fflush(stdout);
    complain(std::string("not filed: ") + error.what());
  }
}

/// Only what is not as expected is worth a line of a weakened table.
void tell_weakened(const ProveTask& task) {
  if (task.standing() == Standing::expected) return;
  fmt::print("  weakened by \"{}\": {}, expected refuted\n", task.weakened->edit.what,
             name_of(task.verdict.outcome));
}

}  // namespace

void tell(const ProveTask& task, const std::string& findings) {
  if (task.weakened) return tell_weakened(task);
  const Verdict& verdict = task.verdict;
  fmt::print("  {:<10} {}", variants()[task.variant].name, outcome_text(task));
  if (verdict.outcome != Outcome::skipped) {
    fmt::print("{:<{}}Z3 {:.3f} s  cvc5 {:<8} {:>6} terms", "", 9 - outcome_text(task).size(),
               verdict.z3_seconds, cvc5_text(task), verdict.terms);
  }
  const Standing standing = task.standing();
  if (standing == Standing::unexpected) fmt::print("  NOT AS EXPECTED: {}", expected_text(task));
  if (standing == Standing::unanswered) fmt::print("  NOT ANSWERED: {}", expected_text(task));
  fmt::print("{}{}\n", verdict.detail.empty() ? "" : "  ", verdict.detail);
  const std::string caller = caller_text(*task.property, verdict);
  if (!caller.empty()) fmt::print("    caller: {}\n", caller);
  if (standing == Standing::unexpected && task.program) keep(*task.program, findings);
}

void note(const ProveTask& task, const Notes& notes) {
  if (!task.answered) return;
  const Verdict& verdict = task.verdict;
  const std::string weakened =
      task.weakened ? fmt::format(", weakened: {}", task.weakened->edit.what) : "";
  notes.add({"proof", std::string(task.property->id),
             std::string(variants()[task.variant].name) + weakened,
             std::string(name_of(verdict.outcome)), std::string(expected_text(task)),
             fmt::format("{:.3f}", verdict.z3_seconds + verdict.cvc5_seconds)});
}

// ---- all of them

namespace {

constexpr std::size_t nr_outcomes = 6;

struct Summary {
  std::array<std::size_t, nr_outcomes> outcomes{};
  std::size_t weakened = 0;
  /// Names by outcome, those of weakened tables last.
  std::array<std::string, nr_outcomes + 1> unexpected;
  std::array<std::size_t, nr_outcomes + 1> nr_unexpected{};
  std::size_t all_unexpected = 0;
  std::size_t unanswered = 0;
  std::set<std::string> trouble;

  void add(const ProveTask& task) {
    const auto outcome = static_cast<std::size_t>(task.verdict.outcome);
    const Standing standing = task.standing();
    if (!task.verdict.trouble.empty()) trouble.insert(task.verdict.trouble);
    unanswered += standing == Standing::unanswered;
    if (!task.answered) return;
    ++(task.weakened ? weakened : outcomes[outcome]);
    if (standing != Standing::unexpected) return;
    const std::size_t line = task.weakened ? nr_outcomes : outcome;
    unexpected[line] += (nr_unexpected[line] > 0 ? ", " : "") + task.name();
    ++nr_unexpected[line];
    ++all_unexpected;
  }

  int status() const {
    if (all_unexpected > 0) return finding;
    if (!trouble.empty()) return bad_use;
    return unanswered > 0 ? no_answer : holds;
  }
};

void print_counts(const Summary& summary, bool bounded) {
  for (std::size_t i = 0; i < nr_outcomes; ++i) {
    const std::string_view name = name_of(static_cast<Outcome>(i));
    fmt::print("{}{} {}", i ? ", " : "", summary.outcomes[i], i == 0 && bounded ? "hold" : name);
  }
  fmt::print("; {} weakened tables; {} not as expected", summary.weakened, summary.all_unexpected);
  if (summary.unanswered > 0) fmt::print("; {} not answered", summary.unanswered);
  fmt::print("\n");
}

void print_unexpected(const Summary& summary) {
  for (std::size_t i = 0; i <= nr_outcomes; ++i) {
    if (summary.nr_unexpected[i] == 0) continue;
    const bool weakened = i == nr_outcomes;
    fmt::print("{} {}, {} of them unexpected: {}\n",
               weakened ? summary.weakened : summary.outcomes[i],
               weakened ? "weakened tables" : name_of(static_cast<Outcome>(i)),
               summary.nr_unexpected[i], summary.unexpected[i]);
  }
}

void print_unanswered(std::span<const ProveTask> tasks, const Summary& summary) {
  std::size_t not_asked = 0;
  for (const ProveTask& task : tasks) {
    not_asked += !task.answered;
    if (!task.answered || task.standing() != Standing::unanswered) continue;
    const std::string& detail = task.verdict.detail;
    fmt::print("not answered: {}: {}{}{}\n", task.name(), name_of(task.verdict.outcome),
               detail.empty() ? "" : ", ", detail);
  }
  if (not_asked > 0) {
    fmt::print("not answered: {} of {} questions, which nobody was asked\n", not_asked,
               tasks.size());
  }
  for (const std::string& trouble : summary.trouble)
    fmt::print("trouble of the machine, no answer: {}\n", trouble);
}

}  // namespace

int tell_summary(std::span<const ProveTask> tasks) {
  Summary summary;
  for (const ProveTask& task : tasks)
    summary.add(task);
  print_counts(summary, tasks.front().bounded);
  print_unexpected(summary);
  print_unanswered(tasks, summary);
  return summary.status();
}

}  // namespace spb::cli
