// SPDX-License-Identifier: GPL-2.0-only
#include "trace/record_buffer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "program/words.h"
#include "trace/record_files.h"
#include "trace/text.h"

namespace spb::trace {

namespace fs = std::filesystem;

namespace {

/// What a replay reads. mm_page_free_batched only repeats an mm_page_free and would take room.
constexpr std::array<std::string_view, 5> events = {"mm_page_alloc", "mm_page_free",
                                                    "mm_page_alloc_zone_locked",
                                                    "mm_page_pcpu_drain", "mm_page_alloc_extfrag"};

/// Options that change the text of an event, and how a reader expects them.
struct Option {
  std::string_view name;
  bool on;
};
constexpr std::array<Option, 11> switched_options = {{{"raw", false},
                                                      {"hex", false},
                                                      {"bin", false},
                                                      {"fields", false},
                                                      {"verbose", false},
                                                      {"latency-format", false},
                                                      {"stacktrace", false},
                                                      {"userstacktrace", false},
                                                      {"context-info", true},
                                                      {"irq-info", true},
                                                      {"overwrite", false}}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (is_blank(text.back()) || text.back() == '\n'))
    text.remove_suffix(1);
  skip_blanks(text);
  return text;
}

std::string first_word(const fs::path& file) {
  const std::string text = read_text(file);
  std::string_view rest = trimmed(text);
  return std::string(next_word(rest));
}

/// Clocks are printed as `[local] global counter ...`: the one in brackets is on.
std::string clock_on(const std::string& clocks) {
  const std::size_t open = clocks.find('[');
  const std::size_t close = clocks.find(']');
  if (open == std::string::npos || close == std::string::npos || close < open) return "local";
  return clocks.substr(open + 1, close - open - 1);
}

/// A clock that agrees between CPUs: their events are sorted by it.
std::string best_clock(const fs::path& file) {
  std::string clocks = read_text(file);
  std::replace_if(
      clocks.begin(), clocks.end(), [](char c) { return c == '[' || c == ']' || c == '\n'; }, ' ');
  for (const std::string wanted : {"mono", "global"}) {
    std::string_view rest = clocks;
    for (auto word = next_word(rest); !word.empty(); word = next_word(rest)) {
      if (word == wanted) return wanted;
    }
  }
  throw MachineError(file, spb::quoted(clocks), "one of the clocks mono and global");
}

std::string event_file(std::string_view event) {
  return "events/kmem/" + std::string(event) + "/enable";
}

/// `overrun: 12`
uint64_t number_after(std::string_view stats, std::string_view name) {
  const std::size_t at = stats.find(name);
  if (at == std::string_view::npos) return 0;
  stats.remove_prefix(at + name.size());
  std::string_view word = stats.substr(0, stats.find('\n'));
  uint64_t number = 0;
  return parse_number(next_word(word), 10, number) ? number : 0;
}

void add_stats(BufferState& state, const std::string& stats) {
  ++state.cpus;
  state.entries += number_after(stats, "entries:");
  state.bytes_of_fullest = std::max(state.bytes_of_fullest, number_after(stats, "bytes:"));
  // `commit overrun:` holds the words `overrun:` too: the first of these stands at a line's start.
  state.lost += number_after(stats, "\noverrun:") + number_after(stats, "commit overrun:") +
                number_after(stats, "dropped events:");
}

bool may_write(const fs::path& path) {
  return faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

}  // namespace

std::vector<std::string> missing_of_tracing(const fs::path& tracing) {
  const std::string where = tracing.string();
  std::error_code ignored;
  if (access((tracing / "events").c_str(), F_OK) != 0 && errno == EACCES)
    return {where + " may not be looked into: run it as root"};
  if (!fs::is_directory(tracing / "events", ignored))
    return {"no tracefs at " + where + ": mount -t tracefs tracefs " + where +
            " (a kernel with CONFIG_FTRACE and CONFIG_EVENT_TRACING has it)"};
  std::vector<std::string> missing;
  for (const std::string_view event : events) {
    if (!fs::exists(tracing / event_file(event), ignored))
      missing.push_back("no event kmem:" + std::string(event) + " in " + where + "/events");
  }
  for (const std::string file : {"tracing_on", "trace_clock", "buffer_size_kb", "per_cpu"}) {
    if (!fs::exists(tracing / file, ignored))
      missing.push_back("no " + file + " in " + where + ": a kernel with CONFIG_TRACING has it");
  }
  const fs::path written =
      fs::exists(tracing / "instances", ignored) ? tracing / "instances" : tracing / "tracing_on";
  if (!may_write(written))
    missing.push_back(written.string() + " may not be written: run it as root");
  return missing;
}

TraceBuffer::TraceBuffer(const fs::path& tracing)
    : tracing_(tracing), own_instance_(fs::is_directory(tracing / "instances")) {
  folder_ =
      own_instance_ ? tracing / "instances" / ("spbcheck-" + std::to_string(getpid())) : tracing;
  if (!own_instance_) refuse_if_in_use();
  choose_settings();
}

TraceBuffer::~TraceBuffer() {
  put_back();
}

/// Somebody else's trace would be lost.
void TraceBuffer::refuse_if_in_use() const {
  const fs::path tracer = tracing_ / "current_tracer";
  if (const std::string name = first_word(tracer); name != "nop")
    throw MachineError(tracer, "the tracer " + spb::quoted(name) + " at work", "nop");
  const fs::path enabled = tracing_ / "set_event";
  if (const std::string event = first_word(enabled); !event.empty())
    throw MachineError(enabled, "the event " + spb::quoted(event) + " switched on", "none");
}

void TraceBuffer::add(const std::string& file, const std::string& value,
                      const std::string& before) {
  settings_.push_back({folder_ / file, value, before});
}

/// Kernels have options come and go, and a new instance has the top's values.
void TraceBuffer::add_option(const std::string& name, bool on) {
  const fs::path option = tracing_ / "options" / name;
  std::error_code ignored;
  if (fs::exists(option, ignored)) add("options/" + name, on ? "1" : "0", first_word(option));
}

void TraceBuffer::choose_settings() {
  add("tracing_on", "0", first_word(tracing_ / "tracing_on"));
  add("trace_clock", best_clock(tracing_ / "trace_clock"),
      clock_on(read_text(tracing_ / "trace_clock")));
  for (const Option& option : switched_options)
    add_option(std::string(option.name), option.on);
  const fs::path size = tracing_ / "buffer_size_kb";
  const std::string before = first_word(size);
  uint64_t kib = 0;
  if (!own_instance_ && !parse_number(before, 10, kib))
    throw MachineError(size, spb::quoted(before), "buffers of one size on all CPUs");
  add("buffer_size_kb", "", before);
  for (const std::string_view event : events)
    add(event_file(event), "1", "0");
}

void TraceBuffer::set_up(uint64_t kib) {
  is_set_up_ = true;
  if (own_instance_ && mkdir(folder_.c_str(), 0700) != 0)
    throw MachineError(folder_, spb::quoted(std::strerror(errno)), "an instance that can be made");
  for (const Setting& setting : settings_) {
    const bool is_size = setting.file.filename() == "buffer_size_kb";
    std::error_code ignored;
    // Instances have fewer options than the top.
    const bool is_option = setting.file.parent_path().filename() == "options";
    if (is_option && !fs::exists(setting.file, ignored)) continue;
    write_value(setting.file, is_size ? std::to_string(kib) : setting.value);
  }
  write_value(folder_ / "trace", "");
}

void TraceBuffer::start() {
  write_value(folder_ / "tracing_on", "1");
}

void TraceBuffer::stop() {
  write_value(folder_ / "tracing_on", "0");
}

BufferState TraceBuffer::state() const {
  BufferState state;
  for (const auto& cpu : fs::directory_iterator(folder_ / "per_cpu"))
    add_stats(state, read_text(cpu.path() / "stats"));
  return state;
}

void TraceBuffer::read(const std::function<void(std::string_view)>& piece) const {
  const fs::path file = folder_ / "trace";
  const Descriptor trace(file, O_RDONLY);
  std::vector<char> buffer(std::size_t{1} << 20);
  for (;;) {
    const ssize_t count = ::read(trace.get(), buffer.data(), buffer.size());
    if (count == 0) return;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      throw MachineError(file, spb::quoted(std::strerror(errno)), "a trace that can be read");
    piece({buffer.data(), static_cast<std::size_t>(count)});
  }
}

std::string TraceBuffer::remove_instance() const {
  std::error_code ignored;
  if (!fs::exists(folder_, ignored)) return {};
  if (rmdir(folder_.c_str()) == 0) return {};
  return folder_.string() + ": " + std::strerror(errno) + "; rmdir it by hand\n";
}

std::string TraceBuffer::put_back() {
  return std::exchange(is_set_up_, false) ? put_back_unasked() : std::string();
}

std::string TraceBuffer::put_back_unasked() {
  if (own_instance_) return remove_instance();
  std::string trouble;
  const auto set = [&](const fs::path& file, const std::string& value) {
    try {
      write_value(file, value);
    } catch (const MachineError& error) {
      trouble += std::string(error.what()) + "; it was " + spb::quoted(value) + "\n";
    }
  };
  std::for_each(settings_.rbegin(), settings_.rend(),
                [&](const Setting& setting) { set(setting.file, setting.before); });
  return trouble;
}

}  // namespace spb::trace
