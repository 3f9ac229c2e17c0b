// SPDX-License-Identifier: GPL-2.0-only
//
// Every clause of every invariant fires on a zone broken on purpose, and all hold on random runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "invariants/checker.h"
#include "invariants/reading.h"
#include "invariants/snapshot.h"
#include "model/policy/variant.h"
#include "model/words/defects.h"
#include "program/random_operations.h"
#include "tests/hunt.h"
#include "tests/policy_mutations.h"
#include "tests/program_files.h"
#include "tests/surgery.h"
#include "tests/wounds.h"

namespace spb::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr Geometry two_by_four{
    .superpageblocks = 2, .pageblocks = 4, .pageblock_order = 3, .max_page_order = 4, .slots = 8};

// ---- broken on purpose

std::string list_of(std::span<const Violation> found, const Zone& zone) {
  std::string text;
  for (const Violation& violation : found)
    text += describe(violation, zone) + "\n";
  return text.empty() ? "nothing" : text;
}

bool names(std::span<const Violation> found, InvariantId id, std::string_view clause) {
  return std::any_of(found.begin(), found.end(), [&](const Violation& violation) {
    return violation.id == id && violation.clause == clause;
  });
}

// The wound shows under these checks, and no mark says otherwise than the pages.
void expect_to_show(const Wound& wound, Checks checks) {
  const auto machine = wound.machine();
  Zone& zone = machine->zone();
  const auto broken = full_check(*machine);
  ASSERT_FALSE(broken) << describe(*broken, zone);
  const bool conformance =
      wound.clause->id == InvariantId::conformance || wound.clause->id == InvariantId::stated_rules;
  MachineChecker checker(*machine, checks, conformance);
  zone.events.clear();
  checker.before(wound.op);
  wound.inflict(zone);
  EXPECT_TRUE(checker.after(wound.op, wound.outcome));
  const auto found = checker.found();
  EXPECT_TRUE(names(found, wound.clause->id, wound.clause->name)) << list_of(found, zone);
  if (wound.clause->id == InvariantId::marked_changes) return;
  EXPECT_FALSE(names(found, InvariantId::marked_changes, "missed")) << list_of(found, zone);
  EXPECT_FALSE(names(found, InvariantId::marked_changes, "stale")) << list_of(found, zone);
}

std::vector<Wound> wounds_seen(std::initializer_list<Seen> ways) {
  std::vector<Wound> list;
  for (const Wound& wound : wounds()) {
    if (std::find(ways.begin(), ways.end(), wound.seen) != ways.end()) list.push_back(wound);
  }
  return list;
}

std::string name_of_wound(const testing::TestParamInfo<Wound>& wound) {
  const Wound& w = wound.param;
  return test_name(std::string(info(w.clause->id).name) + "_" + std::string(w.clause->name) + "_" +
                   std::string(w.how));
}

class FullChecks : public testing::TestWithParam<Wound> {};
TEST_P(FullChecks, Find) {
  expect_to_show(GetParam(), Checks::full);
}
INSTANTIATE_TEST_SUITE_P(Wound, FullChecks, testing::ValuesIn(wounds_seen({Seen::everywhere})),
                         name_of_wound);

class IncrementalChecks : public testing::TestWithParam<Wound> {};
TEST_P(IncrementalChecks, Find) {
  expect_to_show(GetParam(), Checks::incremental);
}
INSTANTIATE_TEST_SUITE_P(
    Wound, IncrementalChecks,
    testing::ValuesIn(wounds_seen({Seen::everywhere, Seen::incrementally_alone})), name_of_wound);

class BothChecks : public testing::TestWithParam<Wound> {};
TEST_P(BothChecks, Find) {
  expect_to_show(GetParam(), Checks::both);
}
INSTANTIATE_TEST_SUITE_P(Wound, BothChecks,
                         testing::ValuesIn(wounds_seen({Seen::everywhere, Seen::by_both_alone})),
                         name_of_wound);

