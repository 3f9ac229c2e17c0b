// SPDX-License-Identifier: GPL-2.0-only
//
// A short random run finds each planted fault and blames the invariant that it breaks first; the
// same run without the fault finds nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>

#include "model/policy/variant.h"
#include "program/planted.h"
#include "tests/hunt.h"
#include "tests/program_files.h"

namespace spb::test {
namespace {

struct Blame {
  Fault fault;
  InvariantId id;
  /// Where free pageblocks turn MOVABLE, a merge leaves no other tag to keep.
  uint16_t free_block_tag;
  std::string_view variant;
};

constexpr uint16_t any = Parameters::unset;
constexpr uint16_t keep = static_cast<uint16_t>(FreeBlockTag::keep);
constexpr Blame blames[] = {
    {Fault::taint_not_counted, InvariantId::counter_balance, any, "rfc-v2"},
    {Fault::split_half_lost, InvariantId::free_lists, any, "mainline"},
    {Fault::split_half_lost, InvariantId::free_lists, any, "rfc-v2"},
    {Fault::taint_first, InvariantId::conformance, any, "rfc-v1@31"},
    {Fault::free_ignores_isolation, InvariantId::free_lists, any, "mainline"},
    {Fault::free_ignores_isolation, InvariantId::free_lists, any, "rfc-v2"},
    {Fault::mutator_forgets_mark, InvariantId::marked_changes, any, "rfc-v2"},
    {Fault::steal_relabels, InvariantId::borrow, any, "mainline"},
    {Fault::steal_relabels, InvariantId::borrow, any, "rfc-v2"},
    {Fault::merge_keeps_tag, InvariantId::free_lists, any, "mainline"},
    {Fault::merge_keeps_tag, InvariantId::free_lists, keep, "rfc-v2@06"},
    {Fault::claim_without_half_rule, InvariantId::conformance, any, "mainline"},
    {Fault::claim_without_half_rule, InvariantId::conformance, any, "rfc-v2"},
    {Fault::item_leaked, InvariantId::evacuation_items, any, "rfc-v2@06"},
};

// Many runs end early at a violation that is known.
constexpr uint64_t seeds = 400;
constexpr uint32_t operations = 400;
constexpr Geometry geometry{2, 4, 3, 4, 0, 0, 5, 32, false};

std::optional<News> news_of(const Blame& blame, Fault fault, uint64_t last_seed) {
  Parameters parameters;
  parameters[ParameterId::free_block_tag] = blame.free_block_tag;
  for (uint64_t seed = 1; seed <= last_seed; ++seed) {
    const Variant& variant = *find_variant(blame.variant);
    Zone zone(geometry, variant, parameters);
    zone.fault = fault;
    auto news = hunt(zone, variant, Checks::incremental, seed, operations);
    if (news) return news;
  }
  return std::nullopt;
}

class PlantedFault : public testing::TestWithParam<Blame> {};

TEST_P(PlantedFault, IsFoundAndBlamed) {
  const auto news = news_of(GetParam(), GetParam().fault, seeds);
  ASSERT_TRUE(news) << "not found in " << seeds << " runs of " << operations << " operations";
  EXPECT_EQ(info(news->id).name, info(GetParam().id).name) << news->text;
}

TEST_P(PlantedFault, IsNotFoundWhereItIsNotPlanted) {
  const auto news = news_of(GetParam(), Fault::none, 16);
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
  for (const Blame& blame : blames)
    EXPECT_FALSE(news_of(blame, Fault::insert_ignores_merge, 16));
}

}  // namespace
}  // namespace spb::test
