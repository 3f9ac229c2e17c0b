// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/again.h"
#include "cli/ending.h"
#include "cli/lives.h"
#include "cli/minimal.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "files/cells_file.h"
#include "files/findings_folder.h"
#include "files/notes.h"
#include "model/policy/variant.h"
#include "program/printable.h"
#include "program/simulate.h"
#include "program/words.h"

namespace spb::cli {

namespace {

struct SimulateVerb {
  Walk walk;
  bool no_checks = false;
  bool no_conformance = false;
  std::optional<double> seconds;
  uint64_t lives = 0;
  uint64_t first = 0;
  bool until_finding = false;
  uint32_t jobs = std::max(1U, std::thread::hardware_concurrency());
  std::string folder = "corpus/findings";
  std::string cells;  ///< a file that they are added to; empty: none
  std::string notes;
};

constexpr double seconds_where_nothing_ends_it = 10;

std::string lives_text(uint64_t lives) {
  return fmt::format("{} {}", lives, lives == 1 ? "life" : "lives");
}

// ---- findings

/// Files each distinct finding once. Many lives find the same: a few of a kind are looked at.
class Findings {
 public:
  Findings(const std::string& folder, const Walk& walk) : folder_(folder), walk_(walk) {}

  void take(uint64_t life, const LifeFinding& found);
  uint64_t lives() const { return lives_; }
  uint64_t added() const { return added_; }
  uint64_t known() const { return known_; }
  bool any_trouble() const { return trouble_; }

 private:
  static constexpr uint32_t looked_at = 4;
  static std::string kind_of(const LifeFinding& found);
  void file(uint64_t life, const MinimalFinding& minimal);

  std::string folder_;
  const Walk& walk_;
  std::mutex mutex_;
  std::map<std::string, uint32_t> times_;  ///< by kind
  uint64_t lives_ = 0;                     ///< that found something
  uint64_t added_ = 0;
  uint64_t known_ = 0;
  bool trouble_ = false;
};

std::string Findings::kind_of(const LifeFinding& found) {
  const std::string variant(variants()[found.program.zone.variant].name);
  if (!found.finding.violation) return variant;
  const Violation& violation = *found.finding.violation;
  return fmt::format("{} {} {}", variant, info(violation.id).name, violation.clause);
}

void Findings::file(uint64_t life, const MinimalFinding& minimal) {
  try {
    const FiledFinding filed = file_finding(minimal, folder_);
    ++(filed.what == Filed::added ? added_ : known_);
    fmt::print("life {}: {}\n  filed as {}\n  {}", life, summary_of(minimal),
               printable(filed.path.string()), again_line({"reproduce", text_of({walk_, life})}));
  } catch (const std::exception& error) {
    trouble_ = true;
    complain(fmt::format("life {}: not filed: {}", life, error.what()));
  }
  std::fflush(stdout);
}

void Findings::take(uint64_t life, const LifeFinding& found) {
  {
    const std::lock_guard lock(mutex_);
    ++lives_;
    if (++times_[kind_of(found)] > looked_at) return;
  }
  const auto minimal = minimal_finding_of(with_lines(found.program));
  const std::lock_guard lock(mutex_);
  if (minimal) return file(life, *minimal);
  ++added_;
  fmt::print("life {}: {} does not show when its {} operations run from the beginning\n", life,
             kind_of(found), found.program.operations.size());
}

// ---- the work

SimulateOptions options_of(const SimulateVerb& verb) {
  SimulateOptions options = options_of(verb.walk);
  if (verb.no_checks) options.run.checks = Checks::none;
  options.run.conformance = !verb.no_checks && !verb.no_conformance;
  return options;
}

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds between_counts{200};

/// Lives, each taken by whichever thread is free.
class Simulation {
 public:
  Simulation(const SimulateVerb& verb, uint64_t seed)
      : verb_(verb),
        seed_(seed),
        options_(options_of(verb)),
        findings_(verb.folder, verb.walk),
        notes_(verb.notes),
        next_(verb.first) {}

  End run();
  int tell(const End& end) const;

 private:
  void work();
  void add(SimulateCounts& counts, bool is_last);
  bool takes(uint64_t& life);
  void work_on_all_threads();
  std::string checks_text() const;
  std::optional<double> limit() const {
    if (verb_.seconds || verb_.lives > 0) return verb_.seconds;
    return seconds_where_nothing_ends_it;
  }

