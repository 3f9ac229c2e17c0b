// SPDX-License-Identifier: GPL-2.0-only
//
// Clean readings break nothing. A cause breaks what it says, explains its own doing and nothing
// beside it, and breaks nothing once it is taken out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "invariants/reading.h"
#include "model/policy/rules.h"
#include "model/policy/variant.h"
#include "program/load.h"
#include "program/random_operations.h"
#include "program/run.h"
#include "program/story.h"
#include "program/text.h"
#include "tests/hunt.h"
#include "tests/program_files.h"

namespace spb::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr RunOptions every_check{Checks::both, true};

// What a program breaks in a zone of this reading that some cause explains; a finding fails.
std::vector<Consequence> consequences(const std::string& file, const ZoneSpec& zone) {
  const auto program = load_program(SPB_SOURCE_DIR "/" + file);
  Runner runner(zone, every_check);
  const auto finding = run(runner, *program->source);
  EXPECT_FALSE(finding) << file << ": " << headline(*finding, runner.zone(), zone);
  std::vector<Consequence> result;
  for (const KnownCount& known : runner.counts().known)
    result.push_back(known.of);
  return result;
}

ZoneSpec zone_of(const std::string& file) {
  return load_program(SPB_SOURCE_DIR "/" + file)->zone;
}

std::vector<std::string> names_of(const Reading& reading) {
  std::vector<std::string> names;
  for (const Cause& cause : causes()) {
    if (cause.is_in(reading)) names.emplace_back(cause.name);
  }
  return names;
}

// ---- what a cause does

struct Shown {
  const Cause* cause;
  const Damage* damage;
};

std::vector<Shown> all_damages() {
  std::vector<Shown> all;
  for (const Cause& cause : causes()) {
    for (const Damage& damage : cause.damages)
      all.push_back({&cause, &damage});
  }
  return all;
}

class CauseOfReading : public testing::TestWithParam<Shown> {
 protected:
  const Cause& cause() const { return *GetParam().cause; }
  const Damage& damage() const { return *GetParam().damage; }
  std::string file() const { return std::string(damage().program); }
};

TEST_P(CauseOfReading, BreaksWhatItSays) {
  const ZoneSpec zone = zone_of(file());
  ASSERT_TRUE(cause().is_in(reading_of(zone))) << file();
  EXPECT_THAT(consequences(file(), zone), testing::Contains(Consequence{&cause(), &damage()}));
}

// Of those that a parameter takes out.
class RemovableCause : public CauseOfReading {};

TEST_P(RemovableCause, BreaksNothingOnceItIsTakenOut) {
  ZoneSpec zone = zone_of(file());
  cause().take_out(zone.parameters);
  ASSERT_FALSE(cause().is_in(reading_of(zone)));
  for (const Consequence& one : consequences(file(), zone))
    EXPECT_NE(one.cause, &cause());
}

// The violations of its program that are put down to it.
std::vector<Violation> violations_of(const Shown& shown) {
  const auto program = load_program(SPB_SOURCE_DIR "/" + std::string(shown.damage->program));
  const auto machine = make_machine(program->zone, {});
  const Reading reading = reading_of(program->zone);
  MachineChecker checker(*machine, Checks::both, true);
  std::vector<Violation> result;
  Operation op;
  while (program->source->next(op)) {
    checker.before(op);
    checker.after(op, apply(*machine, op));
    for (const Violation& violation : checker.found()) {
      const Consequence of = explain(reading, program->zone.geometry, violation);
      if (of == Consequence{shown.cause, shown.damage}) result.push_back(violation);
    }
  }
  return result;
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
  add([](Violation& v) { v.context.hidden = !v.context.hidden; });
  add([](Violation& v) { v.context.cut_short = !v.context.cut_short; });
  add([](Violation& v) { v.context.hidden = v.context.cut_short = false; });
  add([](Violation& v) { v.context.untried = !v.context.untried; });
  add([](Violation& v) { v.context.reserved = !v.context.reserved; });
  add([](Violation& v) { v.context.part = !v.context.part; });
  add([](Violation& v) { v.context.op = OpKind::free; });
  add([](Violation& v) { v.expected = v.found = 3; });
  return misses;
}

TEST_P(CauseOfReading, ExplainsItsProgramAndNoNearMiss) {
  const ZoneSpec zone = zone_of(file());
  const auto shown = violations_of(GetParam());
  ASSERT_FALSE(shown.empty());
  const auto is_news = [&](const Violation& miss) {
    return !explain(reading_of(zone), zone.geometry, miss);
  };
  // Where the parameters alone make the cause, others are the near miss.
  ZoneSpec plain = zone;
  plain.parameters = {};
  const auto misses = near_misses(shown.front());
  const bool any = std::any_of(misses.begin(), misses.end(), is_news) ||
                   !explain(reading_of(plain), zone.geometry, shown.front());
  EXPECT_TRUE(any) << "everything is explained";
}

