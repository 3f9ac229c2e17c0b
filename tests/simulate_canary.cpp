// SPDX-License-Identifier: GPL-2.0-only
//
// A few lives of the random walk find a planted fault, and the program that they leave shows it.
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "model/policy/variant.h"
#include "program/finding.h"
#include "program/simulate.h"
#include "tests/planted.h"
#include "tests/program_files.h"

namespace spb::test {
namespace {

const std::atomic<bool> never = false;

std::optional<LifeFinding> first_finding(const SimulateOptions& options) {
  SimulateCounts counts;
  for (uint64_t life = 0; life < 20; ++life) {
    if (auto found = live(seed_of_life(1, life), options, counts, never)) return found;
  }
  return {};
}

class SimulateFinds : public testing::TestWithParam<std::string_view> {};

TEST_P(SimulateFinds, APlantedFaultAndNothingWithoutIt) {
  SimulateOptions options;
  options.variants = {static_cast<uint32_t>(find_variant("rfc-v2") - variants().data())};
  EXPECT_FALSE(first_finding(options));
  const Planted fault(GetParam());
  const auto found = first_finding(options);
  ASSERT_TRUE(found);
  const auto minimal = minimise_finding(with_lines(found->program), options.run);
  ASSERT_TRUE(minimal);
  EXPECT_LT(minimal->text.program.operations.size(), 20U);
}

INSTANTIATE_TEST_SUITE_P(Faults, SimulateFinds,
                         testing::Values("taint-not-counted", "split-half-lost",
                                         "free-ignores-isolation", "steal-relabels"),
                         [](const auto& test) { return test_name(std::string(test.param)); });

}  // namespace
}  // namespace spb::test
