// SPDX-License-Identifier: GPL-2.0-only
//
// `spbcheck run` where input, machine or reading are not what they mostly are: pipes, damaged
// files, limits, signals, other readings, folders of the corpus.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>

#include "tests/verb_folder.h"

namespace spb::test {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

constexpr const char* good =
    "zone superpageblocks=1 pageblocks=2 pageblock_order=3 max_page_order=3 variant=mainline\n"
    "a = rmqueue order=0 mt=MOVABLE  expect pass=SMALLEST\n"
    "free a\n";
constexpr const char* failing =
    "zone superpageblocks=1 pageblocks=2 pageblock_order=3 variant=mainline\n"
    "a = rmqueue order=0 mt=MOVABLE  expect pass=CLAIM\n";

// With every check, so that it takes its time: minutes.
std::string slow_program() {
  std::string text = "zone superpageblocks=8 pageblocks=512 pageblock_order=9 variant=rfc-v2\n";
  for (int i = 0; i < 20000; ++i)
    text += "a = rmqueue order=0 mt=MOVABLE\nfree a\n";
  return text;
}

// Its set-up takes a second or more.
constexpr const char* large =
    "zone superpageblocks=400 pageblocks=512 pageblock_order=9 variant=rfc-v2 start=allocated\n"
    "a = rmqueue order=0 mt=MOVABLE  expect outcome=page\n";

using RunVerb = VerbFolder;

// ---- input

TEST_F(RunVerb, ReadsAPipeAsItReadsTheFile) {
  write("good.txt", good);
  ASSERT_EQ(
      spbcheck("convert good.txt -o good.bin && \"$SPBCHECK\" convert good.txt --to container "
               "-o good.spb")
          .status,
      0);
  for (const std::string file : {"good.txt", "good.bin", "good.spb"}) {
    const std::string whole = spbcheck("run -v --state " + file + " | sed 's/^good.*: /X: /'").text;
    EXPECT_THAT(whole, HasSubstr("holds"));
    EXPECT_EQ(spbcheck("run -v --state <(cat " + file + ") | sed 's#^/dev/fd/.*: #X: #'").text,
              whole)
        << file;
    EXPECT_EQ(bash("cat " + file + " | $SPBCHECK run -q /dev/stdin").status, 0) << file;
    const std::string fifo = "mkfifo pipe; cat " + file +
                             " >pipe & timeout 60 $SPBCHECK run pipe; "
                             "s=$?; rm pipe; exit $s";
    EXPECT_EQ(bash(fifo).status, 0) << file;
  }
}

TEST_F(RunVerb, TellsTheStoryOfAContainerFromAPipe) {
  write("taint.txt",
        "zone superpageblocks=1 pageblocks=4 pageblock_order=1 max_page_order=1 absent_last=4 "
        "variant=rfc-v2\n"
        "s0 = rmqueue order=0 mt=UNMOVABLE\n"
        "s1 = rmqueue order=0 mt=MOVABLE\n");
  const CommandOutcome outcome = bash(
      "$SPBCHECK convert taint.txt --to container | cat | "
      "$SPBCHECK run --property reserve-leaves-room /dev/stdin");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("  1  s0 = rmqueue order=0 mt=UNMOVABLE"));
}

TEST_F(RunVerb, RefusesAContainerWhateverByteOfItsMagicIsDamaged) {
  write("good.txt", good);
  ASSERT_EQ(spbcheck("convert good.txt --to container -o good.spb").status, 0);
  const std::string whole = read("good.spb");
  for (std::size_t i = 0; i < 8; ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x41);
    write("damaged.spb", damaged);
    write("damaged", damaged);
    for (const std::string file : {"damaged.spb", "damaged"}) {
      const CommandOutcome outcome = spbcheck("run " + file);
      EXPECT_EQ(outcome.status, 2) << i << outcome.text;
      EXPECT_THAT(outcome.text, HasSubstr("the magic of a container")) << i;
    }
  }
  write("zeroed", std::string(8, '\0') + whole.substr(8));
  EXPECT_THAT(spbcheck("run zeroed").text, HasSubstr("the magic of a container"));
  write("zeroed", std::string(8, '\0') + whole.substr(9));
  EXPECT_THAT(spbcheck("run zeroed").text, HasSubstr("read as fuzzer's bytes"));
}

