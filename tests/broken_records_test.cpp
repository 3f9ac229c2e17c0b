// SPDX-License-Identifier: GPL-2.0-only
//
// A checker is there for zones that are broken: it comes to an end and says something where a count
// or a link is a number that cannot be.
#include <gtest/gtest.h>

#include <cstdint>

#include "invariants/checker.h"
#include "invariants/full.h"
#include "model/policy/variant.h"
#include "tests/surgery.h"

namespace spb::test {
namespace {

Geometry small_zone(uint32_t absent) {
  Geometry geometry;
  geometry.superpageblocks = 3;
  geometry.pageblocks = 4;
  geometry.pageblock_order = 3;
  geometry.max_page_order = 4;
  geometry.absent_first = absent;
  geometry.slots = 16;
  return geometry;
}

// A superpageblock of which every pageblock is reserved has no share of free ones to divide by.
TEST(BrokenRecords, AWrongTotalIsAFindingAndNoDivisionByZero) {
  const Variant& variant = variants()[4];
  const Geometry geometry = small_zone(0);
  Zone zone(geometry, variant.policy, resolve({}, variant.defaults, geometry));
  SpbState& spb = Surgery::spb(zone, 1);
  spb.total_pageblocks = 0;
  spb.nr_reserved = 0;
  spb.nr_free = 3;
  Surgery::mark_spb(zone, 1);
  EXPECT_TRUE(full_check(zone));
}

TEST(BrokenRecords, ALinkOutOfTheZoneIsAFindingAndNoReadOutsideOfIt) {
  const Variant& variant = variants()[4];
  const Geometry geometry = small_zone(0);
  Zone zone(geometry, variant.policy, resolve({}, variant.defaults, geometry));
  for (const uint32_t link : {geometry.end().value + 1, 0x7fffffffU, 0xffffffffU}) {
    Checker checker(zone, Checks::both, false);
    const Operation nothing{OpKind::irq_work, 0, 0, 0, 0, 0};
    checker.before(nothing);
    const uint32_t was = Surgery::links(zone, 8).next;
    Surgery::links(zone, 8).next = link;
    EXPECT_TRUE(checker.after(nothing, {})) << link;
    Surgery::links(zone, 8).next = was;
  }
}

}  // namespace
}  // namespace spb::test
