// SPDX-License-Identifier: GPL-2.0-only
// A trace buffer of the kernel for the kmem events, by the files of tracefs (Documentation/trace/
// ftrace.rst): set up, read, and everything put back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace spb::trace {

/// What per_cpu/cpu*/stats say, together.
struct BufferState {
  uint32_t cpus = 0;
  uint64_t entries = 0;
  uint64_t bytes_of_fullest = 0;
  uint64_t lost = 0;  ///< overrun, not committed or dropped for want of room
};

/// Events are recorded from start() to stop(). The buffer is an instance of its own, which nobody
/// else sees, where the kernel has them (3.10 on); otherwise the one there is, which nobody may be
/// using, and whose settings come back.
class TraceBuffer {
 public:
  /// Looks, and changes nothing yet. Throws MachineError.
  explicit TraceBuffer(const std::filesystem::path& tracing);
  /// Puts back.
  ~TraceBuffer();
  TraceBuffer(const TraceBuffer&) = delete;
  TraceBuffer& operator=(const TraceBuffer&) = delete;

  /// Makes the buffer, `kib` for each CPU, with the events on but not recording. A full buffer
  /// keeps what it has: the start of a recording is what a replay cannot do without.
  void set_up(uint64_t kib);
  void start();
  void stop();
  BufferState state() const;
  /// The text of the events, oldest first, in pieces.
  void read(const std::function<void(std::string_view)>& piece) const;

  /// The settings as they were before set_up(); the instance is gone. Returns what could not be put
  /// back, one a line. Calling it again does nothing.
  std::string put_back();
  /// The same in a process that was forked before set_up() and cannot know whether it ran.
  std::string put_back_unasked();

  const std::filesystem::path& folder() const { return folder_; }

 private:
  /// A file of tracefs, what goes into it, and what was in it.
  struct Setting {
    std::filesystem::path file;
    std::string value;
    std::string before;
  };
  void choose_settings();
  void add(const std::string& file, const std::string& value, const std::string& before);
  void add_option(const std::string& name, bool on);
  void refuse_if_in_use() const;
  std::string remove_instance() const;

  std::filesystem::path tracing_;
  std::filesystem::path folder_;  ///< of the instance, or tracing_ itself
  bool own_instance_;
  bool is_set_up_ = false;
  std::vector<Setting> settings_;  ///< in the order in which they are made
};

/// What a recording needs of tracefs and does not find, each with what to do about it.
std::vector<std::string> missing_of_tracing(const std::filesystem::path& tracing);

}  // namespace spb::trace
