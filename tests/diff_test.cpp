// SPDX-License-Identifier: GPL-2.0-only
//
// Two readings, or two builds, of the same programs: differences, their smallest programs, and
// `spbcheck diff` as a user meets it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "model/policy/variant.h"
#include "program/columns.h"
#include "program/difference.h"
#include "program/text.h"
#include "tests/verb_folder.h"

namespace spb::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Side side(std::string_view variant) {
  return {static_cast<uint32_t>(find_variant(variant) - variants().data()), {}};
}

// PASS_2C gives the last request a page of pageblock 0; without it the request taints another.
constexpr const char* borrows =
    "zone superpageblocks=2 pageblocks=4 pageblock_order=3 max_page_order=3 variant=rfc-v1@31\n"
    "u = rmqueue order=0 mt=UNMOVABLE\nm = rmqueue order=3 mt=UNMOVABLE\n"
    "n = rmqueue order=3 mt=UNMOVABLE\no = rmqueue order=3 mt=UNMOVABLE\n"
    "r = rmqueue order=0 mt=RECLAIMABLE\nfree r\n";

const Sides borrowing{side("rfc-v1@30"), side("rfc-v1@31")};

TEST(Difference, IsTheFirstOperationThatComesOutOtherwise) {
  const Program program = parse_text(borrows, "borrows").program;
  const auto found = first_difference(program, borrowing);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->operation, 5U);
  EXPECT_EQ(found->of.request, "rmqueue RECLAIMABLE");
  EXPECT_EQ(found->of.what, Differs::page);
  EXPECT_THAT(found->of.came, ElementsAre("page by CLAIM", "page by PASS_2C"));
  EXPECT_FALSE(first_difference(program, {borrowing[1], borrowing[1]}));
}

TEST(Difference, StaysOfItsClassInASmallerProgram) {
  Program program = parse_text(borrows, "borrows").program;
  program.operations.insert(program.operations.begin(), Operation{.kind = OpKind::irq_work});
  const DifferenceClass of = first_difference(program, borrowing)->of;
  const Program least = minimise_difference(program, of, borrowing);
  const auto found = first_difference(least, borrowing);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->of, of);
  EXPECT_EQ(found->operation, least.operations.size());
  EXPECT_EQ(least.operations.size(), 5U);
  EXPECT_LT(least.zone.geometry.span(), program.zone.geometry.span());
}

// mainline's one pass has another name, which alone is no difference of what came.
TEST(Difference, OfThePassAloneCountsWhereNothingElseDiffers) {
  const Sides sides{side("mainline"), side("rfc-v2")};
  const std::string start =
      "zone superpageblocks=1 pageblocks=2 pageblock_order=2 variant=mainline\n"
      "a = rmqueue order=0 mt=MOVABLE\n";
  const auto by_pass = first_difference(parse_text(start, "start").program, sides);
  ASSERT_TRUE(by_pass);
  EXPECT_EQ(by_pass->of.what, Differs::pass);
  const std::string longer = start +
                             "u = rmqueue order=0 mt=UNMOVABLE flags=ALLOC_NOFRAGMENT\n"
                             "v = rmqueue order=3 mt=UNMOVABLE\nw = rmqueue order=2 mt=UNMOVABLE\n";
  const auto later = first_difference(parse_text(longer, "longer").program, sides);
  ASSERT_TRUE(later);
  EXPECT_NE(later->of.what, Differs::pass);
  EXPECT_GT(later->operation, 1U);
}

