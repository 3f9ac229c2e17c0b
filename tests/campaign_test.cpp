// SPDX-License-Identifier: GPL-2.0-only
//
// ci/campaign on a tree of pretended programs: what it does with findings, and that nothing is
// lost whatever ends it. ci/kills asks the same of the real ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/command.h"
#include "tests/fake_machine.h"

namespace spb::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// A program that spbcheck files under its own word; `holds` and `crashes` are no findings.
constexpr const char* fake_spbcheck = R"sh(
case $1 in
  replay) echo '0 events replayed' ;;
  list) echo 'mainline   x' ;;
  run) exit "$(cat "${0%/*}/status" 2>/dev/null || echo 0)" ;;
  report) exec ')sh" SPB_PROGRAM R"sh(' "$@" ;;
  convert) mkdir -p "$6"; echo seed >"$6/a.bin" ;;
  file)
    read -r word <"$6"
    case $word in
      holds) echo "$6: all holds in this build" ;;
      crashes) kill -SEGV $$ ;;
      *)
        how=new
        [[ -e $5/$word.txt ]] && how=known
        echo "$word" >"$5/.$word" && mv "$5/.$word" "$5/$word.txt" || exit 2
        echo "$6: $5/$word.txt, $how: 1 of 2 operations: $word"
        exit 1 ;;
    esac ;;
esac)sh";

constexpr const char* statistics = R"sh(
for name in number_of_executed_units average_exec_per_sec checked_operations checked_in_full \
  known_violations new_units_added; do echo "stat::$name: 5"; done)sh";

constexpr const char* good_merge = R"sh(
if [[ $1 == -merge=1 ]]; then
  echo 'MERGE-OUTER: 1 new files with 5 new features added; 3 new coverage edges'
  exit
fi)sh";

constexpr const char* fake_afl = R"sh(
for ((i = 1; i <= $#; ++i)); do [[ ${!i} == -o ]] && { i=$((i + 1)); out=${!i}; }; done
mkdir -p "$out/$2/queue" "$out/$2/crashes"
echo queued >"$out/$2/queue/id:0"
echo by-afl >"$out/$2/crashes/id:0"
echo 'execs_done : 7' >"$out/$2/fuzzer_stats"
sleep "${PRETENDED_SECONDS-0}")sh";

class Campaign : public testing::Test {
 protected:
  Campaign() {
    machine_.lacks("");
    machine_.command("cmake", "exit 0");
    machine_.command("afl-fuzz", fake_afl);
    machine_.command("build/release/bin/spbcheck", fake_spbcheck);
    fuzzer("");
  }

  // libFuzzer's target: `body` runs before its closing lines.
  void fuzzer(const std::string& body, const std::string& merge = good_merge) const {
    machine_.command("build/fuzz/bin/program_fuzzer", merge + "\n" + body + "\n" + statistics);
  }
  // The pretended engines end by themselves, long before this.
  std::string call(const std::string& options = "", const std::string& before = "") const {
    return machine_.environment() + "export SPB_BUILD_FOLDER='" + build().string() + "'; " +
           before + ci("campaign --seconds 60 --engine libfuzzer " + options);
  }
  CommandOutcome run(const std::string& options = "") const { return run_command(call(options)); }

  fs::path build() const { return machine_.folder() / "build"; }
  fs::path at(const std::string& name) const { return build() / "campaign" / name; }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories(at(name).parent_path());
    std::ofstream(at(name)) << text;
  }
  std::string text_of(const std::string& name) const {
    std::ifstream in(at(name));
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  std::ptrdiff_t files(const std::string& folder) const {
    return std::distance(fs::directory_iterator(at(folder)), fs::directory_iterator{});
  }

  FakeMachine machine_;
};

TEST_F(Campaign, FilesEachFindingOnceAndTellsNewOnesFromKnownOnes) {
  fuzzer(R"sh(
for word in one two two one; do echo $word >"$SPB_KEEP/found-$word-$((++i))"; done
printf '\11\0\0\0\0\0\0\0' >"$SPB_KEEP/.executions")sh");
  const CommandOutcome first = run();
  EXPECT_EQ(first.status, 1) << first.text;
  EXPECT_THAT(first.text, AllOf(HasSubstr("executions that found something  9\n"),
                                HasSubstr("distinct findings        2: 0 known, 2 new\n")));
  EXPECT_EQ(files("filed"), 4);
  const CommandOutcome second = run();
  EXPECT_EQ(second.status, 0) << second.text;
  EXPECT_THAT(second.text, HasSubstr("distinct findings        2: 2 known, 0 new\n"));
}

TEST_F(Campaign, SharesItsSecondsAmongTheUsualEngines) {
  const CommandOutcome outcome = run("--engine usual");
  EXPECT_THAT(outcome.text,
              AllOf(HasSubstr("] simulate for 30 s"), HasSubstr("] libfuzzer for 30 s")));
}

TEST_F(Campaign, LeavesARecordOfWhatItDid) {
  fuzzer(R"sh(echo one >"$SPB_KEEP/found-1"
printf 'sample\tlibfuzzer\t7\t%s\t5\t900\t3\t-\n' "$EPOCHREALTIME" >>"$SPB_NOTES")sh");
  EXPECT_EQ(run().status, 1);
  const std::string record = text_of("record.json");
  EXPECT_THAT(record,
              AllOf(HasSubstr("\"mode\": \"once\""), HasSubstr("\"status\": 1"),
                    HasSubstr("\"name\": \"libfuzzer for 60 s\""), HasSubstr("\"operations\": 900"),
                    HasSubstr("\"state\": \"new\""), HasSubstr("/one.txt\"")));
  fuzzer("");
  EXPECT_EQ(run().status, 0);
  EXPECT_THAT(text_of("record.json"),
              AllOf(HasSubstr("\"status\": 0"), Not(HasSubstr("/one.txt"))));
  // A build that fails leaves notes, and no record of an earlier run.
  machine_.command("cmake", "exit 1");
  EXPECT_EQ(run().status, 1);
  EXPECT_FALSE(fs::exists(at("record.json")));
  EXPECT_THAT(text_of("notes"), HasSubstr("\t1\tbuild release\n"));
}

TEST_F(Campaign, TellsTheEngineWhichReadingsToRun) {
  EXPECT_THAT(run().text, HasSubstr("readings                 posted\n"));
  EXPECT_THAT(run("--readings clean").text, HasSubstr("readings                 clean\n"));
  fuzzer(R"sh([[ $SPB_READINGS == all ]] && echo found >"$SPB_KEEP/found-1")sh");
  EXPECT_THAT(run("--readings all").text,
              HasSubstr("distinct findings        1: 0 known, 1 new\n"));
}

TEST_F(Campaign, KeepsWhatItCannotExplain) {
  fuzzer(R"sh(echo holds >"$SPB_KEEP/found-1"; echo crashes >"$SPB_KEEP/crash-2"
echo holds >"$SPB_KEEP/slow-unit-3")sh");
  const CommandOutcome first = run();
  EXPECT_EQ(first.status, 1) << first.text;
  EXPECT_THAT(first.text, AllOf(HasSubstr("unexplained: all holds when it runs again"),
                                HasSubstr("unexplained: ended by signal 11"),
                                HasSubstr("stops unexplained        2, 2 new in ")));
  EXPECT_TRUE(fs::exists(at("unexplained/crash-2")) && fs::exists(at("unexplained/slow-unit-3")));
  EXPECT_EQ(run().status, 0);
}

// The seed ends the process, so it leaves the corpus; the rest of the time is for the others.
TEST_F(Campaign, GoesOnPastASeedThatEndsTheFuzzer) {
  fuzzer(R"sh(for seed in "$SPB_KEEP"/../corpus/seed-*; do
  [[ -e $seed ]] || break
  cp "$seed" "$SPB_KEEP/crash-$(sha1sum <"$seed" | cut -c 1-40)"
  echo 'stat::number_of_executed_units: 49'
  exit 77
done)sh");
  const CommandOutcome outcome = run();
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("executions                       54\n"),
                                  HasSubstr("distinct findings        1: 0 known, 1 new\n")));
}

TEST_F(Campaign, GivesUpWhereTheFuzzerEndsWithoutAReason) {
  fuzzer("exit 1");
  EXPECT_EQ(run().status, 2);
  fuzzer("echo 'no room' >&2; exit 2");
  const CommandOutcome outcome = run();
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("no room"));
}

TEST_F(Campaign, FuzzesAndFailsWhereACommittedProgramBreaks) {
  write("../release/bin/status", "1");
  const CommandOutcome outcome = run();
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("distinct findings        0: 0 known, 0 new\n"));
}

// libFuzzer says so where its control file's path has a blank, and succeeds.
TEST_F(Campaign, LosesNothingWhereTheMergeDoesNotEndWell) {
  fuzzer("", "if [[ $1 == -merge=1 ]]; then echo 'failed to parse the control file'; exit; fi");
  write("corpus/precious", "a program");
  const CommandOutcome outcome = run("--engine afl");
  EXPECT_EQ(outcome.status, 1) << outcome.text;  // the crash of afl-fuzz is new
  EXPECT_THAT(outcome.text, HasSubstr("the merge did not end well"));
  EXPECT_TRUE(fs::exists(at("corpus/precious")) && fs::exists(at("afl/main/queue/id:0")));
  EXPECT_TRUE(fs::exists(at("findings/by-afl.txt")));
  fs::remove_all(at("afl/main/crashes"));
  fs::remove_all(at("afl/secondary/crashes"));
  EXPECT_EQ(run("--engine rapidcheck").status, 2) << "there is no such program here";
  EXPECT_TRUE(fs::exists(at("afl-unmerged-1/main/queue/id:0")));
}

TEST_F(Campaign, TakesOverWhatAKilledOneLeft) {
  write("afl/main/crashes/id:0", "by-killed-afl\n");
  write("artifacts/found-1", "pending\n");
  write("corpus/0123456789012345678901234567890123456789", "half");
  write("corpus/seed-0123456789012345", "");
  const CommandOutcome outcome = run();
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("distinct findings        2: 0 known, 2 new\n"));
  EXPECT_TRUE(fs::exists(at("findings/by-killed-afl.txt")));
  EXPECT_FALSE(fs::exists(at("afl")));
  EXPECT_EQ(files("corpus"), 1) << "the seed alone is whole";
}

// Filed, but nobody has been told.
TEST_F(Campaign, TellsOfWhatAKilledOneFiled) {
  write("findings/old.txt", "old");
  fuzzer("kill -KILL $PPID; sleep 5");
  EXPECT_NE(run().status, 0);
  write("findings/filed-by-it.txt", "new");
  fuzzer("");
  const CommandOutcome outcome = run();
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("distinct findings        1: 0 known, 1 new\n"));
  EXPECT_EQ(run().status, 0);
}

// A campaign in the background, which has come to the engine. `then` knows it as $one, and has 30
// seconds, then all of it ends.
std::string with_one_fuzzing(const std::string& call, const fs::path& begun,
                             const std::string& then) {
  return call + " & one=$!; for i in $(seq 300); do [ -e '" + begun.string() +
         "' ] && break; sleep 0.1; done; " + then + "; kill -KILL $one 2>/dev/null";
}

TEST_F(Campaign, EndsWithAllThatItStartedWhenItIsKilled) {
  fuzzer("setsid sleep 4321 & sleep 4321");
  // A shell that ignores SIGHUP hands that on, and nobody can take it back.
  for (const std::string signal : {"KILL", "TERM"}) {
    fs::remove(at("begun"));
    // The pipe ends when nobody holds the output any more.
    const CommandOutcome outcome =
        run_command(with_one_fuzzing(call(), at("begun"), "kill -" + signal + " $one"));
    EXPECT_THAT(outcome.text, HasSubstr("libfuzzer for 60 s")) << signal;
    EXPECT_EQ(run_command("sleep 0.5; pgrep -f '[s]leep 4321'").text, "") << signal;
  }
}

// A signal to the whole group is what `timeout`, a terminal and CI systems send.
TEST_F(Campaign, EndsWithAllThatItStartedWhenItsGroupIsEnded) {
  fuzzer("setsid sleep 4322 & sleep 4322");
  for (int i = 0; i < 8; ++i) {
    const std::string signal = i % 2 == 0 ? "TERM" : "HUP";
    fs::remove(at("begun"));
    const CommandOutcome outcome = run_command(with_one_fuzzing(
        call("", "setsid "), at("begun"),
        "kill -s " + signal +
            " -- -$one; for i in $(seq 50); do kill -0 $one 2>/dev/null || break; " +
            "sleep 0.1; done; kill -0 $one 2>/dev/null && echo still there"));
    EXPECT_THAT(outcome.text, HasSubstr("libfuzzer for 60 s")) << signal;
    EXPECT_THAT(outcome.text, Not(HasSubstr("still there"))) << signal;
    EXPECT_EQ(run_command("sleep 0.5; pgrep -f '[s]leep 4322'").text, "") << signal;
  }
}

TEST_F(Campaign, RefusesAFolderInWhichAnotherWorksAndSaysWho) {
  fuzzer("sleep 1234");
  const CommandOutcome outcome = run_command(with_one_fuzzing(
      call() + " >/dev/null", at("begun"), call() + "; echo status $?; echo one is $one"));
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("in use by process "), HasSubstr("status 2\n")));
  const std::string one = outcome.text.substr(outcome.text.find("one is ") + 7);
  EXPECT_THAT(outcome.text, HasSubstr("process " + one.substr(0, one.size() - 1) + " since "));
}

TEST_F(Campaign, SaysSoWhereTheFolderForTemporaryFilesIsNone) {
  const CommandOutcome outcome = run_command("export TMPDIR=/dev/null/nowhere; " + call());
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("found no room in /dev/null/nowhere"));
  fs::create_directories(at("with a blank"));
  EXPECT_EQ(run_command("export TMPDIR='" + at("with a blank").string() + "'; " + call()).status,
            0);
}

// A sample of what ci/kills does.
TEST_F(Campaign, HasVerbsThatLoseNothingWhenTheyAreKilled) {
  fs::remove(build() / "release/bin/spbcheck");
  fs::create_symlink(SPB_PROGRAM, build() / "release/bin/spbcheck");
  const CommandOutcome outcome =
      run_command(machine_.environment() + "export SPB_BUILD_FOLDER='" + build().string() + "'; " +
                  ci("kills --verbs --kills 8"));
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("8 kills, 0 losses"));
}

// ---- mounts

// The call where the campaign's folder is mounted in this way; what follows the call may look at
// it. Nothing where this machine does not let one mount.
CommandOutcome mounted(const std::string& mount, const std::string& call) {
  return run_command("unshare -m bash -c \"" + mount + " && echo mounted && ( " + call + " )\"");
}
#define SKIP_UNLESS_MOUNTED(outcome)                       \
  if ((outcome).text.find("mounted") == std::string::npos) \
  GTEST_SKIP() << "no mount of its own here: " << (outcome).text

// The shell between has the quotes of the call.
std::string escaped(std::string call) {
  for (std::size_t at = 0; (at = call.find_first_of("\"$", at)) != std::string::npos; at += 2)
    call.insert(at, "\\");
  return call;
}

TEST_F(Campaign, RefusesAFolderThatCannotBeWrittenTo) {
  fs::create_directories(at(""));
  const std::string place = "'" + at("").string() + "'";
  const CommandOutcome outcome =
      mounted("mount --bind " + place + " " + place + " && mount -o remount,bind,ro " + place,
              escaped(call() + "; echo status $?"));
  SKIP_UNLESS_MOUNTED(outcome);
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("Read-only file system"), HasSubstr("status 2\n")));
}

TEST_F(Campaign, TellsADiskThatFillsUpAndKeepsWhatItFound) {
  fuzzer(R"sh(echo found-before >"$SPB_KEEP/found-1"
head -c 9M /dev/zero >"$SPB_KEEP/../fill"
echo half >"$SPB_KEEP/../corpus/0123456789012345678901234567890123456789")sh");
  fs::create_directories(at(""));
  const std::string place = "'" + at("").string() + "'";
  const CommandOutcome outcome =
      mounted("mount -t tmpfs -o size=2m none " + place,
              escaped(call() + "; echo status $?; find " + place + " -name '*found*'"));
  SKIP_UNLESS_MOUNTED(outcome);
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("expected room in "), HasSubstr("status 2\n"),
                                  HasSubstr("/artifacts/found-1\n")));
}

// ---- a batch

// A merge that finds one program to be enough: into a folder of its own it writes that.
constexpr const char* pruning_merge = R"sh(
if [[ $1 == -merge=1 ]]; then
  part=${*: -2:1}
  if [[ $part == */pruned.part ]]; then
    echo kept >"$part/$(echo kept | sha1sum | cut -c 1-40)"
    [[ -z $PRUNING_FAILS ]] || exit 1
  fi
  echo 'MERGE-OUTER: 1 new files with 5 new features added; 3 new coverage edges'
  exit
