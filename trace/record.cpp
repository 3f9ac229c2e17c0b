// SPDX-License-Identifier: GPL-2.0-only
#include "trace/record.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <system_error>

#include "program/words.h"
#include "trace/proc_text.h"
#include "trace/record_files.h"
#include "trace/record_pages.h"
#include "trace/snapshot.h"
#include "trace/text.h"

namespace spb::trace {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;
constexpr uint64_t buffer_kib_max = uint64_t{1} << 20;  // of all CPUs, where nobody chose
constexpr uint64_t buffer_kib_min = 64;                 // of one CPU
constexpr const char* proc_files[] = {"zoneinfo", "buddyinfo", "pagetypeinfo"};

/// tracefs has its own place since 4.1; before it was debugfs's.
fs::path tracing_of(const RecordOptions& options) {
  if (!options.tracing.empty()) return options.tracing;
  const fs::path usual = "/sys/kernel/tracing";
  const fs::path old = "/sys/kernel/debug/tracing";
  std::error_code ignored;
  const bool only_old =
      !fs::exists(usual / "events", ignored) && fs::exists(old / "events", ignored);
  return only_old ? old : usual;
}

/// `MemAvailable:   21805 kB`
uint64_t available_kib(const fs::path& proc) {
  const std::string text = read_text(proc / "meminfo");
  for (const std::string_view name : {"MemAvailable:", "MemFree:"}) {
    const std::size_t at = text.find(name);
    if (at == std::string::npos) continue;
    std::string_view rest = std::string_view(text).substr(at + name.size());
    uint64_t kib = 0;
    if (parse_number(next_word(rest), 10, kib)) return kib;
  }
  return buffer_kib_max;
}

uint64_t kib_a_cpu(const RecordOptions& options) {
  const uint64_t total = options.buffer_mib != 0
                             ? options.buffer_mib * 1024
                             : std::min(buffer_kib_max, available_kib(options.proc) / 4);
  const auto cpus = static_cast<uint64_t>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  return std::max(buffer_kib_min, total / cpus);
}

/// What /proc says at one moment. The free blocks are read next to the trace, before or behind it.
class ProcSnapshot {
 public:
  ProcSnapshot(const fs::path& proc, const Kernel& kernel, std::size_t blocks_expected)
      : proc_(proc), reader_(proc / "kpageflags", kernel.max_page_order) {
    // Touched now: a page fault while the snapshot is read would change what it shows.
    blocks_.assign(blocks_expected, {});
    blocks_.clear();
  }

  void take_texts() {
    for (std::size_t i = 0; i < std::size(proc_files); ++i)
      texts_[i] = read_text(proc_ / proc_files[i]);
  }
  void take_pages(const std::vector<FrameRange>& ranges) {
    blocks_.clear();
    reader_.read(ranges, blocks_);
  }

  void write(const NewFolder& folder, const std::string& when) const {
    for (std::size_t i = 0; i < std::size(proc_files); ++i)
      folder.write(proc_files[i] + when, texts_[i]);
    folder.write("freeblocks" + when, to_text(blocks_));
  }

  SnapshotCounts counts() const {
    SnapshotCounts counts{blocks_.size(), pages_of(blocks_), 0};
    LineReader reader(texts_[1], (proc_ / "buddyinfo").string());
    for (const BuddyCounts& zone : read_buddyinfo(reader))
      counts.pages_in_buddyinfo += zone.pages();
    return counts;
  }

 private:
  fs::path proc_;
  FreePageReader reader_;
  std::array<std::string, std::size(proc_files)> texts_;
  std::vector<FreeBlock> blocks_;
};

Kernel kernel_of(const fs::path& proc) {
  const std::string text = read_text(proc / "pagetypeinfo");
  LineReader reader(text, (proc / "pagetypeinfo").string());
  return read_kernel(reader);
}

std::vector<FrameRange> frames_of(const fs::path& proc) {
  const std::string text = read_text(proc / "zoneinfo");
  LineReader reader(text, (proc / "zoneinfo").string());
  return ranges_of(read_zones(reader, {}));
}

std::size_t pageblocks_of(const fs::path& proc) {
  const std::string text = read_text(proc / "buddyinfo");
  LineReader reader(text, (proc / "buddyinfo").string());
  uint64_t blocks = 0;
  for (const BuddyCounts& zone : read_buddyinfo(reader)) {
    for (const uint64_t count : zone.blocks)
      blocks += count;
  }
  return blocks;
}

/// Old kernels mark the first page of a free block alone: its order is not to be had.
void check_tails_are_marked(const SnapshotCounts& counts, const fs::path& proc) {
  if (counts.pages * 2 >= counts.pages_in_buddyinfo) return;
  throw MachineError(
      proc / "kpageflags",
      fmt::format("{} free pages where buddyinfo has {}", counts.pages, counts.pages_in_buddyinfo),
      "a kernel that marks every page of a free block");
}

/// The two snapshots of a recording. All that they need is there before the first one is taken.
class Snapshots {
 public:
  explicit Snapshots(const fs::path& proc)
      : proc_(proc),
        frames_(frames_of(proc)),
        before_(proc, kernel_of(proc), pageblocks_of(proc) * 5 / 4 + 65536),
        after_(proc, kernel_of(proc), pageblocks_of(proc) * 5 / 4 + 65536) {}

