// SPDX-License-Identifier: GPL-2.0-only
//
// `spbcheck record` on a machine of plain files: a tracefs without instances, whose one buffer is
// set up and put back, and a /proc of 32 pages. The recorded command plays the kernel: it writes
// the trace and changes what is free.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/command.h"

namespace spb::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_file(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// Each regular file below a folder and what is in it.
std::map<std::string, std::string> files_below(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files[entry.path().string()] = read_file(entry.path());
  }
  return files;
}

bool comes_true(const std::function<bool()>& condition) {
  for (int i = 0; i < 1000 && !condition(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  return condition();
}

// Pages 64 to 95, free where the picture has a dot.
std::string kpageflags(const std::string& picture) {
  std::string bytes(64 * 8, '\0');
  for (const char c : picture)
    bytes += std::string{'\0', c == '.' ? '\4' : '\0', '\0', '\0', '\0', '\0', '\0', '\0'};
  return bytes;
}

std::string stats(const std::string& entries, const std::string& bytes, const std::string& lost) {
  return "entries: " + entries + "\noverrun: 0\ncommit overrun: 0\nbytes: " + bytes +
         "\noldest event ts:     0.000000\nnow ts:  1156.534942\ndropped events: " + lost +
         "\nread events: 0\n";
}

constexpr const char* pages_before = "#.#####.........................";
constexpr const char* pages_after = "###.###.........#...............";
constexpr const char* trace_text =
    "# tracer: nop\n"
    "#\n"
    "            pipe-7       [000] d..3.    10.000001: mm_page_alloc_zone_locked: "
    "page=00000000c0ffee01 pfn=0x41 order=0 migratetype=0 percpu_refill=1\n"
    "            pipe-7       [000] .....    10.000002: mm_page_alloc: page=00000000c0ffee01 "
    "pfn=0x41 order=0 migratetype=0 gfp_flags=GFP_KERNEL\n"
    "             cat-8       [001] d..2.    10.000003: mm_page_pcpu_drain: "
    "page=00000000c0ffee02 pfn=0x43 order=0 migratetype=0\n"
    "             cat-8       [001] d..3.    10.000004: mm_page_alloc_zone_locked: "
    "page=00000000c0ffee03 pfn=0x50 order=0 migratetype=1 percpu_refill=1\n";

class Record : public testing::Test {
 protected:
  Record() : folder_(fs::path(testing::TempDir()) / ("spb_record_" + std::to_string(getpid()))) {
    lay();
    as_it_was_ = settings();
  }
  ~Record() override { fs::remove_all(folder_); }

  void lay() const {
    fs::remove_all(folder_);
    lay_tracing();
    lay_proc();
    write_file(folder_ / "new/trace", trace_text);
    write_file(folder_ / "new/stats", stats("4", "160", "0"));
    write_file(folder_ / "new/kpageflags", kpageflags(pages_after));
    write_file(folder_ / "play",
               "cd '" + folder_.string() +
                   "' || exit 9\n"
                   "grep -r '' tracing > during\n"
                   "mv new/kpageflags proc/kpageflags && mv new/stats tracing/per_cpu/cpu0/stats\n"
                   "mv new/trace tracing/trace\n");
  }

  void lay_tracing() const {
    const fs::path tracing = folder_ / "tracing";
    for (const std::string event : {"mm_page_alloc", "mm_page_free", "mm_page_alloc_zone_locked",
                                    "mm_page_pcpu_drain", "mm_page_alloc_extfrag"})
      write_file(tracing / "events/kmem" / event / "enable", "0\n");
    write_file(tracing / "tracing_on", "1");
    write_file(tracing / "trace_clock", "local");
    write_file(tracing / "buffer_size_kb", "7");
    write_file(tracing / "current_tracer", "nop\n");
    write_file(tracing / "set_event", "");
    write_file(tracing / "options/overwrite", "1");
    write_file(tracing / "options/stacktrace", "1");
    write_file(tracing / "options/irq-info", "1");
    write_file(tracing / "trace", "somebody's old trace\n");
    write_file(tracing / "per_cpu/cpu0/stats", stats("0", "0", "0"));
    write_file(tracing / "per_cpu/cpu1/stats", stats("0", "0", "0"));
    write_file(tracing / "trace_clock", "[local] global counter uptime perf mono mono_raw boot\n");
  }

  void lay_proc() const {
    const fs::path proc = folder_ / "proc";
    write_file(proc / "zoneinfo",
               "Node 0, zone      DMA\n  pages free     0\n        spanned  0\n        present  0\n"
               "        managed  0\nNode 0, zone   Normal\n  pages free     26\n"
               "        spanned  32\n        present  32\n        managed  32\n"
               "  start_pfn:           64\n");
    write_file(proc / "buddyinfo", "Node 0, zone   Normal      2      0      0      1      1 \n");
    write_file(proc / "pagetypeinfo",
               "Page block order: 3\nPages per block:  8\n\n"
               "Free pages count per migrate type at order       0      1      2      3      4 \n"
               "Node    0, zone   Normal, type    Unmovable      2      0      0      0      0 \n"
               "Node    0, zone   Normal, type      Movable      0      0      0      1      1 \n"
               "\nNumber of blocks type     Unmovable      Movable \n"
               "Node 0, zone   Normal            1            3 \n");
    write_file(proc / "kpageflags", kpageflags(pages_before));
    write_file(proc / "meminfo", "MemTotal: 128 kB\nMemAvailable:   104 kB\n");
    write_file(proc / "version", "Linux version 6.18.0\n");
  }

  // The files of tracefs that hold a setting. A clock is printed in a list and written alone.
  std::map<std::string, std::string> settings() const {
    std::map<std::string, std::string> files = files_below(folder_ / "tracing");
    for (auto file = files.begin(); file != files.end();) {
      const std::string name = fs::path(file->first).filename();
      std::string& text = file->second;
      if (text.starts_with("[local]")) text = "local";
      if (text.ends_with('\n')) text.pop_back();
      file = name == "stats" || name == "trace" ? files.erase(file) : std::next(file);
    }
    return files;
  }

  std::string words(const std::string& options) const {
    return "'" SPB_PROGRAM "' record --tracing '" + (folder_ / "tracing").string() + "' --proc '" +
           (folder_ / "proc").string() + "' " + options;
  }
  CommandOutcome record(const std::string& options) const {
    return run_command("cd '" + folder_.string() + "' && " + words(options));
  }

  // Starts it in the background; its output goes to the file `out`.
  pid_t start(const std::string& options) const {
    const pid_t pid = fork();
    if (pid != 0) return pid;
    // A shell's `&` has its commands ignore SIGINT, and the tests may run in one.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
      std::signal(signal, SIG_DFL);
    const std::string out = (folder_ / "out").string();
    const std::string line = "cd '" + folder_.string() + "' && exec " + words(options) + " >'" +
                             out + "' 2>&1 </dev/null";
    execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    _exit(127);
  }
  int status_of(pid_t pid) const {
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::set<std::string> names_in(const std::string& name) const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_ / name))
      names.insert(entry.path().filename());
    return names;
  }
  // Neither the recording nor what it grows under.
  bool nothing_left() const {
    for (const std::string& name : names_in("")) {
      if (name.starts_with("rec")) return false;
    }
    return true;
  }
  void expect_whole() const {
    EXPECT_THAT(names_in("rec"),
                ElementsAre("buddyinfo.after", "buddyinfo.before", "freeblocks.after",
                            "freeblocks.before", "pagetypeinfo.after", "pagetypeinfo.before",
                            "trace.txt", "version", "zoneinfo.after", "zoneinfo.before"));
    EXPECT_EQ(read_file(folder_ / "rec/trace.txt"), trace_text);
    EXPECT_EQ(read_file(folder_ / "rec/freeblocks.before"), "41 0\n47 0\n48 3\n50 4\n");
    EXPECT_EQ(read_file(folder_ / "rec/freeblocks.after"),
              "43 0\n47 0\n48 3\n51 0\n52 1\n54 2\n58 3\n");
    EXPECT_EQ(names_in("").count("rec"), 1U);
  }
  void expect_put_back() const { EXPECT_EQ(settings(), as_it_was_); }
  void wait_for_play() const {
    ASSERT_TRUE(comes_true([&] { return !fs::exists(folder_ / "new/trace"); }));
    std::this_thread::sleep_for(std::chrono::milliseconds(200));  // until it sleeps
  }

  fs::path folder_;
  std::map<std::string, std::string> as_it_was_;
};