fi)sh";

// The names that libFuzzer gives to what `echo kept` and `echo old` write.
constexpr const char* kept = "corpus/fdb98803262dfdebee3e7522add2c16eda14ff37";
constexpr const char* old = "corpus/281bac2b704617e807850e07e54bae3469f6a2e7";

TEST_F(Campaign, PrunesTheCorpusAfterARoundOfABatch) {
  fuzzer(R"sh(echo one >"$SPB_KEEP/found-1")sh", pruning_merge);
  write(old, "old\n");
  const CommandOutcome outcome = run("--mode batch --engine libfuzzer");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("libfuzzer for 60 s"), HasSubstr(" programs to 1\n"),
                                  HasSubstr("distinct findings        1: 0 known, 1 new\n")));
  EXPECT_TRUE(fs::exists(at(kept)));
  EXPECT_EQ(files("corpus"), 1);
  EXPECT_FALSE(fs::exists(at("pruned")) || fs::exists(at("pruned.part")));
}

TEST_F(Campaign, LeavesTheCorpusAsItWasWhereThePruningDoesNotEndWell) {
  fuzzer("", std::string("PRUNING_FAILS=1\n") + pruning_merge);
  write(old, "old\n");
  const CommandOutcome outcome = run("--mode batch --engine libfuzzer");
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("the corpus is as it was"));
  EXPECT_TRUE(fs::exists(at(old)));
}

