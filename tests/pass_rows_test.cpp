// SPDX-License-Identifier: GPL-2.0-only
//
// What a row of a pass table says of itself for others, held to what it does.
#include <gtest/gtest.h>

#include "invariants/stated_rules.h"
#include "model/engine/walk.h"
#include "model/policy/variant.h"

namespace spb {
namespace {

Request<Concrete> request_of(int type) {
  Request<Concrete> request{};
  request.migratetype = request.asked = type;
  return request;
}

// Some request that may enter is handed out what is on another type's list, under its old tag.
bool hands_out_others(const PassRow<Concrete>& row) {
  bool others = false;
  for (int type = 0; type < MIGRATE_ISOLATE; ++type) {
    const Request<Concrete> request = request_of(type);
    others = others || (row.gate(request, {}) && row.effect == Effect::hand_out &&
                        list_of<Concrete>(row.list, request) != type);
  }
  return others;
}

TEST(PassRows, SayWhetherTheyBorrow) {
  int borrowing = 0;
  for (const Variant& variant : variants()) {
    for (const PassRow<Concrete>& row : variant.policy.passes) {
      EXPECT_EQ(row.borrows, hands_out_others(row)) << variant.name << " " << name_of(row.id);
      borrowing += row.borrows;
    }
  }
  EXPECT_EQ(borrowing, 3) << "PASS_2C twice, PASS_2D once";
}

// A claim of part of a pageblock searches again, for any type that claims: a pass that is never
// closed has to read what was claimed.
TEST(PassRows, StayInTheTableWhereARetryRestsOnThem) {
  for (const Variant& variant : variants()) {
    int staying = 0;
    for (const PassRow<Concrete>& row : variant.policy.passes) {
      if (!row.finds_claims) continue;
      ++staying;
      EXPECT_EQ(row.list, ListOf::request) << variant.name;
      for (int type = 0; type < MIGRATE_PCPTYPES; ++type)
        EXPECT_TRUE(row.gate(request_of(type), {})) << variant.name;
    }
    EXPECT_EQ(staying, 1) << variant.name;
  }
}

// Said a second time; a pass of nobody's but ours has nothing to be held to.
TEST(PassRows, AreStatedWhereASourceStatesThem) {
  for (const Variant& variant : variants()) {
    const Machine machine(Geometry{}, variant, {});
    const Zone& zone = machine.zone();
    const StatedRules stated{Raw(zone)};
    for (const PassRow<Concrete>& row : variant.policy.passes)
      EXPECT_EQ(stated.states(row.id), named(row.id).source != "ours") << name_of(row.id);
  }
}

TEST(PassRows, HaveWalksOfOneMeaning) {
  const Geometry g{
      .superpageblocks = 2, .pageblocks = 4, .pageblock_order = 3, .max_page_order = 4};
  Limits<Concrete> limits{};
  limits.pageblock_order = static_cast<int>(g.pageblock_order);
  for (const OrderWalk& walk : {OrderWalk::up, OrderWalk::down, OrderWalk::whole_then_sub,
                                OrderWalk::whole_up, OrderWalk::sub_down}) {
    for (uint32_t low = 0; low <= g.max_page_order; ++low) {
      Request<Concrete> request = request_of(MIGRATE_MOVABLE);
      request.order = static_cast<int>(low);
      for (uint32_t order = 0; order <= g.max_page_order; ++order) {
        const Chunk<Concrete> chunk{
            .order = static_cast<int>(order), .list = MIGRATE_MOVABLE, .from_tainted_spb = false};
        EXPECT_EQ(comes_to<Concrete>(walk, request, chunk, limits),
                  (plan_orders(walk, low, OrderRanges(g)).all() >> order & 1U) != 0)
            << low << " " << order;
      }
    }
  }
}

}  // namespace
}  // namespace spb