class SetUpChecks : public testing::TestWithParam<Wound> {};
TEST_P(SetUpChecks, Find) {
  const Wound& wound = GetParam();
  const auto machine = wound.machine();
  Zone& zone = machine->zone();
  wound.inflict(zone);
  const auto found = set_up_checks(*machine);
  EXPECT_TRUE(names(found, wound.clause->id, wound.clause->name)) << list_of(found, zone);
}
INSTANTIATE_TEST_SUITE_P(Wound, SetUpChecks,
                         testing::ValuesIn(wounds_seen({Seen::before_operations})), name_of_wound);

TEST(SetUpChecks, HoldOfZonesThatBeginFreeOrFull) {
  for (const Variant& variant : variants()) {
    for (const bool full : {false, true}) {
      const Machine machine({3, 4, 3, 4, 96, 20, 9, 48, full}, variant, {});
      const Zone& zone = machine.zone();
      Violations found;
      set_up_checks(zone, found);
      EXPECT_TRUE(found.empty()) << variant.name << ": " << list_of(found.all(), zone);
    }
  }
}

TEST(Clauses, EachHasAWound) {
  EXPECT_LE(invariant_clauses().size(), nr_clauses_max);
  for (const Clause& clause : invariant_clauses()) {
    const auto all = wounds();
    EXPECT_TRUE(std::any_of(all.begin(), all.end(),
                            [&](const Wound& wound) {
                              return wound.clause->id == clause.id &&
                                     wound.clause->name == clause.name;
                            }))
        << info(clause.id).name << " " << clause.name;
  }
}

TEST(Clauses, EachWoundNamesOne) {
  for (const Wound& wound : wounds()) {
    const auto all = invariant_clauses();
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const Clause& clause) {
      return wound.clause->id == clause.id && wound.clause->name == clause.name;
    })) << wound.clause->name;
  }
}

TEST(Invariants, HaveAClaimASourceAndAtLeastOneClause) {
  ASSERT_EQ(invariant_infos().size(), static_cast<std::size_t>(InvariantId::count));
  for (const InvariantInfo& invariant : invariant_infos()) {
    EXPECT_EQ(&info(invariant.id), &invariant);
    EXPECT_FALSE(invariant.claim.empty() || invariant.source.empty()) << invariant.name;
    const auto all = invariant_clauses();
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const Clause& clause) {
      return clause.id == invariant.id;
    })) << invariant.name;
  }
}

// ---- what a violation says

TEST(Describe, NamesInvariantClausePlaceAndNumbers) {
  const Machine machine({.superpageblocks = 2,
                         .pageblocks = 4,
                         .pageblock_order = 3,
                         .max_page_order = 4,
                         .base_pfn = 0x100,
                         .slots = 8},
                        *find_variant("rfc-v2"), {});
  const Zone& zone = machine.zone();
  EXPECT_EQ(
      describe({InvariantId::counter_balance, "nr-free", {Where::Kind::superpageblock, 1}, 4, 3},
               zone),
      "counter-balance (nr-free) at superpageblock 1: expected 4, found 3; "
      "nr_free is the number of pageblocks with PB_all_free");
  const auto place = [&](Where where) {
    return describe({InvariantId::free_lists, "unlisted", where, 1, 0}, zone);
  };
  EXPECT_THAT(place({Where::Kind::page, 0x1f}), HasSubstr("at pfn 0x11f:"));
  EXPECT_THAT(place({Where::Kind::list, (5 + 2) * MIGRATE_TYPES + MIGRATE_MOVABLE}),
              HasSubstr("at the MOVABLE list of order 2 of superpageblock 1:"));
  EXPECT_THAT(place({Where::Kind::zone, 0}), StartsWith("free-lists (unlisted) at the zone:"));
}

TEST(Describe, NamesTheZoneAsTheOwnerOfMainlinesLists) {
  const Machine machine(two_by_four, *find_variant("mainline"), {});
  const Zone& zone = machine.zone();
  EXPECT_THAT(describe({InvariantId::free_lists, "unlisted", {Where::Kind::list, 0}, 1, 0}, zone),
              HasSubstr("the UNMOVABLE list of order 0 of the zone"));
}

