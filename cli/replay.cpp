// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/output.h"
#include "cli/recordings.h"
#include "cli/verbs.h"
#include "model/policy/variant.h"
#include "program/printable.h"
#include "program/story.h"
#include "program/zone_line.h"
#include "trace/judge.h"
#include "trace/replay.h"
#include "trace/summary.h"

namespace spb::cli {

namespace {

struct ReplayVerb {
  std::vector<std::string> recordings;
  std::vector<std::string> variants;
  RecordingChoice choice;
  bool unchecked = false;
};

/// A variant under the name that was given for it.
struct Reading {
  std::string name;
  trace::ReplayVariant variant;
};

/// What all replays added up to.
struct ReplayTotals {
  uint64_t events = 0;
  uint64_t applied = 0;
  uint64_t operations = 0;
  uint64_t known = 0;
  uint64_t findings = 0;
  uint64_t not_replayed = 0;  ///< recordings
};

/// Says on a terminal how far a long replay is.
class ReplayProgress : public RunListener {
 public:
  explicit ReplayProgress(std::string what) : what_(std::move(what)) {}
  ~ReplayProgress() override {
    if (shown_) fmt::print(stderr, "\r{:<60}\r", "");
  }
  bool ran(uint64_t number, const Operation&, const Runner&) override {
    if (number % 100'000 != 0 || isatty(STDERR_FILENO) == 0) return true;
    fmt::print(stderr, "\r{}: {} operations", what_, number);
    shown_ = true;
    return true;
  }

 private:
  std::string what_;
  bool shown_ = false;
};

/// None of nothing is no share.
std::string percent(const trace::Share& share) {
  if (share.whole == 0) return "none";
  return fmt::format("{:.3f}%",
                     100.0 * static_cast<double>(share.part) / static_cast<double>(share.whole));
}

/// The variants that keep the zone's lists follow the recorded frames only as mainline: the others
/// choose their own.
bool follows_frames(const Reading& reading) {
  return reading.name == "mainline";
}

void tell_finding(const trace::ReplayResult& result, const std::string& where) {
  if (!result.finding) return;
  const Finding& finding = *result.finding;
  fmt::print("{}: FINDING after operation {}", where, finding.operation);
  if (finding.violation) {
    fmt::print(": {} ({}), expected {}, found {}", info(finding.violation->id).name,
               finding.violation->clause, text_of(finding.violation->expected),
               text_of(finding.violation->found));
  }
  fmt::print("\n");
}

void add(ReplayTotals& totals, const trace::ReplayResult& result) {
  totals.events += result.imported.events();
  totals.applied += result.imported.events() - result.imported.events_not_applied();
  totals.operations += result.run.operations;
  totals.known += result.run.known_violations();
  totals.findings += result.finding.has_value();
}

/// One line a zone: what was asked and served, and what the superpageblocks are at the end.
void tell_zone(const Reading& reading, const trace::RecordedZone& zone,
               const trace::ReplayResult& result) {
  const trace::SpbCensus& spbs = result.at_end;
  fmt::print("  {:<10} {:<7} {:>9} events, {:>9} operations", reading.name, zone.name,
             result.imported.events(), result.run.operations);
  if (!follows_frames(reading)) {
    fmt::print(", served {} of {} ({})", result.served.part, result.served.whole,
               percent(result.served));
  }
  fmt::print("; superpageblocks at the end: {} tainted, {} clean, {} empty", spbs.tainted,
             spbs.clean, spbs.empty);
  if (const uint64_t known = result.run.known_violations()) fmt::print("; {} known", known);
  if (result.unchecked_after) {
    fmt::print("; ends at the known violation of operation {}", *result.unchecked_after);
  }
  fmt::print("\n");
}

void replay_reading(const trace::Recording& recording, const Reading& reading, bool unchecked,
                    ReplayTotals& totals) {
  trace::ImportOptions import;
  import.follow = follows_frames(reading) ? trace::Follow::frames : trace::Follow::requests;
  RunOptions options;
  // Conformance searches the whole zone at each step: not at millions of pages.
  options.conformance = false;
  if (unchecked) options.checks = Checks::none;
  trace::Yardstick yardstick;
  trace::Judgement judgement;
  for (const trace::RecordedZone& zone : recording.zones) {
    const std::string where =
        fmt::format("{} {} {}", printable(recording.name), zone.name, reading.name);
    ReplayProgress progress(where);
    const auto result = trace::replay(recording, zone, import, reading.variant, options, &progress);
    tell_zone(reading, zone, result);
    tell_finding(result, where);
    add(totals, result);
    judgement += trace::judge(recording, zone, import, reading.variant);
    yardstick.has_after = recording.has_after;
    yardstick += result.yardstick;
  }
  if (follows_frames(reading)) fmt::print("{}", trace::to_text(yardstick));
  for (const std::string& answers : trace::to_lines(judgement))
    fmt::print("  {:<10} judges {}\n", reading.name, answers);
}

/// Names are refused before a minute is spent on the first recording.
std::vector<Reading> readings_of(const std::vector<std::string>& names) {
  std::vector<Reading> result;
  for (const std::string& name : names) {
    ZoneSpec zone;
    set_variant(zone, {name, 1}, {"--variant", 0});
    result.push_back({name, {zone.variant, zone.parameters}});
  }
  if (!names.empty()) return result;
  for (uint32_t i = 0; i < variants().size(); ++i)
    result.push_back({std::string(variants()[i].name), {i, {}}});
  return result;
}

void replay_recording(const std::string& path, const ReplayVerb& verb,
                      const std::vector<Reading>& readings, ReplayTotals& totals) {
  const trace::Recording recording = load_and_tell(path, verb.choice);
  ReplayTotals own;
  for (const Reading& reading : readings) {
    replay_reading(recording, reading, verb.unchecked, own);
    std::fflush(stdout);
  }
  totals.events += own.events;
  totals.applied += own.applied;
  totals.operations += own.operations;
  totals.known += own.known;
  totals.findings += own.findings;
  if (own.applied != 0) return;
  throw std::runtime_error(recording.name + ": " + trace::none_applied_text(own.events));
}

/// A finding comes before what could not be replayed.
int status_of(const ReplayTotals& totals) {
  if (totals.findings != 0) return finding;
  return totals.not_replayed == 0 ? holds : bad_use;
}

/// One recording that cannot be replayed does not keep the others from it.
int run_replay(const ReplayVerb& verb) {
  const std::vector<Reading> readings = readings_of(verb.variants);
  ReplayTotals totals;
  for (const std::string& path : verb.recordings) {
    try {
      replay_recording(path, verb, readings, totals);
    } catch (const std::runtime_error& error) {
      complain(error.what());
      ++totals.not_replayed;
    }
  }
  if (totals.not_replayed != 0) {
    fmt::print("{} of {} recordings not replayed\n", totals.not_replayed, verb.recordings.size());
  }
  fmt::print("{} events replayed, {} applied; {} operations, {} known violations, {} findings\n",
             totals.events, percent({totals.applied, totals.events}), totals.operations,
             totals.known, totals.findings);
  return status_of(totals);
}

}  // namespace

void add_replay(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand(
      "replay",
      "Run recordings through variants: mainline at the recorded frames, the others as requests");
  const auto verb = std::make_shared<ReplayVerb>();
  command->add_option("RECORDING", verb->recordings, "Folders of recordings")->required();
  command->add_option("--variant", verb->variants, "This variant; may be repeated. Without it, all")
      ->type_name("NAME")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  add_recording_options(*command, verb->choice);
  command->add_flag("--unchecked", verb->unchecked, "Without invariants, to measure faster");
  command->callback([verb, &status] { status = run_replay(*verb); });
}

}  // namespace spb::cli
