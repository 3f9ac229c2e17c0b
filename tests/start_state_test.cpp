// SPDX-License-Identifier: GPL-2.0-only
//
// /proc/buddyinfo and /proc/pagetypeinfo: read, printed as the kernel prints them, and turned into
// a state that has their counts.
#include "trace/start_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "tests/command.h"

namespace spb::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using trace::FreeBlock;
using trace::StartState;
using trace::StartZone;

const fs::path recordings = fs::path(SPB_SOURCE_DIR) / "tests/data/recordings";

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

trace::PageTypes types_of(const std::string& text) {
  trace::LineReader reader(text, "pagetypeinfo");
  return trace::read_pagetypeinfo(reader);
}
std::vector<trace::BuddyCounts> buddies_of(const std::string& text) {
  trace::LineReader reader(text, "buddyinfo");
  return trace::read_buddyinfo(reader);
}
StartState made_up(const std::string& types, const std::string& buddies = "") {
  std::vector<trace::BuddyCounts> counts;
  if (!buddies.empty()) counts = buddies_of(buddies);
  return trace::made_up(types_of(types), counts, "pagetypeinfo");
}

std::string complaint_about(const std::string& types, const std::string& buddies = "") {
  try {
    made_up(types, buddies);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

// Four pageblocks of 8 pages, largest blocks of 16, one unmovable pageblock.
std::string small(const std::string& unmovable, const std::string& movable,
                  const std::string& pageblocks = "           1            3 ") {
  return "Page block order: 3\nPages per block:  8\n\n"
         "Free pages count per migrate type at order       0      1      2      3      4 \n"
         "Node    0, zone   Normal, type    Unmovable " +
         unmovable + "\nNode    0, zone   Normal, type      Movable " + movable +
         "\n\nNumber of blocks type     Unmovable      Movable \n"
         "Node 0, zone   Normal " +
         pageblocks + "\n";
}

// ---- the kernel's format

TEST(ProcText, PrintsPagetypeinfoAsItWasRead) {
  for (const std::string name : {"build", "slab", "frag"}) {
    const std::string text = text_of(recordings / name / "pagetypeinfo.before");
    ASSERT_FALSE(text.empty());
    EXPECT_EQ(trace::to_text(types_of(text)), text) << name;
  }
}

TEST(ProcText, PrintsAHeaderForEachNode) {
  const std::string node =
      small("     1      0      0      0      0 ", "     0     >100000      0      0      1 ");
  std::string other = node;
  for (std::size_t at = 0; (at = other.find("Node ", at)) != std::string::npos; ++at)
    other.replace(other.find('0', at), 1, "1");
  const trace::PageTypes info = types_of(node + other);
  EXPECT_THAT(info.zones, SizeIs(2));
  EXPECT_EQ(info.zones[1].zone.node, 1U);
  EXPECT_TRUE(info.zones[0].free[1][1].at_least);
  EXPECT_EQ(types_of(trace::to_text(info)).zones[1].free, info.zones[1].free);
}

TEST(ProcText, PrintsBuddyinfoAsItWasRead) {
  const std::string text =
      "Node 0, zone      DMA      0      0      1 \nNode 1, zone   Normal   1301    861 1234567 \n";
  EXPECT_EQ(trace::to_text(buddies_of(text)), text);
}

TEST(ProcText, RefusesWhatTheFilesDoNotHave) {
  EXPECT_THROW(buddies_of("cat: /proc/buddyinfo: Permission denied\n"), trace::InputError);
  EXPECT_THROW(buddies_of("Node 0, zone Normal 1 2\nNode 0, zone DMA 1\n"), trace::InputError);
  EXPECT_THROW(buddies_of("Node 0, zone Normal 1 -2\n"), trace::InputError);
  EXPECT_THROW(buddies_of(""), trace::InputError);
  EXPECT_THROW(types_of(""), trace::InputError);
  EXPECT_THROW(types_of("cat: /proc/pagetypeinfo: Permission denied\n"), trace::InputError);
  const std::string whole = small(" 1 0 0 0 0", " 0 0 0 0 1");
  ASSERT_NO_THROW(types_of(whole));
  // Cut at the end of each of its lines.
  for (std::size_t end = whole.find('\n'); end + 1 < whole.size(); end = whole.find('\n', end + 1))
    EXPECT_THROW(types_of(whole.substr(0, end + 1)), trace::InputError) << whole.substr(0, end);
}

// ---- a state that is made up

// A free block and its buddy of the same order would have merged; blocks lie in pageblocks of one
// type.
void expect_possible(const StartState& state) {
  const auto types_covered = [&](const StartZone& zone, const FreeBlock& block) {
    std::set<int> types;
    const uint64_t step = 1ULL << std::min<uint32_t>(block.order, state.pageblock_order);
    for (uint64_t pfn = block.pfn; pfn < block.pfn + (1ULL << block.order); pfn += step)
      types.insert(zone.types[(pfn - zone.first_block_pfn) >> state.pageblock_order]);
    return types;
  };
  for (const StartZone& zone : state.zones) {
    std::map<uint64_t, uint32_t> free;
    uint64_t next = zone.start_pfn;
    for (const FreeBlock& block : zone.free) {
      EXPECT_GE(block.pfn, next);
      EXPECT_EQ(block.pfn % (1ULL << block.order), 0U);
      EXPECT_THAT(types_covered(zone, block), SizeIs(1));
      next = block.pfn + (1ULL << block.order);
      free[block.pfn] = block.order;
    }
    EXPECT_LE(next, zone.start_pfn + (zone.types.size() << state.pageblock_order));
    for (const auto& [pfn, order] : free) {
      const auto buddy = free.find(pfn ^ (1ULL << order));
      const bool merges = order < state.max_page_order && buddy != free.end();
      EXPECT_FALSE(merges && buddy->second == order) << pfn << " order " << order;
    }
  }
}

TEST(MadeUp, HasTheCountsOfRealMachines) {
  for (const std::string name : {"build", "slab", "frag"}) {
    const std::string text = text_of(recordings / name / "pagetypeinfo.before");
    // One of them has more blocks than the kernel counts.
    const std::string buddies = text_of(recordings / name / "buddyinfo.before");
    const StartState state = made_up(text, buddies);
    EXPECT_EQ(trace::to_text(trace::pagetypeinfo_of(state)), text) << name;
    expect_possible(state);
    if (buddies.empty()) continue;
    EXPECT_EQ(trace::to_text(trace::buddyinfo_of(state)), buddies);
  }
}

TEST(MadeUp, PutsEachBlockAtTheLowestPlaceThatCountsAllow) {
  //   0       8       16      24
  //   [UU..UUUU][MMM.MMMM][................]   a chunk of 16, one of 2, one of 1
  const StartState state =
      made_up(small("     0      1      0      0      0 ", "     1      0      0      0      1 "));
  ASSERT_THAT(state.zones, SizeIs(1));
  const StartZone& zone = state.zones.front();
  EXPECT_THAT(zone.types, ElementsAre(1, 1, 0, 1));
  ASSERT_THAT(zone.free, SizeIs(3));
  EXPECT_EQ(zone.free[0].pfn, 0U);
  EXPECT_EQ(zone.free[0].order, 4);
  EXPECT_EQ(zone.free[1].pfn, 16U);
  EXPECT_EQ(zone.free[1].order, 1);
  EXPECT_EQ(zone.free[2].pfn, 24U);
  EXPECT_EQ(zone.free[2].order, 0);
  expect_possible(state);
}

// Whatever counts a possible state has, they are had again: states of three pageblocks and two
// types, drawn by a fixed rule.
TEST(MadeUp, HasTheCountsOfEveryStateThatItMade) {
  uint32_t seed = 1;
  const auto draw = [&seed](uint32_t below) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 16) % below;
  };
  int made = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string rows[2];
    for (std::string& row : rows) {
      for (const uint32_t below : {4U, 4U, 3U, 2U, 2U})
        row += " " + std::to_string(draw(below));
    }
    const std::string text = small(rows[0], rows[1], " 2 3");
    if (!complaint_about(text).empty()) continue;
    ++made;
    const StartState state = made_up(text);
    const trace::PageTypes wanted = types_of(text);
    EXPECT_EQ(trace::pagetypeinfo_of(state).zones[0].free, wanted.zones[0].free);
    EXPECT_EQ(trace::pagetypeinfo_of(state).zones[0].pageblocks, wanted.zones[0].pageblocks);
    expect_possible(state);
  }
  EXPECT_GT(made, 300);
  EXPECT_LT(made, 3000);
}