// ---- the checker

constexpr Operation nothing{.kind = OpKind::irq_work};

/// What changes in slots and owners alone is looked at where an operation names it.
TEST(Snapshot, LeavesOutWhatItNamesAlone) {
  ASSERT_EQ(std::size(unmarked_by_design), 2U);
  EXPECT_EQ(unmarked_by_design[0].what, "slots");
  EXPECT_EQ(unmarked_by_design[1].what, "owners");
  Machine machine(two_by_four, *find_variant("rfc-v2"), Parameters{});
  Zone& zone = machine.zone();
  Checker checker(zone, Checks::both, false);
  checker.before(nothing);
  Surgery::slot(zone, 5).order = 1;
  checker.after(nothing, {Result::nothing});
  for (const Violation& violation : checker.found())
    EXPECT_EQ(violation.id, InvariantId::slots) << describe(violation, zone);
}

TEST(Describe, TellsValuesByTheirNames) {
  const Machine machine(two_by_four, *find_variant("rfc-v2"), {});
  const Zone& zone = machine.zone();
  const auto told = [&](InvariantId id, std::string_view clause, Value expected, Value found) {
    return describe({id, clause, {}, expected, found}, zone);
  };
  EXPECT_THAT(told(InvariantId::conformance, "fallback-step", FallbackStep{Source::preferred, 3},
                   Nothing{}),
              HasSubstr("expected order 3 in preferred ones, found nothing"));
  EXPECT_THAT(told(InvariantId::mix_by_borrow, "content", Arrival::stolen, Arrival::own),
              HasSubstr("UNMOVABLE stolen, RECLAIMABLE from its own list or by a claim"));
  EXPECT_THAT(
      told(InvariantId::nofragment_kept, "asked-before", DriverStep::DIRECT_RECLAIM, Nothing{}),
      HasSubstr("expected DIRECT_RECLAIM, found nothing"));
  EXPECT_THAT(told(InvariantId::free_lists, "mixed-types", tag_value(MIGRATE_CMA), tag_value(9)),
              HasSubstr("expected CMA, found 9"));
  EXPECT_THAT(told(InvariantId::free_pageblocks, "unmarked", BitSet{PB_all_free}, BitSet{}),
              HasSubstr("expected PB_all_free, found no bit"));
  EXPECT_THAT(told(InvariantId::marked_changes, "zone", ZonePart::hints, Nothing{}),
              HasSubstr("part hints, mark nothing"));
  EXPECT_THAT(told(InvariantId::hint_category, "category", Category::clean, Category::tainted),
              HasSubstr("expected clean, found tainted"));
}

constexpr Outcome was_nothing{Result::nothing};

TEST(Checker, AttachesAndDetaches) {
  Machine machine(two_by_four, *find_variant("rfc-v2"), {});
  Zone& zone = machine.zone();
  {
    const Checker checker(zone, Checks::incremental, false);
    EXPECT_TRUE(zone.observers);
    EXPECT_TRUE(zone.dirty.enabled);
  }
  EXPECT_FALSE(zone.observers);
  EXPECT_FALSE(zone.dirty.enabled);
}

TEST(Checker, DoesNothingWithoutChecks) {
  Machine machine(two_by_four, *find_variant("rfc-v2"), {});
  Zone& zone = machine.zone();
  Checker checker(zone, Checks::none, true);
  EXPECT_FALSE(zone.observers);
  EXPECT_FALSE(zone.dirty.enabled);
  checker.before(nothing);
  ++Surgery::state(zone).nr_free_pages;
  EXPECT_FALSE(checker.after(nothing, was_nothing));
}

