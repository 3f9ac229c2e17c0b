// SPDX-License-Identifier: GPL-2.0-only
//
// What a variant is known to break: an entry explains its own defect and nothing beside it.
#include "invariants/known.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "model/policy/rules.h"
#include "model/policy/variant.h"
#include "program/load.h"
#include "program/run.h"
#include "program/text.h"
#include "tests/program_files.h"

namespace spb::test {
namespace {

using testing::HasSubstr;

class KnownEntry : public testing::TestWithParam<Known> {};

// The violation of its program that the entry explains, and no other entry before it.
struct Shown {
  std::unique_ptr<LoadedProgram> program;
  std::unique_ptr<Zone> zone;
  std::optional<Violation> violation;
};

Shown shown(const Known& entry) {
  Shown shown;
  shown.program = load_program(SPB_SOURCE_DIR "/" + std::string(entry.program));
  ZoneSpec& spec = shown.program->zone;
  spec.variant = static_cast<uint32_t>(find_variant(entry.variant) - variants().data());
  shown.zone = make_zone(spec, {});
  Checker checker(*shown.zone, Checks::both, true);
  Operation op;
  while (!shown.violation && shown.program->source->next(op)) {
    checker.before(op);
    checker.after(op, apply(*shown.zone, op));
    for (const Violation& violation : checker.found()) {
      const Known* known = known_violation(*shown.zone, entry.variant, violation);
      if (known != nullptr && known->reason == entry.reason && known->id == entry.id) {
        shown.violation = violation;
      }
    }
  }
  return shown;
}

// The same violation, led to by something else in one respect.
std::vector<Violation> near_misses(const Violation& violation) {
  std::vector<Violation> misses;
  const auto add = [&](auto change) {
    Violation other = violation;
    change(other);
    misses.push_back(other);
  };
  for (std::size_t by = 0; by < static_cast<std::size_t>(PassId::count); ++by)
    add([by](Violation& v) { v.context.by = static_cast<PassId>(by); });
  for (uint8_t type = 0; type < MIGRATE_PCPTYPES; ++type) {
    add([type](Violation& v) { v.context.type = type; });
    add([type](Violation& v) { v.context.tag = type; });
  }
  for (const Category category : {Category::empty, Category::clean, Category::tainted})
    add([category](Violation& v) { v.context.category = category; });
  add([](Violation& v) { v.context.behind_isolated = !v.context.behind_isolated; });
  add([](Violation& v) { v.context.reserved = !v.context.reserved; });
  add([](Violation& v) { v.context.part = !v.context.part; });
  add([](Violation& v) { v.context.op = OpKind::free; });
  add([](Violation& v) { v.expected = v.found = 3; });
  return misses;
}

TEST_P(KnownEntry, ExplainsItsProgramAndNoNearMiss) {
  const Known& entry = GetParam();
  const Shown found = shown(entry);
  ASSERT_TRUE(found.violation) << entry.program;
  // Where the parameters alone make the defect, others are the near miss.
  ZoneSpec other = found.program->zone;
  other.parameters = {};
  const auto plain = make_zone(other, {});
  const auto misses = near_misses(*found.violation);
  const bool any =
      std::any_of(misses.begin(), misses.end(),
                  [&](const Violation& miss) {
                    return known_violation(*found.zone, entry.variant, miss) == nullptr;
                  }) ||
      known_violation(*plain, entry.variant, *found.violation) == nullptr;
  EXPECT_TRUE(any) << "everything is explained: " << entry.reason;
}

std::string name_of_entry(const testing::TestParamInfo<Known>& entry) {
  const Known& known = entry.param;
  return test_name(std::string(known.variant) + "_" + std::string(info(known.id).name) + "_" +
                   std::string(known.clause) + "_" + std::to_string(entry.index));
}

INSTANTIATE_TEST_SUITE_P(Each, KnownEntry,
                         testing::ValuesIn(known_violations().begin(), known_violations().end()),
                         name_of_entry);

// ---- by its program

RunCounts counts_of(const std::string& source, const Policy<Concrete>* policy,
                    std::optional<Finding>& finding) {
  const TextProgram text = parse_text(source, "p.txt");
  Runner runner(text.program.zone, {Checks::both, false, Fault::none, policy});
  OperationList list(text.program.operations);
  finding = run(runner, list, &text);
  return runner.counts();
}

// The series' claim with a gate that forgets ALLOC_NOFRAGMENT.
const Policy<Concrete>& careless_claim() {
  static const Policy<Concrete> policy = [] {
    Policy<Concrete> changed = find_variant("rfc-v1@31")->policy;
    for (CategoryRow<Concrete>& category : changed.categories.rows)
      category.claims = rules::everyone<Concrete>;
    return changed;
  }();
  return policy;
}

constexpr const char* no_empty_superpageblock =
    "zone superpageblocks=1 pageblocks=2 pageblock_order=2 max_page_order=2 variant=rfc-v1@31\n"
    "m = rmqueue order=0 mt=MOVABLE\n"
    "v = rmqueue order=0 mt=UNMOVABLE flags=ALLOC_NOFRAGMENT|ALLOC_NON_BLOCK\n";

TEST(KnownCause, ATaintByAClaimUnderNofragmentIsNews) {
  std::optional<Finding> finding;
  counts_of(no_empty_superpageblock, nullptr, finding);
  EXPECT_FALSE(finding);
  counts_of(no_empty_superpageblock, &careless_claim(), finding);
  ASSERT_TRUE(finding);
  ASSERT_TRUE(finding->violation);
  EXPECT_EQ(info(finding->violation->id).name, "nofragment-atomic");
}

TEST(KnownCause, AClaimInVainForWantOfPass4IsNotPutDownToACleanSuperpageblock) {
  std::optional<Finding> finding;
  const RunCounts counts = counts_of(
      "zone superpageblocks=1 pageblocks=2 pageblock_order=3 max_page_order=3 variant=rfc-v2 "
      "tainted-reserve-min=0 without=PASS_4\n"
      "u = rmqueue order=0 mt=UNMOVABLE\n"
      "take pfn=1 order=0 mt=MOVABLE\n"
      "take pfn=2 order=1 mt=MOVABLE\n"
      "m = rmqueue order=0 mt=MOVABLE\n",
      nullptr, finding);
  EXPECT_FALSE(finding);
  ASSERT_FALSE(counts.known.empty());
  for (const KnownCount& one : counts.known)
    EXPECT_THAT(std::string(one.known->reason), HasSubstr("`without`"));
}

// U and R in one pageblock by a claim that does not ask for what crosses is no known defect.
TEST(KnownCause, AMixByAClaimOfTheOtherTypeIsNews) {
  Policy<Concrete> policy = find_variant("rfc-v1@30")->policy;
  for (std::size_t i = policy.refusals.size(); i-- > 0;) {
    if (policy.refusals[i].id == Refusal::CROSS_TYPE_NOT_FREE) policy.refusals.erase(i);
  }
  std::optional<Finding> finding;
  counts_of(
      "zone superpageblocks=1 pageblocks=1 pageblock_order=3 max_page_order=3 variant=rfc-v1@30\n"
      "u = rmqueue order=0 mt=UNMOVABLE\n"
      "r = rmqueue order=0 mt=RECLAIMABLE\n",
      &policy, finding);
  ASSERT_TRUE(finding);
  ASSERT_TRUE(finding->violation);
  EXPECT_EQ(info(finding->violation->id).name, "mix-by-borrow");
}

}  // namespace
}  // namespace spb::test
