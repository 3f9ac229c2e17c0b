// SPDX-License-Identifier: GPL-2.0-only
//
// The proofs are about the reading; these tests hold the reading to the engine, both ways, in every
// state of a small zone up to a number of operations. `spbcheck prove --agree N` goes further.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "model/words/gfp.h"
#include "smt/agreement.h"
#include "smt/edits.h"
#include "smt/prove.h"
#include "smt/small_zones.h"

namespace spb::smt {
namespace {

constexpr uint64_t sample = 60'000;

ZoneSpec tiny(std::size_t variant) {
  ZoneSpec spec;
  spec.geometry = tiny_size();
  spec.variant = static_cast<uint32_t>(variant);
  return spec;
}

TEST(SmtAgreement, EngineAndReadingTakeTheSamePassChunkAndEffect) {
  for (std::size_t v = 0; v < nr_variants; ++v) {
    const Policy<Concrete>& policy = variants()[v].policy;
    const Explored seen = explore(tiny(v), policy, policy, sample);
    EXPECT_FALSE(seen.difference) << variants()[v].name << ": " << *seen.difference;
    EXPECT_GT(seen.states, 500U) << variants()[v].name;
    EXPECT_GT(seen.searches, sample / 2) << variants()[v].name;
  }
}

TEST(SmtAgreement, EveryStateOfATiniestZoneAgrees) {
  for (std::size_t v = 0; v < nr_variants; ++v) {
    ZoneSpec spec = tiny(v);
    spec.geometry = tiniest_size();
    spec.parameters[ParameterId::evacuate_items] = 1;
    const Policy<Concrete>& policy = variants()[v].policy;
    const Explored seen = explore(spec, policy, policy, 2'000'000);
    // With hints and lists that rotate, the last two have more states than can be seen here.
    const bool rotates = v >= 3;
    EXPECT_TRUE(seen.complete || rotates) << variants()[v].name;
    EXPECT_FALSE(seen.difference) << variants()[v].name << ": " << *seen.difference;
  }
}

TEST(SmtAgreement, AZoneWithCutEndsAgreesToo) {
  ZoneSpec spec = tiny(4);
  spec.geometry.superpageblocks = 3;
  spec.geometry.absent_first = 1;
  spec.geometry.absent_last = 3;
  spec.geometry = with_slots_for_pages(spec.geometry);
  const Policy<Concrete>& policy = variants()[4].policy;
  const Explored seen = explore(spec, policy, policy, sample);
  EXPECT_FALSE(seen.difference) << *seen.difference;
}

/// Each edit, made on one side only, is seen.
template <class E>
void expect_seen(bool by_the_reading = true) {
  const Policy<Concrete>& right = variants()[4].policy;
  Policy<Concrete> wrong = right;
  E::template apply<Concrete>(wrong);
  EXPECT_TRUE(explore(tiny(4), wrong, right, sample).difference) << "engine: " << E::what;
  if (!by_the_reading) return;
  EXPECT_TRUE(explore(tiny(4), right, wrong, sample).difference) << "reading: " << E::what;
}

TEST(SmtAgreement, AFaultOnEitherSideIsSeen) {
  expect_seen<edits::EmptyFirst>();
  expect_seen<edits::Without2C>();
  expect_seen<edits::Without2D>();
  // What the reading would do then, no state among the first million asks for.
  expect_seen<edits::ClaimsLeavePreferred>(false);
  expect_seen<edits::BorrowClaims>();
  expect_seen<edits::Pass4First>();
}

// ---- the solver reads the same

/// One place of a zone as constants of the solver that equal its values.
class AsTerms {
 public:
  Symbolic::Int number(int value) {
    const auto constant = an_int(Terms::current().fresh("value"));
    known_ = known_ && constant == Symbolic::lit(value);
    return constant;
  }
  Symbolic::Bool bit(bool value) {
    const auto constant = a_bool(Terms::current().fresh("bit"));
    known_ = known_ && (value ? constant : !constant);
    return constant;
  }
  Request<Symbolic> of(const Request<Concrete>& r) {
    return {number(r.order),   number(r.migratetype), bit(r.nofragment),
            bit(r.tainted_ok), bit(r.atomic),         bit(r.gives_up),
            bit(r.non_block),  bit(r.highatomic),     bit(r.highorder_optional),
            bit(r.cma),        number(r.asked)};
  }
  ChunkView<Symbolic> of(const ChunkView<Concrete>& p) {
    return {{number(p.chunk.order), number(p.chunk.list), bit(p.chunk.from_tainted_spb)},
            {number(p.block.tag), bit(p.block.isolated), bit(p.block.all_free),
             bit(p.block.has_unmovable), bit(p.block.has_reclaimable), bit(p.block.has_movable)},
            {number(p.pages.free), number(p.pages.movable), number(p.pages.unmovable),
             bit(p.pages.leaves_zone)},
            {number(p.spb.nr_free), number(p.spb.nr_unmovable), number(p.spb.nr_reclaimable),
             number(p.spb.nr_movable), number(p.spb.nr_reserved), number(p.spb.total_pageblocks),
             number(p.spb.nr_free_pages)},
            bit(p.head),
            bit(p.hinted)};
  }
  Limits<Symbolic> of(const Limits<Concrete>& l) {
    return {number(l.pageblock_order),         number(l.pageblock_nr_pages),
            number(l.tainted_reserve_min),     l.tainted_reserve_divisor,
            number(l.whole_spb_pageblocks),    bit(l.many_superpageblocks),
            bit(l.free_block_becomes_movable), number(l.highatomic_max)};
  }
  Symbolic::Bool known() const { return known_; }