TEST(Checker, LooksAtEverythingOnceTheDirtyListIsFull) {
  Machine machine(two_by_four, *find_variant("rfc-v2"), {});
  Zone& zone = machine.zone();
  Checker checker(zone, Checks::incremental, false);
  checker.before(nothing);
  ++Surgery::state(zone).nr_free_pages;
  EXPECT_FALSE(checker.after(nothing, was_nothing)) << "unmarked, so unseen";
  checker.before(nothing);
  for (uint32_t i = 0; i < decltype(zone.dirty.links)::places; ++i)
    zone.dirty.links.add(Pfn(i % 2));
  const auto violation = checker.after(nothing, was_nothing);
  ASSERT_TRUE(violation);
  EXPECT_EQ(violation->clause, "nr-free-pages");
}

TEST(Checker, TakesTheStateAfterAResetAsTheStart) {
  Machine machine({.superpageblocks = 2,
                   .pageblocks = 4,
                   .pageblock_order = 3,
                   .max_page_order = 3,
                   .slots = 8},
                  *find_variant("rfc-v2"), {});
  Zone& zone = machine.zone();
  Checker checker(zone, Checks::both, true);
  for (int round = 0; round < 3; ++round) {
    for (uint32_t slot = 0; slot < 8; ++slot) {
      const Operation op{.kind = OpKind::rmqueue, .slot = slot, .a = slot % 3};
      checker.before(op);
      const Outcome outcome = apply(zone, op);
      EXPECT_FALSE(checker.after(op, outcome)) << list_of(checker.found(), zone);
    }
    machine.reset();
    checker.reset();
  }
}

TEST(Checker, ForgetsWhatTheOperationBeforeHadFound) {
  Machine machine(two_by_four, *find_variant("rfc-v2"), {});
  Zone& zone = machine.zone();
  Checker checker(zone, Checks::full, false);
  checker.before(nothing);
  ++Surgery::state(zone).nr_free_pages;
  EXPECT_TRUE(checker.after(nothing, was_nothing));
  EXPECT_EQ(checker.found().size(), 1U);
  EXPECT_EQ(checker.found().front().context.op, nothing.kind);
  checker.before(nothing);
  --Surgery::state(zone).nr_free_pages;
  EXPECT_FALSE(checker.after(nothing, was_nothing));
  EXPECT_TRUE(checker.found().empty());
}

// ---- full against incremental

// Superpageblock 1 has one pageblock more of MOVABLE content than it should, and says so.
void break_in_sight_of_both(Zone& zone) {
  ++Surgery::spb(zone, 1).nr_movable;
  Surgery::mark_spb(zone, 1);
}

std::string clauses_of(void (*inflict)(Zone& zone)) {
  Machine machine(two_by_four, *find_variant("rfc-v2"), {});
  machine.events.enabled = false;  // nothing is told of what is broken on purpose
  Zone& zone = machine.zone();
  Checker checker(zone, Checks::both, false);
  checker.before(nothing);
  inflict(zone);
  checker.after(nothing, was_nothing);
  std::string names;
  for (const Violation& violation : checker.found())
    names += std::string(violation.clause) + " ";
  return names;
}

TEST(BothChecks, AgreeOnWhatIsMarked) {
  EXPECT_EQ(clauses_of(break_in_sight_of_both), "nr-movable ");
}

TEST(BothChecks, SayWhatTheFullOnesFindBesideWhatBothFind) {
  EXPECT_EQ(clauses_of([](Zone& zone) {
              break_in_sight_of_both(zone);
              ++Surgery::spb(zone, 0).nr_unmovable;
              Surgery::block(zone, 0).bits |= PB_has_reclaimable;
              Surgery::mark_block(zone, 0);
              ++Surgery::spb(zone, 0).nr_reclaimable;
            }),
            "nr-unmovable nr-movable superpageblock missed content ");
}

TEST(BothChecks, SayWhatTheIncrementalOnesFindBesideWhatBothFind) {
  EXPECT_EQ(clauses_of([](Zone& zone) {
              break_in_sight_of_both(zone);
              Surgery::block(zone, 4).bits |= PB_has_unmovable;
              ++Surgery::spb(zone, 1).nr_unmovable;
            }),
            "nr-movable pageblock stale ");
}

