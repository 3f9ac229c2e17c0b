// SPDX-License-Identifier: GPL-2.0-only
//
// Recordings: what their lines mean for the buddy lists, and what becomes of damaged ones.
#include "trace/recording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "model/words/gfp.h"
#include "trace/summary.h"

namespace spb::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using trace::Entry;
using trace::Fallback;
using trace::Recording;

const fs::path recordings = fs::path(SPB_SOURCE_DIR) / "tests/data/recordings";

// ---- recordings written by hand

// Two zones of 32 pages: Low from pfn 0x20, Normal from pfn 0x40.
const std::string two_zones =
    "Node 0, zone Low\n spanned 32\n start_pfn: 32\n"
    "Node 0, zone Normal\n spanned 32\n start_pfn: 64\n";

// Pageblocks of 8 pages, buddies of up to 16.
const std::string small_blocks =
    "Page block order: 3\n"
    "Free pages count per migrate type at order 0 1 2 3 4\n"
    "Number of blocks type Unmovable Movable Reclaimable HighAtomic Isolate\n";

struct Texts {
  std::string trace;
  std::string free_before;
  std::string free_after;
  std::string zoneinfo = two_zones;
  std::string pagetypeinfo = small_blocks;
};

Recording read(const Texts& texts) {
  return trace::read_recording(
      {texts.trace, texts.free_before, texts.free_after, texts.zoneinfo, texts.pagetypeinfo});
}

Recording with_trace(const std::string& text) {
  Texts texts;
  texts.trace = text;
  return read(texts);
}

// What an attempt to read ends with; empty if it succeeds.
template <class Function>
std::string error_of(Function function) {
  try {
    function();
  } catch (const trace::InputError& error) {
    return error.what();
  }
  return "";
}

std::string error_in(const Texts& texts) {
  return error_of([&] { read(texts); });
}

std::string error_in_trace(const std::string& text) {
  return error_of([&] { with_trace(text); });
}

std::string on_cpu(int cpu, const std::string& event) {
  return "t-1 [00" + std::to_string(cpu) + "] d.... 1.0: " + event + "\n";
}

std::string locked(const std::string& pfn, int order, int type, int cpu = 0) {
  return on_cpu(cpu, "mm_page_alloc_zone_locked: pfn=" + pfn + " order=" + std::to_string(order) +
                         " migratetype=" + std::to_string(type));
}

std::string fallback(const std::string& pfn, int found_order, bool claims, int cpu = 0) {
  return on_cpu(cpu, "mm_page_alloc_extfrag: pfn=" + pfn +
                         " alloc_order=0 fallback_order=" + std::to_string(found_order) +
                         " pageblock_order=3 alloc_migratetype=0 fallback_migratetype=1"
                         " change_ownership=" +
                         (claims ? "1" : "0"));
}

std::string allocated(const std::string& pfn, int order, const std::string& gfp, int cpu = 0) {
  return on_cpu(cpu, "mm_page_alloc: pfn=" + pfn + " order=" + std::to_string(order) +
                         " migratetype=0 gfp_flags=" + gfp);
}

std::string freed(const std::string& pfn, int order) {
  return on_cpu(0, "mm_page_free: pfn=" + pfn + " order=" + std::to_string(order));
}

std::string drained(const std::string& pfn, int order, int type) {
  return on_cpu(0, "mm_page_pcpu_drain: pfn=" + pfn + " order=" + std::to_string(order) +
                       " migratetype=" + std::to_string(type));
}

// The entries of the zone Normal as "leaves 44/0", one each.
std::vector<std::string> normal_entries(const Recording& recording) {
  constexpr std::string_view names[] = {"leaves", "returns", "allocated", "freed"};
  std::vector<std::string> entries;
  for (const Entry& entry : recording.zones.back().entries) {
    char text[64];
    std::snprintf(text, sizeof text, "%s %x/%u", names[static_cast<int>(entry.kind)].data(),
                  entry.pfn, static_cast<unsigned>(entry.order));
    entries.push_back(text);
  }
  return entries;
}

// ---- what the lines mean

TEST(Recording, SplitsEventsAndSnapshotsByZone) {
  Texts texts;
  texts.free_before = "20 2\n40 3\n58 3\n";
  texts.free_after = "50 3\n";
  texts.trace = locked("0x20", 0, 1) + locked("0x40", 1, 0);
  const Recording recording = read(texts);
  ASSERT_THAT(recording.zones, SizeIs(2));
  EXPECT_EQ(recording.zones[0].name, "Low");
  EXPECT_THAT(recording.zones[0].free_before, SizeIs(1));
  EXPECT_THAT(recording.zones[0].entries, SizeIs(1));
  EXPECT_EQ(recording.zones[1].name, "Normal");
  EXPECT_EQ(recording.zones[1].start_pfn, 64U);
  EXPECT_THAT(recording.zones[1].free_before, SizeIs(2));
  EXPECT_THAT(recording.zones[1].free_after, SizeIs(1));
  EXPECT_THAT(normal_entries(recording), ElementsAre("leaves 40/1"));
  EXPECT_TRUE(recording.has_after);
}

TEST(Recording, LeavesOutZonesWithoutPagesAndTellsNodesApart) {
  Texts texts;
  texts.zoneinfo =
      "Node 1, zone Normal\n spanned 32\n start_pfn: 64\n"
      "Node 0, zone Normal\n spanned 32\n start_pfn: 32\n"
      "Node 0, zone Movable\n spanned 0\n";
  const Recording recording = read(texts);
  ASSERT_THAT(recording.zones, SizeIs(2));
  EXPECT_EQ(recording.zones[0].name, "0/Normal");
  EXPECT_EQ(recording.zones[1].name, "1/Normal");
}

