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

/// Whether a scenario comes out otherwise than expected under this variant's parameters and this
/// policy.
bool fails(const std::string& path, std::size_t variant, const Policy<Concrete>& policy) {
  auto program = load_program(path);
  program->zone.variant = static_cast<uint32_t>(variant);
  RunOptions options;
  options.conformance = false;
  options.policy = &policy;
  Runner runner(program->zone, options);
  return run(runner, *program->source, &*program->text).has_value();
}

/// A scenario speaks for every variant under which all that it expects holds.
std::vector<std::string> scenarios_of(std::size_t variant) {
  std::vector<std::string> speaking;
  for (const std::string& path : scenarios()) {
    if (!fails(path, variant, variants()[variant].policy)) speaking.push_back(path);
  }
  return speaking;
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

/// Vectors speak for the variants with mainline's lists: none of them isolates by the bit alone,
/// which is where rfc-v2@06 differs.
bool some_vector_differs(std::size_t variant, const Policy<Concrete>& policy) {
  if (variants()[variant].policy.lists_per_superpageblock) return false;
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
  const std::vector<std::string> speaking = scenarios_of(variant);
  for (const PolicyMutation& mutation : mutations_of(variant)) {
    const auto notices = [&](const std::string& path) {
      return fails(path, variant, mutation.policy);
    };
    const bool caught = some_vector_differs(variant, mutation.policy) ||
                        std::any_of(speaking.begin(), speaking.end(), notices);
    const bool listed = equivalent().contains(mutation.name);
    EXPECT_TRUE(caught || listed) << mutation.name << ": no scenario and no vector notices";
    EXPECT_FALSE(caught && listed) << mutation.name << " is listed as equivalent, yet it shows";
  }
}

TEST_P(PolicyMutations, TheUnchangedPolicyFailsNoVectorAndNoScenarioOfItsOwn) {
  const std::size_t variant = GetParam();
  const Policy<Concrete>& policy = variants()[variant].policy;
  EXPECT_FALSE(some_vector_differs(variant, policy));
  for (const std::string& path : scenarios()) {
    if (load_program(path)->zone.variant != variant) continue;
    EXPECT_FALSE(fails(path, variant, policy)) << path;
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
