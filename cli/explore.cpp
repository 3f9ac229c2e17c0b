// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cli/ending.h"
#include "cli/minimal.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "explore/search.h"
#include "explore/zone_states.h"
#include "files/findings_folder.h"
#include "model/policy/variant.h"
#include "program/printable.h"
#include "program/story.h"
#include "program/words.h"
#include "program/zone_line.h"

namespace spb::cli {

namespace {

struct ExploreVerb {
  std::vector<std::string> zone;
  std::vector<std::string> kinds;
  bool no_symmetry = false;
  Checks checks = Checks::incremental;
  bool no_conformance = false;
  uint32_t jobs = std::max(1U, std::thread::hardware_concurrency());
  uint64_t transitions = 0;
  uint32_t memory = 1024;
  std::optional<double> seconds;
  std::string state;
  std::string folder = "corpus/findings";
};

// ---- what is searched

/// A zone whose states can all be seen: the sizes that are not given.
constexpr std::string_view usual_sizes[] = {"superpageblocks=2", "pageblocks=1",
                                            "pageblock_order=1", "max_page_order=1"};

std::string zone_text(const ExploreVerb& verb) {
  std::string line;
  for (const std::string& word : verb.zone)
    line += word + " ";
  for (const std::string_view size : usual_sizes) {
    const std::string_view name = size.substr(0, size.find('=') + 1);
    const bool given = std::any_of(verb.zone.begin(), verb.zone.end(), [&](std::string_view word) {
      return word.substr(0, name.size()) == name;
    });
    if (!given) line += std::string(size) + " ";
  }
  return line;
}

ZoneSpec zone_of(const ExploreVerb& verb) {
  const std::string line = zone_text(verb);
  const std::string name = "ZONE";
  ZoneSpec spec = parse_zone(words_of(line), 1, {name, 0});
  if (spec.geometry.span() > 1024) {
    throw InputError(name, 0, 0, fmt::format("{} pages", spec.geometry.span()),
                     "at most 1024: this goes through all states of a small zone");
  }
  if (spec.geometry.grows_by > 0) {
    throw InputError(name, 0, 0, fmt::format("grows_by={}", spec.geometry.grows_by),
                     "a zone that stays as large as it is: a search tries no growth");
  }
  if (spec.machine.cpus > 1) {
    throw InputError(name, 0, 0, fmt::format("{} CPUs", spec.machine.cpus),
                     "one: the states that a search packs have one CPU's hints");
  }
  spec.geometry = with_slots_for_pages(spec.geometry);
  return spec;
}

std::vector<OpKind> kinds_of(const ExploreVerb& verb, const Zone& zone) {
  std::vector<OpKind> kinds{OpKind::rmqueue, OpKind::free, OpKind::isolate, OpKind::unisolate};
  if (nr_items(zone) > 0) kinds.insert(kinds.end(), {OpKind::irq_work, OpKind::worker});
  if (intervals_outlast_operations(zone.parameters())) kinds.push_back(OpKind::wait);
  if (verb.kinds.empty()) return kinds;
  Names names;
  for (const OpKind kind : kinds)
    names.push_back(name_of(kind));
  std::vector<OpKind> chosen;
  const std::string option = "--kinds";
  for (const std::string& kind : verb.kinds)
    chosen.push_back(kinds[index_of({kind, 1}, names, alternatives(names), {option, 0})]);
  return chosen;
}

/// All that decides what a search finds.
struct Question {
  ZoneSpec zone;
  std::vector<OpKind> kinds;
  std::vector<Operation> operations;
  Symmetry symmetry;
  RunOptions run;

  explicit Question(const ExploreVerb& verb) : zone(zone_of(verb)) {
    run.events = false;
    run.checks = verb.checks;
    run.conformance = !verb.no_conformance;
    const auto machine = make_machine(zone, run);
    const Zone& set_up = machine->zone();
    kinds = kinds_of(verb, set_up);
    operations = alphabet(zone.geometry, kinds);
    if (!verb.no_symmetry) symmetry = sound_symmetry(set_up, operations);
  }

  std::string text() const {
    std::string words;
    for (const OpKind kind : kinds)
      words += fmt::format("{}{}", words.empty() ? "" : " ", name_of(kind));
    return fmt::format("{}\nkinds: {}\nsymmetry: {}\nchecks: {}{}\n", zone_line(zone), words,
                       symmetry_text(symmetry), static_cast<unsigned>(run.checks),
                       run.conformance ? ", conformance" : "");
  }
};

// ---- progress

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

/// A line every few seconds, to the side.
class ExploreProgress {
 public:
  void tell(const SearchCounts& counts) {
    if (seconds_since(last_) < 5) return;
    last_ = Clock::now();
    fmt::print(stderr, "{:.0f} s: {} operations deep, {} states, {} transitions, {} MB\n",
               seconds_since(begun_), counts.depth, counts.states, counts.transitions,
               counts.bytes >> 20U);
  }