TEST(Recording, CountsAnExtfragOfThePageJustLockedAsTheSameDeparture) {
  const Recording recording = with_trace(locked("0x48", 0, 0) + fallback("0x48", 2, true));
  EXPECT_THAT(normal_entries(recording), ElementsAre("leaves 48/0"));
  EXPECT_EQ(recording.counts.repeated, 1U);
  const Entry& entry = recording.zones.back().entries.front();
  EXPECT_EQ(entry.fallback, Fallback::claim);
  EXPECT_EQ(entry.migratetype, MIGRATE_UNMOVABLE);
  EXPECT_EQ(entry.found_migratetype, MIGRATE_MOVABLE);
  EXPECT_EQ(entry.found_order, 2);
  EXPECT_TRUE(entry.zone_locked);
}

TEST(Recording, PairsLockedAndExtfragOfOneCpuAcrossLinesOfAnother) {
  const Recording recording = with_trace(locked("0x48", 0, 0, 0) + freed("0x40", 0) +
                                         locked("0x50", 0, 0, 1) + fallback("0x50", 2, true, 1));
  EXPECT_THAT(normal_entries(recording), ElementsAre("leaves 48/0", "freed 40/0", "leaves 50/0"));
  EXPECT_EQ(recording.counts.repeated, 1U);
}

TEST(Recording, TakesAnExtfragAloneForADepartureOfItsOwn) {
  const Recording recording = with_trace(fallback("0x48", 4, true) + fallback("0x50", 0, false));
  EXPECT_THAT(normal_entries(recording), ElementsAre("leaves 48/0", "leaves 50/0"));
  EXPECT_EQ(recording.zones.back().entries[0].fallback, Fallback::claim);
  EXPECT_EQ(recording.zones.back().entries[1].fallback, Fallback::steal);
  EXPECT_FALSE(recording.zones.back().entries[0].zone_locked);
}

TEST(Recording, TakesAnExtfragAfterAnotherPageOrAfterAFreeForADepartureOfItsOwn) {
  const auto other_page = with_trace(locked("0x48", 0, 0) + fallback("0x50", 2, true));
  EXPECT_THAT(normal_entries(other_page), ElementsAre("leaves 48/0", "leaves 50/0"));
  const auto came_back =
      with_trace(locked("0x48", 0, 0) + freed("0x48", 0) + fallback("0x48", 0, false));
  EXPECT_THAT(normal_entries(came_back), ElementsAre("leaves 48/0", "freed 48/0", "leaves 48/0"));
  EXPECT_EQ(came_back.counts.repeated, 0U);
}

TEST(Recording, LetsAFreePastThePerCpuListsReturnAndNoOther) {
  Texts texts;
  texts.trace = locked("0x5f", 0, 0) + freed("0x40", 3) + freed("0x50", 4) + freed("0x48", 0);
  EXPECT_THAT(normal_entries(read(texts)),
              ElementsAre("leaves 5f/0", "freed 40/3", "freed 50/4", "returns 50/4", "freed 48/0"));
  // On x86-64 a pageblock has the order of a huge page, which per-CPU lists hold.
  texts = {};
  texts.pagetypeinfo = "";
  texts.zoneinfo = "Node 0, zone Normal\n spanned 4096\n start_pfn: 0\n";
  texts.trace = locked("0x1", 0, 0) + freed("0x200", 9) + freed("0x100", 8) + freed("0x10", 4) +
                freed("0x8", 3);
  EXPECT_THAT(normal_entries(read(texts)),
              ElementsAre("leaves 1/0", "freed 200/9", "freed 100/8", "returns 100/8", "freed 10/4",
                          "returns 10/4", "freed 8/3"));
}

TEST(Recording, DoesNotCountABatchedNoteAsASecondFree) {
  const Recording recording =
      with_trace(freed("0x40", 0) + on_cpu(0, "mm_page_free_batched: pfn=0x40 order=0") +
                 drained("0x40", 0, 1));
  EXPECT_THAT(normal_entries(recording), ElementsAre("freed 40/0", "returns 40/0"));
  EXPECT_EQ(recording.counts.batched, 1U);
}

TEST(Recording, CountsAFailedAllocationAndTakesNothing) {
  const Recording recording = with_trace(
      on_cpu(0, "mm_page_alloc: page=(nil) pfn=0x0 order=3 migratetype=0 gfp_flags=GFP_ATOMIC"));
  EXPECT_THAT(normal_entries(recording), IsEmpty());
  EXPECT_EQ(recording.counts.failed_allocations, 1U);
}

TEST(Recording, CountsLinesThatSayNothingAboutTheLists) {
  const Recording recording = with_trace("# tracer: nop\n" + on_cpu(0, "sched_switch: prev_pid=1") +
                                         "CPU:1 [LOST 3 EVENTS]\n" + locked("0x9999", 0, 0));
  EXPECT_EQ(recording.counts.lines, 4U);
  EXPECT_EQ(recording.counts.comments, 1U);
  EXPECT_EQ(recording.counts.other_events.count, 1U);
  EXPECT_EQ(recording.counts.lost_reports, 1U);
  EXPECT_EQ(recording.counts.outside_zones.count, 1U);
}

// The first page of a refill is the caller's, so its mm_page_alloc tells the flags of all.
TEST(Recording, KnowsTheCallerOfARefillByItsFirstPage) {
  const Recording recording = with_trace(locked("0x48", 0, 0) + locked("0x40", 0, 0, 1) +
                                         locked("0x49", 0, 0) + allocated("0x41", 0, "GFP_KERNEL") +
                                         allocated("0x48", 0, "GFP_ATOMIC|__GFP_ZERO"));
  const auto& entries = recording.zones.back().entries;
  EXPECT_EQ(entries[0].gfp, uint32_t{GFP_ATOMIC} | __GFP_ZERO);
  EXPECT_EQ(entries[1].gfp, 0U) << "another CPU's";
  EXPECT_EQ(entries[2].gfp, uint32_t{GFP_ATOMIC} | __GFP_ZERO);
  EXPECT_EQ(trace::caller_counts(recording).known, 2U);
}

