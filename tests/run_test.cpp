// SPDX-License-Identifier: GPL-2.0-only
//
// Runs: what counts as a finding, where a run stops, and what its story tells.
#include "program/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "model/policy/rules.h"
#include "model/policy/variant.h"
#include "model/words/gfp.h"
#include "program/events.h"
#include "program/passes_tried.h"
#include "program/story.h"
#include "program/text.h"
#include "trace/ftrace.h"

namespace spb::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr const char* zone_and_two_pages =
    "zone superpageblocks=2 pageblocks=4 pageblock_order=3 variant=rfc-v1@31\n"
    "u = rmqueue order=0 mt=UNMOVABLE\n"
    "m = rmqueue order=0 mt=MOVABLE\n";

struct Ran {
  TextProgram text;
  std::optional<Finding> finding;
  RunCounts counts;
  std::string story;
};

Ran run_text(const std::string& source, RunOptions options = {Checks::both, true}) {
  Ran ran;
  ran.text = parse_text(source, "p.txt");
  const ZoneSpec& zone = ran.text.program.zone;
  Runner runner(zone, options);
  OperationList list(ran.text.program.operations);
  ran.finding = run(runner, list, &ran.text);
  ran.counts = runner.counts();
  if (ran.finding) {
    ran.story = tell(*ran.finding, zone, list, options, &ran.text, {10, "p.txt"});
  }
  return ran;
}

Ran run_with(const std::string& more) {
  return run_text(zone_and_two_pages + more);
}

// ---- expectations

TEST(Run, HoldsWhereEveryExpectationDoes) {
  // With larger buddies the sibling of a freed pageblock stays marked as used (series v2).
  const Ran ran = run_text(
      "zone superpageblocks=2 pageblocks=4 pageblock_order=3 max_page_order=3 variant=rfc-v1@31\n"
      "u = rmqueue order=0 mt=UNMOVABLE\n"
      "m = rmqueue order=0 mt=MOVABLE\n"
      "free u expect outcome=done pfn=0 tag=MOVABLE\n"
      "expect spb0.category=empty spb0.nr_free=4 block0.has=nothing\n");
  EXPECT_FALSE(ran.finding);
  EXPECT_EQ(ran.counts.operations, 3U);
  EXPECT_EQ(ran.counts.results[static_cast<std::size_t>(Result::page)], 2U);
}

TEST(Run, AFailedExpectationIsAFindingWithBothValuesAndItsLine) {
  const Ran ran = run_with("v = rmqueue order=0 mt=UNMOVABLE  expect pass=PASS_2\nfree v\n");
  ASSERT_TRUE(ran.finding);
  EXPECT_EQ(ran.finding->operation, 3U);
  EXPECT_EQ(ran.counts.operations, 3U);
  EXPECT_THAT(ran.story, HasSubstr("FINDING after operation 3 (p.txt:4)"));
  EXPECT_THAT(ran.story, HasSubstr("expected pass=PASS_2, found pass=PASS_1\n"));
}

// Each of these is false in the state after the two requests.
TEST(Run, EveryKindOfExpectationCanFail) {
  for (const std::string expectation : {"outcome=none",
                                        "pass=PASS_1",
                                        "pfn=33",
                                        "pfn=none",
                                        "spb=0",
                                        "block=5",
                                        "tag=UNMOVABLE",
                                        "refusal=ISOLATE",
                                        "ladder=DROP_NOFRAGMENT",
                                        "isolate=already",
                                        "shrink=yes",
                                        "evacuate.queued=yes",
                                        "evacuate.dropped=yes",
                                        "evacuate.end=finished",
                                        "evacuate.free=1",
                                        "evacuate.pending=1",
                                        "evacuate.work=1",
                                        "spb0.nr_free=3",
                                        "spb0.nr_unmovable=1",
                                        "spb0.nr_reclaimable=1",
                                        "spb0.nr_movable=1",
                                        "spb0.nr_free_pages=32",
                                        "spb0.nr_reserved=1",
                                        "spb0.total_pageblocks=3",
                                        "spb0.category=clean",
                                        "block0.tag=MOVABLE",
                                        "block0.has=unmovable+movable",
                                        "block0.isolated=yes",
                                        "block0.all_free=yes",
                                        "chunks1.0.MOVABLE=2",
                                        "head1.0.MOVABLE=32",
                                        "head1.0.MOVABLE=none",
                                        "nr_free_pages=64"}) {
    const Ran ran = run_with("expect " + expectation + "\n");
    ASSERT_TRUE(ran.finding) << expectation;
    EXPECT_THAT(ran.story, HasSubstr("expected " + expectation + ", found "));
  }
}

