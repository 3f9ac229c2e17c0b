// SPDX-License-Identifier: GPL-2.0-only
//
// `spbcheck prove` on machines that are not as they should be, and what it says at its end. A file
// `bin/cvc5` of the test stands in for the solver.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

#include "smt/solver.h"
#include "tests/verb_folder.h"

namespace spb::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Whether the process of the file `pid` runs; a dead one may wait for a parent to look at it.
constexpr const char* still_runs = "grep -qs '^State:.[^ZX]' /proc/$(cat pid)/status";

class ProveVerb : public VerbFolder {
 protected:
  // With this script as cvc5.
  CommandOutcome with_cvc5(const std::string& script, const std::string& arguments) const {
    write_executable("bin/cvc5", script);
    return bash("PATH=$PWD/bin:$PATH $SPBCHECK prove --findings found " + arguments);
  }
};

TEST_F(ProveVerb, NeedsNoFolderForTemporaryFiles) {
  for (const std::string folder : {"/nowhere", "/dev/null", "/proc"}) {
    const CommandOutcome outcome =
        bash("TMPDIR=" + folder + " $SPBCHECK prove movable-spares-reserve");
    EXPECT_EQ(outcome.status, 0) << outcome.text;
    EXPECT_THAT(outcome.text, HasSubstr("2 proven, 3 refuted"));
  }
}

TEST_F(ProveVerb, TroubleOfTheMachineIsToldAndIsNoFinding) {
  struct Case {
    const char* cvc5;
    const char* told;
  };
  for (const Case& one : {Case{"#!/nowhere/interpreter\n", "cvc5: it cannot be run: No such file"},
                          Case{"\x7f"
                               "ELF, but not really",
                               "cvc5: it cannot be run: Exec format error"},
                          Case{"#!/bin/sh\nkill -SEGV $$\n", "cvc5: it was ended by signal 11"},
                          Case{"#!/bin/sh\necho no library >&2\nexit 127\n", "cvc5: it says 'no l"},
                          Case{"#!/bin/sh\nexit 0\n", "cvc5: it says ''"},
                          Case{"#!/bin/sh\nyes\n", "cvc5: it says more than 65536 bytes"}}) {
    const CommandOutcome outcome = with_cvc5(one.cvc5, "movable-spares-reserve");
    EXPECT_EQ(outcome.status, 2) << outcome.text;
    EXPECT_THAT(outcome.text,
                AllOf(HasSubstr("2 proven, 3 refuted"), HasSubstr("; 0 not as"),
                      HasSubstr("trouble of the machine, no answer: cvc5: "), HasSubstr(one.told)));
    EXPECT_FALSE(exists("found")) << "nothing is filed";
  }
}

TEST_F(ProveVerb, ASolverThatMayNotBeExecutedIsTrouble) {
  write("bin/cvc5", "#!/bin/sh\n");
  const CommandOutcome outcome = bash("PATH=$PWD/bin $SPBCHECK prove movable-spares-reserve");
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("bin/cvc5: it cannot be run: Permission denied"));
  EXPECT_EQ(bash("PATH=/nowhere $SPBCHECK prove movable-spares-reserve").status, 0)
      << "one that is not installed is skipped";
}

TEST_F(ProveVerb, ASolverThatHangsIsGivenUpWithWhateverItStarted) {
  write_executable("bin/cvc5", "#!/bin/sh\nsleep 1000 &\necho $! >pid\nwait\n");
  const std::string path = std::getenv("PATH");
  setenv("PATH", (folder_.string() + "/bin:" + path).c_str(), 1);
  const auto folder = std::filesystem::current_path();
  std::filesystem::current_path(folder_);
  smt::Budget budget;
  budget.idle_seconds = 1;
  const smt::Reply reply = smt::ask_cvc5("(check-sat)\n", budget);
  std::filesystem::current_path(folder);
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(reply.answer, smt::Answer::trouble);
  EXPECT_THAT(reply.detail, HasSubstr("it has not computed for 1 s"));
  EXPECT_NE(bash(std::string("sleep 0.2; ") + still_runs).status, 0) << "its own child outlives it";
}

TEST_F(ProveVerb, ASolverThatComputesIsWaitedForHoweverSlowItIs) {
  write_executable("bin/cvc5",
                   "#!/bin/bash\nend=$((SECONDS + 4))\n"
                   "while ((SECONDS < end)); do :; done\necho unsat\n");
  const std::string path = std::getenv("PATH");
  setenv("PATH", (folder_.string() + "/bin:" + path).c_str(), 1);
  smt::Budget budget;
  budget.idle_seconds = 2;
  const smt::Reply reply = smt::ask_cvc5("(check-sat)\n", budget);
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(reply.answer, smt::Answer::unsat) << reply.detail;
}

TEST_F(ProveVerb, LimitsAreTheSolversOwnStepsNotSeconds) {
  smt::Budget little;
  little.rlimit = 10;
  little.cvc5_rlimit = 10;
  const std::string hard =
      "(set-logic ALL)\n(declare-fun x () Int)\n(declare-fun y () Int)\n"
      "(declare-fun f (Int) Int)\n(assert (forall ((a Int)) (> (f a) (* 3 a))))\n"
      "(assert (= (+ (f x) (f y)) 7))\n(assert (> (* 2 x) (+ y 17)))\n(check-sat)\n";
  EXPECT_EQ(smt::ask_z3(hard, little).answer, smt::Answer::unknown);
  if (!smt::cvc5_installed()) GTEST_SKIP() << "cvc5 is not installed";
  EXPECT_EQ(smt::ask_cvc5(hard, little).answer, smt::Answer::unknown);
}

