// SPDX-License-Identifier: GPL-2.0-only
//
// Where lists begin is what a walk over all pages says, whatever was asked before.
#include "invariants/list_starts.h"

#include <gtest/gtest.h>

#include "model/policy/variant.h"
#include "program/random_operations.h"
#include "tests/surgery.h"

namespace spb::test {
namespace {

constexpr uint32_t all_types = (1U << MIGRATE_TYPES) - 1;

Machine with_small_zone(const char* variant) {
  Geometry g;
  g.superpageblocks = 2;
  g.pageblocks = 2;
  g.pageblock_order = 4;
  g.max_page_order = 5;
  g.slots = 64;
  return {g, *find_variant(variant), Parameters{}};
}

// Page by page, with nothing kept.
uint32_t orders_of(const Raw& raw, uint32_t a, uint32_t types) {
  uint32_t found = 0;
  for (uint32_t pfn = 0; pfn < raw.span; ++pfn) {
    if (!Raw::is_head(raw.pages[pfn]) || raw.area_of(pfn) != a || raw.links[pfn].prev != 0)
      continue;
    if (types >> raw.list_type(raw.block_of(pfn)) & 1U) found |= 1U << raw.order_of(raw.pages[pfn]);
  }
  return found;
}

bool any(uint32_t, uint32_t) {
  return true;
}

class ListStartsOf : public testing::TestWithParam<const char*> {};

TEST_P(ListStartsOf, AreThoseOfAWalkOverAllPages) {
  Machine machine = with_small_zone(GetParam());
  Zone& zone = machine.zone();
  RandomOperations walk(zone, 1);
  Random random(2);
  const Raw raw(zone);
  ListStarts starts(raw);
  uint32_t seen = 0;
  for (int operation = 0; operation < 500; ++operation) {
    apply(zone, walk.next());
    starts.forget();
    for (int question = 0; question < 8; ++question) {
      const uint32_t a = random.below(raw.nr_areas);
      const uint32_t types = random.below(all_types + 1);
      const uint32_t orders = 1 + random.below((1U << raw.orders) - 1);
      EXPECT_EQ(starts.orders(a, types, orders, any), orders_of(raw, a, types) & orders);
      seen |= orders_of(raw, a, types) & orders;
    }
  }
  EXPECT_EQ(seen, (1U << raw.orders) - 1);
}
INSTANTIATE_TEST_SUITE_P(Variants, ListStartsOf, testing::Values("mainline", "rfc-v2"));

TEST(ListStarts, StayAsTheyAreUntilTheyAreForgotten) {
  Machine machine = with_small_zone("mainline");
  Zone& zone = machine.zone();
  const Raw raw(zone);
  ListStarts starts(raw);
  const uint32_t before = starts.orders(0, all_types, ~0U, any);
  apply(zone, {.kind = OpKind::rmqueue, .a = MIGRATE_MOVABLE});
  EXPECT_EQ(starts.orders(0, all_types, ~0U, any), before);
  starts.forget();
  EXPECT_EQ(starts.orders(0, all_types, ~0U, any), orders_of(raw, 0, all_types));
  EXPECT_NE(before, orders_of(raw, 0, all_types));
}

TEST(ListStarts, OfABrokenListAreEachLookedAt) {
  Machine machine = with_small_zone("mainline");
  Zone& zone = machine.zone();
  const Raw raw(zone);
  ListStarts starts(raw);
  for (const uint32_t head : {0U, 32U})
    Surgery::links(zone, head).prev = 0;
  for (const uint32_t wanted : {0U, 32U}) {
    const auto is_wanted = [&](uint32_t head, uint32_t) { return head == wanted; };
    EXPECT_EQ(starts.orders(0, all_types, ~0U, is_wanted), 1U << 5U);
  }
}

}  // namespace
}  // namespace spb::test
