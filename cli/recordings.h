// SPDX-License-Identifier: GPL-2.0-only
// Options of the verbs that read recordings, and what both of them say of one.
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "trace/recording.h"

namespace spb::cli {

struct RecordingChoice {
  trace::RecordingOptions options;
  bool lossy = false;
};

/// --zone, --gfp-of and --lossy.
void add_recording_options(CLI::App& verb, RecordingChoice& choice);

/// Reads it and prints its summary. Throws std::runtime_error where it cannot be replayed, with the
/// reason.
trace::Recording load_and_tell(const std::string& folder, const RecordingChoice& choice);

}  // namespace spb::cli