TEST(Recording, TakesAnotherOrderOrTypeForTheNextRefill) {
  const Recording recording =
      with_trace(locked("0x48", 0, 0) + locked("0x4a", 1, 0) + locked("0x40", 0, 2) +
                 allocated("0x4a", 1, "GFP_KERNEL") + allocated("0x48", 0, "GFP_NOIO"));
  const auto& entries = recording.zones.back().entries;
  EXPECT_EQ(entries[0].gfp, uint32_t{GFP_NOIO});
  EXPECT_EQ(entries[1].gfp, uint32_t{GFP_KERNEL});
  EXPECT_EQ(entries[2].gfp, 0U);
}

TEST(Recording, BelievesNoCallerWhoseFlagsAskForAnotherType) {
  const Recording recording = with_trace(locked("0x48", 0, 2) + allocated("0x48", 0, "GFP_KERNEL"));
  EXPECT_EQ(recording.zones.back().entries[0].gfp, 0U);
}

TEST(Recording, NumbersMigratetypesAsTheRecordedKernelDid) {
  Texts texts;
  texts.pagetypeinfo =
      "Page block order: 3\nFree pages count per migrate type at order 0 1 2 3 4\n"
      "Number of blocks type Unmovable Movable Reclaimable HighAtomic CMA Isolate\n";
  texts.trace = drained("0x48", 0, 4) + drained("0x49", 0, 5);
  const auto with_cma = read(texts);
  EXPECT_EQ(with_cma.zones.back().entries[0].migratetype, MIGRATE_CMA);
  EXPECT_EQ(with_cma.zones.back().entries[1].migratetype, MIGRATE_ISOLATE);
  const auto without = with_trace(drained("0x48", 0, 4));
  EXPECT_EQ(without.zones.back().entries[0].migratetype, MIGRATE_ISOLATE);
}

TEST(Recording, IsReadFromAFolderOrFromOneText) {
  const Recording from_folder = trace::load_recording(recordings / "hand");
  std::string text;
  for (const std::string name : {"trace.txt", "freeblocks.before", "freeblocks.after",
                                 "zoneinfo.before", "pagetypeinfo.before"}) {
    std::ifstream file(recordings / "hand" / name);
    text += "=== " + name + "\n";
    text.append(std::istreambuf_iterator<char>(file), {});
  }
  const Recording from_text = trace::read_recording(trace::split_recording(text));
  EXPECT_EQ(from_folder.kernel.pageblock_order, 3U);
  EXPECT_EQ(from_folder.counts.lines, 17U);
  EXPECT_EQ(from_text.counts.lines, 17U);
  EXPECT_EQ(normal_entries(from_folder), normal_entries(from_text));
  EXPECT_THAT(normal_entries(from_text), SizeIs(13));
}

// ---- kernels before 5.14

TEST(Recording, ReadsDecimalFramesOfAKernelWhosePerCpuListsHoldSinglePages) {
  const Recording recording = with_trace(locked("80", 0, 0) + freed("64", 0) + freed("72", 3));
  EXPECT_EQ(recording.frames, trace::FrameForm::decimal);
  EXPECT_THAT(normal_entries(recording),
              ElementsAre("leaves 50/0", "freed 40/0", "freed 48/3", "returns 48/3"));
}

TEST(Recording, CountsDecimalFramesThatWouldBeInsideAsHexadecimalOnes) {
  const Recording recording = with_trace(locked("40", 0, 0) + locked("500", 0, 0));
  EXPECT_EQ(recording.counts.outside_zones.count, 1U) << "40 is of Low, 500 of none";
  EXPECT_EQ(recording.counts.outside_as_decimal, 0U);
  EXPECT_EQ(with_trace(locked("16", 0, 0) + locked("44", 0, 0)).counts.outside_as_decimal, 0U);
  Texts texts;
  texts.zoneinfo = "Node 0, zone Normal\n spanned 32\n start_pfn: 64\n";
  texts.trace = locked("44", 0, 0);
  EXPECT_EQ(read(texts).counts.outside_as_decimal, 1U) << "0x44 is of Normal";
}

TEST(Recording, TakesAZoneLockedBehindTheExtfragOfItsPageForTheSameDeparture) {
  const Recording recording = with_trace(fallback("0x48", 2, true) + locked("0x48", 0, 0));
  EXPECT_THAT(normal_entries(recording), ElementsAre("leaves 48/0"));
  EXPECT_EQ(recording.counts.repeated, 1U);
  EXPECT_TRUE(recording.zones.back().entries[0].zone_locked);
}

TEST(Recording, CountsAPageOfAPagevecOnceWhetherItHasAnEventOfItsOwnOrNot) {
  const auto pagevec = on_cpu(0, "mm_pagevec_free: pfn=64 order=0 cold=0");
  const auto direct = on_cpu(0, "mm_page_free_direct: pfn=64 order=0");
  const auto other = locked("80", 0, 0);
  EXPECT_THAT(normal_entries(with_trace(other + pagevec)),
              ElementsAre("leaves 50/0", "freed 40/0"));
  const Recording both = with_trace(other + pagevec + direct);
  EXPECT_THAT(normal_entries(both), ElementsAre("leaves 50/0", "freed 40/0"));
  EXPECT_EQ(both.counts.batched, 1U);
  EXPECT_THAT(normal_entries(with_trace(other + pagevec + direct + direct)), SizeIs(3));
}

// ---- recordings without an event of the free lists

TEST(Recording, LetsCallersStandForTheListsWhereNoEventTellsOfThem) {
  const Recording recording = with_trace(allocated("0x48", 0, "GFP_KERNEL") + freed("0x48", 0) +
                                         allocated("0x40", 0, "GFP_WHATEVER"));
  EXPECT_TRUE(recording.by_callers);
  EXPECT_THAT(normal_entries(recording),
              ElementsAre("leaves 48/0", "allocated 48/0", "freed 48/0", "returns 48/0",
                          "leaves 40/0", "allocated 40/0"));
  EXPECT_EQ(recording.zones.back().entries[0].gfp, uint32_t{GFP_KERNEL});
  EXPECT_EQ(trace::caller_counts(recording).known, 1U);
  EXPECT_EQ(trace::caller_counts(recording).unreadable, 1U);
  EXPECT_FALSE(with_trace(allocated("0x48", 0, "GFP_KERNEL") + drained("0x40", 0, 0)).by_callers);
}

