// SPDX-License-Identifier: GPL-2.0-only
//
// `spbcheck triage`: the life of a folder's findings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/verb_folder.h"

namespace spb::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string zone = "zone superpageblocks=1 pageblocks=4 pageblock_order=1 variant=mainline\n";
const std::string fails =
    "# broke\n" + zone + "a = rmqueue order=1 mt=MOVABLE  expect outcome=none\n";
const std::string held =
    "# broke\n" + zone + "a = rmqueue order=1 mt=MOVABLE  expect outcome=page\n";

using Triage = VerbFolder;

TEST_F(Triage, FollowsAFindingThroughItsLife) {
  write("found/a.txt", fails);
  const auto first = spbcheck("triage found");
  EXPECT_EQ(first.status, 1) << first.text;
  EXPECT_THAT(first.text, AllOf(HasSubstr("new    found/a.txt: expectation"),
                                HasSubstr("again: spbcheck reproduce found/a.txt"),
                                HasSubstr("1 finding: 1 new, 0 again, 0 known, 0 fixed")));
  EXPECT_EQ(read("found/triage"), "new a.txt\n");
  EXPECT_EQ(spbcheck("triage found").status, 0);
  EXPECT_EQ(read("found/triage"), "known a.txt\n");
  write("found/a.txt", held);
  EXPECT_EQ(spbcheck("triage found").status, 0);
  EXPECT_EQ(read("found/triage"), "fixed a.txt\n");
  write("found/a.txt", fails);
  EXPECT_EQ(spbcheck("triage found").status, 1);
  EXPECT_EQ(read("found/triage"), "again a.txt\n");
}

TEST_F(Triage, MovesWhatIsFixedIntoTheCorpus) {
  write("found/a.txt", held);
  write("found/b.txt", fails);
  const auto outcome = spbcheck("triage found --keep-fixed");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_FALSE(exists("found/a.txt"));
  EXPECT_TRUE(exists("found/b.txt"));
  EXPECT_THAT(read("corpus/regressions/a.txt"),
              AllOf(testing::StartsWith("# SPDX-License-Identifier: GPL-2.0-only\n"),
                    HasSubstr("# broke\n"), HasSubstr("expect outcome=page")));
  EXPECT_EQ(spbcheck("run corpus/regressions/a.txt").status, 0);
  // As if it had been killed before the finding was taken away.
  write("found/a.txt", held);
  EXPECT_EQ(spbcheck("triage found --keep-fixed").status, 0);
  EXPECT_FALSE(exists("found/a.txt"));
  // Another program of that name is not replaced.
  write("found/a.txt", held + "free a\n");
  EXPECT_EQ(spbcheck("triage found --keep-fixed").status, 2);
  EXPECT_TRUE(exists("found/a.txt"));
}

TEST_F(Triage, RefusesWhatItCannotRead) {
  EXPECT_EQ(spbcheck("triage none").status, 2);
  write("found/a.txt", "no program\n");
  const auto bad = spbcheck("triage found");
  EXPECT_EQ(bad.status, 2);
  EXPECT_THAT(bad.text, HasSubstr("1 refused"));
  write("found/triage", "odd a.txt\n");
  EXPECT_THAT(spbcheck("triage found").text, HasSubstr("found/triage:1:1: found 'odd a.txt'"));
}

}  // namespace
}  // namespace spb::test
