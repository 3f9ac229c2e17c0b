// SPDX-License-Identifier: GPL-2.0-only
//
// A search through the states of a small zone finds a planted fault, by a program that no shorter
// one does it.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "explore/search.h"
#include "explore/zone_states.h"
#include "model/policy/variant.h"
#include "program/finding.h"
#include "tests/planted.h"
#include "tests/program_files.h"

namespace spb::test {
namespace {

ZoneSpec tiny_zone() {
  ZoneSpec spec;
  spec.geometry.superpageblocks = 2;
  spec.geometry.pageblocks = 2;
  spec.geometry.pageblock_order = 1;
  spec.geometry.max_page_order = 2;
  spec.geometry = with_slots_for_pages(spec.geometry);
  spec.variant = static_cast<uint32_t>(find_variant("rfc-v2") - variants().data());
  return spec;
}

SearchResult searched(const ZoneSpec& spec) {
  constexpr OpKind kinds[] = {OpKind::rmqueue, OpKind::free, OpKind::isolate, OpKind::unisolate};
  const RunOptions run{.events = false};
  const std::vector<Operation> operations = alphabet(spec.geometry, kinds);
  const Symmetry symmetry = sound_symmetry(make_machine(spec, run)->zone(), operations);
  return search(
      [&] {
        return std::make_unique<CheckedStates>(std::make_unique<Runner>(spec, run), operations,
                                               symmetry);
      },
      {.transitions_max = 300'000});
}

class ExploreFinds : public testing::TestWithParam<std::string_view> {};

TEST_P(ExploreFinds, APlantedFaultAndNothingWithoutIt) {
  const ZoneSpec spec = tiny_zone();
  EXPECT_EQ(searched(spec).end, SearchEnd::transitions);
  const Planted fault(GetParam());
  const SearchResult found = searched(spec);
  ASSERT_EQ(found.end, SearchEnd::found);
  const auto minimal = minimise_finding(with_lines({spec, found.path}), {});
  ASSERT_TRUE(minimal);
  EXPECT_LE(minimal->text.program.operations.size(), found.path.size());
}

INSTANTIATE_TEST_SUITE_P(Faults, ExploreFinds,
                         testing::Values("taint-not-counted", "split-half-lost",
                                         "free-ignores-isolation", "taint-first"),
                         [](const auto& test) { return test_name(std::string(test.param)); });

}  // namespace
}  // namespace spb::test