// ---- what is told of what was left out

TEST(Recording, CountsEveryLineOnceByWhatBecameOfIt) {
  Texts texts;
  texts.zoneinfo += "Node 0, zone Movable\n spanned 16\n start_pfn: 88\n";
  texts.trace = "# tracer: nop\n" + locked("0x40", 0, 0) + fallback("0x40", 2, true) +
                " => rmqueue_bulk\n" + allocated("0x40", 0, "GFP_KERNEL") +
                on_cpu(0, "mm_page_free_batched: pfn=0x40 order=0") +
                on_cpu(0, "mm_page_alloc: pfn=0x0 order=3") + locked("0x9000", 0, 0) +
                locked("0x58", 0, 0) + on_cpu(0, "sched_switch: prev_pid=1") +
                on_cpu(0, "mm_page_free: pfn=0x40") + "CPU:1 [LOST 3 EVENTS]\n";
  const trace::LineCounts counts = read(texts).counts;
  EXPECT_EQ(counts.lines, 12U);
  EXPECT_EQ(counts.comments + counts.stack_lines + counts.lost_reports, 3U);
  EXPECT_EQ(counts.events(), 9U);
  EXPECT_EQ(counts.of_lists, 1U);
  EXPECT_EQ(counts.repeated, 1U);
  EXPECT_EQ(counts.of_callers, 1U);
  EXPECT_EQ(counts.batched, 1U);
  EXPECT_EQ(counts.failed_allocations, 1U);
  EXPECT_EQ(counts.outside_zones.first_line, 8U);
  EXPECT_EQ(counts.shared.first_line, 9U);
  EXPECT_EQ(counts.other_events.first, "sched_switch");
  EXPECT_EQ(counts.unreadable.first, "mm_page_free without order=");
  EXPECT_EQ(counts.dropped(), 4U);
  EXPECT_EQ(counts.lost_events, 3U);
}

TEST(Recording, IsToldInASummaryThatPassesOverNothing) {
  const Recording recording = with_trace(
      locked("0x40", 0, 0) + allocated("0x40", 0, "GFP_NEW|GFP_KERNEL") + drained("0x48", 0, 3) +
      on_cpu(0, "sched_switch: a=1") + locked("0x9000", 0, 0) + "CPU:1 [EVENTS DROPPED]\n");
  EXPECT_EQ(
      trace::summary_text(recording),
      "  read     5 events in 6 lines; 0 comments, 0 lines of stack traces\n"
      "  followed 2 of the free lists, 1 of callers; besides, 0 of a departure told already, 0 "
      "of a free told already, 0 of a failed allocation\n"
      "  dropped  1 outside the zones (first: pfn 0x9000, line 5), 0 in several zones, 1 of "
      "unknown events (first: sched_switch, line 4), 0 with a field that cannot be read\n"
      "  frames   hexadecimal, as from 5.14 on\n"
      "  callers  gfp flags of 0 departures known, of 1 not readable, of 0 of another type, of "
      "0 not seen; 1 mm_page_alloc with flags that cannot be read (first: GFP_NEW, line 2)\n"
      "  types    1 HIGHATOMIC, 0 CMA, 0 ISOLATE, which says nothing of a tag\n"
      "  lost     at least 0 events\n");
}

TEST(Recording, CannotBeReplayedWithoutAnEventOrWithLostOnes) {
  const auto reason = [](const std::string& trace, bool lossy) {
    return trace::why_not_replayed(with_trace(trace), lossy).value_or("");
  };
  EXPECT_THAT(
      reason(locked("0x9000", 0, 0), true),
      AllOf(HasSubstr("1 read, 1 dropped (1 outside the zones"), HasSubstr("expected mm_page")));
  EXPECT_THAT(reason(locked("0x40", 0, 0) + "CPU:1 [LOST 12 EVENTS]\n", false),
              HasSubstr("found 12 events lost"));
  EXPECT_EQ(reason(locked("0x40", 0, 0) + "CPU:1 [LOST 12 EVENTS]\n", true), "");
  EXPECT_THAT(
      reason("# entries-in-buffer/entries-written: 1/4   #P:1\n" + locked("0x40", 0, 0), false),
      HasSubstr("found 3 events lost"));
  EXPECT_EQ(
      reason("# entries-in-buffer/entries-written: 1/1   #P:1\n" + locked("0x40", 0, 0), false),
      "");
  EXPECT_THAT(reason("##### CPU 1 buffer started ####\n" + locked("0x40", 0, 0), false),
              HasSubstr("found at least 0 events lost"));
}

TEST(Recording, CountsTheTypesBesideTheThreeApart) {
  Texts texts;
  texts.pagetypeinfo =
      "Page block order: 3\nFree pages count per migrate type at order 0 1 2 3 4\n"
      "Number of blocks type Unmovable Movable Reclaimable HighAtomic CMA Isolate\n";
  texts.trace = locked("0x40", 0, 3) + locked("0x41", 0, 4) + locked("0x42", 0, 4) +
                drained("0x41", 0, 5) + allocated("0x48", 0, "GFP_KERNEL");
  const trace::OtherTypes types = read(texts).counts.other_types;
  EXPECT_EQ(types.highatomic, 1U);
  EXPECT_EQ(types.cma, 2U);
  EXPECT_EQ(types.isolate, 1U);
}