TEST(Columns, FoldAndStandBesideEachOther) {
  EXPECT_THAT(folded("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(folded("abcdefgh", 3), ElementsAre("abc", "def", "gh"));
  EXPECT_EQ(paragraph("- ", "short"), "- short\n");
  EXPECT_EQ(two_columns("PASS_1", {"same", "same"}),
            "  PASS_1    same" + std::string(27, ' ') + "=\n");
  const std::vector<Search> a{{"order=0", {{"PASS_1", "no"}, {"PASS_2", "takes"}}}};
  const std::vector<Search> b{{"order=0", {{"PASS_1", "no"}, {"CLAIM", "turns"}}}};
  const std::string text = side_by_side({a, b});
  EXPECT_THAT(text, AllOf(HasSubstr("PASS_2    takes"), HasSubstr("CLAIM     -")));
  EXPECT_LT(text.find("PASS_2"), text.find("CLAIM"));
  EXPECT_THAT(side_by_side({a, a}), HasSubstr("every pass answers the same"));
}

// ---- the verb

using DiffVerb = VerbFolder;

bool fits_a_mail(const std::string& text) {
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.size() > mail_columns) return false;
  }
  return true;
}

TEST_F(DiffVerb, TellsEachWayToDifferSideBySide) {
  write("b.txt", borrows);
  const auto outcome = spbcheck("diff rfc-v1@30 rfc-v1@31 b.txt --programs 200 --to least");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_TRUE(fits_a_mail(outcome.text)) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("1 program given and 200 generated with seed 1"),
                                  HasSubstr("rmqueue RECLAIMABLE, another page"),
                                  HasSubstr("A: page by CLAIM"), HasSubstr("B: page by PASS_2C"),
                                  HasSubstr("  PASS_2C   -"), HasSubstr("\n  it came ")));
  ASSERT_TRUE(exists("least/difference-001.txt"));
  const auto again = spbcheck("diff rfc-v1@30 rfc-v1@31 least/difference-001.txt --programs 1");
  EXPECT_THAT(again.text, HasSubstr("1 program given and 1 generated"));
  EXPECT_EQ(again.status, 1);
}

// The pool is the machine's: what one zone takes from it the other lacks.
TEST_F(DiffVerb, TellsEveryZoneOfAMachine) {
  write("m.txt",
        "zone superpageblocks=1 pageblocks=2 pageblock_order=1 max_page_order=1 cpus=2 "
        "variant=rfc-v2@06\n"
        "zone superpageblocks=1 node=1\n"
        "take pfn=2 order=1 mt=MOVABLE\n"
        "m = rmqueue order=0 mt=MOVABLE\n"
        "w = rmqueue order=0 mt=UNMOVABLE\n"
        "take pfn=6 order=1 mt=MOVABLE zone=1\n"
        "n = rmqueue order=0 mt=MOVABLE zone=1\n"
        "x = rmqueue order=0 mt=UNMOVABLE zone=1 cpu=1\n"
        "irq_work node=1\n");
  const auto outcome = spbcheck(
      "diff 'rfc-v2@06 evacuate-items=1' 'rfc-v2@06 evacuate-items=2' m.txt --programs 1 "
      "--corpus none");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(
      outcome.text,
      AllOf(HasSubstr("  zone superpageblocks=1 pageblocks=2 pageblock_order=1"),
            HasSubstr("\n  zone superpageblocks=1 node=1\n"), HasSubstr("irq_work node=1")));
}

TEST_F(DiffVerb, SaysTheSameForTheSameSeed) {
  const auto one = spbcheck("diff rfc-v1@31 rfc-v2 --programs 300 --seed 5 --classes 3");
  EXPECT_EQ(one.text, spbcheck("diff rfc-v1@31 rfc-v2 --programs 300 --seed 5 --classes 3").text);
  EXPECT_NE(one.text, spbcheck("diff rfc-v1@31 rfc-v2 --programs 300 --seed 6 --classes 3").text);
  EXPECT_TRUE(fits_a_mail(one.text));
  EXPECT_THAT(one.text, HasSubstr("--classes N tells more"));
}

