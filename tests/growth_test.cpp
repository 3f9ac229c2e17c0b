// SPDX-License-Identifier: GPL-2.0-only
//
// Zones that grow: in every form of a program, back to where they began, and as part of the state.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include "model/policy/variant.h"
#include "program/bytes.h"
#include "program/container.h"
#include "program/digest.h"
#include "program/run.h"
#include "program/source.h"
#include "program/story.h"
#include "program/text.h"

namespace spb::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Operation grow{.kind = OpKind::grow};

const std::string two_growing_zones =
    "zone superpageblocks=1 grows_by=2 pageblocks=2 pageblock_order=2 max_page_order=2 "
    "absent_last=1 variant=rfc-v2\n"
    "zone superpageblocks=1 grows_by=1\n"
    "zone superpageblocks=2\n"
    "grow\n"
    "grow zone=1\n";

Geometry growing(uint32_t superpageblocks, uint32_t grows_by) {
  return {.superpageblocks = superpageblocks, .grows_by = grows_by};
}

TEST(Growth, IsTheSameInEveryFormOfAProgram) {
  const TextProgram text = parse_text(two_growing_zones, "p.txt");
  EXPECT_EQ(print_text(text), two_growing_zones);
  const Program& program = text.program;
  EXPECT_EQ(program.zone.geometry.grows_by, 2U);
  EXPECT_EQ(program.zone.geometry_of(1).grows_by, 1U);
  EXPECT_EQ(program.zone.geometry_of(2).grows_by, 0U);
  Program decoded;
  decode_bytes(encode_bytes(program), decoded);
  EXPECT_EQ(decoded, program);
  std::stringstream bytes;
  ContainerWriter writer(bytes, program.zone);
  writer.finish();
  EXPECT_EQ(ContainerReader(bytes, "p.spb").zone(), program.zone);
}

TEST(Growth, LeavesTheNextZoneItsPlaceBehindTheRoom) {
  const Program program = parse_text(two_growing_zones, "p.txt").program;
  EXPECT_EQ(program.zone.geometry_of(1).base_pfn, 24U);
  EXPECT_EQ(program.zone.geometry_of(2).base_pfn, 40U);
  EXPECT_THROW(parse_text("zone superpageblocks=1 grows_by=2 pageblocks=2 pageblock_order=2 "
                          "variant=rfc-v2\nzone superpageblocks=1 base_pfn=16\n",
                          "p.txt"),
               InputError);
}

TEST(Growth, IsPartOfTheStateAndUndoneWithIt) {
  // Of the larger one no second image is kept.
  for (const uint32_t pageblocks : {4U, 8192U}) {
    Geometry geometry = growing(1, 1);
    geometry.pageblocks = pageblocks;
    Machine machine(geometry, *find_variant("rfc-v2"), {});
    const uint64_t fresh = digest(machine);
    const std::vector<std::byte> before(machine.image().begin(), machine.image().end());
    EXPECT_EQ(apply(machine, grow).result, Result::done);
    EXPECT_EQ(machine.zone().nr_spbs(), 2U);
    EXPECT_EQ(apply(machine, grow).result, Result::nothing);
    const std::vector<std::byte> after(machine.image().begin(), machine.image().end());
    machine.restore(before);
    EXPECT_EQ(machine.zone().nr_spbs(), 1U);
    EXPECT_EQ(apply(machine, grow).result, Result::done);
    machine.reset();
    EXPECT_EQ(machine.zone().nr_spbs(), 1U);
    EXPECT_EQ(digest(machine), fresh);
    machine.restore(after);
    EXPECT_EQ(machine.zone().nr_spbs(), 2U);
    EXPECT_EQ(apply(machine, grow).result, Result::nothing);
  }
}

TEST(Growth, OfAZoneThatHasNoRoomChangesNothing) {
  Machine machine(growing(2, 0), *find_variant("rfc-v2"), {});
  const uint64_t before = digest(machine);
  EXPECT_EQ(apply(machine, grow).result, Result::nothing);
  EXPECT_EQ(digest(machine), before);
}

// Whatever the order in which pages came free, a zone that grew is like one that began as large.
TEST(Growth, LeadsToTheZoneThatBeganAsLarge) {
  for (const Variant& variant : variants()) {
    Geometry geometry = growing(1, 2);
    geometry.absent_first = 3;
    geometry.absent_last = 5;
    Machine grown(geometry, variant, {});
    apply(grown, grow);
    apply(grown, grow);
    const Machine large({.superpageblocks = 3, .absent_first = 3, .absent_last = 5}, variant, {});
    const auto same = [&](const auto* a, const auto* b, std::size_t count) {
      return std::memcmp(a, b, count * sizeof *a) == 0;
    };
    const Zone& a = grown.zone();
    const Zone& b = large.zone();
    EXPECT_EQ(a.geometry(), b.geometry());
    EXPECT_TRUE(same(&a.spb(SpbIndex(0)), &b.spb(SpbIndex(0)), 3)) << variant.name;
    EXPECT_TRUE(same(&a.block(BlockIndex(0)), &b.block(BlockIndex(0)), 12)) << variant.name;
    EXPECT_TRUE(same(a.pages(), b.pages(), b.geometry().span())) << variant.name;
    EXPECT_TRUE(same(&a.links(Pfn(0)), &b.links(Pfn(0)), b.geometry().span())) << variant.name;
    EXPECT_TRUE(same(&a.state(), &b.state(), 1)) << variant.name;
  }
}

// More is touched than the dirty list has places for.
TEST(Growth, OfALargeSuperpageblockHoldsUnderBothKindsOfChecks) {
  Geometry geometry = growing(1, 2);
  geometry.pageblocks = 1024;
  ZoneSpec zone;
  zone.geometry = geometry;
  Runner runner(zone, {Checks::both, true});
  EXPECT_FALSE(runner.step(grow));
  EXPECT_FALSE(runner.step({.kind = OpKind::rmqueue, .a = MIGRATE_UNMOVABLE}));
  EXPECT_FALSE(runner.step(grow));
  EXPECT_EQ(runner.zone().nr_spbs(), 3U);
}

TEST(Growth, IsToldAsASuperpageblockThatJoins) {
  const TextProgram text = parse_text(
      "zone superpageblocks=1 grows_by=1 pageblocks=2 pageblock_order=2 variant=rfc-v2\n"
      "grow  expect nr_free_pages=0\n",
      "p.txt");
  Runner runner(text.program.zone, {});
  OperationList source(text.program.operations);
  const auto finding = run(runner, source, &text);
  ASSERT_TRUE(finding);
  const std::string told = tell(*finding, text.program.zone, source, {}, &text, {});
  EXPECT_THAT(told, HasSubstr("on 1 to 2 superpageblocks x 2 pageblocks x 4 pages"));
  EXPECT_THAT(told, HasSubstr("    before [--]  not in the zone\n    after  [..]  empty"));
  EXPECT_THAT(told, HasSubstr("pageblock 2: joins the zone\n"));
  EXPECT_THAT(told, Not(HasSubstr("superpageblock 0")));
}

}  // namespace
}  // namespace spb::test