TEST(Recording, TakesATypeWithoutANameForCmaWherePagesLeftAndForUnknownWhereTheyCame) {
  Texts texts;
  texts.pagetypeinfo = "";
  texts.zoneinfo = "Node 0, zone Normal\n spanned 4096\n start_pfn: 0\n";
  texts.trace = locked("0x40", 0, 4) + drained("0x41", 0, 4) + drained("0x42", 0, 5);
  const Recording recording = read(texts);
  EXPECT_EQ(recording.zones[0].entries[0].migratetype, MIGRATE_CMA);
  EXPECT_EQ(recording.zones[0].entries[1].migratetype, trace::unknown_type);
  EXPECT_EQ(recording.counts.unnamed_types, 3U);
  EXPECT_THAT(trace::summary_text(recording), HasSubstr("3 migratetypes from 4 on without"));
}

// ---- zones that overlap

//   pfn   20        30        40        50        60
//   A     [==========================]                  48 spanned
//   B               [==========================]        48 spanned
std::string overlapping(const std::string& present_a, const std::string& present_b) {
  return "Node 0, zone A\n spanned 48\n present " + present_a + "\n start_pfn: 32\n" +
         "Node 0, zone B\n spanned 48\n present " + present_b + "\n start_pfn: 48\n";
}

std::vector<std::size_t> entries_of_zones(const Recording& recording) {
  std::vector<std::size_t> counts;
  for (const auto& zone : recording.zones)
    counts.push_back(zone.entries.size());
  return counts;
}

TEST(OverlappingZones, LeaveTheFramesBetweenThemToNoneWhereNothingSettlesIt) {
  Texts texts;
  texts.zoneinfo = overlapping("20", "20");
  texts.free_before = "20 3\n40 3\n58 3\n";
  texts.trace = locked("0x20", 0, 0) + locked("0x40", 0, 0) + locked("0x58", 0, 0);
  const Recording recording = read(texts);
  EXPECT_THAT(entries_of_zones(recording), ElementsAre(1, 1));
  EXPECT_EQ(recording.counts.shared.count, 1U);
  EXPECT_EQ(recording.counts.shared_blocks, 1U);
}

TEST(OverlappingZones, AreToldApartByTheirPresentPages) {
  Texts texts;
  texts.trace = locked("0x20", 0, 0) + locked("0x40", 0, 0) + locked("0x58", 0, 0);
  texts.zoneinfo = overlapping("48", "16");
  EXPECT_THAT(entries_of_zones(read(texts)), ElementsAre(2, 1)) << "all of A's span is present";
  texts.zoneinfo = overlapping("16", "48");
  EXPECT_THAT(entries_of_zones(read(texts)), ElementsAre(1, 2)) << "all of B's is";
}

TEST(OverlappingZones, GiveTheFramesBetweenThemToTheZoneThatIsAskedFor) {
  Texts texts;
  texts.zoneinfo = overlapping("20", "20");
  texts.trace = locked("0x20", 0, 0) + locked("0x40", 0, 0) + locked("0x58", 0, 0);
  const auto of_zone = [&](const std::string& zone) {
    return trace::read_recording(
        {texts.trace, texts.free_before, "", texts.zoneinfo, texts.pagetypeinfo},
        {.zone = zone, .gfp_of = {}});
  };
  const Recording b = of_zone("B");
  ASSERT_THAT(b.zones, SizeIs(1));
  EXPECT_EQ(b.zones[0].name, "B");
  EXPECT_THAT(b.zones[0].entries, SizeIs(2));
  EXPECT_EQ(b.counts.other_zones, 1U);
  EXPECT_EQ(b.counts.of_lists, 2U);
  EXPECT_EQ(b.counts.shared.count, 0U);
  EXPECT_THAT(error_of([&] { of_zone("C"); }), HasSubstr("found no zone 'C', expected A or B"));
}

TEST(OverlappingZones, MayNotHaveABlockThatReachesFromOneIntoTheOther) {
  Texts texts;
  texts.zoneinfo = overlapping("48", "16");
  texts.trace = freed("0x40", 4);
  EXPECT_EQ(error_in(texts), "") << "all of it is A's";
  texts.zoneinfo =
      "Node 0, zone A\n spanned 40\n present 40\n start_pfn: 32\n"
      "Node 0, zone B\n spanned 32\n start_pfn: 64\n";
  EXPECT_THAT(error_in(texts), HasSubstr("pfn 0x40 with order 4, which leaves zone A"));
}

TEST(Recording, LeavesOutAZoneOfWhichNoPageIsPresent) {
  Texts texts;
  texts.zoneinfo += "Node 0, zone Movable\n spanned 8\n present 0\n start_pfn: 80\n";
  texts.trace = locked("0x50", 0, 0);
  const Recording recording = read(texts);
  EXPECT_THAT(recording.zones, SizeIs(2));
  EXPECT_EQ(recording.counts.of_lists, 1U);
}

// ---- what is refused

TEST(BadRecording, NamesFileAndLineWhatWasFoundAndWhatWasExpected) {
  EXPECT_EQ(error_in_trace("# tracer: nop\n" + freed("0x40", 0) + "nonsense\n"),
            "trace.txt:3: found 'nonsense', expected `comm-pid [cpu] flags time: event: "
            "name=value ...` (ftrace, trace-cmd report) or `comm pid [cpu] time: event: name=value "
            "...` (perf script)");
}

TEST(BadRecording, IsRefusedForFramesThatNoBlockCanHave) {
  EXPECT_THAT(error_in_trace(locked("0x41", 1, 0)),
              "trace.txt:1: found pfn 0x41 with order 1, expected a frame that is a multiple of "
              "2^order");
  EXPECT_THAT(error_in_trace(locked("0x40", 5, 0)), HasSubstr("an order from 0 to 4"));
  EXPECT_THAT(error_in_trace(freed("0x40", 6)), HasSubstr("which leaves zone Normal"));
  EXPECT_THAT(error_in_trace(freed("0x40", 40)), HasSubstr("an order from 0 to 20"));
  EXPECT_THAT(error_in_trace(locked("0x40", 0, 5)), HasSubstr("a migratetype below 5"));
  EXPECT_THAT(error_in_trace(fallback("0x40", 5, true)), HasSubstr("an order from 0 to 4"));
  EXPECT_THAT(error_in_trace("t-1 [9999] d.... 1.0: mm_page_free: pfn=0x40 order=0\n"),
              HasSubstr("a CPU below 8192"));
}