TEST(BothChecks, TellClausesOfOneInvariantApart) {
  EXPECT_EQ(clauses_of([](Zone& zone) {
              ++Surgery::state(zone).nr_free_pages_blocks;
              Surgery::mark_zone(zone, ZonePart::sums);
              Surgery::mark_spb(zone, 0);
              break_in_sight_of_both(zone);
            }),
            "nr-movable nr-free-pages-blocks ");
}

// ---- random runs

struct Shape {
  const char* name;
  Geometry geometry;
};

const Shape shapes[] = {
    {"two_by_four",
     {.superpageblocks = 2,
      .pageblocks = 4,
      .pageblock_order = 3,
      .max_page_order = 4,
      .slots = 32}},
    {"partial_ends",
     {.superpageblocks = 3,
      .pageblocks = 4,
      .pageblock_order = 3,
      .max_page_order = 4,
      .base_pfn = 96,
      .absent_first = 20,
      .absent_last = 9,
      .slots = 48}},
    {"pageblock_is_the_largest",
     {.superpageblocks = 2,
      .pageblocks = 4,
      .pageblock_order = 3,
      .max_page_order = 3,
      .slots = 32}},
    {"eight_pageblocks_are_the_largest",
     {.superpageblocks = 2,
      .pageblocks = 8,
      .pageblock_order = 2,
      .max_page_order = 5,
      .absent_first = 3,
      .absent_last = 5,
      .slots = 32}},
    {"sixteen_pages",
     {.superpageblocks = 2,
      .pageblocks = 4,
      .pageblock_order = 4,
      .max_page_order = 5,
      .slots = 64}},
    {"nine_superpageblocks",
     {.superpageblocks = 9,
      .pageblocks = 2,
      .pageblock_order = 3,
      .max_page_order = 4,
      .slots = 64}},
    {"allocated_before",
     {.superpageblocks = 2,
      .pageblocks = 4,
      .pageblock_order = 3,
      .max_page_order = 4,
      .absent_first = 5,
      .slots = 32,
      .start_allocated = true}},
    {"one_superpageblock",
     {.superpageblocks = 1,
      .pageblocks = 4,
      .pageblock_order = 3,
      .max_page_order = 4,
      .slots = 32}},
    {"two_pages",
     {.superpageblocks = 2,
      .pageblocks = 4,
      .pageblock_order = 1,
      .max_page_order = 3,
      .slots = 8}},
    {"two_thousand_pages",
     {.superpageblocks = 1,
      .pageblocks = 2,
      .pageblock_order = 11,
      .max_page_order = 12,
      .absent_first = 100,
      .slots = 64}},
};

struct Run {
  std::size_t variant;
  std::size_t shape;
  Isolation isolation;
  FreeBlockTag tag;
};

constexpr std::size_t nr_readings = 4;  // of isolation and free-block-tag

std::vector<Run> every_run() {
  std::vector<Run> runs;
  for (std::size_t variant = 0; variant < variants().size(); ++variant) {
    for (std::size_t i = 0; i < std::size(shapes) * nr_readings; ++i) {
      runs.push_back({variant, i / nr_readings, i & 1 ? Isolation::bit_only : Isolation{},
                      i & 2 ? FreeBlockTag::reset_to_movable : FreeBlockTag{}});
    }
  }
  return runs;
}

// Parameters that the run names, and others as the seed has it.
Parameters parameters_of(const Run& run, uint64_t seed) {
  std::mt19937_64 random(seed);
  Parameters parameters;
  parameters[ParameterId::isolation] = static_cast<uint16_t>(run.isolation);
  parameters[ParameterId::free_block_tag] = static_cast<uint16_t>(run.tag);
  for (const ParameterId id : {ParameterId::spb_list_update, ParameterId::pass_triggers,
                               ParameterId::nofragment_drop, ParameterId::claim_evacuates}) {
    if (random() % 4 == 0) parameters[id] = static_cast<uint16_t>(random() % 2);
  }
  if (random() % 2 == 0) parameters[ParameterId::evacuate_items] = 2;
  if (random() % 2 == 0) parameters[ParameterId::fix] = static_cast<uint16_t>(random()) & all_fixes;
  return parameters;
}

