// SPDX-License-Identifier: GPL-2.0-only
// Any text as a recording: the importer never crashes or hangs, refuses what it cannot understand,
// and what it imports from the rest is a program that runs with no operation refused.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "program/run.h"
#include "trace/replay.h"

namespace {

using namespace spb;

// Small zones and few events show what large ones do, and quicker.
constexpr uint64_t zone_pages_max = 4096;
constexpr uint64_t entries_max = 4096;

trace::Recording read(std::string_view text) {
  trace::RecordingLimits limits;
  limits.zone_pages_max = zone_pages_max;
  limits.entries_max = entries_max;
  return trace::read_recording(trace::split_recording(text), {}, limits);
}

void check(const trace::Recording& recording, const trace::RecordedZone& zone,
           trace::Follow follow) {
  trace::ImportOptions import;
  import.follow = follow;
  import.superpageblock_order =
      std::max(recording.kernel.max_page_order, recording.kernel.pageblock_order + 2);
  RunOptions options;
  options.checks = Checks::none;
  options.conformance = false;
  const auto result = trace::replay(recording, zone, import, {}, options);
  if (result.run.results[static_cast<std::size_t>(Result::refused)] == 0) return;
  std::fputs("import_fuzzer: an imported operation was refused\n", stderr);
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  try {
    const trace::Recording recording =
        read(std::string_view(reinterpret_cast<const char*>(data), size));
    for (const trace::RecordedZone& zone : recording.zones) {
      check(recording, zone, trace::Follow::frames);
      check(recording, zone, trace::Follow::requests);
    }
  } catch (const InputError&) {
    // Bad input is refused: that is what is wanted.
  }
  return 0;
}