TEST(BadRecording, IsRefusedForAFallbackOnAChunkThatLeavesTheZone) {
  Texts texts;
  texts.zoneinfo = "Node 0, zone Normal\n spanned 48\n start_pfn: 72\n";
  texts.trace = fallback("0x48", 4, true);
  EXPECT_THAT(error_in(texts), HasSubstr("a chunk of order 4 around pfn 0x48, which leaves zone"));
  texts.trace = fallback("0x70", 4, true);
  EXPECT_THAT(error_in(texts), HasSubstr("pfn 0x70 with order 4, which leaves zone Normal"));
  texts.trace = fallback("0x58", 4, true);
  EXPECT_EQ(error_in(texts), "");
}

TEST(BadRecording, IsRefusedWhereTheEventsAndProcDisagreeOnThePageblockOrder) {
  Texts texts;
  texts.trace = fallback("0x40", 2, true);
  texts.pagetypeinfo =
      "Page block order: 2\nFree pages count per migrate type at order 0 1 2 3 4\n";
  EXPECT_THAT(error_in(texts), HasSubstr("found pageblock_order=3, expected 2"));
}

TEST(BadRecording, IsRefusedForASnapshotThatIsNone) {
  const auto error_in_snapshot = [](const std::string& snapshot) {
    Texts texts;
    texts.free_before = snapshot;
    return error_in(texts);
  };
  EXPECT_EQ(error_in_snapshot("40 0\nxyz 0\n"),
            "freeblocks.before:2: found 'xyz 0', expected `HEXPFN ORDER`");
  EXPECT_THAT(error_in_snapshot("40\n"), HasSubstr("found order '', expected an order from 0"));
  EXPECT_THAT(error_in_snapshot("40 5\n"), HasSubstr("found order '5'"));
  EXPECT_THAT(error_in_snapshot("40 1\n41 0\n"),
              AllOf(StartsWith("freeblocks.before:2:"), HasSubstr("ascending")));
  EXPECT_THAT(error_in_snapshot("41 1\n"), HasSubstr("a multiple of 2^order"));
  EXPECT_THAT(error_in_snapshot("99999 0\n"), HasSubstr("in no zone of zoneinfo"));
  EXPECT_EQ(error_in_snapshot("# head first\n40 1\n\n42 0\n"), "");
}

TEST(BadRecording, IsRefusedForZonesThatCannotBe) {
  const auto error_in_zones = [](const std::string& zones) {
    Texts texts;
    texts.zoneinfo = zones;
    return error_in(texts);
  };
  EXPECT_THAT(error_in_zones(""), HasSubstr("found no zone with pages"));
  EXPECT_THAT(error_in_zones(" spanned 4\n"), HasSubstr("`Node N, zone NAME` before it"));
  EXPECT_THAT(error_in_zones("Node 0, zone A\n spanned x\n"), HasSubstr("zoneinfo.before:2:"));
  EXPECT_THAT(error_in_zones("Node 0, zone A\n spanned 4\n"), HasSubstr("without start_pfn"));
  EXPECT_THAT(error_in_zones("Node 0, zone A\n spanned 99999999999\n start_pfn: 0\n"),
              HasSubstr("at most 268435456"));
  EXPECT_THAT(error_in_zones("Node 0, zone A\n spanned 64\n start_pfn: 4294967290\n"),
              HasSubstr("beyond pfn 2^32"));
  EXPECT_THAT(error_in_zones("Node 0, zone A\n spanned 4\n present 5\n start_pfn: 0\n"),
              HasSubstr("with 5 pages present, expected at most the 4 that it spans"));
  EXPECT_THAT(error_in_zones("Node 0, zone A\n spanned 8\n present 8\n start_pfn: 0\n"
                             "Node 0, zone B\n spanned 8\n present 8\n start_pfn: 4\n"),
              HasSubstr("zone B with 8 pages present, of which other zones leave 4"));
}

TEST(BadRecording, IsRefusedForAKernelThatCannotBe) {
  const auto error_in_kernel = [](const std::string& kernel) {
    Texts texts;
    texts.pagetypeinfo = kernel;
    return error_in(texts);
  };
  EXPECT_THAT(error_in_kernel("Page block order: many\n"), HasSubstr("found order 'many'"));
  EXPECT_THAT(error_in_kernel("Page block order: 11\n"), HasSubstr("above the largest buddy, 10"));
  EXPECT_THAT(error_in_kernel("Number of blocks type Unmovable Odd\n"),
              HasSubstr("migratetype 'Odd'"));
  EXPECT_THAT(error_in_kernel("Number of blocks type CMA CMA CMA CMA CMA CMA CMA\n"),
              HasSubstr("each once"));
  EXPECT_THAT(error_in_kernel("Number of blocks type CMA CMA\n"), HasSubstr("each once"));
  EXPECT_THAT(error_in_kernel("Number of blocks type\n"), HasSubstr("found no migratetype"));
}

// Each node has the headings; two snapshots of two kernels in one file have others.
TEST(BadRecording, IsRefusedForHeadingsThatContradictEachOther) {
  Texts texts;
  texts.pagetypeinfo = small_blocks + small_blocks;
  EXPECT_EQ(error_in(texts), "");
  const auto behind = [](const std::string& heading) {
    Texts two;
    two.pagetypeinfo = small_blocks + heading;
    return error_in(two);
  };
  for (const std::string heading :
       {"Page block order: 4\n", "Free pages count per migrate type at order 0 1 2 3\n",
        "Number of blocks type Unmovable Reclaimable Movable HighAtomic Isolate\n"}) {
    EXPECT_THAT(behind(heading),
                AllOf(StartsWith("pagetypeinfo.before:4:"), HasSubstr("one snapshot")));
  }
}