TEST_F(Campaign, EndsAPruningThatWasKilledBehindItsMerge) {
  write("pruned/" + fs::path(kept).filename().string(), "kept\n");
  write(old, "old\n");
  EXPECT_EQ(run().status, 0);
  EXPECT_TRUE(fs::exists(at(kept)));
  EXPECT_FALSE(fs::exists(at(old)) || fs::exists(at("pruned")));
}

TEST_F(Campaign, ForgetsAPruningThatWasKilledBeforeItWasWhole) {
  write("pruned.part/" + fs::path(kept).filename().string(), "kept\n");
  write(old, "old\n");
  EXPECT_EQ(run().status, 0);
  EXPECT_TRUE(fs::exists(at(old)));
  EXPECT_FALSE(fs::exists(at(kept)) || fs::exists(at("pruned.part")));
}

TEST_F(Campaign, GivesEveryRoundSeedsOfItsOwnAndEngineItsTurn) {
  fuzzer("", pruning_merge);
  const CommandOutcome outcome = run("--mode batch --engine libfuzzer --seconds 900");
  EXPECT_THAT(outcome.text, HasSubstr("[16/19] libfuzzer for 300 s"));
  run("--mode batch --engine libfuzzer");
  std::ifstream rounds(at("rounds"));
  int number = 0;
  rounds >> number;
  EXPECT_EQ(number, 4);
}

