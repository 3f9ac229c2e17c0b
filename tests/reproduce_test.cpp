// SPDX-License-Identifier: GPL-2.0-only
//
// `spbcheck reproduce`: whatever names a finding leads to the same minimal program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/verb_folder.h"

namespace spb::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* breaks =
    "zone superpageblocks=1 pageblocks=4 pageblock_order=1 variant=mainline\n"
    "a = rmqueue order=1 mt=MOVABLE\n"
    "b = rmqueue order=0 mt=MOVABLE  expect outcome=none\n"
    "free a\n";

// A property that this program breaks in any of its forms.
constexpr const char* counterexample =
    SPB_SOURCE_DIR "/corpus/counterexamples/reserve-leaves-room.rfc-v2.txt";
constexpr const char* property = " --property reserve-leaves-room ";

using Reproduce = VerbFolder;

TEST_F(Reproduce, MakesTheSameProgramOfTextBytesAndContainer) {
  bash(std::string("$SPBCHECK convert --to bytes -o . ") + counterexample +
       "; mv reserve*.bin crash-0123; cp crash-0123 id:000000,sig:06,src:000001"
       "; cp crash-0123 clusterfuzz-testcase-minimized-program_fuzzer-5"
       "; $SPBCHECK convert --to container -o . " +
       counterexample + "; mv reserve*.spb long.spb");
  const auto text = spbcheck(std::string("reproduce -o text.least") + property + counterexample);
  EXPECT_EQ(text.status, 1) << text.text;
  EXPECT_THAT(text.text,
              AllOf(HasSubstr("FINDING"), HasSubstr("property reserve-leaves-room"),
                    HasSubstr("passes tried"), HasSubstr("again: spbcheck run text.least")));
  EXPECT_EQ(spbcheck("run text.least").status, 1);
  for (const std::string name : {"crash-0123", "id:000000,sig:06,src:000001",
                                 "clusterfuzz-testcase-minimized-program_fuzzer-5", "long.spb"}) {
    const auto outcome =
        spbcheck("reproduce --force -o other.least" + std::string(property) + name);
    EXPECT_EQ(outcome.status, 1) << outcome.text;
    EXPECT_EQ(read("other.least"), read("text.least")) << name;
    bash("rm other.least");
  }
  EXPECT_EQ(spbcheck("reproduce crash-0123").status, 0);
}

TEST_F(Reproduce, FindsTheFileThatALineOfAReportNames) {
  write("found/b.txt", breaks);
  bash("$SPBCHECK reproduce found/b.txt -o least");
  ASSERT_THAT(read("least"), HasSubstr("expect outcome=none"));
  for (const std::string line :
       {"FINDING after operation 2 (found/b.txt:3) on 1 superpageblock", "  filed as found/b.txt",
        "artifacts/found-12: found/b.txt, new: 1 of 4 operations",
        "again: spbcheck reproduce found/b.txt",
        "::error file=found/b.txt,line=3::expected outcome=none", "  new: found/b.txt"}) {
    const auto outcome = spbcheck("reproduce --force -o other '" + line + "'");
    EXPECT_EQ(outcome.status, 1) << line << outcome.text;
    EXPECT_EQ(read("other"), read("least")) << line;
    bash("rm -f other");
  }
}

TEST_F(Reproduce, LivesALifeAgain) {
  const auto outcome = spbcheck("reproduce '  again: spbcheck reproduce seed=1 life=3'");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("# seed=1 life=3 readings=posted"),
                                  HasSubstr("all holds in this build")));
  EXPECT_THAT(spbcheck("reproduce seed=1 life=3 both=4").text, HasSubstr("posted both=4"));
  EXPECT_THAT(spbcheck("reproduce seed=1 life=3 'variant=mainline|rfc-v2'").text,
              HasSubstr("variant=mainline|rfc-v2"));
  for (const std::string wrong : {"seed=1 life=x", "seed=zz life=1", "seed=1 life=1 readings=most",
                                  "seed=1 life=1 variant=rfc-v9", "seed=1 life=1 both=0"})
    EXPECT_EQ(spbcheck("reproduce '" + wrong + "'").status, 2) << wrong;
}

// A stand-in for spb_properties: it files a program only for the string that it knows.
TEST_F(Reproduce, AsksRapidCheckForItsProgram) {
  write("b.txt", breaks);
  write_executable("properties",
                   "#!/bin/sh\n[ \"$RC_PARAMS\" = 'reproduce=AbC' ] || { echo odd; exit 1; }\n"
                   "cp '" +
                       (folder_ / "b.txt").string() + "' \"$SPB_FINDINGS/b.txt\"\nexit 1\n");
  bash("$SPBCHECK reproduce b.txt -o least");
  for (const std::string any : {"RC_PARAMS=\"reproduce=AbC\"", "reproduce=AbC"}) {
    const auto outcome =
        spbcheck("reproduce --properties ./properties --force -o other '" + any + "'");
    EXPECT_EQ(outcome.status, 1) << outcome.text;
    EXPECT_EQ(read("other"), read("least"));
    bash("rm -f other");
  }
  const auto other = spbcheck("reproduce --properties ./properties reproduce=other");
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.text, AllOf(HasSubstr("exit status 1 and no program"), HasSubstr("odd")));
  EXPECT_THAT(spbcheck("reproduce --properties ./none seed=7").text,
              HasSubstr("cmake --build --preset release --target spb_properties"));
}

TEST_F(Reproduce, RefusesWhatNamesNothing) {
  write("bad.txt", "zone superpageblocks=1\n");
  for (const std::string any : {"nothing here", "''", ".", "bad.txt", "none.txt"}) {
    const auto outcome = spbcheck("reproduce " + any);
    EXPECT_EQ(outcome.status, 2) << any << outcome.text;
    EXPECT_THAT(outcome.text, HasSubstr("expected")) << any;
  }
}

TEST_F(Reproduce, ReadsTheProgramAsAsked) {
  write("b.txt", breaks);
  EXPECT_THAT(spbcheck("reproduce --variant rfc-v2 b.txt").text, HasSubstr("all holds"));
  EXPECT_EQ(spbcheck("reproduce --property none b.txt").status, 2);
}

TEST_F(Reproduce, IsTheLastLineOfAFindingsReport) {
  write("b c.txt", breaks);
  EXPECT_THAT(spbcheck("run 'b c.txt'").text,
              testing::EndsWith("\nagain: spbcheck reproduce 'b c.txt'\n"));
  EXPECT_THAT(
      spbcheck("run --checks both --no-conformance 'b c.txt'").text,
      testing::EndsWith("\nagain: spbcheck run --checks both --no-conformance 'b c.txt'\n"));
  const auto filed = spbcheck("file --to found 'b c.txt'");
  EXPECT_THAT(filed.text, HasSubstr("\n  again: spbcheck reproduce found/expectation-"));
  // It shows what the report says.
  const std::size_t at = filed.text.find("reproduce ");
  const auto again = spbcheck(filed.text.substr(at, filed.text.find('\n', at) - at));
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.text, HasSubstr("expected outcome=none, found outcome=page"));
}

}  // namespace
}  // namespace spb::test