class RandomRun : public testing::TestWithParam<Run> {};

TEST_P(RandomRun, BreaksNothingThatIsNotKnown) {
  const auto& run = GetParam();
  const Variant& variant = variants()[run.variant];
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    Machine machine(shapes[run.shape].geometry, variant, parameters_of(run, seed));
    Zone& zone = machine.zone();
    EXPECT_FALSE(full_check(zone));
    const auto news = hunt(zone, variant, Checks::both, seed, 250);
    EXPECT_FALSE(news) << news->text;
  }
}

std::string name_of_run(const testing::TestParamInfo<Run>& run) {
  const Run& r = run.param;
  return test_name(std::string(variants()[r.variant].name) + "_" + shapes[r.shape].name +
                   (r.isolation == Isolation::bit_only ? "_bit_only" : "_moves") +
                   (r.tag == FreeBlockTag::keep ? "_keep" : "_reset"));
}

INSTANTIATE_TEST_SUITE_P(Every, RandomRun, testing::ValuesIn(every_run()), name_of_run);

// ---- other policies

// Whom a pass lets claim for HIGHATOMIC, and where an item goes, is what a policy says.
bool is_up_to_the_policy(InvariantId id) {
  return id == InvariantId::highatomic_reserve || id == InvariantId::evacuation_items;
}

// State, marks and conformance, which asks the policy that runs.
bool holds_under_any_policy(InvariantId id) {
  return info(id).kind == InvariantKind::state || id == InvariantId::marked_changes ||
         id == InvariantId::conformance;
}

/// Edits of what a row does, which the engine's effects and conformance's own reading of the order
/// are not made for: a whole claim of part of a pageblock, orders that a fallback leaves out.
bool is_of_another_shape(const std::string& mutation) {
  const auto says = [&](const char* words) { return mutation.find(words) != std::string::npos; };
  const bool reversed = says("CLAIM orders up") || says("STEAL orders down");
  const bool order = says(": mode") && says(" orders ") && !reversed;
  const bool whole = says("PASS_2 (") && says(" orders ") && !says("whole_down");
  return order || whole || says(" effect ") || says(" source ") || says(" list ") ||
         says("mode NORMAL dropped");
}

// What a random run under this policy breaks that no policy may, up to where it breaks the state as
// it may, or the variant as is known. Empty if nothing.
std::string broken_under(const PolicyMutation& mutation, const Variant& variant, uint64_t seed) {
  const Geometry& geometry = shapes[seed % 4].geometry;
  Parameters chosen;
  chosen[ParameterId::isolation] = seed % 2 ? Parameters::unset : uint16_t{1};
  Machine machine(geometry, mutation.policy, resolve(chosen, variant.defaults, geometry));
  Zone& zone = machine.zone();
  Checker checker(zone, Checks::both, true);
  RandomOperations random(zone, seed);
  for (int i = 0; i < 100; ++i) {
    const Operation op = random.next();
    checker.before(op);
    checker.after(op, apply(zone, op));
    for (const Violation& violation : checker.found()) {
      if (!holds_under_any_policy(violation.id)) continue;
      // What comes after it comes of a broken state.
      if (is_up_to_the_policy(violation.id)) return "";
      if (explain({variant, zone.parameters()}, geometry, violation)) return "";
      return mutation.name + ": " + describe(violation, zone);
    }
  }
  return "";
}

TEST(Conformance, AgreesWithTheEngineUnderEveryMutatedPolicy) {
#ifndef NDEBUG
  GTEST_SKIP() << "what a mutated policy does the model's assertions end";
#endif
  for (std::size_t i = 0; i < variants().size(); ++i) {
    for (const PolicyMutation& mutation : mutations_of(i)) {
      if (is_of_another_shape(mutation.name)) continue;
      for (uint64_t seed = 1; seed <= 4; ++seed)
        EXPECT_EQ(broken_under(mutation, variants()[i], seed), "");
    }
  }
}

}  // namespace
}  // namespace spb::test
