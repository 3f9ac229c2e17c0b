// SPDX-License-Identifier: GPL-2.0-only
//
// A fault in split, merge, list insertion, claim or steal fails a scenario of every variant of the
// series; golden_canary.cpp has the same faults and the kernel's answers.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "model/policy/variant.h"
#include "tests/engine_faults.h"
#include "tests/planted.h"
#include "tests/program_files.h"
#include "tests/scenario_runs.h"

namespace spb::test {
namespace {

// The variants with lists of each superpageblock.
std::vector<std::size_t> series_variants() {
  std::vector<std::size_t> series;
  for (std::size_t i = 0; i < variants().size(); ++i) {
    if (variants()[i].policy.lists_per_superpageblock) series.push_back(i);
  }
  return series;
}

class EngineFaultInScenarios
    : public testing::TestWithParam<std::tuple<std::size_t, std::string_view>> {};

TEST_P(EngineFaultInScenarios, Shows) {
  const std::size_t variant = std::get<0>(GetParam());
  RunOptions options;
  options.conformance = false;
  const std::vector<std::string> speaking = scenarios_of(variant);
  const Planted fault(std::get<1>(GetParam()));
  EXPECT_TRUE(
      std::any_of(speaking.begin(), speaking.end(),
                  [&](const std::string& scenario) { return !holds(scenario, variant, options); }))
      << "of " << speaking.size() << " scenarios";
}

std::string name_of_case(
    const testing::TestParamInfo<std::tuple<std::size_t, std::string_view>>& test) {
  const auto [variant, fault] = test.param;
  return test_name(std::string(variants()[variant].name)) + "_" + test_name(std::string(fault));
}

INSTANTIATE_TEST_SUITE_P(Series, EngineFaultInScenarios,
                         testing::Combine(testing::ValuesIn(series_variants()),
                                          testing::ValuesIn(engine_faults)),
                         name_of_case);

}  // namespace
}  // namespace spb::test