TEST_F(Campaign, HasItsWholeStateInTheFolderThatItIsTold) {
  fuzzer(R"sh(echo one >"$SPB_KEEP/found-1")sh", pruning_merge);
  const fs::path state = machine_.folder() / "carried";
  EXPECT_EQ(run("--mode batch --engine libfuzzer --state '" + state.string() + "'").status, 1);
  EXPECT_TRUE(fs::exists(state / "findings" / "one.txt"));
  fs::rename(state, machine_.folder() / "elsewhere");
  const CommandOutcome again = run("--mode batch --engine libfuzzer --state '" +
                                   (machine_.folder() / "elsewhere").string() + "'");
  EXPECT_EQ(again.status, 0) << again.text;
  EXPECT_THAT(again.text, HasSubstr("distinct findings        1: 1 known, 0 new\n"));
}

TEST_F(Campaign, RefusesAModeItDoesNotHave) {
  for (const std::string argument :
       {"--mode", "--mode fast", "--mode=", "--state=", "--state 'a b'"}) {
    const CommandOutcome outcome = run(argument);
    EXPECT_EQ(outcome.status, 2) << argument << "\n" << outcome.text;
    EXPECT_THAT(outcome.text, HasSubstr("usage: ci/campaign"));
  }
}

}  // namespace
}  // namespace spb::test
