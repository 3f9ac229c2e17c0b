// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "cli/prove_steps.h"
#include "cli/verbs.h"
#include "program/finding.h"
#include "program/story.h"
#include "program/text.h"
#include "smt/agreement.h"
#include "smt/counterexample.h"
#include "smt/judge.h"
#include "smt/prove.h"
#include "smt/report.h"

namespace spb::cli {

namespace {

using namespace spb::smt;
using smt::Outcome;

struct ProveVerb {
  std::vector<std::string> ids;
  std::string variant;
  std::string explain;
  std::string programs;
  std::string findings = "corpus/findings";
  bool all = false;
  bool table = false;
  uint32_t bound = 0;
  uint64_t agree = 0;
  uint64_t steps = 0;
};

/// One question: a property of a variant, or of one of its weakened tables.
struct Task {
  const Property* property;
  std::size_t variant;
  const Weakened* weakened;  ///< null: the variant as it is
  bool bounded;              ///< asked at one size alone
  Verdict verdict;
  std::optional<MinimalFinding> program;

  bool expected() const {
    if (weakened) return verdict.outcome == Outcome::refuted;
    return bounded ? as_expected_at_size(*property, variant, verdict.outcome)
                   : as_expected(*property, variant, verdict.outcome);
  }
};

// ---- what is asked

const Property& property_named(const std::string& id) {
  const Property* property = find_property(id);
  if (property) return *property;
  throw std::runtime_error(
      fmt::format("found the property '{}', expected one of `spbcheck prove --table`", id));
}

std::vector<std::size_t> variants_of(const ProveVerb& verb) {
  std::vector<std::size_t> chosen;
  for (std::size_t v = 0; v < nr_variants; ++v) {
    if (verb.variant.empty() || variants()[v].name == verb.variant) chosen.push_back(v);
  }
  if (!chosen.empty()) return chosen;
  throw std::runtime_error(
      fmt::format("found the variant '{}', expected one of `spbcheck list`", verb.variant));
}

std::vector<const Property*> properties_of(const ProveVerb& verb) {
  std::vector<const Property*> chosen;
  if (verb.all) {
    for (const Property& property : properties())
      chosen.push_back(&property);
  }
  for (const std::string& id : verb.ids)
    chosen.push_back(&property_named(id));
  if (chosen.empty()) throw std::runtime_error("found no property, expected an ID or --all");
  return chosen;
}

std::vector<Task> tasks_of(const ProveVerb& verb) {
  std::vector<Task> tasks;
  const std::vector<std::size_t> chosen = variants_of(verb);
  for (const Property* property : properties_of(verb)) {
    for (const std::size_t v : chosen)
      tasks.push_back({property, v, nullptr, verb.bound > 0, {}, {}});
    if (!verb.variant.empty() || verb.bound > 0) continue;
    for (const Weakened& weakened : property->weakened)
      tasks.push_back({property, weakened.variant, &weakened, false, {}, {}});
  }
  return tasks;
}

/// A wide state takes seconds where a proof for any number takes milliseconds.
constexpr Budget bounded_budget{200'000'000, 30'000};

// ---- asking

void ask(Task& task, const ProveVerb& verb) {
  Effort effort;
  effort.size = verb.bound ? wide_size(verb.bound) : small_size();
  effort.smaller = smaller_sizes();
  if (verb.bound) effort.budget = bounded_budget;
  if (task.weakened) {
    effort.second_opinion = false;
    task.verdict = prove_weakened(*task.property, *task.weakened, effort);
    return;
  }
  if (task.property->expected[task.variant] == Expected::skipped) {
    task.verdict.outcome = Outcome::skipped;
    return;
  }
  const Subject subject = subject_for(*task.property, task.variant);
  task.verdict = verb.bound ? prove_at_size(*task.property, subject, effort)
                            : prove(*task.property, subject, effort);
  const bool wanted = !verb.programs.empty() || !task.expected();
  if (!wanted || verb.bound) return;
  const auto found = counterexample(*task.property, subject, task.verdict);
  if (!found) return;
  task.program =
      property_finding(task.property->id, found->program, found->source, &subject.concrete);
}

/// How many questions are answered, on a terminal's last line.
void show_progress(std::size_t answered, std::size_t of) {
  if (isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\r\033[K{}", answered < of ? fmt::format("{} of {}", answered, of) : "");
  std::fflush(stderr);
}

/// The tasks, shared out over the processors.
void ask_all(std::vector<Task>& tasks, const ProveVerb& verb) {
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> answered{0};
  const auto work = [&] {
    for (std::size_t i; (i = next++) < tasks.size();) {
      ask(tasks[i], verb);
      show_progress(++answered, tasks.size());
    }
  };
  std::vector<std::jthread> workers;
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < processors; ++i)
    workers.emplace_back(work);
}

// ---- telling

std::string cvc5_text(const Task& task) {
  const bool asked = task.verdict.outcome == Outcome::proven ||
                     task.verdict.outcome == Outcome::refuted ||
                     task.verdict.outcome == Outcome::error;
  if (!asked || task.verdict.cvc5 == Answer::absent) return "skipped";
  if (task.verdict.cvc5 == Answer::unknown) return "unknown";
  return fmt::format("{:.3f} s", task.verdict.cvc5_seconds);
}

/// At one size "proven" would say too much.
std::string_view outcome_text(const Task& task) {
  const bool holds_here = task.bounded && task.verdict.outcome == Outcome::proven;
  return holds_here ? "holds" : name_of(task.verdict.outcome);
}

void tell(const Task& task, const ProveVerb& verb) {
  const Verdict& verdict = task.verdict;
  fmt::print("  {:<10} {}", variants()[task.variant].name, outcome_text(task));
  if (verdict.outcome != Outcome::skipped) {
    fmt::print("{:<{}}Z3 {:.3f} s  cvc5 {:<8} {:>6} terms", "", 9 - outcome_text(task).size(),
               verdict.z3_seconds, cvc5_text(task), verdict.terms);
  }
  if (!task.expected()) {
    fmt::print("  NOT AS EXPECTED: {}", name_of(task.property->expected[task.variant]));
  }
  fmt::print("{}{}\n", verdict.detail.empty() ? "" : "  ", verdict.detail);
  if (!task.expected() && task.program) {
    const FiledFinding filed = file_finding(*task.program, verb.findings);
    fmt::print("    `spbcheck run {}` tells it\n", filed.path.string());
  }
}

void tell_weakened(const Task& task) {
  if (task.expected()) return;
  fmt::print("  weakened by \"{}\": {}, expected refuted\n", task.weakened->edit.what,
             name_of(task.verdict.outcome));
}

int summary(const std::vector<Task>& tasks) {
  std::array<std::size_t, 6> outcomes{};
  std::size_t weakened = 0;
  std::size_t unexpected = 0;
  bool unknown = false;
  for (const Task& task : tasks) {
    if (task.weakened) {
      ++weakened;
    } else {
      ++outcomes[static_cast<std::size_t>(task.verdict.outcome)];
    }
    unexpected += !task.expected();
    unknown = unknown || task.verdict.outcome == Outcome::timeout;
  }
  const bool bounded = tasks.front().bounded;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const std::string_view name = name_of(static_cast<Outcome>(i));
    fmt::print("{}{} {}", i ? ", " : "", outcomes[i], i == 0 && bounded ? "hold" : name);
  }
  fmt::print("; {} weakened tables; {} not as expected\n", weakened, unexpected);
  if (unexpected == 0) return holds;
  return unknown ? no_answer : finding;
}

/// One file a refuted property: of its most complete variant that has a program.
void write_programs(const std::vector<Task>& tasks, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const Task& task : tasks) {
    if (!task.program) continue;
    const std::string variant(variants()[task.variant].name);
    const auto path = folder / fmt::format("{}.{}.txt", task.property->id, variant);
    std::ofstream out(path);
    out << print_text(task.program->text);
    if (!out.flush()) throw std::runtime_error(fmt::format("cannot write {}", path.string()));
    fmt::print("{}\n", path.string());
  }
}

int prove_tasks(const ProveVerb& verb) {
  std::vector<Task> tasks = tasks_of(verb);
  ask_all(tasks, verb);
  const Property* last = nullptr;
  for (const Task& task : tasks) {
    if (task.property != last) fmt::print("{}: {}\n", task.property->id, task.property->sentence);
    last = task.property;
    task.weakened ? tell_weakened(task) : tell(task, verb);
  }
  if (!verb.programs.empty()) write_programs(tasks, verb.programs);
  return summary(tasks);
}

// ---- the engine beside the reading

/// True where engine and reading agree.
bool compare_in(const Geometry& size, std::size_t v, uint64_t transitions_max) {
  ZoneSpec spec;
  spec.geometry = size;
  spec.variant = static_cast<uint32_t>(v);
  // More would only be told apart by the order in which the pool hands them out.
  spec.parameters[ParameterId::evacuate_items] = 1;
  const Policy<Concrete>& policy = variants()[v].policy;
  const Explored seen = explore(spec, policy, policy, transitions_max);
  fmt::print("{:<10} {}: {}{} states, {} transitions, {} searches: {}\n", variants()[v].name,
             size_text(size), seen.complete ? "all " : "", seen.states, seen.transitions,
             seen.searches, seen.difference ? *seen.difference : "engine and reading agree");
  std::fflush(stdout);
  if (seen.difference) fmt::print("{}", print_text(with_lines(seen.program)));
  return !seen.difference;
}

/// First a zone that is seen to its end, then one that is not.
int compare_with_engine(const ProveVerb& verb) {
  bool agree = true;
  for (const std::size_t v : variants_of(verb)) {
    for (const Geometry& size : {tiniest_size(), tiny_size()})
      agree = compare_in(size, v, verb.agree) && agree;
  }
  return agree ? holds : finding;
}

int prove_verb(const ProveVerb& verb) {
  if (verb.table) {
    fmt::print("{}", markdown_table());
    return holds;
  }
  if (!verb.explain.empty()) {
    fmt::print("{}", explained(property_named(verb.explain)));
    return holds;
  }
  if (verb.agree) return compare_with_engine(verb);
  if (verb.steps) return prove_steps(verb.ids, {verb.steps, verb.programs, verb.findings});
  return prove_tasks(verb);
}

}  // namespace

void add_prove(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand(
      "prove", "Ask Z3 and cvc5 what holds of the policy, in every state of any size");
  auto verb = std::make_shared<ProveVerb>();
  command->add_option("ID", verb->ids, "Properties");
  command->add_flag("--all", verb->all, "Every property, and every weakened table");
  command->add_option("--variant", verb->variant, "One variant instead of all");
  command->add_option("--explain", verb->explain, "What this property says and assumes");
  command->add_flag("--table", verb->table, "The properties and what is expected, as Markdown");
  command
      ->add_option("--bound", verb->bound,
                   "Only states of this many superpageblocks of one pageblock, both ends cut")
      ->check(CLI::Range(1, 48));
  command->add_option("--programs", verb->programs,
                      "Write a counterexample of each refuted property into this folder");
  command
      ->add_option("--findings", verb->findings,
                   "The folder for a program of what is refuted and should not be")
      ->type_name("FOLDER")
      ->capture_default_str();
  command->add_option("--steps", verb->steps,
                      "Does a pass taint more over several steps? Every program of small zones, "
                      "this many transitions a zone");
  command->add_option("--agree", verb->agree,
                      "Compare engine and reading in the states of a small zone, this many "
                      "transitions a variant");
  command->callback([verb, &status] { status = prove_verb(*verb); });
}

}  // namespace spb::cli