TEST_F(RunVerb, AFileNamedAsAContainerIsOneOrRefused) {
  write("text.spb", good);
  write("bytes.spb", std::string(300, '\0'));
  write("empty.spb", "");
  for (const std::string file : {"text.spb", "bytes.spb", "empty.spb"})
    EXPECT_EQ(spbcheck("run " + file).status, 2) << file;
  EXPECT_EQ(spbcheck("run --as text text.spb").status, 0);
}

TEST_F(RunVerb, TellsOneProgramsTroubleAndGoesOn) {
  write("good.txt", good);
  const CommandOutcome outcome = bash(
      "ln -s loop.txt loop.txt; mkfifo -m 0 closed; mkdir folder\n"
      "$SPBCHECK run loop.txt missing.txt folder good.txt good.txt/under");
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_THAT(outcome.text,
              AllOf(HasSubstr("loop.txt: found no readable file: Too many levels"),
                    HasSubstr("missing.txt: found no such file"),
                    HasSubstr("folder: found a folder"), HasSubstr("good.txt: holds"),
                    HasSubstr("5 programs: 1 hold, 0 findings, 4 refused, 0 unfinished")));
}

TEST_F(RunVerb, TellsThatMemoryIsNotEnoughAndGoesOn) {
  write("large.txt", large);
  write("good.txt", good);
  const CommandOutcome outcome = bash("ulimit -v 300000; $SPBCHECK run large.txt good.txt");
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_THAT(outcome.text,
              AllOf(HasSubstr("large.txt: found no memory"), HasSubstr("good.txt: holds"),
                    HasSubstr("2 programs: 1 hold, 0 findings, 1 refused")));
}

// ---- options

TEST_F(RunVerb, EveryOptionIsReadToItsLastByte) {
  write("good.txt", good);
  for (const std::string option : {"--variant ''",
                                   "--variant=",
                                   "--set ''",
                                   "--property ''",
                                   "--as ''",
                                   "--checks ''",
                                   "--seconds nan",
                                   "--seconds inf",
                                   "--seconds -1",
                                   "--seconds 0",
                                   "--seconds 1e3",
                                   "--seconds ''",
                                   "--seconds 1s",
                                   "--seconds ' 1'",
                                   "--seconds 1.",
                                   "--seconds 0x1",
                                   "--seconds 10000001",
                                   "--before -1",
                                   "--before 1.5",
                                   "--before 010",
                                   "--before 0x10",
                                   "--before 100001",
                                   "--before +1",
                                   "--before ''",
                                   "--before 99999999999999999999"}) {
    const CommandOutcome outcome = spbcheck("run good.txt " + option);
    EXPECT_EQ(outcome.status, 2) << option << "\n" << outcome.text;
    EXPECT_THAT(outcome.text, AllOf(Not(IsEmpty()), Not(HasSubstr("holds")))) << option;
  }
  EXPECT_EQ(spbcheck("run ''").status, 2);
  EXPECT_EQ(spbcheck("run -v -q --state --seconds 60.5 --before 0 good.txt").status, 0);
  for (const std::string arguments :
       {"prove --steps -1", "prove --steps 1.0", "prove --agree -1", "prove borrow --bound 0",
        "prove borrow --bound 03", "prove borrow --variant ''", "prove borrow --programs ''",
        "prove ''", "minimize good.txt --seconds nan", "minimize good.txt -o ''",
        "convert good.txt -o ''", "file good.txt --to ''", "replay . --variant ''",
        "import . --zone ''"}) {
    EXPECT_EQ(spbcheck(arguments).status, 2) << arguments;
  }
}

// ---- limits and signals

TEST_F(RunVerb, TheLimitHoldsInTheFirstOperationsAndAFindingBeatsIt) {
  write("failing.txt", failing);
  write("slow.txt", slow_program());
  write("good.txt", good);
  const auto begin = std::chrono::steady_clock::now();
  const CommandOutcome outcome =
      spbcheck("run --checks full --seconds 2 failing.txt slow.txt good.txt");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(40));
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("not answered: slow.txt: the time was up "),
                                  HasSubstr("not answered: 1 program behind it"),
                                  HasSubstr("3 programs: 0 hold, 1 finding, 0 refused, "
                                            "2 unfinished")));
  EXPECT_LT(outcome.text.find("FINDING"), outcome.text.find("not answered"));
  EXPECT_EQ(spbcheck("run --checks full --seconds 1 slow.txt").status, 3);
}