TEST(BadRecording, IsRefusedForMoreZonesThanAMachineHas) {
  Texts texts;
  texts.zoneinfo = "";
  for (int i = 0; i < 4097; ++i)
    texts.zoneinfo += "Node " + std::to_string(i) + ", zone Normal\n";
  EXPECT_THAT(error_in(texts), AllOf(StartsWith("zoneinfo.before:4097:"), HasSubstr("4096 zones")));
}

TEST(BadRecording, IsRefusedForAFileThatIsCutInsideItsLastLine) {
  const auto cut = [](std::string Texts::*file, const std::string& last_line) {
    Texts texts;
    texts.trace = locked("0x40", 0, 0);
    texts.free_before = "40 3\n";
    texts.free_after = "41 0\n";
    EXPECT_EQ(error_in(texts), "");
    texts.*file += last_line;
    return error_in(texts);
  };
  const std::string told = "found the end of the file inside its last line";
  EXPECT_THAT(cut(&Texts::trace, "t-1 [000] d.... 1.0: mm_page_free: pfn=0x41 order=0"),
              AllOf(StartsWith("trace.txt:2:"), HasSubstr(told)));
  EXPECT_THAT(cut(&Texts::free_before, "48 3"), HasSubstr(told));
  EXPECT_THAT(cut(&Texts::free_after, "48 3"), HasSubstr(told));
  EXPECT_THAT(cut(&Texts::zoneinfo, " present 3"), HasSubstr(told));
  EXPECT_THAT(cut(&Texts::pagetypeinfo, "Node 0, zone Normal, type Mov"), HasSubstr(told));
}

TEST(BadRecording, IsRefusedForASecondSnapshotWithoutABlock) {
  Texts texts;
  texts.free_after = "\n";
  EXPECT_THAT(error_in(texts),
              AllOf(StartsWith("freeblocks.after:"), HasSubstr("found no free block")));
}

TEST(BadRecording, IsRefusedForJunkInPagetypeinfo) {
  Texts texts;
  texts.pagetypeinfo = "cat: /proc/pagetypeinfo: Permission denied\n";
  EXPECT_THAT(error_in(texts), HasSubstr("expected a line of /proc/pagetypeinfo"));
  texts.pagetypeinfo = small_blocks + "sudo: a password is required\n";
  EXPECT_THAT(error_in(texts), StartsWith("pagetypeinfo.before:4:"));
  texts.pagetypeinfo = "\n";
  EXPECT_THAT(error_in(texts), HasSubstr("found no line `Page block order: N`"));
}

TEST(BadRecording, IsRefusedForFramesOfTwoForms) {
  EXPECT_THAT(error_in_trace(freed("0x40", 0) + freed("65", 0)),
              AllOf(StartsWith("trace.txt:2:"),
                    HasSubstr("found a decimal frame behind hexadecimal ones")));
  EXPECT_THAT(error_in_trace(freed("64", 0) + freed("0x41", 0)),
              HasSubstr("found a hexadecimal frame behind decimal ones"));
  EXPECT_EQ(error_in_trace(freed("64", 0) +
                           on_cpu(0, "mm_page_alloc: page=(nil) pfn=0x0 order=3 migratetype=0")),
            "")
      << "a failed allocation has no frame";
}

TEST(BadRecording, IsRefusedForABinaryTraceByName) {
  EXPECT_THAT(error_in_trace("\x17\x08\x44tracing6\n"),
              AllOf(HasSubstr("found a trace.dat"), HasSubstr("trace-cmd report trace.dat >")));
  EXPECT_THAT(error_in_trace("PERFILE2h"), HasSubstr("found a perf.data"));
  EXPECT_THAT(error_in_trace("PERFILE2h\n"),
              AllOf(HasSubstr("found a perf.data"), HasSubstr("perf script -i perf.data >")));
}

TEST(BadRecording, IsRefusedWhereFlagsContradictTheNumbersOfTypesThatNobodyNamed) {
  Texts texts;
  texts.pagetypeinfo =
      "Page block order: 3\nFree pages count per migrate type at order 0 1 2 3 4\n";
  const auto caller = [&](int type, const std::string& gfp) {
    texts.trace = on_cpu(0, "mm_page_alloc: pfn=0x40 order=0 migratetype=" + std::to_string(type) +
                                " gfp_flags=" + gfp);
    return error_in(texts);
  };
  EXPECT_THAT(caller(2, "GFP_HIGHUSER_MOVABLE"),
              AllOf(HasSubstr("found migratetype=2"), HasSubstr("ask for MOVABLE, which is 1"),
                    HasSubstr("expected pagetypeinfo.before")));
  EXPECT_EQ(caller(1, "GFP_HIGHUSER_MOVABLE"), "");
  EXPECT_EQ(caller(2, "GFP_NOBODY_KNOWS"), "") << "flags that cannot be read contradict nothing";
  // The numbers before 4.4, said by pagetypeinfo.
  texts.pagetypeinfo += "Number of blocks type Unmovable Reclaimable Movable Reserve Isolate\n";
  EXPECT_EQ(caller(2, "GFP_HIGHUSER_MOVABLE"), "");
}

TEST(BadRecording, IsRefusedForNumbersOfTypesWhereZoneinfoShowsAnotherNumbering) {
  Texts texts;
  texts.pagetypeinfo = "";
  texts.zoneinfo = "Node 0, zone Normal\n spanned 4096\n cma 64\n start_pfn: 0\n";
  texts.trace = locked("0x40", 0, 4);
  EXPECT_THAT(error_in(texts), AllOf(StartsWith("trace.txt:1:"), HasSubstr("a kernel with CMA"),
                                     HasSubstr("expected pagetypeinfo.before")));
}

