// SPDX-License-Identifier: GPL-2.0-only
//
// Properties of every program, held by RapidCheck. RC_PARAMS="max_success=10000 seed=7" asks for
// more; SPB_FINDINGS=FOLDER files the minimal program of a failure there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "files/findings_folder.h"
#include "model/policy/variant.h"
#include "program/bytes.h"
#include "program/digest.h"
#include "program/finding.h"
#include "program/normalise.h"
#include "program/run.h"
#include "program/story.h"
#include "tests/program_generators.h"

namespace spb::test {
namespace {

// ---- every invariant

RunOptions checked() {
  RunOptions options;
  options.checks = Checks::both;
  return options;
}

// The minimal program, filed where SPB_FINDINGS says.
std::string minimal_text(const Program& program) {
  const auto minimal = minimise_finding(with_lines(program), checked());
  if (!minimal) return "which holds when it runs again:\n" + print_text(with_lines(program));
  std::string text = print_text(minimal->text);
  if (const char* folder = std::getenv("SPB_FINDINGS"); folder != nullptr && *folder != '\0') {
    text += "filed as " + file_finding(*minimal, folder).path.string() + "\n";
  }
  return text;
}

TEST(EveryProgram, HoldsEveryInvariantUnderItsVariantAndParameters) {
  std::optional<Program> failing;
  const bool holds = rc::check("every invariant holds after every operation", [&failing] {
    const Program program = any_program();
    Runner runner(program.zone, checked());
    OperationList source(program.operations);
    const auto finding = run(runner, source);
    if (!finding) return;
    failing = program;
    RC_FAIL(headline(*finding, runner.zone(), program.zone));
  });
  EXPECT_TRUE(holds) << (failing ? minimal_text(*failing) : "");
}

// ---- digests

// The state's digest after every operation, up to what is known to break.
std::vector<uint64_t> digests(Runner& runner, const Program& program) {
  std::vector<uint64_t> result{digest(runner.machine())};
  for (const Operation& op : program.operations) {
    if (runner.step(op) || runner.unchecked_after()) break;
    result.push_back(digest(runner.machine()));
  }
  return result;
}

TEST(EveryProgram, RunsTheSameWayTwice) {
  EXPECT_TRUE(rc::check("a second run, on a new zone and on a reset one, has the same digests", [] {
    const Program program = any_program();
    Runner first(program.zone, {});
    Runner second(program.zone, {});
    const auto once = digests(first, program);
    RC_ASSERT(digests(second, program) == once);
    first.reset();
    RC_ASSERT(digests(first, program) == once);
  }));
}

TEST(EveryProgram, RunsTheSameWayWithoutChecks) {
  EXPECT_TRUE(rc::check("checks change nothing that they look at", [] {
    const Program program = any_program();
    RunOptions unchecked;
    unchecked.checks = Checks::none;
    Runner first(program.zone, checked());
    Runner second(program.zone, unchecked);
    for (const Operation& op : program.operations) {
      if (first.step(op) || first.unchecked_after()) break;
      second.step(op);
      RC_ASSERT(digest(first.machine()) == digest(second.machine()));
    }
  }));
}

// ---- round trips

TEST(EveryProgram, ComesBackFromTextAndBytes) {
  EXPECT_TRUE(rc::check("text and bytes say the whole program", [] {
    const Program program = any_program();
    const std::string text = print_text(with_lines(program));
    RC_ASSERT(parse_text(text, "printed").program == program);
    Program decoded;
    decode_bytes(encode_bytes(program), decoded);
    RC_ASSERT(decoded == program);
    RC_ASSERT(normalised(program) == program);
  }));
}

// ---- allocate, then free

// What of a state does not depend on history: no order of lists, no sticky bits of pageblocks.
struct Normalised {
  std::vector<std::tuple<uint32_t, uint32_t>> chunks;  ///< free: pfn, order
  std::vector<uint8_t> lists;                          ///< of each chunk: its type
  std::vector<uint8_t> tags;
  std::vector<uint8_t> allocated;  ///< by page: is it
  std::vector<uint32_t> spbs;      ///< nr_free_pages
  uint32_t nr_free_pages = 0;
};

Normalised normalised_state(const Zone& zone) {
  Normalised state;
  for (uint32_t page = 0; page < zone.geometry().span(); ++page) {
    const Pfn pfn(page);
    state.allocated.push_back(zone.page(pfn) & page_state::not_free_mask);
    if (!zone.is_free_head(pfn)) continue;
    state.chunks.emplace_back(page, zone.order_of(pfn).value);
    state.lists.push_back(zone.list_type(pfn));
  }
  for (uint32_t b = 0; b < zone.geometry().nr_blocks(); ++b)
    state.tags.push_back(zone.block(BlockIndex(b)).tag);
  for (uint32_t s = 0; s < zone.nr_spbs(); ++s)
    state.spbs.push_back(zone.spb(SpbIndex(s)).nr_free_pages);
  state.nr_free_pages = zone.state().nr_free_pages;
  return state;
}

// Two free buddies that would merge if one were freed now: when they were, a program's `tag` had
// not yet made their pageblocks alike.
bool buddies_lie_apart(const Zone& zone) {
  const Geometry& g = zone.geometry();
  for (uint32_t page = 0; page < g.span(); ++page) {
    const Pfn pfn(page);
    if (!zone.is_free_head(pfn) || zone.order_of(pfn).value >= g.max_page_order) continue;
    const Order order = zone.order_of(pfn);
    const Pfn buddy(page ^ nr_pages(order));
    if (!zone.is_free_head(buddy, order)) continue;
    const Migratetype one = zone.list_type(pfn);
    const Migratetype other = zone.list_type(buddy);
    if (order.value < g.pageblock_order || one == other ||
        (one < MIGRATE_PCPTYPES && other < MIGRATE_PCPTYPES)) {
      return true;
    }
  }
  return false;
}

// Runs the program; nothing where its state breaks as is known.
bool runs(Runner& runner, const Program& program) {
  for (const Operation& op : program.operations) {
    if (runner.step(op) || runner.unchecked_after()) return false;
  }
  return true;
}

// A claim keeps the tag it gave; whatever else an allocation changes, its free takes back. A
// pageblock that HIGHATOMIC claimed past its reserve (D6) does not merge with what it was part of.
TEST(AllocateThenFree, RestoresTheStateButForHistory) {
  EXPECT_TRUE(rc::check("the same chunks are free, on the same lists unless a tag changed", [] {
    const Program program = any_program();
    const Operation request = *any_request(program.zone);
    Runner runner(program.zone, {});
    RC_PRE(runs(runner, program) && !buddies_lie_apart(runner.zone()));
    const Normalised before = normalised_state(runner.zone());
    runner.step(request);
    RC_PRE(runner.outcome().result == Result::page && !runner.unchecked_after());
    runner.step({.kind = OpKind::free, .slot = spare_slot});
    const Normalised after = normalised_state(runner.zone());
    RC_ASSERT(after.chunks == before.chunks);
    RC_ASSERT(after.allocated == before.allocated);
    RC_ASSERT(after.spbs == before.spbs);
    RC_ASSERT(after.nr_free_pages == before.nr_free_pages);
    if (after.tags == before.tags) RC_ASSERT(after.lists == before.lists);
  }));
}

// A pass that takes and does nothing else, in every row that has its name.
bool only_takes(const Policy<Concrete>& policy, PassId id) {
  const auto other = [id](const PassRow<Concrete>& row) {
    return row.id == id && row.effect != Effect::hand_out;
  };
  return id != PassId::CLAIM && std::none_of(policy.passes.begin(), policy.passes.end(), other);
}

TEST(Allocate, ChangesTagsOnlyByAClaim) {
  EXPECT_TRUE(rc::check("a pass that only takes, and a steal, leave every tag as it was", [] {
    const Program program = any_program();
    const Operation request = *any_request(program.zone);
    Runner runner(program.zone, {});
    RC_PRE(runs(runner, program) && !buddies_lie_apart(runner.zone()));
    const Normalised before = normalised_state(runner.zone());
    const uint64_t known = runner.counts().known_violations();
    runner.step(request);
    RC_PRE(runner.outcome().result == Result::page);
    // A claim in vain before it, which some variants are known for, has changed a tag.
    RC_PRE(runner.counts().known_violations() == known);
    RC_PRE(only_takes(runner.zone().policy(), runner.outcome().by));
    RC_ASSERT(normalised_state(runner.zone()).tags == before.tags);
  }));
}

}  // namespace
}  // namespace spb::test