std::string name_of_shown(const testing::TestParamInfo<Shown>& shown) {
  return test_name(std::string(shown.param.cause->name) + "_" + std::to_string(shown.index));
}

INSTANTIATE_TEST_SUITE_P(Each, CauseOfReading, testing::ValuesIn(all_damages()), name_of_shown);

std::vector<Shown> removable_damages() {
  std::vector<Shown> all = all_damages();
  std::erase_if(all, [](const Shown& shown) { return shown.cause->take_out == nullptr; });
  return all;
}

INSTANTIATE_TEST_SUITE_P(Each, RemovableCause, testing::ValuesIn(removable_damages()),
                         name_of_shown);

// A program that breaks nothing is out of date.
TEST(Causes, ExplainWhatEachProgramUnderCorpusKnownBreaks) {
  for (const std::string& file : program_files({"corpus/known"}))
    EXPECT_THAT(consequences(file, zone_of(file)), testing::Not(IsEmpty())) << file;
}

// Under every variant, with the program's parameters: some program shows each cause that it has.
TEST(Causes, ShowInEveryVariantThatHasThem) {
  for (uint32_t variant = 0; variant < variants().size(); ++variant) {
    std::vector<std::string> had;
    std::vector<std::string> shown;
    for (const std::string& file : program_files({"corpus/known"})) {
      ZoneSpec zone = zone_of(file);
      zone.variant = variant;
      for (const std::string& name : names_of(reading_of(zone)))
        had.push_back(name);
      for (const Consequence& one : consequences(file, zone))
        shown.emplace_back(one.cause->name);
    }
    EXPECT_THAT(shown, testing::Each(testing::AnyOfArray(had)));
    for (const std::string& name : had)
      EXPECT_THAT(shown, testing::Contains(name)) << variants()[variant].name;
  }
}

// ---- which readings have which

std::vector<std::string> causes_of(const std::string& zone) {
  const std::string line =
      "zone superpageblocks=2 pageblocks=4 pageblock_order=3 max_page_order=5 ";
  return names_of(reading_of(parse_text(line + zone + "\n", "p.txt").program.zone));
}

TEST(Readings, OfMainlineAreCleanOnceItsOwnDefectIsMended) {
  for (const std::string variant : {"variant=mainline", "variant=rfc-v2@06"}) {
    EXPECT_THAT(causes_of(variant), ElementsAre("D11"));
    EXPECT_THAT(causes_of(variant + " fix=D11"), IsEmpty());
  }
}

TEST(Readings, OfTheSeriesKeepWhatNoParameterTakesOut) {
  EXPECT_THAT(causes_of("variant=rfc-v2"),
              UnorderedElementsAre("kept-tag", "cross-type-by-tag", "tainted-reserve", "D1", "D2",
                                   "D3", "D5", "D6", "D7", "D11"));
  EXPECT_THAT(causes_of("variant=rfc-v2+fixes"),
              UnorderedElementsAre("kept-tag", "cross-type-by-tag", "tainted-reserve"));
  EXPECT_THAT(causes_of("variant=rfc-v1@31 fix=D1|D2|D3|D5|D6|D7|D11"),
              UnorderedElementsAre("kept-tag", "cross-type-by-tag", "tainted-reserve"));
  EXPECT_THAT(
      causes_of("variant=rfc-v1@30 fix=D1|D2|D3|D5|D6|D7|D11"),
      UnorderedElementsAre("kept-tag", "cross-type-by-tag", "tainted-reserve", "no-borrow"));
}

bool is_in_set(ReadingSet set, const std::string& variant) {
  const std::string line =
      "zone superpageblocks=2 pageblocks=4 pageblock_order=3 max_page_order=5 ";
  return is_in(set, reading_of(parse_text(line + variant + "\n", "p.txt").program.zone));
}