TEST_F(RunVerb, TheLimitHoldsWhileAZoneIsSetUp) {
  write("large.txt", large);
  const CommandOutcome outcome = spbcheck("run --seconds 0.01 large.txt");
  EXPECT_EQ(outcome.status, 3) << outcome.text;
  // On a busy machine the time may be up before the file is read.
  EXPECT_THAT(outcome.text, MatchesRegex("not answered: large.txt: the time was up "
                                         "(before it began|while it was read|"
                                         "while its zone was set up)\n"));
}

TEST_F(RunVerb, MinimizeTakesTheSmallestSoFarWhereItsTimeIsUp) {
  // No operation can be left out: it takes all of them to use up the pages.
  std::string text =
      "zone superpageblocks=1 pageblocks=8 pageblock_order=9 max_page_order=9 variant=mainline\n";
  for (int i = 0; i < 4096; ++i)
    text += "a = rmqueue order=0 mt=MOVABLE\n";
  text += "b = rmqueue order=0 mt=MOVABLE  expect outcome=page\n";
  write("breaks.txt", text);
  const CommandOutcome outcome = spbcheck("minimize breaks.txt --seconds 0.4 -o least.txt");
  EXPECT_THAT(outcome.text, HasSubstr("the time was up")) << "or this is no test";
  EXPECT_THAT(outcome.status, testing::AnyOf(1, 3)) << outcome.text;
  if (outcome.status == 1) {
    EXPECT_EQ(spbcheck("run -q least.txt").status, 1);
  }
  write("slow.txt", slow_program());
  const CommandOutcome none = spbcheck("minimize slow.txt --seconds 0.2");
  EXPECT_EQ(none.status, 3) << none.text;
  EXPECT_THAT(none.text, HasSubstr("not answered: slow.txt: the time was up"));
}

// Sends a signal to a run of `good.txt slow.txt` once it is in the second.
std::string signalled(const std::string& signal) {
  return "$SPBCHECK run --checks full good.txt slow.txt >out 2>&1 & pid=$!\n"
         "until grep -qs holds out; do sleep 0.1; done; sleep 1\n"
         "kill -" +
         signal + " $pid; wait $pid; status=$?; cat out; exit $status";
}

TEST_F(RunVerb, ASignalThatEndsItIsToldWithTheOperationAndTheProgram) {
  write("good.txt", good);
  write("slow.txt", slow_program());
  for (const auto& [signal, status] : {std::pair("TERM", 143), std::pair("INT", 130)}) {
    const CommandOutcome outcome = bash(signalled(signal));
    EXPECT_EQ(outcome.status, status) << outcome.text;
    EXPECT_THAT(outcome.text,
                AllOf(HasSubstr("not answered: slow.txt: SIG" + std::string(signal) + " came "),
                      HasSubstr("2 programs: 1 hold, 0 findings, 0 refused, 1 unfinished")));
  }
}

TEST_F(RunVerb, ACrashIsAFindingWithAStoryAndTheOthersRun) {
  write("good.txt", good);
  write("slow.txt", slow_program());
  write("failing.txt", failing);
  for (const std::string signal : {"SEGV", "FPE", "ABRT"}) {
    const CommandOutcome outcome = bash(
        "$SPBCHECK run --checks full slow.txt good.txt >out 2>&1 & pid=$!\n"
        "sleep 3; kill -" +
        signal + " $pid; wait $pid; status=$?; cat out; exit $status");
    EXPECT_EQ(outcome.status, 1) << outcome.text;
    EXPECT_THAT(outcome.text, StartsWith("FINDING SIG" + signal + " "));
    EXPECT_THAT(outcome.text,
                AllOf(HasSubstr(" of slow.txt on 8 superpageblocks"), HasSubstr("good.txt: holds"),
                      HasSubstr("2 programs: 1 hold, 1 finding")));
  }
}

// ---- readings

TEST_F(RunVerb, ItsOwnReadingKeepsTheExpectations) {
  write("failing.txt", failing);
  for (const std::string options : {"", "--variant mainline", "--set evacuate-items=64",
                                    "--variant mainline --set isolation=moves-free-pages"}) {
    const CommandOutcome outcome = spbcheck("run failing.txt " + options);
    EXPECT_EQ(outcome.status, 1) << options << "\n" << outcome.text;
    EXPECT_THAT(outcome.text, HasSubstr("expected pass=CLAIM")) << options;
  }
  EXPECT_THAT(spbcheck("convert failing.txt --to text --variant mainline").text,
              HasSubstr("expect pass=CLAIM"));
}