  const SimulateVerb& verb_;
  uint64_t seed_;
  SimulateOptions options_;
  Findings findings_;
  Notes notes_;
  std::atomic<uint64_t> next_;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  SimulateCounts all_;  ///< of lives that threads have told of
  Pace pace_;           ///< of notes
  double seconds_ = 0;
};

bool Simulation::takes(uint64_t& life) {
  life = next_++;
  return !stop_ && (verb_.lives == 0 || life - verb_.first < verb_.lives);
}

/// What a thread counted becomes everyone's, and a note from time to time.
void Simulation::add(SimulateCounts& counts, bool is_last) {
  const std::lock_guard lock(mutex_);
  all_.add(counts);
  counts = {};
  if (!notes_.are_taken() || !(pace_.is_due() || is_last)) return;
  notes_.add({"simulate", all_.runs, all_.operations, {}, all_.cells.reached()});
}

void Simulation::work() {
  SimulateCounts counts;
  Clock::time_point added = Clock::now();
  for (uint64_t life = 0; takes(life);) {
    const auto found = live(seed_of_life(seed_, life), options_, counts, stop_);
    if (found) findings_.take(life, *found);
    if (found && verb_.until_finding) stop_ = true;
    if (!notes_.are_taken() || Clock::now() < added + between_counts) continue;
    add(counts, false);
    added = Clock::now();
  }
  add(counts, true);
}

void Simulation::work_on_all_threads() {
  std::vector<std::thread> threads;
  std::exception_ptr thrown;
  std::mutex mutex;
  for (uint32_t i = 0; i < verb_.jobs; ++i) {
    threads.emplace_back([&] {
      try {
        work();
      } catch (...) {
        const std::lock_guard lock(mutex);
        thrown = std::current_exception();
        stop_ = true;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  if (thrown) std::rethrow_exception(thrown);
}

End Simulation::run() {
  const auto begun = Clock::now();
  const End end = run_until(limit(), stop_, [this] { work_on_all_threads(); });
  seconds_ = std::chrono::duration<double>(Clock::now() - begun).count();
  return end;
}

std::string Simulation::checks_text() const {
  if (verb_.no_checks) return "none of them checked";
  const std::string in_full = fmt::format("{} of them checked in full too", all_.checked_in_full);
  return verb_.no_conformance ? in_full + ", none for conformance" : in_full;
}

int Simulation::tell(const End& end) const {
  const SimulateCounts& all = all_;
  notes_.add({"chance", fmt::format("{:.3e}", all.cells.chance_of_new_in(million_operations))});
  const auto a_second = static_cast<uint64_t>(static_cast<double>(all.operations) / seconds_);
  fmt::print("seed {}, readings {}, {}, {:.1f} s{}\n", verb_.walk.seed, verb_.walk.readings,
             counted(verb_.jobs, "thread"), seconds_, end.early() ? ": " + reason_text(end) : "");
  fmt::print("{}, {}, {} ({} a second), {}\n", lives_text(all.lives), counted(all.runs, "run"),
             counted(all.operations, "operation"), a_second, checks_text());
  fmt::print("{}\n", estimate_text(all.cells));
  fmt::print("{}, {} that found something: {} new, {} known\n",
             counted(all.known, "known violation"), lives_text(findings_.lives()),
             findings_.added(), findings_.known());
  if (!verb_.cells.empty()) add_to_cells_file(verb_.cells, all.cells);
  if (findings_.any_trouble()) return bad_use;
  return findings_.lives() > 0 ? finding : holds;
}

int simulate_verb(const SimulateVerb& verb) {
  Simulation simulation(verb, seed_of(verb.walk.seed));
  const End end = simulation.run();
  if (!end.done) leave(status_of(end, no_answer));
  return status_of(end, simulation.tell(end));
}

}  // namespace

void add_simulate(CLI::App& app, int& status) {
  CLI::App* verb = app.add_subcommand(
      "simulate", "A random walk at the model's own speed, checked after every operation");
  auto options = std::make_shared<SimulateVerb>();
  verb->add_option("--seed", options->walk.seed,
                   "A number or a commit: the same one, the same lives")
      ->type_name("N|COMMIT")
      ->capture_default_str();
  add_seconds(*verb, "--seconds", options->seconds,
              "End after so much time (10 where nothing else ends it)");
  add_number(*verb, "--lives", options->lives, 1, UINT64_MAX, "End after so many lives");
  add_number(*verb, "--first", options->first, 0, UINT64_MAX / 2,
             "The first life: `--first N --lives 1` is life N again");
  verb->add_flag("--until-finding", options->until_finding, "End at the first finding");
  add_number(*verb, "--jobs", options->jobs, 1, 1024, "Threads (as many as processors)");
  verb->add_option("--variant", options->walk.variants, "Only this variant; may be repeated")
      ->type_name("NAME")
      ->expected(1)
      ->take_all();
  verb->add_option("--readings", options->walk.readings, "Which readings: clean, posted or all")
      ->type_name("SET")
      ->check(CLI::IsMember({"clean", "posted", "all"}))
      ->capture_default_str();
  verb->add_option("--to", options->folder, "The folder of findings")
      ->type_name("FOLDER")
      ->capture_default_str();
  verb->add_flag("--uniform", options->walk.uniform,
                 "Operations of any bytes, each run from the untouched zone: what the other way is "
                 "measured against");
  add_number(*verb, "--both-one-in", options->walk.sample_of_both, 1, sample_of_both_max,
             "So seldom a life has both kinds of checks, which have to agree; of larger zones "
             "fewer (16)");
  verb->add_flag("--no-conformance", options->no_conformance,
                 "Do not search the whole zone for what a pass should have found");
  verb->add_flag("--no-checks", options->no_checks,
                 "Check nothing: how fast the model and the walk are by themselves");
  verb->add_option("--cells", options->cells,
                   "Add the cells that were reached to this file, for `spbcheck coverage`")
      ->type_name("FILE");
  verb->add_option("--from", options->walk.from,
                   "A program: half of the lives begin with the states that such a one leads to")
      ->type_name("PROGRAM")
      ->take_all();
  verb->add_option(
          "--towards", options->walk.towards,
          "A row of the policy, as `spbcheck run --counts` names it: every third operation "
          "is like one that comes to it in the programs of --from, and the other ones of "
          "these are left out, as variants without the row are")
      ->type_name("ROW")
      ->take_all();
  verb->add_option(
          "--like", options->walk.like,
          "A program to begin with, as with one of --from, and every third operation is like "
          "the last one of such a program")
      ->type_name("PROGRAM")
      ->take_all();
  add_notes_option(*verb, options->notes);
  verb->callback([options, &status] { status = simulate_verb(*options); });
}

}  // namespace spb::cli
