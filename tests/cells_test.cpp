// SPDX-License-Identifier: GPL-2.0-only
//
// Cells: numbers, names, counts, what operations reach and what nothing can; and the fuzz target's
// counters, which show them to the engine.
#include "program/cells.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <utility>

#include "fuzz/cell_features.h"
#include "model/policy/variant.h"
#include "program/bytes.h"
#include "program/cell_reach.h"
#include "program/cells_image.h"
#include "program/run.h"
#include "program/simulate.h"
#include "program/text.h"
#include "tests/verb_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size);
// The linker's own names for both ends of the section that libFuzzer reads.
extern "C" uint8_t __start___libfuzzer_extra_counters;
extern "C" uint8_t __stop___libfuzzer_extra_counters;

namespace spb::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// ---- numbers and names

TEST(Cells, HaveANameEach) {
  for (const Variant& variant : variants()) {
    const CellReach reach(variant);
    std::set<std::pair<CellKind, std::string>> names;
    std::size_t cells = 0;
    for (uint32_t cell = 0; cell < nr_cells; ++cell) {
      if (!reach.has(cell)) continue;
      ++cells;
      names.emplace(place_of(cell).kind, name_of_cell(cell));
    }
    EXPECT_EQ(names.size(), cells) << variant.name;
    EXPECT_GT(cells, 500U) << variant.name;
  }
}

TEST(Cells, AreTakenApartAsTheyWerePutTogether) {
  const uint32_t last = cell<CellKind::move>(nr_spb_lists - 1, nr_spb_lists - 1);
  EXPECT_EQ(last, nr_cells - 1);
  const CellPlace place = place_of(cell<CellKind::driver>(2, 1, 1));
  EXPECT_EQ(place.kind, CellKind::driver);
  EXPECT_EQ(place.at, (std::array<uint32_t, 4>{2, 1, 1, 0}));
}

// ---- counts

RunCells run_of(std::initializer_list<uint32_t> cells) {
  RunCells run;
  for (const uint32_t cell : cells)
    run.reach(cell);
  return run;
}

TEST(Cells, SayHowLikelyANewOneIs) {
  Cells cells;
  EXPECT_EQ(cells.chance_of_new(), 1);
  EXPECT_EQ(cells.chance_of_new_in(1), 1);
  cells.add_run(0, run_of({5, 6, 6}), 1000);
  cells.add_run(0, run_of({6}), 1000);
  cells.add_run(0, run_of({6}), 1000);
  cells.add_run(0, run_of({6}), 1000);
  EXPECT_EQ(cells.reached(), 2U);
  EXPECT_EQ(cells.times(0, 6), 5U);
  // One cell that a single run has, of four runs, or 4000 operations.
  EXPECT_EQ(cells.chance_of_new(), 0.25);
  EXPECT_NEAR(cells.chance_of_new_in(4000), 0.632, 0.001);
  Cells more;
  more.add_run(0, run_of({5}), 10);
  cells.add(more);
  EXPECT_EQ(cells.chance_of_new(), 0);
  EXPECT_EQ(cells.chance_of_new_in(million_operations), 0);
  more.add_run(1, run_of({5}), 10);
  EXPECT_EQ(more.reached(), 2U) << "a cell of another variant is another cell";
}

TEST(Cells, OfARunAreForgottenWhenTheyAreCleared) {
  RunCells run = run_of({3, 3, 4});
  EXPECT_EQ(run.reached().size(), 2U);
  run.clear();
  EXPECT_TRUE(run.reached().empty());
  run.reach(3);
  EXPECT_EQ(run.times(3), 1U);
}

