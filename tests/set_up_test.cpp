// SPDX-License-Identifier: GPL-2.0-only
//
// A zone as it is set up holds every state invariant, and a reset brings back just that state.
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "model/policy/variant.h"
#include "program/digest.h"
#include "program/random_operations.h"
#include "program/run.h"
#include "program/text.h"
#include "tests/program_files.h"

namespace spb::test {
namespace {

// A zone of up to 1 MiB is reset from an image; the last one is larger and is set up anew.
constexpr const char* zones[] = {
    "superpageblocks=1 pageblocks=1 pageblock_order=1 max_page_order=1",
    "superpageblocks=3 pageblocks=8 pageblock_order=2 max_page_order=4 absent_first=5",
    "superpageblocks=2 pageblocks=4 pageblock_order=3 max_page_order=3 start=allocated",
    "superpageblocks=8 pageblocks=64 pageblock_order=9 max_page_order=10",
};

class SetUp : public testing::TestWithParam<std::size_t> {
 protected:
  ZoneSpec spec(const char* zone) const {
    const std::string variant(variants()[GetParam()].name);
    return parse_text("zone " + std::string(zone) + " variant=" + variant + "\n", "p.txt")
        .program.zone;
  }
};

TEST_P(SetUp, HoldsEveryStateInvariantBeforeAndAfterAReset) {
  for (const char* zone : zones) {
    Runner runner(spec(zone), {});
    EXPECT_FALSE(runner.wrong_at_set_up()) << zone;
    EXPECT_FALSE(full_check(runner.zone())) << zone;
    const uint64_t fresh = digest(runner.machine());
    // Where all is allocated, nothing else changes the state; where it is free, this is skipped.
    Operation give;
    give.kind = OpKind::give;
    give.a = runner.zone().geometry().base_pfn + runner.zone().geometry().span() - 1;
    ASSERT_FALSE(runner.step(give)) << zone;
    RandomOperations operations(runner.zone(), 7);
    for (int i = 0; i < 300 && !runner.unchecked_after(); ++i)
      ASSERT_FALSE(runner.step(operations.next())) << zone;
    EXPECT_NE(digest(runner.machine()), fresh) << zone;
    runner.reset();
    EXPECT_FALSE(full_check(runner.zone())) << zone;
    EXPECT_EQ(digest(runner.machine()), fresh) << zone;
  }
}

INSTANTIATE_TEST_SUITE_P(EachVariant, SetUp, testing::Range(std::size_t{0}, variants().size()),
                         [](const testing::TestParamInfo<std::size_t>& variant) {
                           return test_name(std::string(variants()[variant.param].name));
                         });

}  // namespace
}  // namespace spb::test