  /// A kernel that cannot be recorded is found out before the command runs.
  void try_out() {
    take_before();
    check_tails_are_marked(before_.counts(), proc_);
  }
  void take_before() {
    before_.take_texts();
    before_.take_pages(frames_);
  }
  void take_after() {
    after_.take_pages(frames_);
    after_.take_texts();
  }
  const ProcSnapshot& before() const { return before_; }
  const ProcSnapshot& after() const { return after_; }

  void write(const NewFolder& folder) const {
    before_.write(folder, ".before");
    after_.write(folder, ".after");
    folder.write("version", read_text(proc_ / "version"));
  }

 private:
  fs::path proc_;
  std::vector<FrameRange> frames_;
  ProcSnapshot before_;
  ProcSnapshot after_;
};

/// The trace as the kernel prints it. Its lines are counted: one an event.
void write_trace(const TraceBuffer& buffer, const BufferState& state, const NewFolder& folder,
                 const HeldSignals& signals) {
  NewFile file(folder.path() / "trace.txt");
  uint64_t lines = 0;
  bool at_start = true;
  buffer.read([&](std::string_view piece) {
    signals.check();
    for (const char c : piece) {
      lines += at_start && c != '#' && c != '\n';
      at_start = c == '\n';
    }
    file.write(piece);
  });
  if (lines < state.entries) {
    throw MachineError(buffer.folder() / "trace", fmt::format("{} lines", lines),
                       fmt::format("a line for each of {} events", state.entries));
  }
  if (state.lost != 0) file.write(fmt::format("CPU:0 [LOST {} EVENTS]\n", state.lost));
  file.finish();
}

/// Says which bound of a recording is reached, if one is.
class Bounds {
 public:
  Bounds(const TraceBuffer& buffer, uint64_t kib, std::chrono::seconds time_max)
      : buffer_(buffer),
        bytes_max_(kib * 1024 / 8 * 7),
        start_(Clock::now()),
        time_max_(time_max) {}

  std::string reached() const {
    if (Clock::now() - start_ >= time_max_)
      return fmt::format("the time, {} s (--seconds)", time_max_.count());
    const BufferState state = buffer_.state();
    if (state.lost != 0 || state.bytes_of_fullest >= bytes_max_)
      return "the size: a buffer is nearly full (--buffer-mib)";
    return {};
  }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  const TraceBuffer& buffer_;
  uint64_t bytes_max_;
  Clock::time_point start_;
  std::chrono::seconds time_max_;
};

}  // namespace

std::vector<std::string> missing_for_record(const RecordOptions& options) {
  std::vector<std::string> missing = missing_of_tracing(tracing_of(options));
  const auto need = [&](const std::string& name, const std::string& config) {
    const fs::path file = options.proc / name;
    if (access(file.c_str(), F_OK) != 0) {
      missing.push_back("no " + file.string() + ": a kernel with " + config + " has it");
    } else if (access(file.c_str(), R_OK) != 0) {
      missing.push_back(file.string() + " may not be read: run it as root");
    }
  };
  for (const std::string name : proc_files)
    need(name, "CONFIG_PROC_FS");
  need("kpageflags", "CONFIG_PROC_PAGE_MONITOR");
  return missing;
}

RecordResult record(const RecordOptions& options) {
  const HeldSignals signals;
  NewFolder folder(options.folder);
  TraceBuffer buffer(tracing_of(options));
  const Guard guard([&] {
    buffer.put_back_unasked();
    std::error_code ignored;
    fs::remove_all(folder.path(), ignored);
  });
  Snapshots snapshots(options.proc);
  RecordResult result;
  result.buffer_kib = kib_a_cpu(options);
  buffer.set_up(result.buffer_kib);
  snapshots.try_out();
  signals.check();

  snapshots.take_before();
  buffer.start();
  const Bounds bounds(buffer, result.buffer_kib, options.time_max);
  {
    Command command(options.command, signals);
    result.command = command.wait([&] { return bounds.reached(); });
  }
  buffer.stop();
  result.seconds = bounds.seconds();
  snapshots.take_after();

  result.buffer = buffer.state();
  result.before = snapshots.before().counts();
  result.after = snapshots.after().counts();
  snapshots.write(folder);
  write_trace(buffer, result.buffer, folder, signals);
  result.not_put_back = buffer.put_back();
  signals.check();
  folder.finish();
  return result;
}

}  // namespace spb::trace
