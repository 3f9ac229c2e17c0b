// SPDX-License-Identifier: GPL-2.0-only
//
// The search for a smaller program, held against predicates whose smallest program is known.
#include "program/minimize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "model/words/gfp.h"
#include "program/normalise.h"

namespace spb::test {
namespace {

Operation alloc(uint32_t slot, uint8_t order, uint32_t gfp = GFP_KERNEL) {
  return {.kind = OpKind::alloc, .order = order, .slot = slot, .a = gfp};
}
Operation free_of(uint32_t slot) {
  return {.kind = OpKind::free, .slot = slot};
}
Operation tag(uint32_t block, Migratetype type) {
  return {.kind = OpKind::tag, .a = block, .b = static_cast<uint32_t>(type)};
}

Program program_of(std::vector<Operation> operations) {
  Program program;
  program.operations = std::move(operations);
  return normalised(std::move(program));
}

// A long program of unlike operations, the same every time.
Program long_program(std::size_t operations) {
  Program program;
  for (std::size_t i = 0; i < operations; ++i) {
    const auto slot = static_cast<uint32_t>(i * 7 % 64);
    program.operations.push_back(i % 3 == 2 ? free_of(slot)
                                            : alloc(slot, static_cast<uint8_t>(i % 5)));
  }
  return normalised(std::move(program));
}

// Shows it at the operation that completes `count` tags of pageblock `block`.
ShowsAfter tags_of(uint32_t block, std::size_t count) {
  return [block, count](const Program& program) -> std::optional<std::size_t> {
    std::size_t seen = 0;
    for (std::size_t i = 0; i < program.operations.size(); ++i) {
      const Operation& op = program.operations[i];
      seen += op.kind == OpKind::tag && op.a == block;
      if (seen == count) return i + 1;
    }
    return {};
  };
}

TEST(Minimise, KeepsOnlyTheOperationsThatAreNeeded) {
  Program program = long_program(4096);
  program.operations[100] = tag(3, MIGRATE_UNMOVABLE);
  program.operations[2000] = tag(3, MIGRATE_UNMOVABLE);
  program.operations[4000] = tag(3, MIGRATE_UNMOVABLE);
  const Program least = minimize(program, Lower::operations, tags_of(3, 3));
  EXPECT_EQ(least, program_of({tag(3, MIGRATE_UNMOVABLE), tag(3, MIGRATE_UNMOVABLE),
                               tag(3, MIGRATE_UNMOVABLE)}));
}

TEST(Minimise, EndsWithTheOperationThatShowsIt) {
  const Program program =
      program_of({tag(1, MIGRATE_UNMOVABLE), alloc(0, 0), alloc(1, 0), alloc(2, 0)});
  const Program least = minimize(program, Lower::operations, tags_of(1, 1));
  EXPECT_EQ(least, program_of({tag(1, MIGRATE_UNMOVABLE)}));
}

// Two operations that are needed only as a pair: neither can go alone, both can.
TEST(Minimise, TakesOutWhatCanOnlyGoTogether) {
  const auto balanced = [](const Program& program) -> std::optional<std::size_t> {
    const auto is = [](OpKind kind) {
      return [kind](const Operation& op) { return op.kind == kind; };
    };
    const auto& ops = program.operations;
    const auto allocs = std::count_if(ops.begin(), ops.end(), is(OpKind::alloc));
    const auto frees = std::count_if(ops.begin(), ops.end(), is(OpKind::free));
    if (allocs != frees || ops.empty() || ops.back().kind != OpKind::irq_work) return {};
    return ops.size();
  };
  const Program program =
      program_of({alloc(0, 0), free_of(0), alloc(0, 0), free_of(0), Operation{}});
  EXPECT_EQ(minimize(program, Lower::operations, balanced).operations.size(), 1U);
}

TEST(Minimise, LeavesNoOperationThatCouldGo) {
  const Program program = long_program(500);
  const auto enough = [](const Program& candidate) -> std::optional<std::size_t> {
    uint32_t pages = 0;
    for (std::size_t i = 0; i < candidate.operations.size(); ++i) {
      pages +=
          candidate.operations[i].kind == OpKind::alloc ? 1U << candidate.operations[i].order : 0U;
      if (pages >= 100) return i + 1;
    }
    return {};
  };
  const Program least = minimize(program, Lower::operations, enough);
  ASSERT_TRUE(enough(least));
  for (std::size_t i = 0; i < least.operations.size(); ++i) {
    Program without = least;
    without.operations.erase(without.operations.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(enough(without)) << i;
  }
}

TEST(Minimise, LowersArgumentsAsFarAsTheyMatter) {
  const auto needs = [](const Program& program) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < program.operations.size(); ++i) {
      const Operation& op = program.operations[i];
      if (op.kind == OpKind::rmqueue && op.order >= 2 && (op.b & ALLOC_NON_BLOCK)) return i + 1;
    }
    return {};
  };
  const Operation start{.kind = OpKind::rmqueue,
                        .order = 4,
                        .slot = 17,
                        .a = MIGRATE_RECLAIMABLE,
                        .b = ALLOC_NON_BLOCK | ALLOC_NOFRAGMENT};
  const Operation least{
      .kind = OpKind::rmqueue, .order = 2, .a = MIGRATE_UNMOVABLE, .b = ALLOC_NON_BLOCK};
  EXPECT_EQ(minimize(program_of({start}), Lower::operations, needs), program_of({least}));
}

TEST(Minimise, PrefersRequestsThatAReaderKnows) {
  const auto movable = [](const Program& program) -> std::optional<std::size_t> {
    if (program.operations.empty()) return {};
    return gfp_migratetype(program.operations[0].a) == MIGRATE_MOVABLE ? std::optional(1U)
                                                                       : std::nullopt;
  };
  const Program program = program_of({alloc(0, 0, GFP_HIGHUSER_MOVABLE | __GFP_ZERO | __GFP_COMP)});
  const Program least = minimize(program, Lower::operations, movable);
  EXPECT_EQ(least.operations[0].a, uint32_t{GFP_HIGHUSER_MOVABLE});
}

TEST(Minimise, NumbersSlotsInTheOrderOfTheirFirstUseAndKeepsThemApart) {
  // Shows it where two chunks are live and the first is then freed.
  const auto shows = [](const Program& program) -> std::optional<std::size_t> {
    const auto& ops = program.operations;
    if (ops.size() < 3 || ops[0].kind != OpKind::alloc || ops[1].kind != OpKind::alloc) return {};
    const bool freed = ops[2].kind == OpKind::free && ops[2].slot == ops[0].slot;
    return freed && ops[0].slot != ops[1].slot ? std::optional(3U) : std::nullopt;
  };
  const Program program = program_of({alloc(40, 3), alloc(9, 1), free_of(40)});
  EXPECT_EQ(minimize(program, Lower::operations, shows),
            program_of({alloc(0, 0), alloc(1, 0), free_of(0)}));
}

TEST(Minimise, ShrinksTheZoneAndDropsParametersWhereAsked) {
  Program program = program_of({tag(5, MIGRATE_RECLAIMABLE)});
  program.zone.geometry = {.superpageblocks = 8,
                           .pageblocks = 4,
                           .pageblock_order = 3,
                           .max_page_order = 5,
                           .base_pfn = 1024,
                           .absent_first = 5,
                           .absent_last = 9,
                           .slots = 200,
                           .start_allocated = true};
  program.zone.parameters[ParameterId::evacuate_items] = 5;
  program.zone.parameters[ParameterId::compact_cluster] = 7;
  program = normalised(std::move(program));
  const auto shows = [](const Program& candidate) -> std::optional<std::size_t> {
    const bool needed = candidate.zone.parameters[ParameterId::compact_cluster] == 7 &&
                        candidate.zone.geometry.nr_blocks() >= 6;
    return needed && !candidate.operations.empty() ? std::optional(1U) : std::nullopt;
  };
  const Program least = minimize(program, Lower::zone_operations, shows);
  EXPECT_EQ(least.zone.parameters[ParameterId::evacuate_items], Parameters::unset);
  EXPECT_EQ(least.zone.parameters[ParameterId::compact_cluster], 7);
  EXPECT_EQ(least.zone.geometry, (Geometry{.superpageblocks = 2,
                                           .pageblocks = 4,
                                           .pageblock_order = 1,
                                           .max_page_order = 1,
                                           .slots = 64}));
  const Program same_zone = minimize(program, Lower::operations, shows);
  EXPECT_EQ(same_zone.zone.parameters, program.zone.parameters);
  EXPECT_EQ(same_zone.zone.geometry.superpageblocks, 8U);
}

TEST(Minimise, GivesTheSameProgramEveryTimeAndTakesASecondLookWithoutAChange) {
  Program program = long_program(300);
  program.operations[7] = tag(2, MIGRATE_RECLAIMABLE);
  program.operations[200] = tag(2, MIGRATE_MOVABLE);
  const Program once = minimize(program, Lower::zone_operations, tags_of(2, 2));
  EXPECT_EQ(minimize(program, Lower::zone_operations, tags_of(2, 2)), once);
  EXPECT_EQ(minimize(once, Lower::zone_operations, tags_of(2, 2)), once);
}

}  // namespace
}  // namespace spb::test