TEST_F(DiffVerb, FindsNoDifferenceOfAReadingFromItself) {
  const auto outcome = spbcheck("diff rfc-v2 'variant=rfc-v2' --programs 300");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("none of them differs"));
  EXPECT_EQ(spbcheck("diff rfc-v2 'rfc-v2 fix=D1' --programs 300").status, 1);
  EXPECT_EQ(spbcheck("diff 'rfc-v2 fix=D1|D2' 'rfc-v2 fix=D2|D1' --programs 300").status, 0);
}

TEST_F(DiffVerb, AsksTwoBuilds) {
  write("b.txt", borrows);
  write_executable("build/spbcheck", "#!/bin/sh\n'" SPB_PROGRAM
                                     "' \"$@\" | sed 's/ pfn=5 by PASS_2C/ pfn=6 by PASS_2C/; "
                                     "s/PASS_2C  takes/PASS_2C  gives/'\n");
  const auto same = spbcheck("diff \"$SPBCHECK\" \"$SPBCHECK\" b.txt --programs 40");
  EXPECT_EQ(same.status, 0) << same.text;
  EXPECT_THAT(same.text, AllOf(HasSubstr("Two builds, by what comes of each operation"),
                               HasSubstr("none of them differs")));
  const std::string ran = spbcheck("run -v b.txt").text;
  const std::size_t at = ran.find(" by PASS_2C");
  ASSERT_NE(at, std::string::npos);
  const std::string page = ran.substr(ran.rfind("pfn=", at) + 4, at - ran.rfind("pfn=", at) - 4);
  write_executable("build/spbcheck", "#!/bin/sh\n'" SPB_PROGRAM "' \"$@\" | sed 's/ pfn=" + page +
                                         " by PASS_2C/ pfn=99 by PASS_2C/'\n");
  const auto other = spbcheck("diff \"$SPBCHECK\" build/spbcheck b.txt --programs 1");
  EXPECT_EQ(other.status, 1) << other.text;
  EXPECT_TRUE(fits_a_mail(other.text));
  EXPECT_THAT(other.text,
              AllOf(HasSubstr("rfc-v1@31: rmqueue RECLAIMABLE, another page, in 1 program"),
                    HasSubstr("search 1"), HasSubstr("PASS_2C"), HasSubstr("pfn=99 by PASS_2C")));
}

TEST_F(DiffVerb, ComparesWhatIsProven) {
  write_executable("a/spbcheck",
                   "#!/bin/sh\nif [ $1 = prove ]; then\n"
                   "echo 'one: A sentence.'; echo '  rfc-v2     proven  Z3 0.1 s'\n"
                   "echo 'two: Another.'; echo '  rfc-v2     refuted  Z3 0.1 s'\n"
                   "else exec '" SPB_PROGRAM "' \"$@\"; fi\n");
  bash("mkdir b; sed 's/proven/refuted/' a/spbcheck >b/spbcheck; chmod +x b/spbcheck");
  const auto outcome = spbcheck("diff a/spbcheck b/spbcheck --proofs --programs 1");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("one of rfc-v2: proven in A, refuted in B"),
                                  Not(HasSubstr("two of"))));
  EXPECT_THAT(spbcheck("diff a/spbcheck a/spbcheck --proofs --programs 1").text,
              HasSubstr("Proofs: the same outcomes."));
}

TEST_F(DiffVerb, RefusesWhatIsNoSide) {
  write_executable("dead", "#!/bin/sh\nexit 3\n");
  for (const std::string sides :
       {"rfc-v2 rfc-v9", "'rfc-v2 fix=D99' rfc-v2", "rfc-v2 \"$SPBCHECK\"", "rfc-v2",
        "./dead ./dead", "rfc-v2 rfc-v2 none.txt", "rfc-v2 rfc-v2 --seed x"}) {
    const auto outcome = spbcheck("diff " + sides);
    EXPECT_EQ(outcome.status, 2) << sides << outcome.text;
  }
  EXPECT_THAT(spbcheck("diff ./dead ./dead").text, HasSubstr("exit status 3"));
}

}  // namespace
}  // namespace spb::test
