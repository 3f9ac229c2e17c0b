// SPDX-License-Identifier: GPL-2.0-only
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "model/policy/variant.h"
#include "program/bytes.h"
#include "program/container.h"
#include "program/digest.h"
#include "program/expectation.h"
#include "program/finding.h"
#include "program/minimize.h"
#include "program/normalise.h"
#include "program/random_operations.h"
#include "program/run.h"
#include "program/simulate.h"
#include "program/source.h"
#include "program/story.h"
#include "program/text.h"
#include "tests/surgery.h"

namespace spb::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// Two zones on node 0, one on node 1.
const std::string three_zones =
    "zone superpageblocks=2 pageblocks=4 pageblock_order=3 max_page_order=4 cpus=2 "
    "variant=rfc-v2@06 evacuate-items=3\n"
    "zone superpageblocks=1\n"
    "zone superpageblocks=3 absent_first=5 start=allocated node=1\n";

Program machine_of(const std::string& text) {
  return parse_text(text, "p.txt").program;
}

Program random_program(const std::string& zones, uint64_t seed, uint32_t operations) {
  Program program = machine_of(zones);
  Runner runner(program.zone, {Checks::none});
  RandomOperations random(runner.zone(), seed);
  for (uint32_t i = 0; i < operations; ++i) {
    program.operations.push_back(random.next());
    runner.step(program.operations.back());
  }
  return program;
}

std::string refusal(const std::string& text) {
  try {
    parse_text(text, "p.txt");
  } catch (const InputError& error) {
    return error.what();
  }
  return "nothing refused";
}

void expect_to_hold(const TextProgram& text) {
  Runner runner(text.program.zone, {Checks::both, true});
  OperationList list(text.program.operations);
  const auto finding = run(runner, list, &text);
  EXPECT_FALSE(finding) << headline(*finding, runner.zone(), text.program.zone);
}

// ---- forms

TEST(Machine, IsWhatItsTextSays) {
  const MachineShape machine = machine_of(three_zones).zone.machine;
  EXPECT_EQ(machine.cpus, 2U);
  ASSERT_EQ(machine.nr_further, 2U);
  EXPECT_EQ(machine.further[0].geometry.base_pfn, 64U);
  EXPECT_EQ(machine.further[0].node, 0U);
  EXPECT_EQ(machine.further[1].geometry.base_pfn, 96U);
  EXPECT_EQ(machine.further[1].geometry.pageblock_order, 3U);
  EXPECT_TRUE(machine.further[1].geometry.start_allocated);
  EXPECT_EQ(machine.nr_nodes(), 2U);
}

TEST(Machine, KeepsItsProgramInEveryForm) {
  const Program program = random_program(three_zones, 1, 400);
  EXPECT_EQ(normalised(program), program);
  const TextProgram text = with_lines(program);
  EXPECT_EQ(machine_of(print_text(text)), program);
  EXPECT_THAT(print_text(text), HasSubstr("\nzone superpageblocks=3 absent_first=5 "
                                          "start=allocated node=1\n"));
  Program decoded;
  decode_bytes(encode_bytes(program), decoded);
  EXPECT_EQ(decoded, program);
  std::stringstream file;
  ContainerWriter writer(file, program.zone);
  for (const Operation& op : program.operations)
    writer.add(op);
  writer.finish();
  ContainerReader reader(file, "p.spb");
  EXPECT_EQ(reader.zone(), program.zone);
  for (Operation op; const Operation& expected : program.operations) {
    ASSERT_TRUE(reader.next(op));
    EXPECT_EQ(op, expected);
  }
}

TEST(Machine, IsWideInBytesWhereAFurtherZoneIsLarge) {
  Program program = machine_of(
      "zone superpageblocks=1 pageblocks=2 pageblock_order=1 variant=mainline\n"
      "zone superpageblocks=40\n"
      "take pfn=80 order=0 mt=MOVABLE zone=1\n");
  Program decoded;
  decode_bytes(encode_bytes(program), decoded);
  EXPECT_EQ(decoded, program);
}

TEST(Machine, OfOneZoneAndOneCpuHasNoPlacesInItsForms) {
  const std::string one =
      "zone superpageblocks=1 pageblocks=2 pageblock_order=1 variant=mainline\n";
  const Program program = random_program(one, 3, 100);
  EXPECT_FALSE(has_places(encode_bytes(program)));
  EXPECT_THAT(print_text(with_lines(program)), Not(HasSubstr("zone=")));
  Operation op{OpKind::rmqueue};
  op.zone = 3;
  op.cpu = 2;
  EXPECT_EQ(normalised(op, program.zone), Operation{OpKind::rmqueue});
}

