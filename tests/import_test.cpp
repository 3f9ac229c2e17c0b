// SPDX-License-Identifier: GPL-2.0-only
//
// A recording as a program, the program's run, and how well it agrees with the recording.
#include "trace/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "model/policy/variant.h"
#include "program/text.h"
#include "trace/replay.h"
#include "trace/summary.h"
#include "trace/tags.h"

namespace spb::test {
namespace {

namespace fs = std::filesystem;
using namespace spb::trace;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const fs::path recordings = fs::path(SPB_SOURCE_DIR) / "tests/data/recordings";

std::vector<std::string> texts_of(ImportSource& source) {
  std::vector<std::string> texts;
  Operation op;
  while (source.next(op))
    texts.push_back(operation_text(op, {}));
  return texts;
}

std::vector<std::string> operations_of(const Recording& recording, const ImportOptions& options) {
  ImportSource source(recording, recording.zones.back(), options);
  return texts_of(source);
}

ImportOptions small(Follow follow) {
  ImportOptions options;
  options.follow = follow;
  options.superpageblock_order = 5;
  return options;
}

// Zone Normal from pfn 0x40, pageblocks of 8 pages, buddies of up to 16, one zone of 32 pages.
Recording recording_of(const std::string& free_before, const std::string& events,
                       const std::string& more_types = "HighAtomic Isolate") {
  std::string trace;
  for (std::size_t at = 0; at < events.size();) {
    const std::size_t end = events.find('\n', at);
    trace += "t-1 [000] d.... 1.0: " + events.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return read_recording({trace, free_before, "",
                         "Node 0, zone Normal\n spanned 32\n start_pfn: 64\n",
                         "Page block order: 3\n"
                         "Free pages count per migrate type at order 0 1 2 3 4\n"
                         "Number of blocks type Unmovable Movable Reclaimable " +
                             more_types + "\n"});
}

uint32_t variant_index(std::string_view name) {
  return static_cast<uint32_t>(find_variant(name) - variants().data());
}

RunOptions unchecked() {
  RunOptions options;
  options.checks = Checks::none;
  options.conformance = false;
  return options;
}

// ---- the recording `hand`: 32 pages, pageblocks of 8
//
//   pfn      40      48      50              60
//            |  B0   |  B1   |  B2   |  B3   |
//   before   [####  2|      3|              4]     # allocated, else a free block of that order
//   line 3   [####U01|      3|              4]     44 leaves: B0 is unmovable
//   line 5   [####U01|MM 1  2|              4]     48 leaves, to come back in line 11
//   line 7   [####U01|MM 1  2|R01  2|      3]     50 leaves, both blocks are claimed
//   line 12  [U###U01|      3|R01  2|      3]     40 leaves, which was not free: a missed return
//   line 13  [U.##U01|      3|R01  2|      3]     41 comes back
//   line 14                                         4a comes back, which is free already
//   line 15  [U.##U01|      3|R01UUUU|      3]     54 is stolen from B2

class HandMadeRecording : public testing::Test {
 protected:
  const Recording recording = load_recording(recordings / "hand");
  const RecordedZone& zone = recording.zones.back();
};

TEST_F(HandMadeRecording, IsFollowedAtItsFrames) {
  EXPECT_THAT(operations_of(recording, small(Follow::frames)),
              ElementsAre("tag 0 UNMOVABLE",                         //
                          "give pfn=68 order=2 tail",                //
                          "give pfn=72 order=3 tail",                //
                          "give pfn=80 order=4 tail",                //
                          "take pfn=68 order=0 mt=UNMOVABLE",        // line 3
                          "take pfn=72 order=1 mt=MOVABLE",          // line 5
                          "take pfn=80 order=0 mt=RECLAIMABLE",      // line 7
                          "tag 2 RECLAIMABLE", "tag 3 RECLAIMABLE",  //
                          "give pfn=72 order=1",                     // line 11
                          "give pfn=64 order=0",                     // line 12
                          "take pfn=64 order=0 mt=UNMOVABLE",        //
                          "give pfn=65 order=0",                     // line 13
                          "take pfn=84 order=2 mt=UNMOVABLE"));      // line 15
}

TEST_F(HandMadeRecording, IsFollowedByItsRequests) {
  EXPECT_THAT(operations_of(recording, small(Follow::requests)),
              ElementsAre("tag 0 UNMOVABLE",                                           //
                          "give pfn=68 order=2 tail",                                  //
                          "give pfn=72 order=3 tail",                                  //
                          "give pfn=80 order=4 tail",                                  //
                          "s0 = alloc order=0 gfp=GFP_KERNEL",                         // line 3
                          "s1 = alloc order=1 gfp=GFP_HIGHUSER_MOVABLE",               // line 5
                          "s2 = alloc order=0 gfp=GFP_KERNEL|__GFP_RECLAIMABLE",       // line 7
                          "free s1",                                                   // line 11
                          "give pfn=64 order=0", "s1 = rmqueue order=0 mt=UNMOVABLE",  // line 12
                          "give pfn=65 order=0",                                       // line 13
                          "s3 = rmqueue order=2 mt=UNMOVABLE"));                       // line 15
}

TEST_F(HandMadeRecording, AsksWithTheMigratetypeAloneIfToldSo) {
  ImportOptions options = small(Follow::requests);
  options.use_gfp = false;
  const auto operations = operations_of(recording, options);
  EXPECT_EQ(operations[4], "s0 = rmqueue order=0 mt=UNMOVABLE");
  EXPECT_EQ(operations[6], "s2 = rmqueue order=0 mt=RECLAIMABLE");
}

TEST_F(HandMadeRecording, IsCounted) {
  ImportSource source(recording, zone, small(Follow::frames));
  EXPECT_EQ(texts_of(source).size(), 14U);
  const ImportCounts& counts = source.counts();
  EXPECT_EQ(counts.operations, 14U);
  EXPECT_EQ(counts.initial_tags, 1U);
  EXPECT_EQ(counts.initial_blocks, 3U);
  EXPECT_EQ(counts.departures, 5U);
  EXPECT_EQ(counts.departures_missing_all, 1U);
  EXPECT_EQ(counts.departures_missing_some, 0U);
  EXPECT_EQ(counts.returns, 3U);
  EXPECT_EQ(counts.returns_free_already, 1U);
  EXPECT_EQ(counts.events(), 8U);
  EXPECT_EQ(counts.events_not_applied(), 1U);
}

TEST_F(HandMadeRecording, StartsOverAfterARewind) {
  ImportSource source(recording, zone, small(Follow::requests));
  const auto first = texts_of(source);
  source.rewind();
  EXPECT_EQ(texts_of(source), first);
  EXPECT_EQ(source.geometry().slots, 4U);
}

TEST_F(HandMadeRecording, MeasuresUpAsCountedByHand) {
  const ReplayResult result =
      replay(recording, zone, small(Follow::frames), {variant_index("mainline"), {}}, {});
  EXPECT_FALSE(result.finding);
  EXPECT_EQ(result.run.results[static_cast<std::size_t>(Result::refused)], 0U);
  // Lines 3, 5 and 12 are zone_locked; 40 was not free.
  EXPECT_EQ(result.yardstick.heads.part, 2U);
  EXPECT_EQ(result.yardstick.heads.whole, 3U);
  // All of the second snapshot but 40.
  EXPECT_EQ(result.yardstick.agree.part, 23U);
  EXPECT_EQ(result.yardstick.agree.whole, 24U);
  // The allocation of 48 was seen, that of 49 was not.
  EXPECT_EQ(result.yardstick.seen.part, 1U);
  EXPECT_EQ(result.yardstick.seen.whole, 2U);
  EXPECT_EQ(result.yardstick.tags.part, 5U);
  EXPECT_EQ(result.yardstick.tags.whole, 5U);
  EXPECT_EQ(result.at_end.tainted, 1U);
}

TEST_F(HandMadeRecording, PrintsTheRowsOfTheYardstickUnderTheirNames) {
  const ReplayResult result =
      replay(recording, zone, small(Follow::frames), {variant_index("mainline"), {}}, {});
  EXPECT_EQ(to_text(result.yardstick),
            "zone_locked pages that are the head of a known free block: 2 of 3 (66.666%)\n"
            "free pages at the end that agree with the second snapshot: 23 of 24 (95.833%)\n"
            "frees of a page whose allocation was seen: 1 of 2 (50.000%)\n"
            "pages that left a block of the tag that the event says: 5 of 5 (100.000%)\n");
}

TEST_F(HandMadeRecording, IsServedByEveryVariantAtFramesOfItsOwn) {
  for (const Variant& variant : variants()) {
    const ReplayResult result =
        replay(recording, zone, small(Follow::requests), {variant_index(variant.name), {}}, {});
    EXPECT_FALSE(result.finding) << variant.name;
    EXPECT_EQ(result.served.whole, 5U) << variant.name;
    EXPECT_EQ(result.at_end.tainted + result.at_end.clean + result.at_end.empty, 1U);
  }
}

// ---- the zone's shape

TEST(ImportGeometry, CoversTheSuperpageblocksThatTheRecordingMentions) {
  const Recording recording =
      read_recording({"", "48 1\n", "", "Node 0, zone Normal\n spanned 50\n start_pfn: 66\n",
                      "Page block order: 2\nFree pages count per migrate type at order 0 1 2 3\n"});
  ImportOptions options;
  options.superpageblock_order = 4;
  const ImportSource source(recording, recording.zones[0], options);
  const Geometry& geometry = source.geometry();
  EXPECT_EQ(geometry.base_pfn, 64U);
  EXPECT_EQ(geometry.superpageblocks, 1U);
  EXPECT_EQ(geometry.pageblocks, 4U);
  EXPECT_EQ(geometry.absent_first, 2U);
  EXPECT_EQ(geometry.absent_last, 0U);
  EXPECT_TRUE(geometry.start_allocated);
  EXPECT_FALSE(geometry.check());
}

TEST(ImportGeometry, LeavesOutWhatLiesBehindTheZone) {
  const Recording recording =
      read_recording({"", "40 1\n70 1\n", "", "Node 0, zone Normal\n spanned 52\n start_pfn: 64\n",
                      "Page block order: 2\nFree pages count per migrate type at order 0 1 2 3\n"});
  ImportOptions options;
  options.superpageblock_order = 4;
  const ImportSource source(recording, recording.zones[0], options);
  EXPECT_EQ(source.geometry().superpageblocks, 4U);
  EXPECT_EQ(source.geometry().absent_last, 12U);
}

TEST(ImportGeometry, IsRefusedForSuperpageblocksSmallerThanABuddy) {
  const Recording recording = recording_of("", "");
  ImportOptions options;
  options.superpageblock_order = 3;
  try {
    const ImportSource source(recording, recording.zones[0], options);
    ADD_FAILURE() << "accepted";
  } catch (const trace::InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("from the largest buddy's, 4, to 31, not 3"));
  }
}

// ---- tags

std::vector<int> first_tags(const Recording& recording, TagEvidence* evidence = nullptr) {
  const ImportSource source(recording, recording.zones[0], small(Follow::frames));
  const TagEvidence found = tag_evidence(recording.kernel, recording.zones[0], source.geometry());
  if (evidence) *evidence = found;
  return {found.first.begin(), found.first.end()};
}

TEST(Tags, AreToldByTheFirstEventOfABlock) {
  const Recording recording = recording_of(
      "40 4\n",
      "mm_page_alloc_zone_locked: pfn=0x40 order=0 migratetype=0\n"
      "mm_page_pcpu_drain: pfn=0x48 order=0 migratetype=2\n"
      "mm_page_alloc_extfrag: pfn=0x50 alloc_order=0 fallback_order=0 alloc_migratetype=0 "
      "fallback_migratetype=1 change_ownership=0\n");
  EXPECT_THAT(first_tags(recording),
              ElementsAre(MIGRATE_UNMOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE, unknown_type));
}

TEST(Tags, AreNotContradictedByAClaimThatChangesThem) {
  TagEvidence evidence;
  const Recording recording = recording_of(
      "40 4\n",
      "mm_page_alloc_extfrag: pfn=0x40 alloc_order=0 fallback_order=4 alloc_migratetype=0 "
      "fallback_migratetype=1 change_ownership=1\n"
      "mm_page_alloc_zone_locked: pfn=0x48 order=0 migratetype=0\n");
  EXPECT_THAT(first_tags(recording, &evidence),
              ElementsAre(MIGRATE_MOVABLE, MIGRATE_MOVABLE, unknown_type, unknown_type));
  EXPECT_EQ(evidence.contradictions, 0U);
}

TEST(Tags, AreContradictedByAnEventOfAnotherType) {
  TagEvidence evidence;
  const Recording recording =
      recording_of("40 4\n",
                   "mm_page_alloc_zone_locked: pfn=0x40 order=0 migratetype=0\n"
                   "mm_page_alloc_zone_locked: pfn=0x41 order=0 migratetype=1\n"
                   "mm_page_alloc_zone_locked: pfn=0x42 order=0 migratetype=1\n");
  EXPECT_EQ(first_tags(recording, &evidence)[0], MIGRATE_UNMOVABLE);
  EXPECT_EQ(evidence.contradictions, 1U);
}

TEST(Tags, AreToldByAPerCpuListToo) {
  TagEvidence evidence;
  const Recording recording = recording_of("",
                                           "mm_page_alloc: pfn=0x40 order=0 migratetype=2\n"
                                           "mm_page_pcpu_drain: pfn=0x41 order=0 migratetype=0\n"
                                           "mm_page_alloc: pfn=0x42 order=0 migratetype=2\n"
                                           "mm_page_pcpu_drain: pfn=0x43 order=0 migratetype=0\n"
                                           "mm_page_alloc: pfn=0x50 order=4 migratetype=2\n");
  EXPECT_THAT(first_tags(recording, &evidence),
              ElementsAre(MIGRATE_RECLAIMABLE, unknown_type, unknown_type, unknown_type));
  EXPECT_EQ(evidence.contradictions, 1U) << "by the first drain";
  EXPECT_EQ(evidence.outdated, 1U) << "by the page 42, which does not correct the drain";
}

TEST(Tags, AreNotToldByAStolenPage) {
  const std::string stolen =
      "mm_page_alloc_extfrag: pfn=0x40 alloc_order=0 fallback_order=0 alloc_migratetype=0 "
      "fallback_migratetype=1 change_ownership=0\n"
      "mm_page_alloc: pfn=0x40 order=0 migratetype=0\n";
  TagEvidence evidence;
  first_tags(recording_of("40 0\n", stolen), &evidence);
  EXPECT_EQ(evidence.outdated, 0U);
  // Once freed it is on the list of its block like any other.
  const std::string freed =
      "mm_page_free: pfn=0x40 order=0\n"
      "mm_page_alloc: pfn=0x40 order=0 migratetype=0\n";
  first_tags(recording_of("40 0\n", stolen + freed), &evidence);
  EXPECT_EQ(evidence.outdated, 1U);
}

TEST(Tags, OfIsolatedPageblocksAreNotTold) {
  const Recording recording =
      recording_of("40 4\n50 3\n",
                   "mm_page_alloc_zone_locked: pfn=0x40 order=0 migratetype=3\n"
                   "mm_page_pcpu_drain: pfn=0x58 order=0 migratetype=4\n");
  EXPECT_EQ(first_tags(recording)[0], MIGRATE_HIGHATOMIC);
  EXPECT_EQ(first_tags(recording)[3], unknown_type) << "ISOLATE";
  EXPECT_EQ(recording.counts.other_types.highatomic, 1U);
  EXPECT_EQ(recording.counts.other_types.isolate, 1U);
  EXPECT_EQ(recording.counts.other_types.cma, 0U);
}

// A pageblock of HIGHATOMIC with two pages in use and a free one of CMA, whose number comes first
// in this kernel.
Recording with_reserve_and_cma() {
  return recording_of("42 1\n44 2\n50 3\n",
                      "mm_page_alloc_zone_locked: pfn=0x42 order=1 migratetype=4\n"
                      "mm_page_alloc_zone_locked: pfn=0x44 order=0 migratetype=4\n"
                      "mm_page_alloc_zone_locked: pfn=0x50 order=0 migratetype=3\n"
                      "mm_page_alloc: pfn=0x50 order=0 migratetype=1 "
                      "gfp_flags=GFP_HIGHUSER_MOVABLE\n",
                      "CMA HighAtomic Isolate");
}

TEST(Import, HasReserveAndCmaAsWhatTheyAreAtTheirFrames) {
  EXPECT_THAT(operations_of(with_reserve_and_cma(), small(Follow::frames)),
              ElementsAre("tag 0 HIGHATOMIC", "tag 2 CMA", "give pfn=66 order=1 tail",
                          "give pfn=68 order=2 tail", "give pfn=80 order=3 tail",
                          "take pfn=66 order=1 mt=HIGHATOMIC", "take pfn=68 order=0 mt=HIGHATOMIC",
                          "take pfn=80 order=0 mt=CMA"));
}

TEST(Import, AsksForPagesOfReserveAndCmaWithTheFlagsThatReachThem) {
  const Recording recording = with_reserve_and_cma();
  EXPECT_THAT(operations_of(recording, small(Follow::requests)),
              ElementsAre("tag 0 HIGHATOMIC", "tag 2 CMA", "give pfn=66 order=1 tail",
                          "give pfn=68 order=2 tail", "give pfn=80 order=3 tail",
                          "s0 = rmqueue order=1 mt=UNMOVABLE "
                          "flags=ALLOC_NON_BLOCK|ALLOC_HIGHATOMIC",
                          "s1 = rmqueue order=0 mt=UNMOVABLE flags=ALLOC_NON_BLOCK",
                          "s2 = alloc order=0 gfp=GFP_HIGHUSER_MOVABLE"));
  EXPECT_EQ(caller_counts(recording).contradicting, 0U) << "a movable request turns to CMA lists";
  for (const char* variant : {"mainline", "rfc-v2"}) {
    const ReplayResult result = replay(recording, recording.zones[0], small(Follow::requests),
                                       {variant_index(variant), {}}, {});
    EXPECT_FALSE(result.finding) << variant;
    EXPECT_EQ(result.run.results[static_cast<std::size_t>(Result::page)], 3U) << variant;
  }
}

TEST(Import, LetsAPageblockJoinAndLeaveTheReserveWhereDeparturesTellIt) {
  const Recording recording =
      recording_of("40 3\n",
                   "mm_page_alloc_zone_locked: pfn=0x40 order=0 migratetype=0\n"
                   "mm_page_alloc_zone_locked: pfn=0x41 order=0 migratetype=3\n"
                   "mm_page_alloc_zone_locked: pfn=0x42 order=1 migratetype=3\n"
                   "mm_page_alloc_zone_locked: pfn=0x44 order=0 migratetype=0\n");
  EXPECT_THAT(operations_of(recording, small(Follow::frames)),
              ElementsAre("tag 0 UNMOVABLE", "give pfn=64 order=3 tail",
                          "take pfn=64 order=0 mt=UNMOVABLE",                       //
                          "take pfn=65 order=0 mt=HIGHATOMIC", "tag 0 HIGHATOMIC",  //
                          "take pfn=66 order=1 mt=HIGHATOMIC",                      //
                          "take pfn=68 order=0 mt=UNMOVABLE", "tag 0 UNMOVABLE"));
  TagEvidence evidence;
  first_tags(recording, &evidence);
  EXPECT_EQ(evidence.contradictions, 0U);
}

TEST(Tags, OfCmaAreKnownThoughItsPagesAreOnMovablePerCpuLists) {
  TagEvidence evidence;
  const Recording recording =
      recording_of("48 3\n",
                   "mm_page_alloc: pfn=0x40 order=0 migratetype=1 gfp_flags=GFP_USER\n"
                   "mm_page_pcpu_drain: pfn=0x40 order=0 migratetype=4\n"
                   "mm_page_alloc: pfn=0x41 order=0 migratetype=1\n"
                   "mm_page_alloc_zone_locked: pfn=0x48 order=0 migratetype=4\n"
                   "mm_page_pcpu_drain: pfn=0x48 order=0 migratetype=1\n",
                   "HighAtomic CMA Isolate");
  EXPECT_THAT(first_tags(recording, &evidence),
              ElementsAre(MIGRATE_CMA, MIGRATE_CMA, unknown_type, unknown_type));
  EXPECT_EQ(evidence.contradictions, 1U) << "by the drain of 48 to a list of movable pages";
  EXPECT_EQ(evidence.outdated, 0U);
}

// ---- pages that come and go without an event

TEST(Import, GivesBackOnlyThePartThatWasNotFree) {
  const Recording recording =
      recording_of("40 1\n46 0\n", "mm_page_alloc_zone_locked: pfn=0x40 order=3 migratetype=1\n");
  EXPECT_THAT(
      operations_of(recording, small(Follow::frames)),
      ElementsAre("give pfn=64 order=1 tail", "give pfn=70 order=0 tail", "give pfn=66 order=1",
                  "give pfn=68 order=1", "give pfn=71 order=0", "take pfn=64 order=3 mt=MOVABLE"));
}

TEST(Import, ReturnsOnlyThePartThatIsNotFreeYet) {
  const Recording recording = recording_of("41 0\n", "mm_page_free: pfn=0x40 order=4\n");
  EXPECT_THAT(operations_of(recording, small(Follow::frames)),
              ElementsAre("give pfn=65 order=0 tail", "give pfn=64 order=0", "give pfn=66 order=1",
                          "give pfn=68 order=2", "give pfn=72 order=3"));
}

TEST(Import, FreesASlotWhenTheLastOfItsPagesHasComeBack) {
  const Recording recording =
      recording_of("40 3\n",
                   "mm_page_alloc_zone_locked: pfn=0x40 order=1 migratetype=1\n"
                   "mm_page_pcpu_drain: pfn=0x40 order=0 migratetype=1\n"
                   "mm_page_alloc_zone_locked: pfn=0x40 order=0 migratetype=1\n"
                   "mm_page_pcpu_drain: pfn=0x41 order=0 migratetype=1\n"
                   "mm_page_pcpu_drain: pfn=0x40 order=0 migratetype=1\n");
  EXPECT_THAT(operations_of(recording, small(Follow::requests)),
              ElementsAre("give pfn=64 order=3 tail", "s0 = rmqueue order=1 mt=MOVABLE",
                          "s1 = rmqueue order=0 mt=MOVABLE", "free s0", "free s1"));
}

TEST(Import, FreesASlotWhosePageIsHandedOutAgain) {
  const Recording recording =
      recording_of("40 3\n",
                   "mm_page_alloc_zone_locked: pfn=0x40 order=0 migratetype=1\n"
                   "mm_page_alloc_zone_locked: pfn=0x40 order=0 migratetype=0\n");
  EXPECT_THAT(operations_of(recording, small(Follow::requests)),
              ElementsAre("give pfn=64 order=3 tail", "s0 = rmqueue order=0 mt=MOVABLE", "free s0",
                          "s0 = rmqueue order=0 mt=UNMOVABLE"));
}

TEST(Import, DoesNothingForAReturnThatNoRequestHolds) {
  const Recording recording =
      recording_of("40 3\n", "mm_page_pcpu_drain: pfn=0x40 order=0 migratetype=1\n");
  ImportSource source(recording, recording.zones[0], small(Follow::requests));
  EXPECT_THAT(texts_of(source), ElementsAre("give pfn=64 order=3 tail"));
  EXPECT_EQ(source.counts().returns_free_already, 1U);
}

TEST(Yardstick, HasSeenAnAllocationOnce) {
  const Recording recording = recording_of("",
                                           "mm_page_alloc: pfn=0x40 order=0\n"
                                           "mm_page_free: pfn=0x40 order=0\n"
                                           "mm_page_free: pfn=0x40 order=0\n");
  const ReplayResult result = replay(recording, recording.zones[0], small(Follow::frames),
                                     {variant_index("mainline"), {}}, {});
  EXPECT_EQ(result.yardstick.seen.part, 1U);
  EXPECT_EQ(result.yardstick.seen.whole, 2U);
  EXPECT_FALSE(result.yardstick.has_after);
  EXPECT_THAT(to_text(result.yardstick), Not(HasSubstr("second snapshot")));
}

// ---- the recordings of a real kernel

struct Figures {
  std::string name;
  uint64_t heads, zone_locked;
  uint64_t agreeing, free_after;
  uint64_t seen, frees;
  uint64_t departures;
  uint64_t missing;
  uint64_t free_already;
};

std::ostream& operator<<(std::ostream& out, const Figures& figures) {
  return out << figures.name;
}

class RealRecordings : public testing::TestWithParam<Figures> {};

TEST_P(RealRecordings, AgreeWithMainlineAsWellAsTheFiguresSay) {
  const Figures& expected = GetParam();
  const Recording recording = load_recording(recordings / expected.name);
  Yardstick yardstick;
  uint64_t missing = 0;
  uint64_t free_already = 0;
  EXPECT_EQ(recording.counts.other_types.total(), 0U);
  for (const RecordedZone& zone : recording.zones) {
    const ReplayResult result =
        replay(recording, zone, {}, {variant_index("mainline"), {}}, unchecked());
    EXPECT_EQ(result.run.results[static_cast<std::size_t>(Result::refused)], 0U) << zone.name;
    yardstick += result.yardstick;
    missing += result.imported.departures_missing_all + result.imported.departures_missing_some;
    free_already += result.imported.returns_free_already;
  }
  EXPECT_EQ(yardstick.heads.part, expected.heads);
  EXPECT_EQ(yardstick.heads.whole, expected.zone_locked);
  EXPECT_EQ(yardstick.agree.part, expected.agreeing);
  EXPECT_EQ(yardstick.agree.whole, expected.free_after);
  EXPECT_EQ(yardstick.seen.part, expected.seen);
  EXPECT_EQ(yardstick.seen.whole, expected.frees);
  EXPECT_EQ(yardstick.tags.part, expected.departures);
  EXPECT_EQ(yardstick.tags.whole, expected.departures);
  EXPECT_EQ(missing, expected.missing);
  EXPECT_EQ(free_already, expected.free_already);
}

TEST_P(RealRecordings, TellTagsWithoutAContradictionAndWhoAskedForEveryPage) {
  const Recording recording = load_recording(recordings / GetParam().name);
  EXPECT_EQ(caller_counts(recording).known, GetParam().departures);
  for (const RecordedZone& zone : recording.zones) {
    const ImportSource source(recording, zone, {});
    EXPECT_EQ(tag_evidence(recording.kernel, zone, source.geometry()).contradictions, 0U);
  }
}

TEST_P(RealRecordings, AreServedWhollyByMainlineAtFramesOfItsOwn) {
  const Recording recording = load_recording(recordings / GetParam().name);
  ImportOptions requests;
  requests.follow = Follow::requests;
  Share served;
  for (const RecordedZone& zone : recording.zones) {
    const auto result =
        replay(recording, zone, requests, {variant_index("mainline"), {}}, unchecked());
    EXPECT_EQ(result.run.results[static_cast<std::size_t>(Result::refused)], 0U) << zone.name;
    served.part += result.served.part;
    served.whole += result.served.whole;
  }
  EXPECT_EQ(served.part, GetParam().departures);
  EXPECT_EQ(served.whole, GetParam().departures);
}

INSTANTIATE_TEST_SUITE_P(All, RealRecordings,
                         testing::Values(Figures{"build", 142'817, 142'818, 1'278'209, 1'278'215,
                                                 168'343, 168'452, 142'818, 0, 0},
                                         Figures{"slab", 58'426, 58'898, 1'368'953, 1'372'976,
                                                 87'327, 395'015, 58'930, 471, 250},
                                         Figures{"frag", 245'233, 247'890, 4'848'458, 4'848'760,
                                                 200'691, 245'723, 248'425, 1'800, 3'788}),
                         [](const testing::TestParamInfo<Figures>& test) {
                           return test.param.name;
                         });

}  // namespace
}  // namespace spb::test