TEST(Run, EveryKindOfExpectationCanHold) {
  const Ran ran = run_with(
      "expect outcome=page pass=PASS_3 pfn=32 spb=1 block=4 tag=MOVABLE refusal=none ladder=none\n"
      "expect shrink=no isolate=none evacuate.queued=no evacuate.dropped=no evacuate.end=none\n"
      "expect evacuate.free=0 evacuate.pending=0 evacuate.work=0 nr_free_pages=62\n"
      "expect spb0.nr_free=2 spb0.nr_unmovable=2 spb0.nr_reclaimable=0 spb0.nr_movable=0\n"
      "expect spb0.nr_free_pages=31 spb0.nr_reserved=0 spb0.total_pageblocks=4\n"
      "expect spb0.category=tainted spb1.category=clean block0.tag=UNMOVABLE block0.has=unmovable\n"
      "expect block0.isolated=no block0.all_free=no block2.all_free=yes block2.has=nothing\n"
      "expect chunks1.0.MOVABLE=1 head1.0.MOVABLE=33 head1.0.UNMOVABLE=none\n");
  EXPECT_FALSE(ran.finding) << ran.story;
}

TEST(Run, ChecksExpectationsBeforeTheFirstOperation) {
  const Ran ran = run_text(
      "zone superpageblocks=1 pageblocks=4 pageblock_order=3 variant=rfc-v2\n"
      "expect spb0.nr_free=3\n"
      "irq_work\n");
  ASSERT_TRUE(ran.finding);
  EXPECT_EQ(ran.finding->operation, 0U);
  EXPECT_THAT(ran.story, HasSubstr("FINDING after operation 0 (p.txt:2)"));
}

TEST(Run, SeveralRefusalsOfOneOperationCanBeExpected) {
  const Ran ran = run_text(
      "zone superpageblocks=1 pageblocks=2 pageblock_order=3 max_page_order=3 variant=mainline "
      "absent_last=4\n"
      "take pfn=0 order=2 mt=MOVABLE\n"
      "take pfn=4 order=1 mt=MOVABLE\n"
      "a = rmqueue order=0 mt=UNMOVABLE  expect refusal=ZONE_BOUNDARY "
      "refusal=INSUFFICIENT_COMPAT pass=STEAL\n");
  EXPECT_FALSE(ran.finding) << ran.story;
}

// ---- invariants

// A gate that forgets ALLOC_NOFRAGMENT: an atomic request taints a superpageblock at once.
const Policy<Concrete>& careless_policy() {
  static const Policy<Concrete> policy = [] {
    Policy<Concrete> changed = find_variant("rfc-v2")->policy;
    for (CategoryRow<Concrete>& row : changed.categories.rows)
      row.claims = rules::everyone<Concrete>;
    return changed;
  }();
  return policy;
}

constexpr const char* taints_under_nofragment =
    "zone superpageblocks=2 pageblocks=4 pageblock_order=3 variant=rfc-v2\n"
    "m = rmqueue order=0 mt=MOVABLE\n"
    "x = rmqueue order=0 mt=UNMOVABLE flags=ALLOC_NOFRAGMENT|ALLOC_NON_BLOCK\n"
    "irq_work\n";

