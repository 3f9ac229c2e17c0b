// SPDX-License-Identifier: GPL-2.0-only
// Every small change of a policy table must fail a scenario or a golden vector, with conformance
// switched off, or be listed below with the reason why nobody can tell the difference.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <initializer_list>
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
#include "trace/golden_spb_replay.h"

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
      all.push_back(trace::read_golden(path));
    }
    return all;
  }();
  return loaded;
}

/// And of the series' own, for rfc-v2.
const std::vector<trace::SpbVector>& series_vectors() {
  static const auto loaded = [] {
    std::vector<trace::SpbVector> all;
    for (const auto& path : trace::golden_files(SPB_SOURCE_DIR "/tests/data/golden-spb")) {
      const std::string name = path.filename().string();
      if (name.ends_with("5.txt.xz") || name.starts_with("X-")) {
        all.push_back(trace::read_golden_spb(path));
      }
    }
    return all;
  }();
  return loaded;
}

/// Mainline's vectors speak for the variants with mainline's lists: none of them isolates by the
/// bit alone, which is where rfc-v2@06 differs. The series' speak for rfc-v2.
bool some_vector_differs(std::size_t variant, const Policy<Concrete>& policy) {
  if (variants()[variant].name == "rfc-v2") {
    const auto& all = series_vectors();
    return std::any_of(all.begin(), all.end(), [&](const trace::SpbVector& vector) {
      return trace::golden_spb_differs(vector, policy);
    });
  }
  if (variants()[variant].policy.lists_per_superpageblock) return false;
  return std::any_of(vectors().begin(), vectors().end(), [&](const trace::GoldenVector& vector) {
    return trace::golden_differs(vector, policy);
  });
}

/// Of what a batch remembers.
void add_equivalent_memory(const std::string& variant,
                           std::map<std::string, std::string>& reasons) {
  const auto next = [&](const std::string& mode, NextPage page) -> std::string& {
    return reasons[variant + ": mode " + mode + " next page " +
                   std::to_string(static_cast<int>(page))];
  };
  const std::string never_later =
      "once another mode than NORMAL is remembered, the CMA lists have no chunk of the batch's "
      "order "
      "left or are not more than half of what is free, and that does not change";
  next("CMA_BALANCE", NextPage::at_normal) = never_later;
  next("CMA_BALANCE", NextPage::at_this_mode) = never_later;
  next("NORMAL", NextPage::at_this_mode) = "only CMA_BALANCE comes before it, and is always tried";
  const std::string stays_empty =
      "own lists that are empty stay so while CMA lists serve, and CMA lists once a claim or steal "
      "had "
      "to serve";
  next("CMA", NextPage::as_before) = stays_empty;
  next("CMA", NextPage::at_normal) = stays_empty;
}

constexpr const char* same_walk =
    "from the order asked for up to the largest is the same walk, in one part or two";

/// Of the fields of pass rows: what a row cannot meet, or what another says already.
class PassReasons {
 public:
  PassReasons(const Variant& variant, std::map<std::string, std::string>& reasons)
      : variant_(variant), reasons_(reasons) {}

  void add() {
    for (std::size_t i = 0; i < variant_.policy.passes.size(); ++i) {
      row_ = &variant_.policy.passes[i];
      name_ = std::string(variant_.name) + ": " + std::string(name_of(row_->id)) + " (row " +
              std::to_string(i) + ") ";
      filters();
      effects_and_orders();
      marks();
    }
  }

 private:
  std::string& of(const std::string& what) { return reasons_[name_ + what]; }
  bool is(std::initializer_list<PassId> ids) const {
    return std::find(ids.begin(), ids.end(), row_->id) != ids.end();
  }
  bool reads_own_list() const { return row_->list == ListOf::request; }

  void filters() {
    if (row_->spb_filter == rules::has_free_pages<Concrete>) {
      of("spb_filter dropped") = "a superpageblock without a free page has no chunk on any list";
    }
    if (is({PassId::PASS_2, PassId::PASS_2B, PassId::PASS_2C, PassId::PASS_2D})) {
      of("chunk_filter admits CMA") = "chunks of a CMA pageblock are on CMA lists alone";
      of("source preferred") =
          "whom the gate lets in prefers tainted superpageblocks, which are the source";
    }
    if (row_->id == PassId::PASS_2B) {
      const char* refused = "try_to_claim_block() refuses an isolated or CMA pageblock itself";
      of("chunk_filter dropped") = refused;
      of("chunk_filter admits isolated") = refused;
    }
    if (row_->id == PassId::PASS_4) {
      of("list request") = "the gate lets movable requests in alone";
      of("source non_preferred") =
          "a movable request, whom the gate lets in alone, prefers clean superpageblocks";
    }
    if (row_->id == PassId::HINT) of("gate dropped") = "no hint is kept for another type";
  }