TEST_F(ProveVerb, AnErrorOfTheQuestionIsNoTroubleOfTheMachine) {
  const CommandOutcome outcome =
      with_cvc5("#!/bin/sh\necho '(error \"Parse Error\")'\n", "movable-spares-reserve");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, Not(HasSubstr("trouble")));
}

TEST_F(ProveVerb, TheClosingLinesNameWhatIsUnexpectedThenWhatIsNotAnswered) {
  // It contradicts Z3 where that proves, once, and then falls silent.
  const CommandOutcome outcome = with_cvc5(
      "#!/bin/sh\nmkdir once 2>/dev/null && { echo sat; exit 0; }\nexit 0\n", "one-category");
  EXPECT_EQ(outcome.status, 1) << "a finding beats trouble\n" << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("; 1 not as expected\n1 error, 1 of them unexpected: "
                                            "one-category ("),
                                  HasSubstr("Z3 and cvc5 contradict each other"),
                                  HasSubstr("\ntrouble of the machine, no answer: cvc5: ")));
  EXPECT_LT(outcome.text.find("1 of them unexpected"), outcome.text.find("no answer: "));
}

TEST_F(ProveVerb, ARefutedPropertyOfLadderOrDriverTellsTheCaller) {
  const CommandOutcome driver = spbcheck("prove driver-drop --variant mainline");
  EXPECT_THAT(driver.text, HasSubstr("\n    caller: order="));
  EXPECT_THAT(driver.text, HasSubstr("ALLOC_NOFRAGMENT"));
  const CommandOutcome ladder = spbcheck("prove best-effort-never-drops --variant rfc-v1@31");
  EXPECT_THAT(ladder.text, HasSubstr("\n    caller: order="));
  EXPECT_THAT(ladder.text, testing::AnyOf(HasSubstr("__GFP_NORETRY"), HasSubstr("__GFP_NOWARN")));
  EXPECT_THAT(spbcheck("prove taint-comes-last").text, Not(HasSubstr("caller: ")));
}

// ---- signals

TEST_F(ProveVerb, ASignalEndsItWithWhatIsAnsweredAndNoVerdictOfItsOwn) {
  for (const auto& [signal, status] : {std::pair("INT", 130), std::pair("TERM", 143)}) {
    const CommandOutcome outcome = bash(
        "$SPBCHECK prove --all --bound 48 --variant mainline >out 2>&1 & pid=$!\n"
        "sleep 2; kill -" +
        std::string(signal) + " $pid; wait $pid; status=$?; cat out; exit $status");
    EXPECT_EQ(outcome.status, status) << outcome.text;
    EXPECT_THAT(outcome.text,
                AllOf(HasSubstr(" 0 timeout, 0 error; 0 weakened tables; 0 not as expected; "),
                      HasSubstr(" questions, which nobody was asked\n"),
                      HasSubstr(std::string("SIG") + signal + " came before every question")));
  }
  const CommandOutcome steps = bash(
      "$SPBCHECK prove --steps 1000000000 2d-never-taints-more-requests-whole >out 2>&1 & pid=$!\n"
      "sleep 1; kill -TERM $pid; wait $pid; status=$?; cat out; exit $status");
  EXPECT_EQ(steps.status, 143) << steps.text;
  EXPECT_THAT(steps.text, HasSubstr("1 not answered"));
}

TEST_F(ProveVerb, NoSolverOutlivesIt) {
  write_executable("bin/cvc5", "#!/bin/sh\necho $$ >pid\nexec sleep 1000\n");
  for (const std::string signal : {"KILL", "TERM"}) {
    const CommandOutcome outcome = bash(
        "rm -f pid; PATH=$PWD/bin:$PATH $SPBCHECK prove borrow --variant rfc-v2 & pid=$!\n"
        "until [ -s pid ]; do sleep 0.1; done\n"
        "kill -" +
        signal + " $pid; wait $pid; sleep 0.5; " + still_runs + " && exit 77; exit 0");
    EXPECT_EQ(outcome.status, 0) << outcome.text;
  }
}

// ---- programs

TEST_F(ProveVerb, ProgramsReplaceNothingWithoutForce) {
  const std::string file = "programs/taint-comes-last.rfc-v1@31.txt";
  write(file, "mine\n");
  const std::string prove = "prove taint-comes-last --variant rfc-v1@31 --programs programs";
  const CommandOutcome refused = spbcheck(prove);
  EXPECT_EQ(refused.status, 2) << refused.text;
  EXPECT_THAT(refused.text, HasSubstr(file + ": found a file that exists"));
  EXPECT_EQ(read(file), "mine\n");
  EXPECT_EQ(spbcheck(prove + " --force").status, 0);
  EXPECT_THAT(read(file), HasSubstr("\nproperty taint-comes-last\n"));

  const std::string steps_file = "programs/2c-never-taints-more-steps.rfc-v1@31.txt";
  write(steps_file, "mine\n");
  const std::string steps = "prove --steps 50000 2c-never-taints-more-steps --programs programs";
  EXPECT_EQ(spbcheck(steps).status, 2);
  EXPECT_EQ(read(steps_file), "mine\n");
  EXPECT_EQ(spbcheck(steps + " --force").status, 0);
  EXPECT_THAT(read(steps_file), HasSubstr("\nproperty 2c-never-taints-more-steps\n"));
}

TEST_F(ProveVerb, ProgramsThatCannotBeWrittenAreToldAfterWhatWasFound) {
  write("file", "");
  const CommandOutcome outcome =
      spbcheck("prove taint-comes-last --variant rfc-v1@31 --programs file/programs");
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("0 proven, 1 refuted"), HasSubstr("file/programs")));
}

}  // namespace
}  // namespace spb::test