TEST(MadeUp, RefusesCountsThatNoStateHas) {
  // One unmovable pageblock has no place for two blocks of half its size.
  EXPECT_THAT(complaint_about(small(" 0 0 2 0 0", " 0 0 0 0 0")),
              AllOf(HasSubstr("2 free blocks of order 2 of type Unmovable"),
                    HasSubstr("at most 1 that do not merge")));
  EXPECT_THAT(complaint_about(small(" 0 0 0 0 1", " 0 0 0 0 0")),
              AllOf(HasSubstr("1 pageblocks of type Unmovable"), HasSubstr("at least 2")));
  EXPECT_THAT(complaint_about(small(" 0 0 0 0 0", " 0 0 0 3 0")),
              HasSubstr("3 free blocks of order 3 of type Movable"));
  EXPECT_THAT(complaint_about(small(" 0 0 0 0 0", " 0 0 0 0 0", " 99999999 0")),
              HasSubstr("pageblocks"));
}

TEST(MadeUp, TakesFromBuddyinfoWhatTheKernelStoppedCounting) {
  const std::string blocks = " 60000 1";
  const std::string stopped = small(" >100000 0 0 0 0", " 3 0 0 0 0", blocks);
  EXPECT_THAT(complaint_about(stopped), HasSubstr("buddyinfo beside it"));
  const StartState state = made_up(stopped, "Node 0, zone Normal 123456 0 0 0 0\n");
  EXPECT_TRUE(trace::pagetypeinfo_of(state).zones[0].free[0][0].at_least);
  EXPECT_EQ(trace::buddyinfo_of(state)[0].blocks[0], 123456U);
  EXPECT_THAT(state.remarks, SizeIs(1));
}