TEST(Machine, BringsOperationsIntoTheRangesOfTheirZone) {
  const ZoneSpec zone = machine_of(three_zones).zone;
  Operation op{.kind = OpKind::isolate, .a = 8, .zone = 1};
  EXPECT_EQ(normalised(op, zone).a, 8U % 4);
  op.zone = 2;
  EXPECT_EQ(normalised(op, zone).a, 8U);
  op.zone = 5;
  EXPECT_EQ(normalised(op, zone).zone, 2U);
}

TEST(Machine, RefusesWhatCannotBe) {
  const std::string one =
      "zone superpageblocks=2 pageblocks=4 pageblock_order=3 variant=mainline\n";
  EXPECT_THAT(refusal(one + "zone node=1\n"),
              HasSubstr("p.txt:2:1: found a zone without superpageblocks"));
  EXPECT_THAT(refusal(one + "zone superpageblocks=1 node=2\n"),
              HasSubstr("found a zone whose node is 2, expected 0, the node of the zone before"));
  EXPECT_THAT(refusal(one + "zone superpageblocks=1 base_pfn=32\n"),
              HasSubstr("found a zone whose its first page is 32"));
  EXPECT_THAT(refusal(one + "zone superpageblocks=1 variant=rfc-v2\n"),
              HasSubstr("all else is the first one's"));
  EXPECT_THAT(refusal(one + "irq_work\nzone superpageblocks=1\n"),
              HasSubstr("p.txt:3:1: found 'zone', expected an operation: zones come before"));
  EXPECT_THAT(refusal(one + "isolate 0 zone=1\n"),
              HasSubstr("p.txt:2:16: found '1', expected 0, the machine's only zone (each line"));
  EXPECT_THAT(refusal(one + "x = rmqueue order=0 mt=MOVABLE cpu=1\n"),
              HasSubstr("found '1', expected 0, the machine's only cpu (zone cpus=N makes more)"));
  EXPECT_THAT(refusal(one + "zone superpageblocks=1\ntake pfn=0 order=0 mt=MOVABLE zone=1\n"),
              HasSubstr("p.txt:3:10: found '0', expected a number from 64 to 95"));
  EXPECT_THAT(refusal(one + "expect zone1.nr_free_pages=64\n"), HasSubstr("p.txt:2:12: found '1'"));
  EXPECT_THAT(refusal(one + "zone superpageblocks=1\nirq_work expect zone1.outcome=nothing\n"),
              HasSubstr("expected what is about the state"));
}

// ---- runs

TEST(Machine, HoldsUnderRandomOperations) {
  const std::string series =
      "zone superpageblocks=2 pageblocks=4 pageblock_order=2 cpus=3 variant=rfc-v2+fixes "
      "claim-evacuates=yes evacuate-items=2\n"
      "zone superpageblocks=2\n"
      "zone superpageblocks=2 absent_last=3 node=1\n";
  for (const std::string& zones : {three_zones, series}) {
    for (const Checks checks : {Checks::incremental, Checks::full, Checks::both}) {
      const Program program = random_program(zones, 7, 3000);
      Runner runner(program.zone, {checks, true});
      OperationList list(program.operations);
      const auto finding = run(runner, list);
      EXPECT_FALSE(finding) << headline(*finding, runner.zone(), program.zone);
      EXPECT_FALSE(full_check(runner.machine()));
    }
  }
}

TEST(Machine, ResetBringsBackAllZones) {
  const Program program = random_program(three_zones, 2, 500);
  Runner runner(program.zone, {Checks::both, true});
  const uint64_t fresh = digest(runner.machine());
  for (const Operation& op : program.operations)
    runner.step(op);
  EXPECT_NE(digest(runner.machine()), fresh);
  runner.reset();
  EXPECT_EQ(digest(runner.machine()), fresh);
}

TEST(Machine, GivesACallerNothingOfAnotherZone) {
  expect_to_hold(
      parse_text("zone superpageblocks=1 pageblocks=1 pageblock_order=1 variant=mainline\n"
                 "zone superpageblocks=1\n"
                 "a = rmqueue order=0 mt=MOVABLE zone=1\n"
                 "take pfn=0 order=1 mt=MOVABLE\n"
                 "b = alloc order=0 gfp=GFP_KERNEL reclaim=a compact=a expect outcome=none\n"
                 "expect zone1.nr_free_pages=1\n"
                 "a = rmqueue order=0 mt=MOVABLE expect outcome=none\n"
                 "free a expect pfn=2\n",
                 "p.txt"));
}