TEST(BadRecording, IsRefusedForMoreEventsThanTheLimit) {
  Texts texts;
  texts.trace = freed("0x40", 0) + freed("0x41", 0) + freed("0x42", 0);
  trace::RecordingLimits limits;
  limits.entries_max = 2;
  const std::string error = error_of([&] {
    trace::read_recording({texts.trace, texts.free_before, "", texts.zoneinfo, small_blocks}, {},
                          limits);
  });
  EXPECT_THAT(error, AllOf(StartsWith("trace.txt:3:"), HasSubstr("more than 2 events")));
}

TEST(BadRecording, IsRefusedForOneTextThatNamesNoFile) {
  EXPECT_THAT(error_of([] { trace::split_recording("40 0\n"); }), HasSubstr("recording:1:"));
  EXPECT_THAT(error_of([] { trace::split_recording("=== other\n"); }), HasSubstr("'other'"));
  EXPECT_THAT(error_of([] { trace::split_recording("=== trace.txt\n#\n=== trace.txt\n"); }),
              HasSubstr("recording:3:"));
}

// ---- damaged files

// A copy of the recording `hand` in a folder of its own, which a test may damage.
class DamagedFolder : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("recording-" + std::to_string(getpid()));
    fs::remove_all(folder_);
    fs::copy(recordings / "hand", folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  std::string error() const {
    return error_of([&] { trace::load_recording(folder_); });
  }

  fs::path folder_;
};

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(DamagedFolder, IsReadWhileItIsWhole) {
  EXPECT_EQ(error(), "");
}

TEST_F(DamagedFolder, IsRefusedWithoutAFileThatItNeeds) {
  fs::remove(folder_ / "zoneinfo.before");
  EXPECT_THAT(error(), AllOf(StartsWith(folder_.string() + ": found neither zoneinfo.before nor"),
                             HasSubstr("the folder of a recording")));
}

TEST_F(DamagedFolder, IsReadWithoutTheFilesThatItMayLack) {
  fs::remove(folder_ / "freeblocks.after");
  EXPECT_EQ(error(), "");
  EXPECT_FALSE(trace::load_recording(folder_).has_after);
  fs::remove(folder_ / "pagetypeinfo.before");
  EXPECT_THAT(error(), HasSubstr("found pageblock_order=3, expected 9"));
}

TEST_F(DamagedFolder, IsRefusedWhereAFileIsAFolder) {
  fs::remove(folder_ / "trace.txt");
  fs::create_directory(folder_ / "trace.txt");
  EXPECT_THAT(error(), EndsWith("trace.txt: found a folder, expected a file"));
}

TEST_F(DamagedFolder, IsRefusedForAnEmptyFile) {
  write("trace.txt", "");
  EXPECT_THAT(error(), HasSubstr("trace.txt: found an empty file"));
}

TEST_F(DamagedFolder, IsRefusedForABinaryFile) {
  write("trace.txt", bytes_of("/proc/self/exe").substr(0, 200'000));
  EXPECT_THAT(error(), AllOf(HasSubstr("trace.txt:1: found '\\x7fELF"), HasSubstr("expected")));
}

TEST_F(DamagedFolder, IsRefusedForALineWithoutEnd) {
  write("trace.txt", "# first\n" + std::string(1'000'000, 'x'));
  EXPECT_THAT(error(), HasSubstr("trace.txt:2: found a line of more than 65536 bytes"));
  write("trace.txt", std::string(70'000, '#') + "\n");
  EXPECT_THAT(error(), HasSubstr("trace.txt:1: found a line of more than 65536 bytes"));
}

TEST_F(DamagedFolder, IsReadWithLineEndsOfWindows) {
  write("freeblocks.before", "44 2\r\n48 3\r\n50 4\r\n");
  EXPECT_EQ(error(), "");
  EXPECT_THAT(trace::load_recording(folder_).zones[0].free_before, SizeIs(3));
}

TEST_F(DamagedFolder, IsRefusedForABinaryTraceInPlaceOfText) {
  fs::remove(folder_ / "trace.txt");
  write("trace.dat", "whatever");
  EXPECT_THAT(error(), AllOf(HasSubstr("trace.dat: found a binary trace"),
                             HasSubstr("trace-cmd report trace.dat > trace.txt")));
}

TEST_F(DamagedFolder, IsRefusedForAnEmptySecondSnapshot) {
  write("freeblocks.after", "");
  EXPECT_THAT(error(), HasSubstr("freeblocks.after: found no free block"));
}

TEST_F(DamagedFolder, IsRefusedForAnXzFileThatIsCutAnywhere) {
  const std::string whole = bytes_of(recordings / "build/freeblocks.after.xz");
  fs::copy(recordings / "build/zoneinfo.before", folder_, fs::copy_options::overwrite_existing);
  fs::copy(recordings / "build/pagetypeinfo.before", folder_, fs::copy_options::overwrite_existing);
  fs::remove(folder_ / "freeblocks.after");
  write("trace.txt", "# tracer: nop\n");
  write("freeblocks.before", "\n");
  write("freeblocks.after.xz", whole);
  ASSERT_EQ(error(), "");
  for (std::size_t length = 0; length < whole.size(); length += 1 + length / 8) {
    write("freeblocks.after.xz", std::string_view(whole).substr(0, length));
    EXPECT_THAT(error(), HasSubstr(length < 6 ? "found no xz stream at the beginning"
                                              : "found the end of the file within an xz stream"))
        << length;
  }
  write("freeblocks.after.xz", whole + "and something behind");
  EXPECT_THAT(error(), HasSubstr("found a damaged xz stream"));
  for (std::size_t at = 8; at < whole.size(); at += whole.size() / 16) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    write("freeblocks.after.xz", flipped);
    EXPECT_THAT(error(), HasSubstr("freeblocks.after.xz")) << at;
  }
}

TEST_F(DamagedFolder, PrefersAPlainFileAndKnowsXzByItsContent) {
  write("freeblocks.after.xz", "not xz");
  EXPECT_EQ(error(), "");
  fs::remove(folder_ / "freeblocks.after");
  EXPECT_THAT(error(), HasSubstr("expected an xz file, as the name promises"));
}

}  // namespace
}  // namespace spb::test
