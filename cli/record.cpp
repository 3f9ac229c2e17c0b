// SPDX-License-Identifier: GPL-2.0-only
#include "trace/record.h"

#include <fmt/core.h>
#include <sys/wait.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "cli/output.h"
#include "cli/verbs.h"
#include "program/printable.h"

namespace spb::cli {

namespace {

struct RecordVerb {
  std::string folder;
  std::vector<std::string> command;
  uint32_t seconds = 600;
  uint32_t buffer_mib = 0;
  std::string tracing;
  std::string proc = "/proc";
};

trace::RecordOptions options_of(const RecordVerb& verb) {
  return {.folder = verb.folder,
          .command = verb.command,
          .tracing = verb.tracing,
          .proc = verb.proc,
          .time_max = std::chrono::seconds(verb.seconds),
          .buffer_mib = verb.buffer_mib};
}

bool tell_missing(const trace::RecordOptions& options) {
  const std::vector<std::string> missing = trace::missing_for_record(options);
  for (const std::string& what : missing)
    complain(what);
  return !missing.empty();
}

std::string end_text(int status) {
  if (WIFSIGNALED(status))
    return fmt::format("the command ended by {}", trace::signal_name(WTERMSIG(status)));
  return fmt::format("the command ended with status {}", WEXITSTATUS(status));
}

/// Why the recording ended, in the order in which one asks.
std::string why_ended(const trace::CommandEnd& end) {
  std::string why;
  if (!end.limit.empty()) why = "it reached its bound of " + end.limit + "; ";
  if (end.passed_on != 0) why = trace::signal_name(end.passed_on) + " came; ";
  return why + end_text(end.status) + (end.killed ? ", killed" : "");
}

/// A recording that ended at a bound is as asked for; the command's own failure is not, nor is a
/// signal from outside.
bool ended_well(const trace::CommandEnd& end) {
  if (end.passed_on != 0) return false;
  return !end.limit.empty() || (WIFEXITED(end.status) && WEXITSTATUS(end.status) == 0);
}

void tell_snapshot(const char* when, const trace::SnapshotCounts& counts) {
  fmt::print("  free {}: {} pages in {} blocks (buddyinfo: {} pages)\n", when, counts.pages,
             counts.blocks, counts.pages_in_buddyinfo);
}

int tell(const RecordVerb& verb, const trace::RecordResult& result) {
  const trace::BufferState& buffer = result.buffer;
  fmt::print("{}: {} events in {:.1f} s on {} CPUs, {} lost\n", printable(verb.folder),
             buffer.entries, result.seconds, buffer.cpus, buffer.lost);
  fmt::print("  ended: {}\n", why_ended(result.command));
  fmt::print("  buffers: {} KiB a CPU, the fullest held {}\n", result.buffer_kib,
             buffer.bytes_of_fullest / 1024);
  tell_snapshot("before", result.before);
  tell_snapshot("after", result.after);
  std::fflush(stdout);
  if (buffer.lost != 0) {
    fmt::print(stderr,
               "spbcheck: {} events were lost, and the trace says so: record again with a larger "
               "--buffer-mib, or less at a time\n",
               buffer.lost);
  }
  if (!result.not_put_back.empty())
    fmt::print(stderr, "spbcheck: not put back:\n{}", result.not_put_back);
  const bool well = buffer.lost == 0 && result.not_put_back.empty() && ended_well(result.command);
  return well ? holds : bad_use;
}

int run_record(const RecordVerb& verb) {
  const trace::RecordOptions options = options_of(verb);
  if (tell_missing(options)) return bad_use;
  return tell(verb, trace::record(options));
}

}  // namespace

void add_record(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand(
      "record", "Record this machine's page allocator while a command runs (needs root)");
  const auto verb = std::make_shared<RecordVerb>();
  command->add_option("FOLDER", verb->folder, "A new folder for the recording")->required();
  command
      ->add_option("COMMAND", verb->command,
                   "The command and its arguments, behind --; a signal or a bound ends it, and the "
                   "recording is whole up to there")
      ->required();
  command->add_option("--seconds", verb->seconds, "The longest time, then the command is ended")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  command
      ->add_option("--buffer-mib", verb->buffer_mib,
                   "Kernel memory for the events, all CPUs together; nearly full, the command is "
                   "ended. Without it, a quarter of what is free, at most 1024")
      ->check(CLI::Range(1, 1 << 20));
  command->add_option("--tracing", verb->tracing, "Where tracefs is mounted, if elsewhere")
      ->type_name("FOLDER");
  command->add_option("--proc", verb->proc, "Where /proc is mounted, if elsewhere")
      ->type_name("FOLDER");
  command->callback([verb, &status] { status = run_record(*verb); });
}

}  // namespace spb::cli