TEST(CellsImage, HoldsTheSameCells) {
  Cells cells;
  cells.add_run(1, run_of({7, 7}), 12);
  std::vector<uint64_t> image = CellsImage::of(cells);
  Cells read;
  ASSERT_TRUE(CellsImage::read(image, read));
  EXPECT_EQ(read.times(1, 7), 2U);
  EXPECT_EQ(read.runs_with(1, 7), 1U);
  EXPECT_EQ(read.runs(), 1U);
  EXPECT_EQ(read.operations(), 12U);
  ++image[1];
  EXPECT_FALSE(CellsImage::read(image, read)) << "of other names";
  image = CellsImage::of(cells);
  image.pop_back();
  EXPECT_FALSE(CellsImage::read(image, read)) << "cut short";
}

// ---- what operations reach

std::set<std::string> cells_of(const std::string& text) {
  const Program program = parse_text(text, "text").program;
  Runner runner(program.zone, {.checks = Checks::both, .cells = true});
  for (const Operation& op : program.operations)
    EXPECT_FALSE(runner.step(op));
  std::set<std::string> names;
  for (const uint32_t cell : runner.cells()->reached())
    names.insert(name_of_cell(cell));
  return names;
}

const std::string zone = "zone superpageblocks=2 pageblocks=2 pageblock_order=3 variant=";

TEST(CellWatch, NotesPassListAndMove) {
  const auto cells = cells_of(zone + "mainline\nx = rmqueue order=0 mt=MOVABLE\nfree x\n");
  EXPECT_THAT(cells, AllOf(Contains("SMALLEST MOVABLE page empty"), Contains("rmqueue page page"),
                           Contains("free done page")));
  EXPECT_THAT(cells, Contains(HasSubstr("empty clean/")));
  EXPECT_THAT(cells, Not(Contains(HasSubstr("refused"))));
}

TEST(CellWatch, NotesWhatACallerInNeedGoesThrough) {
  const auto cells = cells_of(zone +
                              "rfc-v2\na = rmqueue order=4 mt=MOVABLE\n"
                              "b = rmqueue order=4 mt=MOVABLE\nc = alloc order=0 gfp=GFP_ATOMIC\n");
  EXPECT_THAT(
      cells,
      AllOf(Contains("ATOMIC_LADDER UNMOVABLE not-served"), Contains("ADD_TAINTED_OK UNMOVABLE"),
            Contains("ATOMIC_LADDER NON_BLOCK NO_PAGE"), Contains("alloc none page")));
}

TEST(CellWatch, NotesWhoseClaimWasRefused) {
  const auto cells = cells_of(
      "zone superpageblocks=2 pageblocks=2 pageblock_order=3 absent_first=4 variant=mainline\n"
      "a = rmqueue order=3 mt=MOVABLE\nb = rmqueue order=3 mt=MOVABLE\n"
      "c = rmqueue order=3 mt=MOVABLE\nd = rmqueue order=0 mt=UNMOVABLE\n");
  EXPECT_THAT(cells, Contains("ZONE_BOUNDARY CLAIM"));
}

// A checker that did not hear of the shrinking would miss it (shrink-asked).
TEST(CellWatch, LetsTheCheckerHearWhatIsAskedFor) {
  const auto cells = cells_of(
      "zone superpageblocks=1 pageblocks=2 pageblock_order=2 max_page_order=2 absent_first=1 "
      "variant=rfc-v2 tainted-reserve-min=1\n"
      "take pfn=1 order=0 mt=UNMOVABLE\ntake pfn=2 order=0 mt=MOVABLE\n"
      "take pfn=4 order=2 mt=MOVABLE\nu = rmqueue order=0 mt=UNMOVABLE\n");
  EXPECT_THAT(cells, Contains(HasSubstr("PASS_2D UNMOVABLE")));
}

// ---- what nothing reaches

TEST(CellReach, ExcludesNothingThatTheWalkReaches) {
  const std::atomic<bool> never = false;
  SimulateOptions options;
  options.readings = ReadingSet::all;
  for (uint32_t i = 0; i < variants().size(); ++i)
    options.variants.push_back(i);
  SimulateCounts counts;
  for (uint64_t life = 0; life < 60; ++life)
    live(seed_of_life(11, life), options, counts, never);
  EXPECT_GT(counts.cells.reached(), 1000U);
  for (std::size_t i = 0; i < variants().size(); ++i) {
    const CellReach reach(variants()[i]);
    for (uint32_t cell = 0; cell < nr_cells; ++cell) {
      if (counts.cells.times(i, cell) == 0) continue;
      EXPECT_TRUE(reach.has(cell)) << variants()[i].name << " " << name_of_cell(cell);
      EXPECT_EQ(reach.why_unreachable(cell), "") << variants()[i].name << name_of_cell(cell);
    }
  }
}