TEST(Run, StopsAtAViolationAndItsStoryHasTheFacts) {
  const Ran ran = run_text(taints_under_nofragment, {Checks::both, true, &careless_policy()});
  ASSERT_TRUE(ran.finding);
  EXPECT_EQ(ran.finding->operation, 2U);
  EXPECT_EQ(ran.counts.operations, 2U);
  EXPECT_THAT(ran.story, HasSubstr("FINDING after operation 2 (p.txt:3) on 2 superpageblocks x 4 "
                                   "pageblocks x 8 pages, rfc-v2\n"));
  EXPECT_THAT(ran.story, HasSubstr("  x = rmqueue order=0 mt=UNMOVABLE flags=ALLOC_NOFRAGMENT|"
                                   "ALLOC_NON_BLOCK  -> page pfn=32 by CLAIM\n"));
  EXPECT_THAT(ran.story, AllOf(HasSubstr("invariant stated-rules (mode)"), HasSubstr("expected "),
                               HasSubstr("found "), HasSubstr("claim:  "), HasSubstr("source: ")));
  EXPECT_THAT(ran.story, HasSubstr("operations before it\n"
                                   "  1  m = rmqueue order=0 mt=MOVABLE  -> page pfn=0"));
  EXPECT_THAT(ran.story, HasSubstr("superpageblock 1, pfn 32 to 63\n    before [....]  empty"));
  EXPECT_THAT(ran.story, HasSubstr("after  [uu..]  tainted, bin 2 of 5  nr_free=2"));
  EXPECT_THAT(ran.story, HasSubstr("pageblock 4: tag MOVABLE -> UNMOVABLE, has nothing -> "
                                   "unmovable, free pages 8 -> 7, wholly free yes -> no"));
  EXPECT_THAT(ran.story, HasSubstr("  model_retag: pfn=0x20 old_mt=1 new_mt=0\n"));
  EXPECT_THAT(ran.story, Not(HasSubstr("superpageblock 0, pfn")));
}

// The same operation leaves the rule of another invariant too.
TEST(Run, AFindingHasEveryViolationOfItsOperation) {
  const Ran ran = run_text(taints_under_nofragment, {Checks::both, true, &careless_policy()});
  ASSERT_TRUE(ran.finding);
  ASSERT_FALSE(ran.finding->also.empty()) << ran.story;
  for (const Violation& violation : ran.finding->also) {
    EXPECT_NE(violation.clause, ran.finding->violation->clause);
    EXPECT_THAT(ran.story, HasSubstr("  also:   " + std::string(info(violation.id).name) + " (" +
                                     std::string(violation.clause) + ")"));
  }
}

TEST(Run, WithoutChecksGoesOn) {
  const Ran ran = run_text(taints_under_nofragment, {Checks::none, false, &careless_policy()});
  EXPECT_FALSE(ran.finding);
  EXPECT_EQ(ran.counts.operations, 3U);
}

// Unisolating half of a merged chunk breaks the state, as is known of mainline.
constexpr const char* breaks_the_state =
    "zone superpageblocks=1 pageblocks=4 pageblock_order=2 max_page_order=4 variant=mainline\n"
    "a = alloc order=2 gfp=GFP_HIGHUSER_MOVABLE\n"
    "b = alloc order=2 gfp=GFP_HIGHUSER_MOVABLE\n"
    "isolate 0\n"
    "isolate 1\n"
    "free a\n"
    "free b\n"
    "unisolate 0\n";

TEST(Run, AKnownViolationOfTheStateLeavesExpectationsToCheck) {
  const Ran wrong = run_text(std::string(breaks_the_state) +
                             "z = rmqueue order=0 mt=UNMOVABLE expect pfn=12345\n"
                             "irq_work\n");
  ASSERT_TRUE(wrong.finding);
  EXPECT_EQ(wrong.finding->operation, 8U);
  EXPECT_THAT(wrong.story, HasSubstr("expected pfn=12345, found pfn=0"));
  const Ran later = run_text(std::string(breaks_the_state) +
                             "irq_work\n"
                             "irq_work expect outcome=page\n");
  ASSERT_TRUE(later.finding);
  EXPECT_EQ(later.finding->operation, 9U);
}

TEST(Run, SaysAfterWhichOperationNoInvariantIsChecked) {
  const TextProgram text = parse_text(
      std::string(breaks_the_state) + "irq_work expect outcome=nothing\nirq_work\n", "p");
  Runner runner(text.program.zone, {Checks::both, true});
  OperationList list(text.program.operations);
  EXPECT_FALSE(run(runner, list, &text));
  EXPECT_EQ(runner.unchecked_after(), std::optional<uint64_t>(7));
  EXPECT_EQ(runner.counts().operations, 8U) << "nothing is expected of the last one";
  runner.reset();
  EXPECT_FALSE(runner.unchecked_after());
  OperationList again(text.program.operations);
  EXPECT_FALSE(run(runner, again, &text));
  EXPECT_EQ(runner.unchecked_after(), std::optional<uint64_t>(7)) << "a reset checks again";
}

