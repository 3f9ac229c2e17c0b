// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <exception>
#include <filesystem>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "cli/ending.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/prove_steps.h"
#include "cli/prove_tasks.h"
#include "cli/verbs.h"
#include "files/findings_folder.h"
#include "files/notes.h"
#include "program/finding.h"
#include "program/printable.h"
#include "program/story.h"
#include "program/text.h"
#include "smt/agreement.h"
#include "smt/counterexample.h"
#include "smt/judge.h"
#include "smt/prove.h"
#include "smt/report.h"
#include "smt/small_zones.h"

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
  std::string notes;
  bool all = false;
  bool table = false;
  bool force = false;
  uint32_t bound = 0;
  uint64_t agree = 0;
  uint64_t steps = 0;
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

std::vector<ProveTask> tasks_of(const ProveVerb& verb) {
  std::vector<ProveTask> tasks;
  const std::vector<std::size_t> chosen = variants_of(verb);
  for (const Property* property : properties_of(verb)) {
    for (const std::size_t v : chosen)
      tasks.push_back({property, v, nullptr, verb.bound > 0});
    if (!verb.variant.empty() || verb.bound > 0) continue;
    for (const Weakened& weakened : property->weakened)
      tasks.push_back({property, weakened.variant, &weakened, false});
  }
  return tasks;
}

/// A wide state takes seconds where a proof for any number takes milliseconds.
constexpr Budget bounded_budget{.rlimit = 200'000'000};

// ---- asking

void ask(ProveTask& task, const ProveVerb& verb, bool second_opinion) {
  Effort effort;
  effort.second_opinion = second_opinion;
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
  const bool as_wished = as_expected(*task.property, task.variant, task.verdict.outcome);
  const bool wanted = !verb.programs.empty() || !as_wished;
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
class Asking {
 public:
  Asking(const ProveVerb& verb, std::vector<ProveTask>& tasks)
      : verb_(verb), tasks_(tasks), answered_(tasks.size()) {}

  std::atomic<bool> stop = false;

  void run() {
    std::vector<std::jthread> workers;
    const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < processors; ++i)
      workers.emplace_back([this] { work(); });
  }

  /// The tasks as they are now; those that are still asked are left out.
  std::vector<ProveTask> seen() const {
    std::vector<ProveTask> all;
    for (std::size_t i = 0; i < tasks_.size(); ++i) {
      const ProveTask& task = tasks_[i];
      if (answered_[i]) all.push_back(task);
      if (!answered_[i]) all.push_back({task.property, task.variant, task.weakened, task.bounded});
      all.back().answered = answered_[i];
    }
    return all;
  }

 private:
  void work() {
    for (std::size_t i; !stop && (i = next_++) < tasks_.size();) {
      try {
        ask(tasks_[i], verb_, !cvc5_in_trouble_);
      } catch (const std::bad_alloc&) {
        tasks_[i].verdict = {};
        tasks_[i].verdict.trouble = "out of memory";
      }
      // What keeps it from answering once keeps it from answering a hundred times.
      if (tasks_[i].verdict.cvc5 == Answer::trouble) cvc5_in_trouble_ = true;
      answered_[i] = true;
      show_progress(++nr_answered_, tasks_.size());
    }
  }

  const ProveVerb& verb_;
  std::vector<ProveTask>& tasks_;
  std::deque<std::atomic<bool>> answered_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> nr_answered_ = 0;
  std::atomic<bool> cvc5_in_trouble_ = false;
};

// ---- programs

std::filesystem::path program_path(const ProveVerb& verb, const ProveTask& task) {
  return std::filesystem::path(verb.programs) /
         fmt::format("{}.{}.txt", task.property->id, variants()[task.variant].name);
}

/// Before minutes of work, not after them.
void refuse_to_replace(const ProveVerb& verb, const std::vector<ProveTask>& tasks) {
  if (verb.programs.empty() || verb.force) return;
  for (const ProveTask& task : tasks) {
    const bool refuted = task.property->expected[task.variant] == Expected::refuted;
    const auto path = program_path(verb, task);
    if (task.weakened || !refuted || !std::filesystem::exists(path)) continue;
    throw std::runtime_error(fmt::format(
        "{}: found a file that exists, expected a new file; --force replaces it", path.string()));
  }
}