TEST_F(Record, LeavesAWholeRecordingThatReplayReads) {
  const CommandOutcome outcome = record("--buffer-mib 2 rec -- sh play");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("rec: 4 events"), HasSubstr("2 CPUs, 0 lost"),
                                  HasSubstr("the command ended with status 0"),
                                  HasSubstr("free before: 26 pages in 4 blocks (buddyinfo: 26")));
  expect_whole();
  expect_put_back();
  EXPECT_EQ(read_file(folder_ / "rec/zoneinfo.before"), read_file(folder_ / "proc/zoneinfo"));

  const CommandOutcome replay = run_command("'" SPB_PROGRAM "' replay --variant mainline '" +
                                            (folder_ / "rec").string() + "'");
  EXPECT_EQ(replay.status, 0) << replay.text;
  EXPECT_THAT(replay.text,
              AllOf(HasSubstr("zone_locked pages that are the head of a known free block: 2 of 2"),
                    HasSubstr("agree with the second snapshot: 25 of 25 (100.000%)"),
                    HasSubstr("3 events replayed, 100.000% applied")));
}

TEST_F(Record, HasTheEventsOnWhileTheCommandRuns) {
  ASSERT_EQ(record("--buffer-mib 2 rec -- sh play").status, 0);
  const std::string during = read_file(folder_ / "during");
  EXPECT_THAT(
      during,
      AllOf(HasSubstr("tracing/tracing_on:1\n"), HasSubstr("tracing/trace_clock:mono\n"),
            HasSubstr("tracing/options/overwrite:0\n"), HasSubstr("tracing/options/stacktrace:0\n"),
            HasSubstr("tracing/options/irq-info:1\n"),
            HasSubstr("events/kmem/mm_page_alloc_extfrag/enable:1\n"),
            HasSubstr("events/kmem/mm_page_pcpu_drain/enable:1\n"),
            Not(HasSubstr("buffer_size_kb:7\n")), Not(HasSubstr("old trace"))));
}