TEST(Run, TellsOnlyTheLastOperations) {
  std::string more;
  for (int i = 0; i < 20; ++i)
    more += "irq_work\n";
  const Ran ran = run_with(more + "expect spb0.nr_free=0\n");
  EXPECT_THAT(ran.story, AllOf(HasSubstr("\n  21  irq_work"), HasSubstr("\n  12  irq_work"),
                               Not(HasSubstr("\n  11  irq_work"))));
}

TEST(Run, ResetBringsBackTheFirstState) {
  const TextProgram text = parse_text(zone_and_two_pages, "p.txt");
  Runner runner(text.program.zone, {Checks::both, true});
  const std::vector<std::byte> first(runner.machine().image().begin(),
                                     runner.machine().image().end());
  for (int i = 0; i < 3; ++i) {
    for (const Operation& op : text.program.operations)
      EXPECT_FALSE(runner.step(op));
    EXPECT_EQ(runner.outcome().pfn, Pfn(32));
    runner.reset();
    const auto image = runner.machine().image();
    EXPECT_TRUE(std::equal(first.begin(), first.end(), image.begin(), image.end()));
  }
  EXPECT_EQ(runner.counts().operations, 6U);
}

// ---- events

std::vector<std::string> events_of(const std::string& source) {
  const TextProgram text = parse_text(source, "p.txt");
  Machine machine(text.program.zone.geometry, variants()[text.program.zone.variant],
                  text.program.zone.parameters);
  Zone& zone = machine.zone();
  std::vector<std::string> lines;
  for (const Operation& op : text.program.operations) {
    apply(zone, op);
    for (const Event& event : zone.events)
      lines.push_back(ftrace_line(event, zone, 1970466733));
  }
  return lines;
}

const trace::Event* find(const std::vector<trace::Event>& events, trace::EventKind kind) {
  for (const trace::Event& event : events) {
    if (event.kind == kind) return &event;
  }
  return nullptr;
}

// The parser of real recordings reads what the model prints.
TEST(Events, ReadLikeARecordingOfTheKernel) {
  const std::vector<std::string> lines = events_of(
      "zone superpageblocks=1 pageblocks=2 pageblock_order=3 base_pfn=0x40 variant=mainline\n"
      "a = rmqueue order=2 mt=MOVABLE\n"
      "b = alloc order=1 gfp=GFP_KERNEL|__GFP_ZERO\n"
      "free a\n");
  std::vector<trace::Event> events;
  for (const std::string& line : lines) {
    trace::Event event;
    trace::Complaint complaint;
    ASSERT_EQ(trace::parse_line(line, event, complaint), trace::LineKind::event)
        << line << ": " << complaint.found;
    events.push_back(event);
  }
  const trace::Event* alloc = find(events, trace::EventKind::mm_page_alloc);
  ASSERT_NE(alloc, nullptr);
  EXPECT_EQ(alloc->pfn, 0x48U);
  EXPECT_EQ(alloc->order, 1U);
  EXPECT_EQ(alloc->migratetype, uint32_t{MIGRATE_UNMOVABLE});
  EXPECT_EQ(alloc->gfp_flags, "GFP_KERNEL|__GFP_ZERO");
  EXPECT_EQ(alloc->time, "1970.466733");
  const trace::Event* extfrag = find(events, trace::EventKind::mm_page_alloc_extfrag);
  ASSERT_NE(extfrag, nullptr);
  EXPECT_EQ(extfrag->fallback_order, 3U);
  EXPECT_EQ(extfrag->pageblock_order, 3U);
  EXPECT_EQ(extfrag->fallback_migratetype, uint32_t{MIGRATE_MOVABLE});
  EXPECT_EQ(extfrag->change_ownership, 1U);
  EXPECT_EQ(extfrag->fragmenting, 0U);
  const trace::Event* free = find(events, trace::EventKind::mm_page_free);
  ASSERT_NE(free, nullptr);
  EXPECT_EQ(free->pfn, 0x40U);
  EXPECT_EQ(free->order, 2U);
}