  void effects_and_orders() {
    if (reads_own_list() || row_->id == PassId::PASS_4) {
      of("effect claim_whole") =
          "pageblocks of a chunk on the request's own list have its tag already, and a claim marks "
          "what a taking does";
    }
    if (row_->id == PassId::PASS_2) {
      of("effect claim_part") =
          "try_to_claim_block() claims a whole chunk whole, and refuses what the filter leaves out";
    }
    if (row_->orders == OrderWalk::up) of("orders sub_then_whole") = same_walk;
    if (row_->id == PassId::PASS_3) {
      for (const std::string walk : {"up", "whole_then_sub", "sub_then_whole"})
        of("orders " + walk) = "an empty superpageblock has chunks of whole pageblocks alone";
    }
  }

  void marks() {
    if (variant_.defaults[ParameterId::pass_triggers] == 0) {
      of("checks_high_water flipped") = "pass-triggers is off, so nobody asks for work";
    }
    if (row_->id == PassId::SMALLEST) {
      of("first_walk flipped") = "without lists of their own superpageblocks have no hint";
    }
    if (row_->id == PassId::PASS_2B) {
      of("first_walk flipped") =
          "the search that its claim re-enters has left the same hint, in PASS_1";
    }
  }

  const Variant& variant_;
  std::map<std::string, std::string>& reasons_;
  const PassRow<Concrete>* row_ = nullptr;
  std::string name_;
};

/// Of the categories that a claim or steal goes through.
void add_equivalent_categories(const std::string& variant,
                               std::map<std::string, std::string>& reasons) {
  for (const std::string weaker : {"dropped", "takes the last one above",
                                   "spares the minimum alone", "spares the share alone"}) {
    reasons[variant + ": category 0 spb_filter " + weaker] =
        "the category that a movable request prefers is the clean one, which has no reserve";
    reasons[variant + ": category 1 spb_filter " + weaker] =
        "an empty superpageblock is not tainted, and has no reserve";
  }
}

/// Changes that nobody can tell from the original, each with the reason.
std::map<std::string, std::string> all_equivalents() {
  std::map<std::string, std::string> reasons;
  const std::string no_cma =
      "claims read no CMA list, and a chunk of a CMA pageblock is on no other, so its row never "
      "holds";
  for (const Variant& variant : variants()) {
    const std::string name(variant.name);
    reasons[name + ": isolate refusals rows 0 and 1 swapped"] =
        "a CMA pageblock is never isolated, so the two never hold at once";
    add_equivalent_memory(name, reasons);
    PassReasons(variant, reasons).add();
    reasons[name + ": mode STEAL orders sub_then_whole"] = same_walk;
    if (variant.policy.lists_per_superpageblock) {
      add_equivalent_categories(name, reasons);
      reasons[name + ": refusal CMA dropped"] = no_cma;
    }
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
    reasons[name + ": mode NORMAL next page 0"] =
        "the zone's own lists stay empty once CMA lists or a steal had to serve";
    for (const std::string row : {"ATOMIC_LADDER", "GIVE_UP"}) {
      reasons[name + ": driver " + row + " inverted"] = "nofragment-drop takes this row out";
      reasons[name + ": driver " + row + " dropped"] = "nofragment-drop takes this row out";
    }
    reasons[name + ": driver rows 2 and 3 swapped"] = "nofragment-drop takes GIVE_UP out";
    reasons[name + ": driver rows 3 and 4 swapped"] = "nofragment-drop puts the drop first";
  }
  for (const std::string walk : {"whole_then_sub", "sub_up"}) {
    reasons["mainline: mode STEAL orders " + walk] =
        "a whole pageblock would have been claimed, which mainline never refuses";
  }
  return reasons;
}

const std::map<std::string, std::string>& equivalent() {
  static const std::map<std::string, std::string> reasons = all_equivalents();
  return reasons;
}

class PolicyMutations : public testing::TestWithParam<std::size_t> {};

TEST_P(PolicyMutations, EachFailsAScenarioOrAVectorUnlessItIsListedAsEquivalent) {
#ifndef NDEBUG
  GTEST_SKIP() << "what a mutated policy does the model's assertions end";
#endif
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