 private:
  Clock::time_point begun_ = Clock::now();
  Clock::time_point last_ = begun_;
};

/// Time that a search took, and that all cores gave it: others may want them too.
struct Spent {
  double seconds;
  double of_cores;
};

// ---- what came of it

void tell_question(const Question& question, uint32_t bits) {
  fmt::print("{}, {}\n", size_text(question.zone.geometry), reading_text(question.zone));
  fmt::print(
      "{} operations in each state, each state exactly in {} bits; alike under change of: {}\n",
      question.operations.size(), bits, symmetry_text(question.symmetry));
  std::fflush(stdout);
}

std::string end_text(const SearchResult& result, const ExploreVerb& verb) {
  const std::string kept =
      verb.state.empty()
          ? ""
          : fmt::format("; the same command with more goes on from {}", printable(verb.state));
  if (result.end == SearchEnd::transitions)
    return fmt::format("not all: more than --transitions {}{}\n", verb.transitions, kept);
  if (result.end == SearchEnd::memory)
    return fmt::format("not all: more than --memory {} holds{}\n", verb.memory, kept);
  return "";
}

void tell_counts(const SearchResult& result, const ExploreVerb& verb, const Spent& time) {
  const SearchCounts& counts = result.counts;
  fmt::print("{}{}, {}, {} operations deep\n", result.end == SearchEnd::complete ? "all " : "",
             counted(counts.states, "state"), counted(counts.transitions, "transition"),
             counts.depth);
  if (counts.left > 0) {
    fmt::print("{} led to a state that is broken as the reading has it, and is not looked at\n",
               counted(counts.left, "transition"));
  }
  fmt::print("{} expanded again as others like them, with the same result\n",
             counted(counts.tried_alike, "state"));
  const double run = static_cast<double>(counts.transitions - result.transitions_before);
  fmt::print("{:.1f} s, {}: {:.1f} million transitions a second and core, {} MB\n", time.seconds,
             counted(verb.jobs, "thread"), run / time.of_cores / 1e6, counts.bytes >> 20U);
  fmt::print("{}", end_text(result, verb));
}

int tell_finding(const Question& question, const SearchResult& result, const ExploreVerb& verb) {
  const TextProgram program = with_lines({question.zone, result.path});
  const auto minimal = minimal_finding_of(program);
  if (!minimal) {
    fmt::print("the finding does not show when its {} run from the beginning:\n{}",
               counted(result.path.size(), "operation"), print_text(program));
    return finding;
  }
  const FiledFinding filed = file_finding(*minimal, verb.folder);
  fmt::print("found: {}\n  filed as {}\n", summary_of(*minimal), printable(filed.path.string()));
  return finding;
}

SearchOptions options_of(const ExploreVerb& verb, const Question& question,
                         const std::atomic<bool>& stop, ExploreProgress& progress) {
  SearchOptions options;
  options.threads = verb.jobs;
  if (verb.transitions > 0) options.transitions_max = verb.transitions;
  options.memory_max = std::size_t{verb.memory} << 20U;
  options.folder = verb.state;
  options.question = question.text();
  options.stop = &stop;
  options.progress = [&progress](const SearchCounts& counts) { progress.tell(counts); };
  return options;
}

int explore_verb(const ExploreVerb& verb) {
  const Question question(verb);
  const auto make_world = [&]() -> std::unique_ptr<World> {
    return std::make_unique<CheckedStates>(std::make_unique<Runner>(question.zone, question.run),
                                           question.operations, question.symmetry);
  };
  {
    const Runner runner(question.zone, question.run);
    tell_question(question, Packing(runner.zone(), question.symmetry, SlotNames::pages).bits());
  }
  ExploreProgress progress;
  std::atomic<bool> stop = false;
  SearchResult result;
  const auto begun = Clock::now();
  const std::clock_t cores_begun = std::clock();
  const End end = run_until(verb.seconds, stop, [&] {
    result = search(make_world, options_of(verb, question, stop, progress));
  });
  if (!end.done) leave(status_of(end, no_answer));
  const double of_cores = static_cast<double>(std::clock() - cores_begun) / CLOCKS_PER_SEC;
  tell_counts(result, verb, {seconds_since(begun), of_cores});
  if (result.end == SearchEnd::found) return tell_finding(question, result, verb);
  if (end.early()) fmt::print("not all: {}\n", reason_text(end));
  return status_of(end, result.end == SearchEnd::complete ? holds : no_answer);
}

}  // namespace

void add_explore(CLI::App& app, int& status) {
  CLI::App* verb = app.add_subcommand(
      "explore",
      "Every state of a small zone, breadth first, each operation in each of them checked");
  auto options = std::make_shared<ExploreVerb>();
  verb->add_option(
          "ZONE", options->zone,
          "The zone as a program's first line has it: superpageblocks=2 variant=rfc-v2 ...")
      ->type_name("NAME=VALUE");
  verb->add_option("--kinds", options->kinds,
                   "Only these kinds: rmqueue, free, isolate, unisolate, irq_work, worker, wait")
      ->type_name("KIND,...")
      ->delimiter(',');
  verb->add_flag("--no-symmetry", options->no_symmetry, "States that are alike are told apart");
  add_check_options(*verb, options->checks, options->no_conformance);
  add_number(*verb, "--jobs", options->jobs, 1, 1024, "Threads (as many as processors)");
  add_number(*verb, "--transitions", options->transitions, 1, UINT64_MAX,
             "End before there are more transitions than this");
  add_number(*verb, "--memory", options->memory, 1, 1U << 24U,
             "MB for states; it ends, and says so, where they do not fit");
  add_seconds(*verb, "--seconds", options->seconds, "End after so much time");
  verb->add_option(
          "--state", options->state,
          "A folder that keeps each layer once it is complete; the same command goes on there")
      ->type_name("FOLDER");
  verb->add_option("--to", options->folder, "The folder of findings")
      ->type_name("FOLDER")
      ->capture_default_str();
  verb->callback([options, &status] { status = explore_verb(*options); });
}

}  // namespace spb::cli
