// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "cli/options.h"
#include "cli/output.h"
#include "cli/recordings.h"
#include "cli/verbs.h"
#include "program/container.h"
#include "program/printable.h"
#include "trace/import.h"
#include "trace/summary.h"

namespace spb::cli {

namespace {

namespace fs = std::filesystem;

struct ImportVerb {
  std::string recording;
  std::string out = ".";
  RecordingChoice choice;
  bool requests = false;
  bool force = false;
  ZoneChanges changes;
};

/// The recording's own folder, without the way to it; a zone 1/Normal becomes part of one name.
std::string file_name(const trace::Recording& recording, const trace::RecordedZone& zone,
                      bool requests) {
  std::error_code ignored;
  const std::string folder = fs::weakly_canonical(recording.name, ignored).filename().string();
  std::string name = folder + "-" + zone.name + (requests ? "-requests" : "-frames");
  std::replace(name.begin(), name.end(), '/', '-');
  return name + ".spb";
}

/// What became of the events, for what an operation stands.
void tell_zone(const fs::path& target, uint64_t operations, const trace::ImportCounts& counts,
               const trace::RecordedZone& zone) {
  fmt::print("{}: {} operations from {} events on {} pages\n", printable(target.string()),
             operations, counts.events(), zone.spanned_pages);
  fmt::print(
      "  {} of them applied, {} returns of free pages not; {} departures of pages not known "
      "to be free, {} frees of pages known to be free\n",
      counts.events() - counts.events_not_applied(), counts.events_not_applied(),
      counts.departures_missing_all + counts.departures_missing_some, counts.missed_departures);
}

trace::ImportCounts import_zone(const trace::Recording& recording, const trace::RecordedZone& zone,
                                const ImportVerb& verb, StagedFiles& files) {
  trace::ImportOptions options;
  options.follow = verb.requests ? trace::Follow::requests : trace::Follow::frames;
  trace::ImportSource source(recording, zone, options);
  const fs::path target = fs::path(verb.out) / file_name(recording, zone, verb.requests);
  ContainerWriter writer(files.add(target), verb.changes.applied_to({source.geometry(), 0, {}}));
  Operation op;
  while (source.next(op))
    writer.add(op);
  writer.finish();
  tell_zone(target, writer.operations(), source.counts(), zone);
  return source.counts();
}

int run_import(const ImportVerb& verb) {
  const trace::Recording recording = load_and_tell(verb.recording, verb.choice);
  StagedFiles files(verb.force);
  uint64_t events = 0;
  uint64_t applied = 0;
  for (const trace::RecordedZone& zone : recording.zones) {
    const trace::ImportCounts counts = import_zone(recording, zone, verb, files);
    events += counts.events();
    applied += counts.events() - counts.events_not_applied();
  }
  if (applied == 0) {
    throw std::runtime_error(recording.name + ": " + trace::none_applied_text(events));
  }
  files.commit();
  return holds;
}

}  // namespace

void add_import(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("import", "Turn a recording into programs, one a zone");
  const auto verb = std::make_shared<ImportVerb>();
  command
      ->add_option("RECORDING", verb->recording,
                   "A folder with trace.txt, freeblocks.before and zoneinfo.before, plain or .xz "
                   "(docs/recordings.md)")
      ->required();
  command->add_option("-o,--output", verb->out, "Folder for the programs")->capture_default_str();
  add_recording_options(*command, verb->choice);
  command->add_flag("--requests", verb->requests,
                    "Ask for what was asked for, at frames of the variant's choice, instead of "
                    "taking the recorded frames");
  command->add_flag("--force", verb->force, "Replace files that exist");
  add_options(*command, verb->changes);
  command->callback([verb, &status] { status = run_import(*verb); });
}

}  // namespace spb::cli
