// SPDX-License-Identifier: GPL-2.0-only
//
// A short random run finds each planted fault and blames the invariant that it breaks first; the
// same run without the fault finds nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include "invariants/checker.h"
#include "invariants/known.h"
#include "model/variant.h"
#include "program/planted.h"
#include "tests/program_files.h"
#include "tests/random_operations.h"

namespace spb::test {
namespace {

struct Blame {
  Fault fault;
  std::string_view variant;
  InvariantId id;
  /// Where free pageblocks turn MOVABLE, a merge leaves no other tag to keep.
  uint16_t free_block_tag = Parameters::unset;
};

constexpr uint16_t keep = static_cast<uint16_t>(FreeBlockTag::keep);
constexpr Blame blames[] = {
    {Fault::taint_not_counted, "rfc-v2", InvariantId::counter_balance},
    {Fault::split_half_lost, "mainline", InvariantId::free_lists},
    {Fault::split_half_lost, "rfc-v2", InvariantId::free_lists},
    {Fault::taint_first, "rfc-v1@31", InvariantId::conformance},
    {Fault::free_ignores_isolation, "mainline", InvariantId::free_lists},
    {Fault::free_ignores_isolation, "rfc-v2", InvariantId::free_lists},
    {Fault::mutator_forgets_mark, "rfc-v2", InvariantId::marked_changes},
    {Fault::steal_relabels, "mainline", InvariantId::borrow},
    {Fault::steal_relabels, "rfc-v2", InvariantId::borrow},
    {Fault::merge_keeps_tag, "mainline", InvariantId::free_lists},
    {Fault::merge_keeps_tag, "rfc-v2", InvariantId::free_lists, keep},
    {Fault::claim_without_half_rule, "mainline", InvariantId::conformance},
    {Fault::claim_without_half_rule, "rfc-v2", InvariantId::conformance},
    {Fault::item_leaked, "rfc-v2@06", InvariantId::evacuation_items},
};

constexpr uint64_t seeds = 16;
constexpr uint32_t operations = 400;
constexpr Geometry geometry{2, 4, 3, 4, 0, 0, 5, 32, false};

const Violation* first_news(const Checker& checker, const Zone& zone, const Variant& variant) {
  for (const Violation& violation : checker.found()) {
    if (!known_violation(zone, variant.name, violation)) return &violation;
  }
  return nullptr;
}

struct News {
  InvariantId id;
  std::string text;
};

/// The first violation that is not known, within the bound.
std::optional<News> hunt(std::string_view name, Fault fault, uint16_t free_block_tag) {
  const Variant& variant = *find_variant(name);
  Parameters parameters;
  parameters[ParameterId::free_block_tag] = free_block_tag;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    Zone zone(geometry, variant, parameters);
    zone.fault = fault;
    Checker checker(zone, Checks::incremental, true);
    RandomOperations random(zone, seed);
    for (uint32_t i = 0; i < operations; ++i) {
      const Operation op = random.next();
      checker.before(op);
      if (!checker.after(op, apply(zone, op))) continue;
      if (const Violation* news = first_news(checker, zone, variant)) {
        return News{news->id, "seed " + std::to_string(seed) + ", operation " + std::to_string(i) +
                                  ": " + describe(*news, zone)};
      }
    }
  }
  return std::nullopt;
}

class PlantedFault : public testing::TestWithParam<Blame> {};

TEST_P(PlantedFault, IsFoundAndBlamed) {
  const auto news = hunt(GetParam().variant, GetParam().fault, GetParam().free_block_tag);
  ASSERT_TRUE(news) << "not found in " << seeds << " runs of " << operations << " operations";
  EXPECT_EQ(info(news->id).name, info(GetParam().id).name) << news->text;
}

TEST_P(PlantedFault, IsNotFoundWhereItIsNotPlanted) {
  const auto news = hunt(GetParam().variant, Fault::none, GetParam().free_block_tag);
  EXPECT_FALSE(news) << news->text;
}

std::string name_of_blame(const testing::TestParamInfo<Blame>& blame) {
  return test_name(std::string(name_of(blame.param.fault)) + "_" +
                   std::string(blame.param.variant));
}

INSTANTIATE_TEST_SUITE_P(Each, PlantedFault, testing::ValuesIn(blames), name_of_blame);

TEST(PlantedFaults, AreAllHunted) {
  for (const FaultInfo& fault : fault_infos()) {
    // Which end of a list a chunk enters is no matter of invariants; golden vectors hold it.
    if (fault.id == Fault::insert_ignores_merge) continue;
    EXPECT_TRUE(std::any_of(std::begin(blames), std::end(blames), [&](const Blame& blame) {
      return blame.fault == fault.id;
    })) << fault.name;
  }
}

TEST(PlantedFaults, InListOrderAreLeftToGoldenVectors) {
  EXPECT_FALSE(hunt("mainline", Fault::insert_ignores_merge, keep));
  EXPECT_FALSE(hunt("rfc-v2", Fault::insert_ignores_merge, keep));
}

}  // namespace
}  // namespace spb::test
