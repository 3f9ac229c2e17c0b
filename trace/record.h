// SPDX-License-Identifier: GPL-2.0-only
// Makes a recording (trace/recording.h) of the machine that it runs on, while a command runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "trace/record_buffer.h"
#include "trace/record_command.h"

namespace spb::trace {

struct RecordOptions {
  std::filesystem::path folder;  ///< for the recording: a new one, or empty
  std::vector<std::string> command;
  std::filesystem::path tracing;  ///< a tracefs; empty: where it is mounted
  std::filesystem::path proc = "/proc";
  std::chrono::seconds time_max{600};
  uint64_t buffer_mib = 0;  ///< of all CPUs together; 0: a quarter of what is free, at most 1 GiB
};

/// A snapshot as far as it can be checked: buddyinfo was read a moment before it.
struct SnapshotCounts {
  uint64_t blocks = 0;
  uint64_t pages = 0;
  uint64_t pages_in_buddyinfo = 0;
};

struct RecordResult {
  CommandEnd command;
  BufferState buffer;
  uint64_t buffer_kib = 0;  ///< of each CPU
  double seconds = 0;
  SnapshotCounts before;
  SnapshotCounts after;
  std::string not_put_back;  ///< empty: everything is as it was
};

/// What this machine lacks for a recording, each with what to do about it; empty: nothing.
std::vector<std::string> missing_for_record(const RecordOptions& options);

/// The folder is whole when this returns, and absent when it throws (MachineError, InputError or
/// std::runtime_error). Either way tracing is as it was before; after SIGKILL a second process sees
/// to both. Lost events leave a `[LOST n EVENTS]` line at the end of the trace.
RecordResult record(const RecordOptions& options);

}  // namespace spb::trace
