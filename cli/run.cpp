// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/verbs.h"
#include "program/digest.h"
#include "program/events.h"
#include "program/load.h"
#include "program/picture.h"
#include "program/planted.h"
#include "program/reach.h"
#include "program/run.h"
#include "program/story.h"
#include "program/words.h"
#include "smt/judge.h"

namespace spb::cli {

namespace {

using Clock = std::chrono::steady_clock;

struct RunVerb {
  std::vector<std::string> programs;
  ZoneChanges changes;
  std::optional<Form> form;
  RunOptions run;
  bool no_conformance = false;
  std::string property;
  bool verbose = false;
  bool quiet = false;
  bool state = false;
  bool counts = false;
  bool digest = false;
  double seconds = 0;  ///< 0: no limit
  uint32_t before = 10;
};

/// What all programs of one call added up to.
struct Totals {
  std::map<uint32_t, Statistics> by_variant;
  uint64_t holding = 0;
  uint64_t findings = 0;
  uint64_t refused = 0;
  uint64_t unfinished = 0;
  uint64_t operations = 0;
  uint64_t known = 0;
  uint64_t unchecked =
      0;  ///< programs that a known violation left unchecked from some operation on

  int status() const {
    if (findings > 0) return finding;
    if (refused > 0) return bad_use;
    return unfinished > 0 ? no_answer : holds;
  }
};

// ---- while it runs

/// Tells every operation under -v, and ends a run whose time is up.
class Watch : public RunListener {
 public:
  Watch(const RunVerb& verb, const LoadedProgram& program, Clock::time_point end)
      : verb_(verb), program_(program), end_(end) {}

  bool ran(uint64_t number, const Operation& op, const Runner& runner) override {
    if (verb_.digest) digest_ = combined(digest_, digest(runner.zone()));
    if (verb_.verbose) tell(number, op, runner);
    if (verb_.seconds > 0 && number % 64 == 0 && Clock::now() >= end_) expired_ = true;
    return !expired_;
  }

  bool expired() const { return expired_; }
  /// Of the states after every operation.
  uint64_t digest_of_states() const { return digest_; }

 private:
  /// An operation is a comment of ftrace and its events are ftrace lines, so all of it can be read
  /// as a trace.
  void tell(uint64_t number, const Operation& op, const Runner& runner) const {
    static const std::vector<std::string> nameless;
    const auto& names = program_.text ? program_.text->slot_names : nameless;
    fmt::print("# {}  {}  -> {}\n", number, operation_text(op, names),
               outcome_text(runner.outcome(), runner.zone()));
    if (verb_.digest) fmt::print("# state {}\n", digest_text(digest(runner.zone())));
    for (const Event& event : runner.zone().events)
      fmt::print("{}\n", ftrace_line(event, runner.zone(), number));
    if (runner.zone().events.overflow) fmt::print("# and more events\n");
  }