TEST(Readings, AreInTheSetThatHasRoomForTheirCauses) {
  EXPECT_TRUE(is_in_set(ReadingSet::clean, "variant=mainline fix=D11"));
  EXPECT_FALSE(is_in_set(ReadingSet::clean, "variant=rfc-v2+fixes"));
  EXPECT_TRUE(is_in_set(ReadingSet::posted, "variant=mainline fix=D11"));
  EXPECT_TRUE(is_in_set(ReadingSet::posted, "variant=rfc-v2"));
  for (const std::string question :
       {"isolation=bit-only", "without=PASS_2C", "free-block-tag=keep",
        "nofragment-drop=before-reclaim", "isolation=bit-only reentry-bound=64"}) {
    EXPECT_FALSE(is_in_set(ReadingSet::posted, "variant=rfc-v2 " + question)) << question;
    EXPECT_TRUE(is_in_set(ReadingSet::all, "variant=rfc-v2 " + question)) << question;
  }
  for (const std::string harmless : {"reentry-bound=1", "pass-triggers=no", "tainted-reserve-min=0",
                                     "spb-list-update=bucket-change", "claim-evacuates=yes"})
    EXPECT_TRUE(is_in_set(ReadingSet::posted, "variant=rfc-v2 " + harmless)) << harmless;
}

TEST(Readings, AreBroughtIntoASetByTheParametersThatMakeTheirCauses) {
  ZoneSpec zone =
      parse_text(
          "zone superpageblocks=1 pageblocks=2 pageblock_order=3 max_page_order=3 variant=mainline "
          "isolation=bit-only slots=3\n",
          "p.txt")
          .program.zone;
  ASSERT_TRUE(bring_into(ReadingSet::clean, zone));
  EXPECT_TRUE(is_clean(reading_of(zone)));
  zone.variant = static_cast<uint32_t>(find_variant("rfc-v2") - variants().data());
  zone.parameters[ParameterId::without] = 2;
  ASSERT_TRUE(bring_into(ReadingSet::posted, zone));
  EXPECT_EQ(zone.parameters[ParameterId::without], 0);
  EXPECT_FALSE(bring_into(ReadingSet::clean, zone));
}

// ---- clean ones

std::vector<ZoneSpec> clean_zones(const std::string& file) {
  std::vector<ZoneSpec> zones;
  for (uint32_t variant = 0; variant < variants().size(); ++variant) {
    ZoneSpec zone = zone_of(file);
    zone.variant = variant;
    if (bring_into(ReadingSet::clean, zone)) zones.push_back(zone);
  }
  return zones;
}

TEST(CleanReadings, BreakNothingInEveryProgram) {
  std::size_t runs = 0;
  for (const std::string& file : program_files({"tests/scenarios", "corpus"})) {
    for (const ZoneSpec& zone : clean_zones(file)) {
      EXPECT_THAT(consequences(file, zone), IsEmpty()) << file;
      ++runs;
    }
  }
  EXPECT_GT(runs, 200U);
}

struct Shape {
  const char* name;
  Geometry geometry;
};
const Shape shapes[] = {
    {"small",
     {.superpageblocks = 2,
      .pageblocks = 4,
      .pageblock_order = 2,
      .max_page_order = 3,
      .absent_last = 5,
      .slots = 24}},
    {"merges_of_eight",
     {.superpageblocks = 2,
      .pageblocks = 8,
      .pageblock_order = 2,
      .max_page_order = 5,
      .absent_first = 3,
      .slots = 24}},
    {"allocated_before",
     {.superpageblocks = 1,
      .pageblocks = 4,
      .pageblock_order = 3,
      .max_page_order = 5,
      .slots = 24,
      .start_allocated = true}},
};

// How many operations of random programs broke something, and what was news.
uint64_t broken_at_random(const Reading& reading, const Geometry& geometry, uint64_t seed) {
  uint64_t broken = 0;
  Machine machine(geometry, reading.variant.policy, reading.parameters);
  Zone& zone = machine.zone();
  Checker checker(zone, Checks::incremental, true);
  RandomOperations random(zone, seed);
  for (int i = 0; i < 60; ++i) {
    const Operation op = random.next();
    checker.before(op);
    broken += checker.after(op, apply(zone, op)).has_value();
  }
  return broken;
}

TEST(CleanReadings, BreakNothingAtRandom) {
  for (const Variant& variant : variants()) {
    for (const Shape& shape : shapes) {
      ZoneSpec zone;
      zone.geometry = shape.geometry;
      zone.variant = static_cast<uint32_t>(&variant - variants().data());
      if (!bring_into(ReadingSet::clean, zone)) continue;
      for (uint64_t seed = 1; seed <= 500; ++seed)
        ASSERT_EQ(broken_at_random(reading_of(zone), shape.geometry, seed), 0U)
            << variant.name << ", " << shape.name << ", seed " << seed;
    }
  }
}

// ---- by its program

RunCounts counts_of(const std::string& source, const Policy<Concrete>* policy,
                    std::optional<Finding>& finding) {
  const TextProgram text = parse_text(source, "p.txt");
  Runner runner(text.program.zone, {Checks::both, false, policy});
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
    EXPECT_EQ(one.of.cause->name, "without");
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
