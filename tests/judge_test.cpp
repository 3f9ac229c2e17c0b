// SPDX-License-Identifier: GPL-2.0-only
//
// What a variant would have made of a recorded claim or steal. The zone is Normal, pfn 64 to 95,
// four pageblocks of 8 pages in two superpageblocks; a picture has a character a page, a dot where
// it is free.
#include "trace/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/policy/variant.h"

namespace spb::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using trace::Judgement;

constexpr const char* zoneinfo = "Node 0, zone Normal\n spanned 32\n present 32\n start_pfn: 64\n";
constexpr const char* pagetypeinfo =
    "Page block order: 3\n"
    "Free pages count per migrate type at order 0 1 2 3 4\n"
    "Number of blocks type Unmovable Movable Reclaimable HighAtomic Isolate\n";

std::string event(const std::string& text) {
  return "  sh-1 [000] d..3. 1.000001: " + text + "\n";
}

/// A page that came back: it tells the type of its pageblock.
std::string drain(const std::string& pfn, int type) {
  return event("mm_page_pcpu_drain: pfn=0x" + pfn + " order=0 migratetype=" + std::to_string(type));
}

struct Fallback {
  std::string pfn;
  int order;
  int found_order;
  int type;
  int found_type;
  bool claim;
};

std::string extfrag(const Fallback& f) {
  return event("mm_page_alloc_extfrag: pfn=0x" + f.pfn + " alloc_order=" + std::to_string(f.order) +
               " fallback_order=" + std::to_string(f.found_order) +
               " pageblock_order=3 alloc_migratetype=" + std::to_string(f.type) +
               " fallback_migratetype=" + std::to_string(f.found_type) + " fragmenting=" +
               std::to_string(f.found_order < 3) + " change_ownership=" + std::to_string(f.claim));
}

Judgement judge(const std::string& variant, const std::string& free_before,
                const std::string& events) {
  const trace::Recording recording =
      trace::read_recording({events, free_before, "", zoneinfo, pagetypeinfo});
  trace::ImportOptions options;
  options.superpageblock_order = 4;
  uint32_t index = 0;
  while (variants()[index].name != variant)
    ++index;
  return trace::judge(recording, recording.zones[0], options, {index, {}});
}

std::vector<std::string> lines(const std::string& variant, const std::string& free_before,
                               const std::string& events) {
  return trace::to_lines(judge(variant, free_before, events));
}

constexpr int unmovable = 0;
constexpr int movable = 1;
constexpr int reclaimable = 2;

TEST(Judge, SaysNothingWhereNothingFellBack) {
  EXPECT_THAT(lines("mainline", "48 3\n", drain("40", unmovable)), IsEmpty());
}

TEST(Judge, AgreesWithAClaimOfAWholePageblock) {
  //   UUUUUUUU [........]  and nothing unmovable is free
  EXPECT_THAT(lines("mainline", "48 3\n",
                    drain("50", movable) + extfrag({"48", 0, 3, unmovable, movable, true})),
              ElementsAre("1 claim: 1 alike (first: line 2, pfn 72)"));
}

TEST(Judge, NamesThePassThatComesBefore) {
  //   [UUUUUUUU........] tainted: PASS_2 takes the movable pageblock before any claim
  EXPECT_THAT(lines("rfc-v2", "48 3\n",
                    extfrag({"48", 0, 3, unmovable, movable, true}) + drain("40", unmovable)),
              ElementsAre("1 claim: 1 PASS_2 comes before (first: line 1, pfn 72)"));
}

// Pageblock 64 to 71 is reclaimable with six pages free, so more than half.
const std::string six_free = "42 1\n44 2\n";

TEST(Judge, NamesTheRefusalOfAClaim) {
  //   [RR......UUUUUUUU] the series wants a pageblock wholly free to turn R into U
  const std::string claim = extfrag({"44", 0, 2, unmovable, reclaimable, true});
  EXPECT_THAT(lines("mainline", six_free, claim),
              ElementsAre("1 claim: 1 alike (first: line 1, pfn 68)"));
  EXPECT_THAT(lines("rfc-v1@30", six_free, claim),
              ElementsAre("1 claim: 1 refused: CROSS_TYPE_NOT_FREE (first: line 1, pfn 68)"));
  EXPECT_THAT(lines("rfc-v1@31", six_free, claim),
              ElementsAre("1 claim: 1 PASS_2C comes before (first: line 1, pfn 68)"));
  //   [RRRRRRR.UUUUUUUU] mainline wants half a pageblock
  EXPECT_THAT(lines("mainline", "47 0\n", extfrag({"47", 0, 0, unmovable, reclaimable, true})),
              ElementsAre("1 claim: 1 refused: INSUFFICIENT_COMPAT (first: line 1, pfn 71)"));
}

TEST(Judge, SaysWhereAStealIsNotAllowed) {
  const std::string steal = extfrag({"47", 0, 0, unmovable, reclaimable, false});
  EXPECT_THAT(lines("mainline", "47 0\n", steal),
              ElementsAre("1 steal: 1 alike (first: line 1, pfn 71)"));
  EXPECT_THAT(lines("rfc-v1@30", "47 0\n", steal),
              ElementsAre("1 steal: 1 not stolen from this type (first: line 1, pfn 71)"));
}

TEST(Judge, SaysWhereAClaimComesBeforeTheSteal) {
  EXPECT_THAT(lines("mainline", six_free, extfrag({"42", 0, 1, unmovable, reclaimable, false})),
              ElementsAre("1 steal: 1 claimed instead (first: line 1, pfn 66)"));
}

TEST(Judge, SaysWhereASuperpageblockIsLeftAlone) {
  //   [UUUU....UUUUUUUU] a movable request spares the reserve of a tainted superpageblock
  EXPECT_THAT(lines("rfc-v2", "44 2\n", extfrag({"44", 0, 2, movable, unmovable, false})),
              ElementsAre("1 steal: 1 the superpageblock is left alone (first: line 1, pfn 68)"));
}

TEST(Judge, DoesNotJudgeWhatIsNotFreeHere) {
  EXPECT_THAT(lines("mainline", "58 3\n", extfrag({"44", 0, 2, unmovable, movable, false})),
              ElementsAre(HasSubstr("1 not judged: no such chunk is free here")));
}

TEST(Judge, FindsTheChunkOfAClaimThatHandedOutAnother) {
  //   [RR......] found 4 pages at 68, handed out the smallest chunk, at 66
  EXPECT_THAT(lines("mainline", six_free, extfrag({"42", 0, 2, unmovable, reclaimable, true})),
              ElementsAre("1 claim: 1 alike (first: line 1, pfn 66)"));
}

TEST(Judge, CountsEachAnswerAndKeepsItsFirst) {
  Judgement sum = judge("mainline", six_free, extfrag({"42", 0, 1, unmovable, reclaimable, false}));
  const Judgement later =
      judge("mainline", six_free,
            drain("58", movable) + extfrag({"42", 0, 1, unmovable, reclaimable, false}));
  Judgement other = later;
  other += sum;
  sum += later;
  EXPECT_THAT(trace::to_lines(sum),
              ElementsAre("2 steals: 2 claimed instead (first: line 1, pfn 66)"));
  EXPECT_EQ(trace::to_lines(other), trace::to_lines(sum));
}

}  // namespace
}  // namespace spb::test
