// SPDX-License-Identifier: GPL-2.0-only
// Every small change of a policy table must fail a scenario or a golden vector, with conformance
// switched off, or be listed below with the reason why nobody can tell the difference.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "program/load.h"
#include "program/run.h"
#include "tests/policy_mutations.h"
#include "tests/program_files.h"
#include "tests/scenario_runs.h"
#include "trace/golden.h"
#include "trace/golden_replay.h"

namespace spb {
namespace {

/// Whether a scenario comes out otherwise than expected under this variant's parameters and this
/// policy.
bool fails(const std::string& scenario, std::size_t variant, const Policy<Concrete>& policy) {
  RunOptions options;
  options.conformance = false;
  options.policy = &policy;
  return !test::holds(scenario, variant, options);
}

/// A handful of vectors, one of each geometry and profile that matters, is enough to tell
/// mainline's tables apart.
const std::vector<trace::GoldenVector>& vectors() {
  static const auto loaded = [] {
    std::vector<trace::GoldenVector> all;
    for (const auto& path : trace::golden_files(SPB_SOURCE_DIR "/tests/data/golden")) {
      if (!path.string().ends_with("1.txt.xz")) continue;
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
std::map<std::string, std::string> all_equivalents() {
  std::map<std::string, std::string> reasons;
  const std::string no_cma = "no pageblock is CMA's before CMA is modelled, so its row never holds";
  for (const Variant& variant : variants()) {
    const std::string name(variant.name);
    reasons[name + ": isolate refusals rows 0 and 1 swapped"] = no_cma;
    reasons[name + ": isolate refusals rows 1 and 2 swapped"] = no_cma;
  }
  for (const std::string name : {"rfc-v1@30", "rfc-v1@31", "rfc-v2"}) {
    reasons[name + ": refusals rows 0 and 1 swapped"] = no_cma;
    reasons[name + ": refusals rows 1 and 2 swapped"] = no_cma;
  }
  reasons["rfc-v2@06: refusals rows 0 and 1 swapped"] =
      "a pageblock that the zone's border cuts is never isolated, so the two never hold at once";
  for (const std::string name : {"mainline", "rfc-v1@30", "rfc-v1@31", "rfc-v2"}) {
    for (const std::string step : {"QUEUE", "IRQ_WORK", "START", "FINISH"}) {
      for (const std::string what : {" reversed", " loses the item"}) {
        reasons[name + ": item step " + step + what] =
            "claim-evacuates is off, so no item ever moves";
      }
    }
  }
  for (const Variant& variant : variants()) {
    reasons[std::string(variant.name) + ": driver rows 0 and 1 swapped"] =
        "one is for callers that may not wait, the other for those that may";
  }
  for (const std::string name : {"mainline", "rfc-v2@06"}) {
    reasons[name + ": driver ATOMIC_LADDER inverted"] = "nofragment-drop takes this row out";
    reasons[name + ": driver rows 2 and 3 swapped"] = "nofragment-drop puts the drop first";
  }
  const std::string one_gate =
      "one row of PASS_3 is for non-movable requests alone, the other for movable ones alone";
  reasons["rfc-v1@30: passes rows 3 and 4 swapped"] = one_gate;
  reasons["rfc-v1@31: passes rows 4 and 5 swapped"] = one_gate;
  reasons["rfc-v2: passes rows 5 and 6 swapped"] = one_gate;
  return reasons;
}

const std::map<std::string, std::string>& equivalent() {
  static const std::map<std::string, std::string> reasons = all_equivalents();
  return reasons;
}

class PolicyMutations : public testing::TestWithParam<std::size_t> {};

TEST_P(PolicyMutations, EachFailsAScenarioOrAVectorUnlessItIsListedAsEquivalent) {
  const std::size_t variant = GetParam();
  const std::vector<std::string> speaking = test::scenarios_of(variant);
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
  for (const std::string& path : test::program_files({"tests/scenarios"})) {
    if (load_program(SPB_SOURCE_DIR "/" + path)->zone.variant != variant) continue;
    EXPECT_FALSE(fails(path, variant, policy)) << path;
  }
}

TEST(EquivalentMutations, AreMutations) {
  std::set<std::string> names;
  for (std::size_t variant = 0; variant < variants().size(); ++variant) {
    for (const PolicyMutation& mutation : mutations_of(variant))
      names.insert(mutation.name);
  }
  for (const auto& [name, reason] : equivalent())
    EXPECT_TRUE(names.contains(name)) << name;
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
