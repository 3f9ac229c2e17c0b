// SPDX-License-Identifier: GPL-2.0-only
//
// The fall-through invariant speaks wherever a search leaves the tainted superpageblocks, whatever
// serves then. PASS_1's list begins with an isolated chunk there, which hides one that is usable.
#include <gtest/gtest.h>

#include <string>

#include "program/run.h"
#include "program/text.h"

namespace spb::test {
namespace {

struct Ending {
  const char* name;
  const char* rest;  ///< what is in superpageblock 1
  const char* by;    ///< what then serves the request
};

class FallThrough : public testing::TestWithParam<Ending> {};

std::string program(const Ending& ending, const char* isolates) {
  std::string text =
      "zone superpageblocks=2 pageblocks=2 pageblock_order=2 max_page_order=2 "
      "variant=rfc-v1@31 isolation=bit-only\n"
      "take pfn=0 order=1 mt=MOVABLE\n"
      "tag 0 UNMOVABLE\n";
  text += isolates;
  text +=
      "take pfn=4 order=1 mt=UNMOVABLE\n"
      "tag 1 UNMOVABLE\n";
  text += ending.rest;
  text += "a = rmqueue order=0 mt=UNMOVABLE";
  text += ending.by;
  return text += "\n";
}

uint64_t fall_throughs(const std::string& source) {
  const TextProgram text = parse_text(source, "p.txt");
  Runner runner(text.program.zone, {});
  OperationList list(text.program.operations);
  const auto finding = run(runner, list, &text);
  EXPECT_FALSE(finding && !finding->violation) << "an expectation does not hold:\n" << source;
  uint64_t count = finding && finding->violation->id == InvariantId::fall_through;
  for (const KnownCount& known : runner.counts().known)
    if (known.id == InvariantId::fall_through) count += known.count;
  return count;
}

TEST_P(FallThrough, IsToldOnceWhatServesThenAndNotWherePass1Serves) {
  const Ending& ending = GetParam();
  EXPECT_EQ(fall_throughs(program(ending, "isolate 0\n")), 1U);
  EXPECT_EQ(fall_throughs(program({ending.name, ending.rest, " expect pass=PASS_1"}, "")), 0U);
}

constexpr Ending endings[] = {
    {"Claim", "take pfn=8 order=0 mt=MOVABLE\n", " expect pass=CLAIM"},
    {"Steal",
     "take pfn=8 order=1 mt=MOVABLE\n"
     "take pfn=10 order=0 mt=MOVABLE\n"
     "take pfn=12 order=2 mt=MOVABLE\n",
     " expect pass=STEAL"},
    {"NoPage",
     "take pfn=8 order=2 mt=MOVABLE\n"
     "take pfn=12 order=2 mt=MOVABLE\n",
     " expect outcome=none"},
    {"EmptySuperpageblock", "", " expect spb=1"},
};

INSTANTIATE_TEST_SUITE_P(Before, FallThrough, testing::ValuesIn(endings),
                         [](const testing::TestParamInfo<Ending>& ending) {
                           return std::string(ending.param.name);
                         });

}  // namespace
}  // namespace spb::test