TEST(Events, OfTheSeriesHaveItsFieldNames) {
  const std::vector<std::string> lines = events_of(
      "zone superpageblocks=2 pageblocks=4 pageblock_order=3 variant=rfc-v2\n"
      "a = alloc order=0 gfp=GFP_ATOMIC\n");
  std::string all;
  for (const std::string& line : lines)
    all += line + "\n";
  EXPECT_THAT(all, HasSubstr(": spb_alloc_walk: zone=Normal order=0 mt=0 alloc_flags=0x100 "
                             "outcome=NO_PAGE n_spbs_visited=2"));
  EXPECT_THAT(all, HasSubstr(": spb_alloc_atomic_relax: zone=Normal order=0 mt=0 gfp=GFP_ATOMIC "
                             "step=ADD_TAINTED_OK"));
  EXPECT_THAT(all, HasSubstr(": spb_pb_taint: pfn=0x0 mt=0 action=SET first_or_last=1"));
}

TEST(Events, OfAFallThroughTellWhatTheTaintedSuperpageblocksHad) {
  const std::vector<std::string> lines = events_of(
      "zone superpageblocks=2 pageblocks=4 pageblock_order=3 max_page_order=3 variant=rfc-v1@31\n"
      "a = rmqueue order=2 mt=UNMOVABLE\n"
      "take pfn=8 order=3 mt=MOVABLE\n"
      "take pfn=16 order=3 mt=MOVABLE\n"
      "take pfn=24 order=3 mt=MOVABLE\n"
      "b = rmqueue order=3 mt=UNMOVABLE flags=ALLOC_HIGHORDER_OPTIONAL\n");
  EXPECT_THAT(lines, Contains(HasSubstr("n_tainted=1 n_tainted_with_buddy=0 "
                                        "walk=[fp=1 fpb=0 below=1]")));
}

TEST(Events, SayNonBlockWhereTheKernelSetsIt) {
  const std::string zone = "zone superpageblocks=1 pageblocks=4 pageblock_order=3 variant=rfc-v2\n";
  EXPECT_THAT(events_of(zone + "a = alloc order=0 gfp=GFP_ATOMIC\n"),
              Contains(HasSubstr("alloc_flags=0x8110")));
  // May not sleep either, but has __GFP_NOMEMALLOC.
  EXPECT_THAT(events_of(zone + "a = alloc order=0 gfp=GFP_TRANSHUGE_LIGHT\n"),
              Not(Contains(HasSubstr("alloc_flags=0x8110"))));
}

TEST(Story, SaysNonBlockWhereTheKernelSetsIt) {
  const auto said = [](uint32_t gfp) {
    Machine machine(Geometry{}, *find_variant("rfc-v2"), {});
    Zone& zone = machine.zone();
    PassesTried tried;
    machine.add(tried);
    apply(zone, {.kind = OpKind::alloc, .a = gfp});
    return tried.text();
  };
  EXPECT_THAT(said(GFP_ATOMIC), HasSubstr("ALLOC_NON_BLOCK"));
  // May not sleep either, but has __GFP_NOMEMALLOC.
  EXPECT_THAT(said(GFP_TRANSHUGE_LIGHT), Not(HasSubstr("ALLOC_NON_BLOCK")));
}

TEST(Events, OfVariantsBeforeTheSeriesHaveTheModelsNames) {
  const std::vector<std::string> lines = events_of(
      "zone superpageblocks=1 pageblocks=4 pageblock_order=3 variant=mainline\n"
      "a = alloc order=0 gfp=GFP_KERNEL\n");
  EXPECT_THAT(lines, Contains(HasSubstr(" model_alloc_walk: ")));
  EXPECT_THAT(lines, Not(Contains(HasSubstr(" spb_"))));
}

// The search that a claim of PASS_2B re-enters reports the page, and the one around it does not.
TEST(Events, APageLeavesTheListsOnce) {
  const std::vector<std::string> lines = events_of(
      "zone superpageblocks=1 pageblocks=4 pageblock_order=3 variant=rfc-v1@31\n"
      "take pfn=0 order=4 mt=UNMOVABLE\n"
      "take pfn=24 order=3 mt=MOVABLE\n"
      "take pfn=16 order=2 mt=MOVABLE\n"
      "a = rmqueue order=0 mt=UNMOVABLE\n");
  const auto left = std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find("mm_page_alloc_zone_locked") != std::string::npos;
  });
  EXPECT_EQ(left, 1);
  EXPECT_THAT(lines.back(), HasSubstr("outcome=PASS_2B"));
}

}  // namespace
}  // namespace spb::test
