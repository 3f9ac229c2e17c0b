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
#include "cli/verbs.h"
#include "program/container.h"
#include "trace/import.h"

namespace spb::cli {

namespace {

namespace fs = std::filesystem;

struct ImportVerb {
  std::string recording;
  std::string out = ".";
  std::string zone;
  bool requests = false;
  bool force = false;
  ZoneChanges changes;
};

/// The recording's own folder, without the way to it; a zone 1/Normal becomes part of one name.
std::string file_name(const trace::Recording& recording, const trace::RecordedZone& zone,
                      bool requests) {
  const std::string folder = fs::weakly_canonical(recording.name).filename().string();
  std::string name = folder + "-" + zone.name + (requests ? "-requests" : "-frames");
  std::replace(name.begin(), name.end(), '/', '-');
  return name + ".spb";
}

void import_zone(const trace::Recording& recording, const trace::RecordedZone& zone,
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
  fmt::print("{}: {} operations from {} events on {} pages\n", target.string(), writer.operations(),
             source.counts().events(), zone.spanned_pages);
}

std::string zone_names(const trace::Recording& recording) {
  std::string names;
  for (const trace::RecordedZone& zone : recording.zones)
    names += (names.empty() ? "" : ", ") + zone.name;
  return names;
}

int run_import(const ImportVerb& verb) {
  const trace::Recording recording = trace::load_recording(verb.recording);
  StagedFiles files(verb.force);
  bool any = false;
  for (const trace::RecordedZone& zone : recording.zones) {
    if (!verb.zone.empty() && zone.name != verb.zone) continue;
    import_zone(recording, zone, verb, files);
    any = true;
  }
  if (!any) {
    throw std::runtime_error(fmt::format("{}: found no zone {}, expected one of {}", verb.recording,
                                         verb.zone, zone_names(recording)));
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
                   "A folder with trace.txt, freeblocks.before and zoneinfo.before, plain or .xz")
      ->required();
  command->add_option("-o,--output", verb->out, "Folder for the programs")->capture_default_str();
  command->add_option("--zone", verb->zone, "This zone only")->type_name("NAME");
  command->add_flag("--requests", verb->requests,
                    "Ask for what was asked for, at frames of the variant's choice, instead of "
                    "taking the recorded frames");
  command->add_flag("--force", verb->force, "Replace files that exist");
  add_options(*command, verb->changes);
  command->callback([verb, &status] { status = run_import(*verb); });
}

}  // namespace spb::cli
