// SPDX-License-Identifier: GPL-2.0-only
//
// Time: what operations take of it, and what is left of an interval. What a request for evacuation
// makes of it is in tests/scenarios and in the wounds of evacuation-throttle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "program/digest.h"
#include "program/finding.h"
#include "program/random_operations.h"
#include "program/run.h"
#include "program/source.h"
#include "program/story.h"
#include "program/text.h"

namespace spb::test {
namespace {

using testing::HasSubstr;

const std::string one_zone =
    "zone superpageblocks=6 pageblocks=2 pageblock_order=2 max_page_order=3 variant=rfc-v2";
const std::string two_zones = one_zone + " operation-ms=1\nzone superpageblocks=4 node=1";

Program random_program(const std::string& zones, uint32_t operations) {
  Program program = parse_text(zones + "\n", "p.txt").program;
  Runner runner(program.zone, {Checks::none});
  RandomOperations random(runner.zone(), 11);
  for (uint32_t i = 0; i < operations; ++i) {
    program.operations.push_back(random.next());
    runner.step(program.operations.back());
  }
  return program;
}

/// After how many operations something waits.
uint32_t operations_that_leave_a_wait(const Program& program) {
  Runner runner(program.zone, {Checks::none});
  uint32_t count = 0;
  for (const Operation& op : program.operations) {
    runner.step(op);
    count += runner.machine().waits();
  }
  return count;
}

TEST(Time, LeavesNothingBehindAnOperationByDefault) {
  const Program program = random_program(one_zone, 3000);
  EXPECT_EQ(operations_that_leave_a_wait(program), 0U);
  for (const Operation& op : program.operations)
    EXPECT_NE(op.kind, OpKind::wait);
}

TEST(Time, HoldsUnderRandomOperations) {
  for (const Checks checks : {Checks::incremental, Checks::full, Checks::both}) {
    const Program program = random_program(two_zones, 3000);
    EXPECT_GT(operations_that_leave_a_wait(program), 100U);
    Runner runner(program.zone, {checks, true});
    OperationList list(program.operations);
    const auto finding = run(runner, list);
    EXPECT_FALSE(finding) << headline(*finding, runner.zone(), program.zone);
  }
}

TEST(Time, IsTheSameWhoeverListens) {
  const Program program = random_program(two_zones, 1000);
  Runner alone(program.zone, {.checks = Checks::none, .events = false});
  Runner watched(program.zone, {Checks::both, true});
  for (const Operation& op : program.operations) {
    alone.step(op);
    watched.step(op);
    ASSERT_EQ(digest(alone.machine()), digest(watched.machine()));
  }
}

TEST(Time, IsPartOfWhatIsRestoredAndReset) {
  const Program program = random_program(two_zones, 1000);
  Runner runner(program.zone, {Checks::none});
  Machine& machine = runner.machine();
  const uint64_t fresh = digest(machine);
  std::size_t next = 0;
  while (!machine.waits())
    runner.step(program.operations[next++]);
  const std::vector<std::byte> waiting(machine.image().begin(), machine.image().end());
  const Operation wait = operation(OpKind::wait, {{Argument::ms, 300}});
  runner.step(wait);
  const uint64_t later = digest(machine);
  EXPECT_FALSE(machine.waits());
  machine.restore(waiting);
  EXPECT_TRUE(machine.waits());
  runner.step(wait);
  EXPECT_EQ(digest(machine), later);
  machine.restore(waiting);
  machine.reset();
  EXPECT_FALSE(machine.waits());
  EXPECT_EQ(digest(machine), fresh);
}

std::string refusal(const std::string& line) {
  try {
    parse_text(one_zone + "\n" + line + "\n", "p.txt");
  } catch (const InputError& error) {
    return error.what();
  }
  return "nothing refused";
}

TEST(Time, IsSaidInMilliseconds) {
  EXPECT_EQ(refusal("wait ms=0"), "nothing refused");
  EXPECT_EQ(refusal("wait ms=1000"), "nothing refused");
  EXPECT_THAT(refusal("wait ms=1001"), HasSubstr("found '1001', expected a number from 0 to 1000"));
  EXPECT_THAT(refusal("wait"), HasSubstr("ms="));
}

}  // namespace
}  // namespace spb::test