/// One file for each refuted property and variant that has a program; all or none.
void write_programs(const ProveVerb& verb, const std::vector<ProveTask>& tasks) {
  std::filesystem::create_directories(verb.programs);
  StagedFiles files(verb.force);
  for (const ProveTask& task : tasks) {
    if (task.program) files.add(program_path(verb, task)) << print_text(task.program->text);
  }
  files.commit();
  for (const ProveTask& task : tasks) {
    if (task.program) fmt::print("{}\n", printable(program_path(verb, task).string()));
  }
}

/// Where it cannot be written, what was found is told all the same.
int write_programs_or_say(const ProveVerb& verb, const std::vector<ProveTask>& tasks, int status) {
  try {
    write_programs(verb, tasks);
  } catch (const std::exception& error) {
    complain(error.what());
    return status == finding ? status : bad_use;
  }
  return status;
}

int prove_tasks(const ProveVerb& verb) {
  std::vector<ProveTask> tasks = tasks_of(verb);
  refuse_to_replace(verb, tasks);
  Asking asking(verb, tasks);
  const End end = run_until({}, asking.stop, [&] { asking.run(); });
  const std::vector<ProveTask> seen = asking.seen();
  const Property* last = nullptr;
  for (const ProveTask& task : seen) {
    if (!task.answered) continue;
    if (task.property != last) fmt::print("{}: {}\n", task.property->id, task.property->sentence);
    last = task.property;
    tell(task, verb.findings);
    note(task, Notes(verb.notes));
  }
  int status = tell_summary(seen);
  if (!verb.programs.empty()) status = write_programs_or_say(verb, seen, status);
  if (end.early()) fmt::print("{} before every question was answered\n", reason_text(end));
  if (!end.done) leave(status_of(end, status));
  return status_of(end, status);
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
  const uint32_t threads = std::max(1U, std::thread::hardware_concurrency());
  const Explored seen = explore(spec, policy, policy, transitions_max, threads);
  fmt::print("{:<10} {}: {}{} states, {} transitions, {} searches: {}\n", variants()[v].name,
             size_text(size), seen.complete ? "all " : "", seen.states, seen.transitions,
             seen.searches, seen.difference ? *seen.difference : "engine and reading agree");
  std::fflush(stdout);
  if (seen.difference) fmt::print("{}", print_text(with_lines(seen.program)));
  return !seen.difference;
}

/// First a zone that is seen to its end, then one that is not.
int compare_with_engine(const ProveVerb& verb) {
  std::atomic<bool> agree = true;
  std::atomic<bool> stop = false;
  const End end = run_until({}, stop, [&] {
    for (const std::size_t v : variants_of(verb)) {
      for (const Geometry& size : {tiniest_size(), tiny_size()})
        if (!stop && !compare_in(size, v, verb.agree)) agree = false;
    }
  });
  const int status = status_of(end, agree ? holds : finding);
  if (end.early()) fmt::print("{} before every state was compared\n", reason_text(end));
  if (!end.done) leave(status);
  return status;
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
  if (verb.steps)
    return prove_steps(verb.ids, {verb.steps, verb.programs, verb.findings, verb.force});
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
  add_number(*command, "--bound", verb->bound, 1, 48,
             "Only states of this many superpageblocks of one pageblock, both ends cut");
  command
      ->add_option("--programs", verb->programs,
                   "Write a counterexample of each refuted property into this folder")
      ->type_name("FOLDER");
  command->add_flag("--force", verb->force, "Replace programs that exist there");
  command
      ->add_option("--findings", verb->findings,
                   "The folder for a program of what is refuted and should not be")
      ->type_name("FOLDER")
      ->capture_default_str();
  add_notes_option(*command, verb->notes);
  constexpr uint64_t transitions_max = 1'000'000'000'000;
  add_number(*command, "--steps", verb->steps, 1, transitions_max,
             "Does a pass taint more over several steps? Every program of small zones, this many "
             "transitions a zone");
  add_number(*command, "--agree", verb->agree, 1, transitions_max,
             "Compare engine and reading in the states of a small zone, this many transitions a "
             "variant");
  command->callback([verb, &status] { status = prove_verb(*verb); });
}

}  // namespace spb::cli
