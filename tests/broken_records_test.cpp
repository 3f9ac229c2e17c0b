// SPDX-License-Identifier: GPL-2.0-only
//
// A checker is there for zones that are broken: it comes to an end and says something where a count
// or a link is a number that cannot be.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>

#include "invariants/checker.h"
#include "model/policy/variant.h"
#include "program/random_operations.h"
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

// One byte of a record becomes any other, marked as a change or not.
class Breaker {
 public:
  Breaker(Zone& zone, uint32_t seed) : zone_(zone), random_(seed) {}

  void break_one() {
    const Geometry& g = zone_.geometry();
    const uint32_t page = below(g.span());
    switch (below(6)) {
      case 0:
        any_byte(Surgery::spb(zone_, below(zone_.nr_spbs())));
        break;
      case 1:
        any_byte(Surgery::block(zone_, below(g.nr_blocks())));
        break;
      case 2:
        any_byte(Surgery::page(zone_, page));
        break;
      case 3:
        any_byte(Surgery::links(zone_, page));
        break;
      case 4:
        any_byte(Surgery::list(zone_, 0, below(g.nr_page_orders()),
                               static_cast<Migratetype>(below(MIGRATE_TYPES))));
        break;
      default:
        any_byte(Surgery::state(zone_));
    }
    if (below(2) == 0) return;
    for (uint32_t s = 0; s < zone_.nr_spbs(); ++s)
      Surgery::mark_spb(zone_, s);
    for (uint32_t b = 0; b < g.nr_blocks(); ++b)
      Surgery::mark_block(zone_, b);
    Surgery::mark_links(zone_, page);
    Surgery::mark_pages(zone_, page, 0);
  }

 private:
  uint32_t below(uint32_t end) { return static_cast<uint32_t>(random_() % end); }

  template <class Record>
  void any_byte(Record& record) {
    const uint32_t at = below(sizeof(Record));
    reinterpret_cast<unsigned char*>(&record)[at] = static_cast<unsigned char>(random_());
  }

  Zone& zone_;
  std::mt19937 random_;
};

TEST(BrokenRecords, LeaveNoCheckerWithoutAnEnd) {
  constexpr uint32_t zones = 3000;
  uint32_t told = 0;
  for (uint32_t seed = 1; seed <= zones; ++seed) {
    const Variant& variant = variants()[seed % variants().size()];
    const Geometry geometry = small_zone(seed % 3 * 8);
    Machine machine(geometry, variant.policy, resolve({}, variant.defaults, geometry));
    Zone& zone = machine.zone();
    RandomOperations random(zone, seed);
    for (uint32_t i = 0; i < seed % 40; ++i)
      apply(zone, random.next());
    Checker checker(zone, Checks::both, false);
    const Operation op = random.next();
    checker.before(op);
    Breaker breaker(zone, seed);
    for (uint32_t i = 0; i <= seed % 3; ++i)
      breaker.break_one();
    // Nobody was served, so that is looked into as well.
    checker.after(op, {Result::none});
    checker.before(op);
    told += full_check(zone).has_value();
  }
  EXPECT_GT(told, zones / 2) << "most of it was no damage";
}

TEST(BrokenRecords, ATagThatIsNoneIsNoIndex) {
  for (const Variant& variant : variants()) {
    const Geometry geometry = small_zone(0);
    Machine machine(geometry, variant.policy, resolve({}, variant.defaults, geometry));
    Zone& zone = machine.zone();
    for (const uint8_t tag : {uint8_t{MIGRATE_TYPES}, uint8_t{255}}) {
      Checker checker(zone, Checks::both, false);
      const Operation nothing{.kind = OpKind::irq_work};
      checker.before(nothing);
      const uint8_t was = std::exchange(Surgery::block(zone, 11).tag, tag);
      Surgery::mark_block(zone, 11);
      EXPECT_TRUE(checker.after(nothing, {})) << variant.name << ' ' << int{tag};
      Surgery::block(zone, 11).tag = was;
    }
  }
}

// A superpageblock of which every pageblock is reserved has no share of free ones to divide by.
TEST(BrokenRecords, AWrongTotalIsAFindingAndNoDivisionByZero) {
  const Variant& variant = variants()[4];
  const Geometry geometry = small_zone(0);
  Machine machine(geometry, variant.policy, resolve({}, variant.defaults, geometry));
  Zone& zone = machine.zone();
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
  Machine machine(geometry, variant.policy, resolve({}, variant.defaults, geometry));
  Zone& zone = machine.zone();
  for (const uint32_t link : {geometry.end().value + 1, 0x7fffffffU, 0xffffffffU}) {
    Checker checker(zone, Checks::both, false);
    const Operation nothing{.kind = OpKind::irq_work};
    checker.before(nothing);
    const uint32_t was = Surgery::links(zone, 8).next;
    Surgery::links(zone, 8).next = link;
    EXPECT_TRUE(checker.after(nothing, {})) << link;
    Surgery::links(zone, 8).next = was;
  }
}

}  // namespace
}  // namespace spb::test
