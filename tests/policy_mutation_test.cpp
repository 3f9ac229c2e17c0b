// SPDX-License-Identifier: GPL-2.0-only
// Every small change of a policy table must fail a scenario or a golden vector, with conformance
// switched off, or be listed below with the reason why nobody can tell the difference.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "program/load.h"
#include "program/run.h"
#include "tests/policy_mutations.h"
#include "trace/golden.h"
#include "trace/golden_replay.h"

namespace spb {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> files_below(const fs::path& folder, const std::string& ending) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().string().ends_with(ending)) {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

const std::vector<std::string>& scenarios() {
  static const auto files = files_below(fs::path(SPB_SOURCE_DIR) / "tests/scenarios", ".txt");
  return files;
}

/// Whether this scenario of the variant comes out otherwise under the policy.
bool scenario_fails(const std::string& path, std::size_t variant, const Policy<Concrete>& policy) {
  const auto program = load_program(path);
  if (program->zone.variant != variant) return false;
  RunOptions options;
  options.conformance = false;
  options.policy = &policy;
  Runner runner(program->zone, options);
  return run(runner, *program->source, &*program->text).has_value();
}

bool some_scenario_fails(std::size_t variant, const Policy<Concrete>& policy) {
  return std::any_of(scenarios().begin(), scenarios().end(), [&](const std::string& path) {
    return scenario_fails(path, variant, policy);
  });
}

/// A handful of vectors, one of each geometry and profile that matters, is enough to tell
/// mainline's tables apart.
const std::vector<trace::GoldenVector>& vectors() {
  static const auto loaded = [] {
    std::vector<trace::GoldenVector> all;
    for (const std::string& path :
         files_below(fs::path(SPB_SOURCE_DIR) / "tests/data/golden", "1.txt.xz")) {
      auto vector = trace::read_golden(path);
      if (trace::missing_features(vector).empty()) all.push_back(std::move(vector));
    }
    return all;
  }();
  return loaded;
}

bool some_vector_differs(std::size_t variant, const Policy<Concrete>& policy) {
  if (variants()[variant].name != "mainline") return false;
  return std::any_of(vectors().begin(), vectors().end(), [&](const trace::GoldenVector& vector) {
    return trace::golden_differs(vector, policy);
  });
}

/// Changes that nobody can tell from the original, each with the reason.
const std::map<std::string, std::string>& equivalent() {
  static const std::map<std::string, std::string> reasons{};
  return reasons;
}

class PolicyMutations : public testing::TestWithParam<std::size_t> {};

TEST_P(PolicyMutations, EachFailsAScenarioOrAVectorUnlessItIsListedAsEquivalent) {
  const std::size_t variant = GetParam();
  for (const PolicyMutation& mutation : mutations_of(variant)) {
    const bool caught = some_vector_differs(variant, mutation.policy) ||
                        some_scenario_fails(variant, mutation.policy);
    const bool listed = equivalent().contains(mutation.name);
    EXPECT_TRUE(caught || listed) << mutation.name << ": no scenario and no vector notices";
    EXPECT_FALSE(caught && listed) << mutation.name << " is listed as equivalent, yet it shows";
  }
}

TEST_P(PolicyMutations, TheUnchangedPolicyFailsNothing) {
  const std::size_t variant = GetParam();
  const Policy<Concrete>& policy = variants()[variant].policy;
  EXPECT_FALSE(some_vector_differs(variant, policy));
  for (const std::string& path : scenarios()) {
    EXPECT_FALSE(scenario_fails(path, variant, policy)) << path;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryVariant, PolicyMutations,
                         testing::Range(std::size_t{0}, variants().size()),
                         [](const testing::TestParamInfo<std::size_t>& param) {
                           std::string name(variants()[param.param].name);
                           for (char& c : name)
                             if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
                           return name;
                         });

}  // namespace
}  // namespace spb
