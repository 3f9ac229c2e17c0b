// SPDX-License-Identifier: GPL-2.0-only
//
// `spbcheck coverage`: what programs and engines reached, and what is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/verb_folder.h"

namespace spb::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CoverageVerb : public VerbFolder {
 protected:
  void write_program(const std::string& name) const {
    write(name,
          "zone superpageblocks=2 pageblocks=2 pageblock_order=3 variant=mainline\n"
          "x = rmqueue order=0 mt=MOVABLE\n");
  }
};

TEST_F(CoverageVerb, TellsWhatAProgramReached) {
  write_program("p.txt");
  const auto all = spbcheck("coverage p.txt --variant mainline --cells");
  EXPECT_EQ(all.status, 0) << all.text;
  EXPECT_THAT(all.text, HasSubstr("SMALLEST MOVABLE page empty                        1\n"));
  EXPECT_THAT(all.text, HasSubstr("1 program run, 1 operation"));
  EXPECT_THAT(all.text, HasSubstr("unreachable: only the types with per-CPU lists fall back"));
  EXPECT_THAT(all.text, Not(HasSubstr("chance"))) << "a program that was chosen estimates nothing";
  const auto left = spbcheck("coverage p.txt --variant mainline --not-yet");
  EXPECT_THAT(left.text, AllOf(HasSubstr("not yet"), Not(HasSubstr("unreachable:")),
                               Not(HasSubstr("SMALLEST MOVABLE page empty "))));
}

TEST_F(CoverageVerb, RunsAFoldersProgramsUnderAnotherVariant) {
  write_program("in/p.txt");
  write_program("in/deeper/q.txt");
  write("in/README.md", "no program\n");
  const auto told = spbcheck("coverage in --variant rfc-v2 --cells");
  EXPECT_EQ(told.status, 0) << told.text;
  EXPECT_THAT(told.text, AllOf(HasSubstr("PASS_3 MOVABLE page empty"), HasSubstr("2 program runs"),
                               Not(HasSubstr("mainline"))));
}

TEST_F(CoverageVerb, AddsWhatEnginesLeftAndEstimates) {
  EXPECT_EQ(spbcheck("simulate --seed 1 --lives 2 --cells c --to f").status, 0);
  const auto once = spbcheck("coverage c");
  EXPECT_EQ(once.status, 0) << once.text;
  EXPECT_THAT(once.text, AllOf(HasSubstr("c: 2 runs, "),
                               HasSubstr("the next million operations reach a new one")));
  EXPECT_EQ(spbcheck("simulate --seed 1 --first 2 --lives 3 --cells c --to f").status, 0);
  EXPECT_THAT(spbcheck("coverage c").text, HasSubstr("c: 5 runs, "));
}

TEST_F(CoverageVerb, PrintsJson) {
  write_program("p.txt");
  const auto outcome = bash(
      "\"$SPBCHECK\" simulate --seed 1 --lives 2 --cells c --to f >/dev/null\n"
      "\"$SPBCHECK\" coverage p.txt c --json | python3 -c '\n"
      "import json, sys\n"
      "all = json.load(sys.stdin)\n"
      "print(len(all[\"variants\"]), all[\"engines\"][0][\"runs\"])\n"
      "print({cell[\"state\"] for v in all[\"variants\"] for cell in v[\"cells\"]} ==\n"
      "      {\"reached\", \"unreachable\", \"not yet\"})'");
  EXPECT_EQ(outcome.text, "5 2\nTrue\n");
}

TEST_F(CoverageVerb, RefusesWhatItCannotRead) {
  EXPECT_EQ(spbcheck("coverage nowhere").status, 2);
  EXPECT_EQ(spbcheck("coverage --variant rfc-v9").status, 2);
  write("cut", "sbcells1 and no more");
  const auto cut = spbcheck("coverage cut");
  EXPECT_EQ(cut.status, 2);
  EXPECT_THAT(cut.text, HasSubstr("cut short or of another build"));
  EXPECT_EQ(spbcheck("simulate --lives 1 --to f --cells cut").status, 2);
}

}  // namespace
}  // namespace spb::test
