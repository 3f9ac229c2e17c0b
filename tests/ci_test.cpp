// SPDX-License-Identifier: GPL-2.0-only
//
// What the scripts of ci/ say to a wrong call, and what ci/setup does on a machine where it may not
// install.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/command.h"
#include "tests/fake_machine.h"

namespace spb::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(CiScripts, RefuseAnUnknownArgumentAndSayHowToBeCalled) {
  for (const std::string name : {"setup", "test", "campaign", "canaries", "changes", "faults",
                                 "kills", "fleet-check", "bench", "compilers", "tidy", "reports"}) {
    const CommandOutcome outcome = run_command(ci(name + " --bogus"));
    EXPECT_EQ(outcome.status, 2) << name << "\n" << outcome.text;
    EXPECT_THAT(outcome.text, AllOf(HasSubstr("'--bogus'"), HasSubstr("usage: ci/" + name)));
  }
}

TEST(CiScripts, ExplainThemselves) {
  for (const std::string name : {"setup", "test", "campaign", "canaries", "changes", "faults",
                                 "kills", "fleet-check", "bench", "compilers", "tidy", "reports"}) {
    const CommandOutcome outcome = run_command(ci(name + " --help"));
    EXPECT_EQ(outcome.status, 0) << name << "\n" << outcome.text;
    EXPECT_THAT(outcome.text, testing::StartsWith("usage: ci/" + name));
  }
}

TEST(CiCampaign, RefusesSecondsThatAreNoNumber) {
  for (const std::string argument : {"--seconds", "--seconds 0", "--seconds=", "--seconds 1m",
                                     "--seconds -5", "--seconds 99999999"}) {
    const CommandOutcome outcome = run_command(ci("campaign " + argument));
    EXPECT_EQ(outcome.status, 2) << argument << "\n" << outcome.text;
    EXPECT_THAT(outcome.text, AllOf(HasSubstr("--seconds"), HasSubstr("usage: ci/campaign")));
  }
}

TEST(CiCampaign, RefusesReadingsThatAreNoSet) {
  for (const std::string argument : {"--readings", "--readings some", "--readings="}) {
    const CommandOutcome outcome = run_command(ci("campaign " + argument));
    EXPECT_EQ(outcome.status, 2) << argument << "\n" << outcome.text;
    EXPECT_THAT(outcome.text, AllOf(HasSubstr("--readings"), HasSubstr("usage: ci/campaign")));
  }
}

TEST(CiCampaign, RefusesAnEngineThatItDoesNotHave) {
  for (const std::string script : {"campaign", "canaries"}) {
    for (const std::string argument : {"--engine", "--engine honggfuzz", "--engine="}) {
      const CommandOutcome outcome = run_command(ci(script + " " + argument));
      EXPECT_EQ(outcome.status, 2) << script << argument << "\n" << outcome.text;
      EXPECT_THAT(outcome.text, AllOf(HasSubstr("--engine"), HasSubstr("usage: ci/" + script)));
    }
  }
}

TEST(CiCampaign, HasAModeForAChange) {
  const CommandOutcome help = run_command(ci("campaign --mode pr --help"));
  EXPECT_EQ(help.status, 0) << help.text;
  EXPECT_THAT(help.text, testing::StartsWith("usage: ci/campaign --mode pr"));
  for (const std::string argument :
       {"--mode", "--mode=", "--mode night", "--mode pr --seconds 0", "--mode pr --engine afl"}) {
    const CommandOutcome outcome = run_command(ci("campaign " + argument));
    EXPECT_EQ(outcome.status, 2) << argument << "\n" << outcome.text;
    EXPECT_THAT(outcome.text, HasSubstr("usage: ci/campaign"));
  }
  const CommandOutcome unknown = run_command(ci("campaign --mode pr --since no-such-revision"));
  EXPECT_EQ(unknown.status, 2) << unknown.text;
  EXPECT_THAT(unknown.text, HasSubstr("expected one that is here"));
}

TEST(CiSetup, NamesTheMissingPackagesAndTheCommandWhereItMayNotInstall) {
  FakeMachine machine;
  machine.lacks("ninja-build libfmt-dev");
  const CommandOutcome outcome = machine.run("setup");
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_THAT(outcome.text,
              HasSubstr("apt-get install -y --no-install-recommends libfmt-dev ninja-build"));
  EXPECT_THAT(outcome.text, AllOf(Not(HasSubstr("cmake")), Not(HasSubstr("apt-get was run"))));
}

TEST(CiSetup, InstallsWhatIsMissingAndNothingElse) {
  FakeMachine machine;
  machine.lacks("libfmt-dev");
  machine.command("id", "echo 0");
  machine.command("apt-get",
                  "echo \"$*\" >>\"${0%/*}/calls\"; case \"$*\" in *install*) "
                  "sed -i 's/ libfmt-dev / /' \"${0%/*}/dpkg-query\" ;; esac");
  const CommandOutcome outcome = machine.run("setup");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(
      machine.text_of("calls"),
      AllOf(HasSubstr(" update\n"), HasSubstr(" install -y --no-install-recommends libfmt-dev\n")));
}

TEST(CiSetup, SaysSoWhereThePackageManagerFails) {
  FakeMachine machine;
  machine.lacks("libfmt-dev");
  machine.command("id", "echo 0");
  machine.command("apt-get", "echo 'no network here'; exit 100");
  const CommandOutcome outcome = machine.run("setup");
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("no network here"), HasSubstr("step 1 of 2 failed")));
}

TEST(CiSetup, RunsNothingWhereEverythingIsThere) {
  FakeMachine machine;
  machine.lacks("");
  machine.command("id", "echo 0");
  const CommandOutcome outcome = machine.run("setup base compilers tidy");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(outcome.text, Not(HasSubstr("apt-get was run")));
}

}  // namespace
}  // namespace spb::test