// A slot's old chunk may be in another zone than its new one.
TEST(Machine, LetsASlotForgetAChunkOfAnotherZone) {
  expect_to_hold(
      parse_text("zone superpageblocks=1 pageblocks=1 pageblock_order=1 variant=mainline\n"
                 "zone superpageblocks=1\n"
                 "a = rmqueue order=0 mt=MOVABLE zone=1\n"
                 "a = rmqueue order=0 mt=MOVABLE expect pfn=0\n"
                 "give pfn=2 order=0 zone=1 expect outcome=refused\n"
                 "free a expect pfn=0 nr_free_pages=2 zone1.nr_free_pages=1\n",
                 "p.txt"));
}

// ---- findings

TEST(Machine, TellsWhichZoneAFindingIsIn) {
  const TextProgram text = parse_text(three_zones +
                                          "a = rmqueue order=0 mt=MOVABLE zone=1\n"
                                          "b = rmqueue order=0 mt=MOVABLE zone=1 cpu=1 "
                                          "expect zone1.nr_free_pages=29\n",
                                      "p.txt");
  Runner runner(text.program.zone, {Checks::both, true});
  OperationList list(text.program.operations);
  const auto finding = run(runner, list, &text);
  ASSERT_TRUE(finding);
  const std::string story =
      tell(*finding, text.program.zone, list, {Checks::both}, &text, StoryOptions{});
  EXPECT_THAT(story, HasSubstr("expected zone1.nr_free_pages=29, found zone1.nr_free_pages=30"));
  EXPECT_THAT(story, HasSubstr("b = rmqueue order=0 mt=MOVABLE zone=1 cpu=1  -> page pfn=65"));
  EXPECT_THAT(story, HasSubstr("superpageblocks it touched in zone 1"));
  EXPECT_THAT(story, HasSubstr(" and 1 superpageblock x 4 pageblocks x 8 pages and "));
  EXPECT_THAT(story, HasSubstr("2 CPUs"));

  Violation violation{.id = InvariantId::slots, .clause = "zone", .where = {}};
  violation.zone = 2;
  EXPECT_THAT(describe(violation, runner.zone()), HasSubstr("slots (zone) at zone 2, the zone"));
}

TEST(Machine, IsMinimisedToTheZonesAndCpusThatItNeeds) {
  Program program = random_program(three_zones, 5, 200);
  const auto shows_a_page_of_another_zone =
      [](const Program& candidate) -> std::optional<std::size_t> {
    Runner runner(candidate.zone, {Checks::none});
    for (std::size_t i = 0; i < candidate.operations.size(); ++i) {
      runner.step(candidate.operations[i]);
      if (runner.outcome().result == Result::page && runner.outcome().zone > 0) return i + 1;
    }
    return {};
  };
  ASSERT_TRUE(shows_a_page_of_another_zone(program));
  const Program least = minimize(program, Lower::zone_operations, shows_a_page_of_another_zone);
  EXPECT_EQ(least.operations.size(), 1U);
  EXPECT_EQ(least.zone.machine.cpus, 1U);
  EXPECT_EQ(least.zone.machine.nr_further, 1U);
  EXPECT_EQ(least.zone.machine.nr_nodes(), 1U);
  EXPECT_EQ(least.operations[0].zone, 1U);
}

// ---- observers

struct Counting : Observer {
  uint32_t searches = 0;
  void search_begins(const Zone&, const Request<Concrete>&) override { ++searches; }
};

TEST(Observers, AreAllTold) {
  Machine machine(Geometry{}, *find_variant("rfc-v2"), {});
  const Operation request{OpKind::rmqueue, 0, 0, 0, MIGRATE_MOVABLE, 0};
  Counting one;
  Counting two;
  machine.add(one);
  apply(machine, request);
  machine.add(two);
  machine.add(two);
  apply(machine, request);
  machine.remove(one);
  apply(machine, request);
  machine.remove(two);
  apply(machine, request);
  EXPECT_EQ(one.searches, 2U);
  EXPECT_EQ(two.searches, 2U);
}

}  // namespace
}  // namespace spb::test
