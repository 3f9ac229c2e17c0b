// SPDX-License-Identifier: GPL-2.0-only
//
// Faults in split, merge, list insertion, claim and steal each part the model from the kernel's
// answers; so does one in the choice of a freed page's list.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/policy/variant.h"
#include "tests/engine_faults.h"
#include "tests/planted.h"
#include "tests/program_files.h"
#include "trace/golden_replay.h"

namespace spb::test {
namespace {

using namespace spb::trace;

std::vector<GoldenVector> read_vectors() {
  std::vector<GoldenVector> vectors;
  const auto data = std::filesystem::path(SPB_SOURCE_DIR) / "tests/data/golden";
  for (const std::filesystem::path& file : golden_files(data)) {
    const bool of_smallest_geometry = file.filename().string()[0] == 'A';
    if (!of_smallest_geometry) continue;
    GoldenVector vector = read_golden(file);
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

const std::vector<GoldenVector>& vectors() {
  static const std::vector<GoldenVector> all = read_vectors();
  return all;
}

bool any_differs() {
  const Policy<Concrete>& mainline = find_variant("mainline")->policy;
  return std::any_of(vectors().begin(), vectors().end(),
                     [&](const GoldenVector& vector) { return golden_differs(vector, mainline); });
}

TEST(GoldenCanary, AgreesWithoutAFault) {
  EXPECT_GT(vectors().size(), 40U);
  EXPECT_FALSE(any_differs());
}

TEST(GoldenCanary, FreeThatIgnoresIsolationShows) {
  const Planted fault("free-ignores-isolation");
  EXPECT_TRUE(any_differs());
}

class EngineFaultInVectors : public testing::TestWithParam<std::string_view> {};

TEST_P(EngineFaultInVectors, Shows) {
  const Planted fault(GetParam());
  EXPECT_TRUE(any_differs());
}

INSTANTIATE_TEST_SUITE_P(Mainline, EngineFaultInVectors, testing::ValuesIn(engine_faults),
                         [](const auto& test) { return test_name(std::string(test.param)); });

}  // namespace
}  // namespace spb::test