TEST_F(Record, TakesAnEmptyFolderAndRefusesAFullOne) {
  fs::create_directories(folder_ / "rec");
  EXPECT_EQ(record("rec/ -- sh play").status, 0);
  expect_whole();
  const CommandOutcome again = record("rec -- touch ran");
  EXPECT_EQ(again.status, 2);
  EXPECT_THAT(again.text, HasSubstr("expected a new folder, or an empty one"));
  EXPECT_FALSE(fs::exists(folder_ / "ran"));
  expect_whole();
  expect_put_back();
  EXPECT_EQ(record("no/such/place -- touch ran").status, 2);
  EXPECT_FALSE(fs::exists(folder_ / "ran"));
}

TEST_F(Record, KeepsTheRecordingOfACommandThatFails) {
  const CommandOutcome outcome = record("rec -- sh -c 'sh play; exit 3'");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("the command ended with status 3"));
  expect_whole();
  expect_put_back();
}

TEST_F(Record, LeavesNothingWhereThereIsNoSuchCommand) {
  const CommandOutcome outcome = record("rec -- ./no-such-command");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("./no-such-command: found 'No such file or directory'"));
  EXPECT_TRUE(nothing_left());
  expect_put_back();
}

TEST_F(Record, EndsWholeAtASignal) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const pid_t pid = start("rec -- sh -c 'sh play; exec sleep 60'");
    wait_for_play();
    kill(pid, signal);
    EXPECT_EQ(status_of(pid), 2);
    EXPECT_THAT(read_file(folder_ / "out"), HasSubstr(" came; the command ended by SIG"));
    expect_whole();
    expect_put_back();
    lay();
  }
}

TEST_F(Record, KillsACommandThatDoesNotEndAtTheSecondSignal) {
  const pid_t pid = start("rec -- sh -c 'trap \"\" TERM; sh play; while :; do sleep 1; done'");
  wait_for_play();
  kill(pid, SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  kill(pid, SIGTERM);
  EXPECT_EQ(status_of(pid), 2);
  EXPECT_THAT(read_file(folder_ / "out"), HasSubstr("the command ended by SIGKILL, killed"));
  expect_whole();
  expect_put_back();
}

TEST_F(Record, IsPutBackAfterTheRecorderWasKilled) {
  const pid_t pid = start("rec -- sh -c 'sh play; exec sleep 60'");
  wait_for_play();
  kill(pid, SIGKILL);
  EXPECT_EQ(status_of(pid), -1);
  EXPECT_TRUE(comes_true([&] { return nothing_left(); }));
  expect_put_back();
}

TEST_F(Record, EndsAtTheTimeItMayTake) {
  const CommandOutcome outcome = record("--seconds 1 rec -- sh -c 'sh play; exec sleep 60'");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.text, HasSubstr("it reached its bound of the time, 1 s (--seconds)"));
  expect_whole();
  expect_put_back();
}

TEST_F(Record, EndsWhereABufferIsNearlyFull) {
  write_file(folder_ / "new/stats", stats("4", "2000000000", "0"));
  const CommandOutcome outcome = record("--buffer-mib 1 rec -- sh -c 'sh play; exec sleep 60'");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.text, HasSubstr("it reached its bound of the size"));
  expect_whole();
  expect_put_back();
}

TEST_F(Record, SaysThatEventsWereLostInTheTraceToo) {
  write_file(folder_ / "new/stats", stats("4", "160", "12"));
  const CommandOutcome outcome = record("rec -- sh play");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("12 events were lost, and the trace says so"));
  EXPECT_EQ(read_file(folder_ / "rec/trace.txt"),
            trace_text + std::string("CPU:0 [LOST 12 EVENTS]\n"));
  expect_put_back();
}

