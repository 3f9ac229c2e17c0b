// SPDX-License-Identifier: GPL-2.0-only
#include "cli/recordings.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <stdexcept>

#include "program/printable.h"
#include "trace/summary.h"

namespace spb::cli {

namespace {

trace::Release release_or_refuse(const std::string& word) {
  if (const auto release = trace::parse_release(word)) return *release;
  throw CLI::ValidationError(
      "--gfp-of", fmt::format("found {}, expected a release from {}.{} to {}.{}, as uname -r says",
                              word, trace::first_gfp_release.major, trace::first_gfp_release.minor,
                              trace::last_gfp_release.major, trace::last_gfp_release.minor));
}

}  // namespace

void add_recording_options(CLI::App& verb, RecordingChoice& choice) {
  verb.add_option("--zone", choice.options.zone,
                  "This zone only, with the frames that other zones may own as well")
      ->type_name("NAME");
  verb.add_option_function<std::string>(
          "--gfp-of",
          [&choice](const std::string& word) { choice.options.gfp_of = release_or_refuse(word); },
          "The recorded kernel's release, for gfp flags that are numbers: 6.10")
      ->type_name("RELEASE");
  verb.add_flag("--lossy", choice.lossy, "Go on where events were lost");
}

trace::Recording load_and_tell(const std::string& folder, const RecordingChoice& choice) {
  trace::Recording recording = trace::load_recording(folder, choice.options);
  fmt::print("{}: {} lines, {} zones\n{}", printable(recording.name), recording.counts.lines,
             recording.zones.size(), trace::summary_text(recording));
  std::fflush(stdout);
  if (const auto reason = trace::why_not_replayed(recording, choice.lossy)) {
    throw std::runtime_error(*reason);
  }
  return recording;
}

}  // namespace spb::cli