TEST(CellReach, SaysWhyACellIsOutOfReach) {
  const CellReach reach(*find_variant("rfc-v2"));
  const auto why = [&](PassId pass, Migratetype type, OrderClass order, uint32_t list) {
    return reach.why_unreachable(cell<CellKind::pass>(static_cast<uint32_t>(pass), type,
                                                      static_cast<uint32_t>(order), list));
  };
  const uint32_t clean = list_id(SB_CLEAN, 0);
  EXPECT_THAT(why(PassId::CLAIM, MIGRATE_CMA, OrderClass::page, clean), HasSubstr("fall back"));
  EXPECT_THAT(why(PassId::CLAIM, MIGRATE_MOVABLE, OrderClass::page, list_isolated),
              HasSubstr("whole superpageblock"));
  EXPECT_EQ(why(PassId::CLAIM, MIGRATE_UNMOVABLE, OrderClass::page, clean), "");
}

// ---- the fuzz target

std::set<std::size_t> counters_after(const std::string& text) {
  uint8_t* begin = &__start___libfuzzer_extra_counters;
  uint8_t* end = &__stop___libfuzzer_extra_counters;
  std::fill(begin, end, uint8_t{0});
  const auto bytes = encode_bytes(parse_text(text, "text").program);
  EXPECT_EQ(LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()),
            0);
  std::set<std::size_t> set;
  for (uint8_t* at = begin; at < end; ++at) {
    if (*at != 0) set.insert(static_cast<std::size_t>(at - begin));
  }
  return set;
}

TEST(CellFeatures, AreCountersThatLiveInTheTarget) {
  const auto bytes = &__stop___libfuzzer_extra_counters - &__start___libfuzzer_extra_counters;
  EXPECT_EQ(static_cast<std::size_t>(bytes), nr_variants * nr_cells);
  const auto one = counters_after(zone + "rfc-v2\nx = rmqueue order=0 mt=MOVABLE\n");
  const auto other = counters_after(zone + "rfc-v2\nx = rmqueue order=0 mt=UNMOVABLE\n");
  EXPECT_GE(one.size(), 2U);
  EXPECT_GE(other.size(), 2U);
  EXPECT_NE(one, other);
  const auto both = counters_after(
      zone + "rfc-v2\nx = rmqueue order=0 mt=MOVABLE\ny = rmqueue order=0 mt=UNMOVABLE\n");
  EXPECT_GT(both.size(), one.size()) << "features rise with what a program does";
}

using SharedCells = VerbFolder;

TEST_F(SharedCells, AddUpWhatSeveralProcessesReach) {
  const auto path = folder_ / "cells";
  fuzz::SharedCells one(path);
  fuzz::SharedCells other(path);
  one.add_run(1, run_of({3}), 10);
  other.add_run(1, run_of({3, 4}), 20);
  EXPECT_EQ(one.all().operations(), 30U);
  EXPECT_EQ(one.all().runs_with(1, 3), 2U);
  const auto told = spbcheck("coverage cells");
  EXPECT_EQ(told.status, 0) << told.text;
  EXPECT_THAT(told.text, HasSubstr("cells: 2 runs, 30 operations: 2 cells reached"));
}

TEST_F(SharedCells, RefuseAFileOfAnotherBuild) {
  write("cells", std::string(CellsImage::words * sizeof(uint64_t), 'x'));
  EXPECT_THROW(fuzz::SharedCells shared(folder_ / "cells"), std::runtime_error);
}

}  // namespace
}  // namespace spb::test
