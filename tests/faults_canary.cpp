// SPDX-License-Identifier: GPL-2.0-only
//
// A short random run finds each of these planted faults and blames the invariant that it breaks
// first; the same run without the fault finds nothing. All faults break their witness.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "model/policy/variant.h"
#include "program/load.h"
#include "program/run.h"
#include "tests/command.h"
#include "tests/hunt.h"
#include "tests/planted.h"
#include "tests/program_files.h"

namespace spb::test {
namespace {

struct Blame {
  std::string_view fault;
  InvariantId id;
  /// Where free pageblocks turn MOVABLE, a merge leaves no other tag to keep.
  uint16_t free_block_tag;
  std::string_view variant;
};

constexpr uint16_t any = Parameters::unset;
constexpr uint16_t keep = static_cast<uint16_t>(FreeBlockTag::keep);
constexpr Blame blames[] = {
    {"taint-not-counted", InvariantId::counter_balance, any, "rfc-v2"},
    {"split-half-lost", InvariantId::free_lists, any, "mainline"},
    {"split-half-lost", InvariantId::free_lists, any, "rfc-v2"},
    {"taint-first", InvariantId::conformance, any, "rfc-v1@31"},
    {"free-ignores-isolation", InvariantId::free_lists, any, "mainline"},
    {"free-ignores-isolation", InvariantId::free_lists, any, "rfc-v2"},
    {"block-mark-forgotten", InvariantId::marked_changes, any, "rfc-v2"},
    {"steal-relabels", InvariantId::borrow, any, "mainline"},
    {"steal-relabels", InvariantId::borrow, any, "rfc-v2"},
    {"merge-keeps-tag", InvariantId::free_lists, any, "mainline"},
    {"merge-keeps-tag", InvariantId::free_lists, keep, "rfc-v2@06"},
    {"claim-without-half-rule", InvariantId::conformance, any, "mainline"},
    {"claim-without-half-rule", InvariantId::conformance, any, "rfc-v2"},
    {"item-leaked", InvariantId::evacuation_items, any, "rfc-v2@06"},
    {"hint-left-by-every-pass", InvariantId::hint_left, any, "rfc-v2"},
    {"high-water-of-the-share-alone", InvariantId::shrink_asked, any, "rfc-v2"},
    {"claim-evacuates-any-tag", InvariantId::evacuation_queued, any, "rfc-v2@06"},
    {"worker-looks-at-the-last-page-alone", InvariantId::evacuation_steps, any, "rfc-v2@06"},
    {"cma-for-everyone", InvariantId::try_flags, any, "mainline"},
};

// Many runs end early at a violation that is known.
constexpr uint64_t seeds = 400;
constexpr uint32_t operations = 400;
constexpr Geometry geometry{.superpageblocks = 2,
                            .pageblocks = 4,
                            .pageblock_order = 3,
                            .max_page_order = 4,
                            .absent_last = 5,
                            .slots = 32};

std::optional<News> news_of(const Blame& blame, uint64_t last_seed) {
  Parameters parameters;
  parameters[ParameterId::free_block_tag] = blame.free_block_tag;
  for (uint64_t seed = 1; seed <= last_seed; ++seed) {
    const Variant& variant = *find_variant(blame.variant);
    Machine machine(geometry, variant, parameters);
    Zone& zone = machine.zone();
    auto news = hunt(zone, variant, Checks::incremental, seed, operations);
    if (news) return news;
  }
  return std::nullopt;
}

class PlantedFault : public testing::TestWithParam<Blame> {};

TEST_P(PlantedFault, IsFoundAndBlamed) {
  const Planted fault(GetParam().fault);
  const auto news = news_of(GetParam(), seeds);
  ASSERT_TRUE(news) << "not found in " << seeds << " runs of " << operations << " operations";
  EXPECT_EQ(info(news->id).name, info(GetParam().id).name) << news->text;
}

TEST_P(PlantedFault, IsNotFoundWhereItIsNotPlanted) {
  const auto news = news_of(GetParam(), 16);
  EXPECT_FALSE(news) << news->text;
}

std::string name_of_blame(const testing::TestParamInfo<Blame>& blame) {
  return test_name(std::string(blame.param.fault) + "_" + std::string(blame.param.variant));
}

INSTANTIATE_TEST_SUITE_P(Each, PlantedFault, testing::ValuesIn(blames), name_of_blame);

// ---- every fault

/// What its diff names.
std::string witness_of(std::string_view fault) {
  std::ifstream in(std::string(SPB_SOURCE_DIR "/faults/") + std::string(fault) + ".diff");
  constexpr std::string_view field = "Witness: ";
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(field)) return SPB_SOURCE_DIR "/" + line.substr(field.size());
  }
  return {};
}

/// In a program of its own, since a fault may end it, or go round for ever, or change a table that
/// is filled when a program starts.
bool breaks(const std::string& witness, const std::string& fault) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  return run_command("SPB_FAULT='" + fault + "' SPB_WITNESS='" + witness + "' timeout 20 '" + self +
                     "' --gtest_filter=Witness.*")
             .status != 0;
}

TEST(Witness, HoldsWhereNoFaultOfTheEnvironmentBreaksIt) {
  const char* named = std::getenv("SPB_WITNESS");
  const auto program = load_program(named ? std::string(named) : witness_of("split-half-lost"));
  Runner runner(program->zone, {Checks::both, true});
  EXPECT_FALSE(run(runner, *program->source, &*program->text));
}

TEST(PlantedFaults, EachBreakTheirWitnessWhichHoldsWithoutThem) {
  std::size_t planted = 0;
  for (const std::string_view fault : planted_faults()) {
    if (fault.empty()) continue;
    ++planted;
    const std::string witness = witness_of(fault);
    EXPECT_FALSE(breaks(witness, "")) << fault;
    EXPECT_TRUE(breaks(witness, std::string(fault))) << fault;
  }
  EXPECT_GT(planted, 180U);
}

}  // namespace
}  // namespace spb::test
