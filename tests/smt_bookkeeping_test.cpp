// SPDX-License-Identifier: GPL-2.0-only
//
// What is proven of the driver, of work items and of the counts of free pages is about tables and
// templates; these tests hold them to the engine, in every scenario under every variant.
#include "smt/bookkeeping.h"

#include <gtest/gtest.h>

#include <string>

#include "model/operation/operation.h"
#include "program/load.h"
#include "smt/edits.h"
#include "tests/program_files.h"
#include "tests/surgery.h"

namespace spb::smt {
namespace {

struct Seen {
  uint64_t steps = 0;
  uint64_t moves = 0;
  std::string difference;
};

/// Runs every scenario with this engine, beside this reading, until they differ.
Seen watched(std::size_t variant, const Policy<Concrete>& engine, const Policy<Concrete>& reading) {
  Seen seen;
  for (const std::string& path : test::program_files({"tests/scenarios"})) {
    const auto program = load_program(SPB_SOURCE_DIR "/" + path);
    const Geometry& size = program->zone.geometry;
    const Parameters resolved =
        resolve(program->zone.parameters, variants()[variant].defaults, size);
    Machine machine(size, engine, resolved);
    Zone& zone = machine.zone();
    Bookkeeping watch(shaped(reading, resolved));
    machine.add(watch);
    for (Operation op; program->source->next(op);)
      apply(zone, op);
    seen.steps += watch.steps();
    seen.moves += watch.moves();
    if (watch.difference()) seen.difference = path + ": " + *watch.difference();
    if (watch.difference()) break;
  }
  return seen;
}

TEST(SmtBookkeeping, EngineAndTablesAgreeInEveryScenario) {
  for (std::size_t v = 0; v < variants().size(); ++v) {
    const Policy<Concrete>& policy = variants()[v].policy;
    const Seen seen = watched(v, policy, policy);
    EXPECT_EQ(seen.difference, "") << variants()[v].name;
    EXPECT_GT(seen.steps, 5U) << variants()[v].name;
    EXPECT_EQ(seen.moves > 50, variants()[v].defaults[ParameterId::claim_evacuates] != 0);
  }
}

/// Each edit, made on one side only, is seen.
template <class E>
void expect_seen(std::size_t variant) {
  const Policy<Concrete>& right = variants()[variant].policy;
  Policy<Concrete> wrong = right;
  E::template apply<Concrete>(wrong);
  EXPECT_NE(watched(variant, wrong, right).difference, "") << "engine: " << E::what;
  EXPECT_NE(watched(variant, right, wrong).difference, "") << "reading: " << E::what;
}

TEST(SmtBookkeeping, AFaultOnEitherSideIsSeen) {
  expect_seen<edits::DropsBeforeReclaim>(4);
  expect_seen<edits::DropsBeforeCompaction>(4);
  expect_seen<edits::WithoutDriversDrop>(4);
  expect_seen<edits::GivesUpNever>(4);
  expect_seen<edits::EveryWaiterGivesUp>(4);
  expect_seen<edits::ItemLost>(1);
  expect_seen<edits::ItemLostInQueue>(1);
}

TEST(SmtBookkeeping, ACountThatIsOffIsSeen) {
  Machine machine(Geometry{}, variants()[4], {});
  Zone& zone = machine.zone();
  Bookkeeping watch(zone.policy());
  machine.add(watch);
  const Operation request{.kind = OpKind::rmqueue, .a = MIGRATE_MOVABLE};
  apply(zone, request);
  EXPECT_FALSE(watch.difference());
  ++Surgery::state(zone).nr_free_pages;
  apply(zone, request);
  EXPECT_TRUE(watch.difference());
}

}  // namespace
}  // namespace spb::smt