TEST_F(RunVerb, AnotherReadingSaysWhatItSkippedAndNotThatItHolds) {
  write("good.txt", good);
  for (const std::string options : {"--variant rfc-v2", "--set evacuate-items=3"}) {
    const CommandOutcome outcome = spbcheck("run good.txt " + options);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.text,
                StartsWith("good.txt: breaks no invariant (skipped, being of another reading: "
                           "1 expectation), 2 operations"));
    EXPECT_THAT(outcome.text, Not(HasSubstr("holds")));
  }
  EXPECT_THAT(spbcheck("run good.txt good.txt --variant rfc-v2").text,
              EndsWith("2 programs: 0 hold, 2 not asked for all, 0 findings, 0 refused, "
                       "0 unfinished; 4 operations, 0 known violations\n"));
  EXPECT_THAT(spbcheck("run --checks none good.txt").text,
              HasSubstr("meets its expectations, with no invariant checked"));
}

TEST_F(RunVerb, APropertyThatAnotherReadingSkipsIsNamed) {
  write("p.txt",
        "zone superpageblocks=2 pageblocks=2 pageblock_order=1 max_page_order=1 absent_first=1 "
        "variant=rfc-v1@31\n"
        "property taint-comes-last\n"
        "a = rmqueue order=1 mt=UNMOVABLE\n"
        "b = rmqueue order=0 mt=UNMOVABLE\n");
  EXPECT_THAT(spbcheck("run --variant rfc-v2 p.txt").text,
              HasSubstr("skipped, being of another reading: the property taint-comes-last"));
}

TEST_F(RunVerb, AProgramTellsThePropertyItWasFiledForBesideWhatElseItBreaks) {
  write("p.txt",
        "zone superpageblocks=1 pageblocks=4 pageblock_order=1 max_page_order=1 absent_last=4 "
        "variant=rfc-v2\n"
        "property reserve-leaves-room\n"
        "a = rmqueue order=0 mt=UNMOVABLE\n"
        "b = rmqueue order=0 mt=MOVABLE  expect outcome=page\n");
  const CommandOutcome outcome = spbcheck("run p.txt");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("expected outcome=page"),
                                  HasSubstr("property reserve-leaves-room\n  claim:")));
  EXPECT_THAT(spbcheck("minimize p.txt").text, HasSubstr("\nproperty reserve-leaves-room\n"));
}

// ---- the corpus

TEST_F(RunVerb, TheCorpusBreaksWhatItIsKeptForAndNothingElse) {
  const CommandOutcome outcome =
      bash("$SPBCHECK run $(find '" SPB_SOURCE_DIR "/corpus' -name '*.txt')");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(outcome.text,
              AllOf(HasSubstr("corpus/counterexamples: "), HasSubstr("corpus/known: "),
                    HasSubstr(", each breaks the property that it names: "),
                    HasSubstr(" 0 findings, 0 refused, 0 unfinished")));
}

TEST_F(RunVerb, AProgramOfTheCorpusThatDoesNotBreakWhatItIsKeptForIsAFinding) {
  write("corpus/counterexamples/holds.txt", std::string(good) + "property reserve-leaves-room\n");
  write("corpus/known/holds.txt", good);
  write("corpus/findings/failing.txt", failing);
  write("good.txt", good);
  for (const std::string folder : {"counterexamples", "known"}) {
    const CommandOutcome outcome = spbcheck("run good.txt corpus/" + folder + "/holds.txt");
    EXPECT_EQ(outcome.status, 1) << outcome.text;
    EXPECT_THAT(outcome.text, AllOf(HasSubstr("FINDING corpus/" + folder + "/holds.txt: "),
                                    HasSubstr("corpus/" + folder + ": 1 program, ")));
    const CommandOutcome inside =
        bash("cd corpus/" + folder + " && $SPBCHECK run holds.txt ../../good.txt");
    EXPECT_EQ(inside.status, 1) << inside.text;
  }
  EXPECT_EQ(spbcheck("run good.txt corpus/findings/failing.txt").status, 1);
  EXPECT_EQ(spbcheck("run good.txt good.txt").status, 0);
}

TEST_F(RunVerb, ACounterexampleNamedAloneTellsItsStory) {
  const CommandOutcome outcome =
      spbcheck("run '" SPB_SOURCE_DIR "/corpus/counterexamples/reserve-leaves-room.rfc-v2.txt'");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.text, AllOf(StartsWith("FINDING after operation 2"),
                                  HasSubstr("passes tried, in the table's order")));
}

}  // namespace
}  // namespace spb::test