  const RunVerb& verb_;
  const LoadedProgram& program_;
  Clock::time_point end_;
  bool expired_ = false;
  uint64_t digest_ = 0;
};

// ---- afterwards

std::string known_text(const Runner& runner) {
  std::string text;
  for (const KnownCount& one : runner.counts().known) {
    text += fmt::format("  known: {} x {}, first after operation {}: {}\n", one.count,
                        info(one.known->id).name, one.first_operation, one.known->reason);
  }
  return text;
}

/// What a state that is broken, as is known, keeps a run from checking or even from doing.
std::string unchecked_text(const Runner& runner, OperationSource& rest) {
  if (!runner.unchecked_after()) return {};
  std::string text = fmt::format(
      "  known violation at operation {}: invariants not checked after it, "
      "expectations are\n",
      *runner.unchecked_after());
  if (Operation op; rest.next(op)) {
    text += fmt::format("  not run after operation {}: nothing more is expected\n",
                        runner.counts().operations);
  }
  return text;
}

void show_state(const Runner& runner) {
  const Zone& zone = runner.zone();
  fmt::print("{}\n", picture_legend);
  const std::vector<SpbPicture> spbs = picture(zone);
  for (std::size_t s = 0; s < spbs.size(); ++s) {
    const std::string name = fmt::format("superpageblock {:<4}", s);
    fmt::print("{}{}\n", name, text_of(spbs[s], zone, name.size()));
  }
}

void tell_outcome(const RunVerb& verb, const std::string& path, const LoadedProgram& program,
                  const Runner& runner, const char* verdict) {
  if (verb.quiet) return;
  const uint64_t known = runner.counts().known_violations();
  fmt::print("{}: {}, {} on {}", path, verdict, counted(runner.counts().operations, "operation"),
             zone_text(runner.spec()));
  fmt::print("{}\n", known > 0 ? "; " + counted(known, "known violation") : "");
  if (program.form == Form::bytes && !verb.form) {
    fmt::print("  read as fuzzer's bytes: it is neither a text nor a container\n");
  }
  fmt::print("{}{}", known_text(runner), unchecked_text(runner, *program.source));
}

/// Under another variant or other parameters, what the text expects need not hold.
const TextProgram* expectations_of(const RunVerb& verb, const LoadedProgram& program) {
  return program.text && !verb.changes.any() ? &*program.text : nullptr;
}

/// What the text says it breaks, or --property says: judged by the engine where nothing else is
/// wrong.
std::optional<Finding> broken_property(const RunVerb& verb, const LoadedProgram& program,
                                       const ZoneSpec& zone) {
  const TextProgram* text = expectations_of(verb, program);
  const std::string id = verb.property.empty() && text ? text->property : verb.property;
  if (id.empty()) return std::nullopt;
  if (!smt::is_property(id)) {
    throw InputError("property " + id, 0, 0, "no such property", "one of `spbcheck prove --table`");
  }
  Program judged{zone, {}};
  program.source->rewind();
  for (Operation op; program.source->next(op);)
    judged.operations.push_back(op);
  return smt::judge(id, judged);
}

void run_one(const RunVerb& verb, const std::string& path, Clock::time_point end, Totals& totals) {
  const auto program = load_program(path, verb.form);
  const ZoneSpec zone = verb.changes.applied_to(program->zone);
  Runner runner(zone, verb.run);
  Watch watch(verb, *program, end);
  auto found = run(runner, *program->source, expectations_of(verb, *program), &watch);
  if (!found && !watch.expired()) found = broken_property(verb, *program, zone);
  add(totals.by_variant[zone.variant], runner.zone().statistics);
  totals.operations += runner.counts().operations;
  totals.known += runner.counts().known_violations();
  totals.unchecked += runner.unchecked_after().has_value();
  if (verb.state) show_state(runner);
  if (verb.digest) fmt::print("{}  {}\n", digest_text(watch.digest_of_states()), path);
  if (found) {
    ++totals.findings;
    const TextProgram* text = program->text ? &*program->text : nullptr;
    const StoryOptions story{verb.before, path};
    // A text's story names file and line itself.
    if (text == nullptr) fmt::print("{}: ", path);
    fmt::print("{}", tell(*found, zone, *program->source, verb.run, text, story));
    return;
  }
  ++(watch.expired() ? totals.unfinished : totals.holding);
  tell_outcome(verb, path, *program, runner, watch.expired() ? "the time is up" : "holds");
}

void run_or_refuse(const RunVerb& verb, const std::string& path, Clock::time_point end,
                   Totals& totals) {
  try {
    run_one(verb, path, end, totals);
  } catch (const InputError& error) {
    ++totals.refused;
    std::fflush(stdout);
    fmt::print(stderr, "spbcheck: {}\n", error.what());
  }
}

void print_counts(const Totals& totals) {
  for (const auto& [index, statistics] : totals.by_variant) {
    const Variant& variant = variants()[index];
    for (const Reach item : reach_of(variant)) {
      const uint64_t count = count_of(statistics, item);
      const std::string_view why = why_unreachable(variant, item);
      fmt::print("{:<11} {:<9} {:<20} {:>12}{}\n", variant.name, name_of(item.kind), name_of(item),
                 count, count == 0 && !why.empty() ? fmt::format("  {}", why) : "");
    }
  }
}

int run_verb(const RunVerb& verb) {
  Totals totals;
  const auto budget = std::chrono::duration<double>(verb.seconds);
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(budget);
  for (const std::string& path : verb.programs) {
    const bool late = verb.seconds > 0 && Clock::now() >= end;
    late ? static_cast<void>(++totals.unfinished) : run_or_refuse(verb, path, end, totals);
  }
  if (verb.counts) print_counts(totals);
  if (verb.programs.size() > 1 && !verb.quiet) {
    fmt::print("{}: {} hold, {}, {} refused, {} unfinished; {}, {}{}\n",
               counted(verb.programs.size(), "program"), totals.holding,
               counted(totals.findings, "finding"), totals.refused, totals.unfinished,
               counted(totals.operations, "operation"), counted(totals.known, "known violation"),
               totals.unchecked > 0 ? fmt::format("; {} not checked to the end",
                                                  counted(totals.unchecked, "program"))
                                    : "");
  }
  return totals.status();
}

void add_check_options(CLI::App& verb, RunVerb& options) {
  const std::map<std::string, Checks> checks{{"none", Checks::none},
                                             {"incremental", Checks::incremental},
                                             {"full", Checks::full},
                                             {"both", Checks::both}};
  verb.add_option_function<std::string>(
          "--checks",
          [&options, checks](const std::string& word) { options.run.checks = checks.at(word); },
          "After every operation: none; what it touched; the whole zone; or both, which have to "
          "agree")
      ->type_name("none|incremental|full|both")
      ->default_str("incremental")
      ->check(CLI::IsMember(checks));
  verb.add_flag("--no-conformance", options.no_conformance,
                "Do not search the whole zone for what a pass should have found");
}

void add_telling_options(CLI::App& verb, RunVerb& options) {
  verb.add_flag("-v,--verbose", options.verbose,
                "Tell every operation with its outcome, and its events as ftrace lines");
  verb.add_flag("-q,--quiet", options.quiet, "Print findings and errors only");
  verb.add_flag("--state", options.state, "Show every superpageblock as it is in the end");
  verb.add_flag("--digest", options.digest,
                "Print a digest of the states after every operation, and with -v each state's own: "
                "builds that agree print the same");
  verb.add_flag("--counts", options.counts,
                "Count every pass, refusal and ladder step, by variant");
  verb.add_option("--before", options.before, "Operations told before a finding")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(0, 100000));
  verb.add_option("--seconds", options.seconds, "End with status 3 after this long")
      ->type_name("S")
      ->check(CLI::Range(1e-9, 1e7));
}

}  // namespace

void add_run(CLI::App& app, int& status) {
  CLI::App* verb = app.add_subcommand("run", "Run programs and check what must hold");
  auto options = std::make_shared<RunVerb>();
  verb->add_option("PROGRAM", options->programs, "Texts, fuzzers' bytes or containers")->required();
  add_options(*verb, options->changes);
  add_form_option(*verb, "--as", "What the programs are, whatever their content says",
                  options->form);
  add_check_options(*verb, *options);
  verb->add_option("--property", options->property,
                   "Does the program break this property of `spbcheck prove`? Else the one that it "
                   "names itself")
      ->type_name("ID");
  add_telling_options(*verb, *options);
  verb->callback([options, &status] {
    options->run.conformance = !options->no_conformance;
    options->run.fault = fault_from_environment();
    status = run_verb(*options);
  });
}

}  // namespace spb::cli