TEST(MadeUp, SaysWhereTheTwoFilesDiffer) {
  const StartState state =
      made_up(small(" 1 0 0 0 0", " 0 0 0 0 1"), "Node 0, zone Normal 2 0 0 0 1\n");
  ASSERT_THAT(state.remarks, SizeIs(2));
  EXPECT_THAT(state.remarks[1],
              HasSubstr("zone Normal has 2 free blocks of order 0 by buddyinfo and 1 by"));
}

// ---- spbcheck show

CommandOutcome show(const fs::path& folder) {
  return run_command("'" SPB_PROGRAM "' show '" + folder.string() + "'");
}

TEST(Show, PrintsTheStartStateOfARecording) {
  const CommandOutcome outcome = show(recordings / "hand");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(
      outcome.text,
      HasSubstr(
          "\nNode 0, zone   Normal      0      0      1      1      1 \n"
          "\nPage block order: 3\nPages per block:  8\n\n"
          "Free pages count per migrate type at order       0      1      2      3      4 \n"
          "Node    0, zone   Normal, type    Unmovable      0      0      1      0      0 \n"
          "Node    0, zone   Normal, type      Movable      0      0      0      1      1 \n"
          "Node    0, zone   Normal, type  Reclaimable      0      0      0      0      0 \n"));
  EXPECT_THAT(outcome.text, HasSubstr("# free blocks as in freeblocks.before"));
  EXPECT_THAT(outcome.text, Not(HasSubstr("made up")));
}

TEST(Show, MarksAStateThatIsMadeUp) {
  const fs::path folder = fs::path(testing::TempDir()) / ("spb_show_" + std::to_string(getpid()));
  fs::create_directories(folder);
  const std::string types =
      small("     1      0      0      0      0 ", "     0      0      0      0      1 ");
  const std::string buddies = "Node 0, zone   Normal      1      0      0      0      1 \n";
  std::ofstream(folder / "pagetypeinfo") << types;
  std::ofstream(folder / "buddyinfo.before") << buddies;
  const CommandOutcome outcome = show(folder);
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.text, "# made up: these counts are given, where each block lies is not\n" +
                              buddies + "\n" + types);
  fs::remove(folder / "pagetypeinfo");
  EXPECT_EQ(show(folder).status, 2);
  EXPECT_THAT(show(folder).text, HasSubstr("neither freeblocks.before nor pagetypeinfo.before"));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace spb::test