TEST_F(Record, LeavesNothingWhereTheTraceIsShort) {
  write_file(folder_ / "new/stats", stats("5", "200", "0"));
  const CommandOutcome outcome = record("rec -- sh play");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("found 4 lines, expected a line for each of 5 events"));
  EXPECT_TRUE(nothing_left());
  expect_put_back();
}

TEST_F(Record, LeavesNothingOnAFullDisk) {
  std::string trace = trace_text;
  for (int i = 0; i < 2000; ++i)
    trace += "# as much as a file may not have\n";
  write_file(folder_ / "new/trace", trace);
  const CommandOutcome outcome =
      run_command("cd '" + folder_.string() + "' && ulimit -f 16 && " + words("rec -- sh play"));
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("trace.txt: found 'File too large'"),
                                  HasSubstr("expected room on the disk")));
  EXPECT_TRUE(nothing_left());
  expect_put_back();
}

TEST_F(Record, NamesEverythingThatIsMissing) {
  fs::remove_all(folder_ / "tracing/events/kmem/mm_page_alloc_extfrag");
  fs::remove(folder_ / "proc/kpageflags");
  fs::remove(folder_ / "proc/pagetypeinfo");
  const CommandOutcome outcome = record("rec -- touch ran");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text,
              AllOf(HasSubstr("no event kmem:mm_page_alloc_extfrag"),
                    HasSubstr("proc/kpageflags: a kernel with CONFIG_PROC_PAGE_MONITOR has it"),
                    HasSubstr("no " + (folder_ / "proc/pagetypeinfo").string())));
  fs::remove_all(folder_ / "tracing");
  EXPECT_THAT(record("rec -- touch ran").text, HasSubstr("mount -t tracefs tracefs"));
  EXPECT_FALSE(fs::exists(folder_ / "ran"));
  EXPECT_TRUE(nothing_left());
}

TEST_F(Record, LeavesSomebodyElsesTraceAlone) {
  write_file(folder_ / "tracing/current_tracer", "function\n");
  EXPECT_THAT(record("rec -- sh play").text, HasSubstr("the tracer 'function' at work"));
  write_file(folder_ / "tracing/current_tracer", "nop\n");
  write_file(folder_ / "tracing/set_event", "sched:sched_switch\n");
  const CommandOutcome outcome = record("rec -- sh play");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("the event 'sched:sched_switch' switched on"));
  EXPECT_EQ(read_file(folder_ / "tracing/trace"), "somebody's old trace\n");
  EXPECT_TRUE(nothing_left());
}

TEST_F(Record, RemovesItsInstanceWhereItCannotBeSetUp) {
  // A plain folder has none of the files that a kernel puts into an instance.
  fs::create_directories(folder_ / "tracing/instances");
  const CommandOutcome outcome = record("rec -- sh play");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("tracing_on: found 'No such file or directory'"));
  EXPECT_THAT(names_in("tracing/instances"), IsEmpty());
  EXPECT_TRUE(nothing_left());
  expect_put_back();
}

TEST_F(Record, RefusesAKernelThatMarksTheHeadsOfFreeBlocksAlone) {
  write_file(folder_ / "proc/kpageflags", kpageflags("#.#####..#######.###############"));
  const CommandOutcome outcome = record("rec -- touch ran");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("4 free pages where buddyinfo has 26"));
  EXPECT_FALSE(fs::exists(folder_ / "ran"));
  EXPECT_TRUE(nothing_left());
  expect_put_back();
}

// ---- this machine

TEST_F(Record, RecordsThisKernel) {
  const std::string mount = "unshare -m sh -c 'mount -t tracefs tracefs /sys/kernel/tracing && ";
  if (geteuid() != 0 || run_command(mount + "test -d /sys/kernel/tracing/instances'").status != 0)
    GTEST_SKIP() << "needs root and a kernel with tracefs";
  const std::string folder = (folder_ / "here").string();
  // Others may record on this machine at the same time: only its own instance has to be gone.
  const CommandOutcome outcome =
      run_command(mount + SPB_PROGRAM + " record --buffer-mib 64 " + folder +
                  " -- find /usr/include -newer / & p=$!; wait $p || exit 1; "
                  "test ! -e /sys/kernel/tracing/instances/spbcheck-$p'");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr(", 0 lost\n"));
  const CommandOutcome replay =
      run_command("'" SPB_PROGRAM "' replay --variant mainline '" + folder + "'");
  EXPECT_EQ(replay.status, 0) << replay.text;
}

}  // namespace
}  // namespace spb::test