 private:
  Symbolic::Bool known_ = Symbolic::truth(true);
};

/// What the engine's side says about each step and chunk of a zone, with the answer of one step and
/// chunk turned around if `lie` is below their number.
std::string questions(const Zone& zone, const Request<Concrete>& request, std::size_t lie) {
  Terms terms;
  AsTerms as_terms;
  const ZoneWorld world(zone, request);
  const Subject subject = subject_of(4);
  const Reading<Concrete> engine(subject.concrete, request, zone.limits());
  const Reading<Symbolic> solver(subject.symbolic, as_terms.of(request),
                                 as_terms.of(zone.limits()));
  Symbolic::Bool agree = Symbolic::truth(true);
  std::size_t asked = 0;
  for (const ZoneWorld::Spot& spot : world.spots()) {
    const ChunkView<Symbolic> place = as_terms.of(spot);
    for (std::size_t i = 0; i < engine.steps().size(); ++i) {
      const bool takes = engine.takes(i, spot) != (asked++ == lie);
      const Symbolic::Bool same = solver.takes(i, place);
      agree = agree && (takes ? same : !same);
    }
  }
  return to_smtlib({as_terms.known(), !agree});
}

TEST(SmtAgreement, TheSolverEvaluatesTheSameFormulasToTheSameValues) {
  Machine machine(tiny_size(), variants()[4], {});
  Zone& zone = machine.zone();
  const std::vector<Operation> program = {{.kind = OpKind::rmqueue},
                                          {.kind = OpKind::rmqueue, .slot = 1, .a = 1},
                                          {.kind = OpKind::rmqueue, .order = 1, .slot = 2, .a = 2},
                                          {.kind = OpKind::rmqueue, .slot = 3, .a = 2},
                                          {.kind = OpKind::free, .slot = 2},
                                          {.kind = OpKind::isolate, .a = 3}};
  for (const Operation& op : program) {
    apply(zone, op);
    for (int type = 0; type < MIGRATE_PCPTYPES; ++type) {
      const Request<Concrete> request{.order = 0,
                                      .migratetype = type,
                                      .nofragment = type == 2,
                                      .tainted_ok = false,
                                      .atomic = true,
                                      .gives_up = false,
                                      .non_block = true,
                                      .highatomic = false,
                                      .highorder_optional = false,
                                      .cma = false,
                                      .asked = type};
      const Reply reply = ask_z3(questions(zone, request, 1000), Budget{});
      EXPECT_EQ(reply.answer, Answer::unsat) << "type " << type << ' ' << reply.detail;
      EXPECT_EQ(ask_z3(questions(zone, request, 3), Budget{}).answer, Answer::sat)
          << "a lie has to be seen";
    }
  }
}

}  // namespace
}  // namespace spb::smt
