// SPDX-License-Identifier: GPL-2.0-only
#include "smt/steps.h"

#include <algorithm>

#include "model/policy/variant.h"
#include "program/minimize.h"
#include "smt/explore.h"

namespace spb::smt {

namespace {

uint32_t nr_tainted(const Zone& zone) {
  uint32_t tainted = 0;
  for (uint32_t s = 0; s < zone.nr_spbs(); ++s)
    tainted += rules::spb_is_tainted<Concrete>(zone.view(SpbIndex(s)));
  return tainted;
}

/// The zone without the pass.
ZoneSpec poorer(ZoneSpec spec, PassId pass) {
  uint16_t& without = spec.parameters[ParameterId::without];
  if (without == Parameters::unset) without = 0;
  without |= static_cast<uint16_t>(1U << static_cast<unsigned>(pass));
  return spec;
}

/// Two zones in step, as a world of an Explorer.
class Pair {
 public:
  Pair(const StepsQuestion& question, const ZoneSpec& spec)
      : programs_(question.programs),
        with_(zone_of(spec, variants()[spec.variant].policy)),
        without_(zone_of(poorer(spec, question.pass), variants()[spec.variant].policy)) {}

  void reset() {
    with_.reset();
    without_.reset();
  }
  void save() {
    saved_with_.assign(with_.image().begin(), with_.image().end());
    saved_without_.assign(without_.image().begin(), without_.image().end());
  }
  void restore() {
    with_.restore(saved_with_);
    without_.restore(saved_without_);
  }
  uint64_t hash() const { return hash_of(with_) * 0x9e3779b97f4a7c15U + hash_of(without_); }

  TaintedInBoth tainted() const { return {nr_tainted(with_), nr_tainted(without_)}; }
  bool found() const { return tainted().with > tainted().without; }

  /// False: the two differ in its result, and that does not count.
  bool repeat(const Operation& op) {
    const Outcome a = apply(with_, op);
    const Outcome b = apply(without_, op);
    return programs_ == Programs::any || a.result == b.result;
  }
  /// One operation in the saved state, its slot named; false: it has nothing to do, or does not
  /// count.
  bool step(Operation& op) {
    if (op.kind == OpKind::free) {
      const bool held = with_.slot(op.slot).page != 0 || without_.slot(op.slot).page != 0;
      return held && repeat(op);
    }
    op.slot = name_of_result(op);
    restore();
    return repeat(op);
  }

 private:
  uint32_t name_of_result(const Operation& op) {
    const Pfn a = page_got(with_, op);
    const Pfn b = page_got(without_, op);
    if (a != no_page) return a.value;
    return b != no_page ? with_.geometry().span() + b.value : spare_slot(with_.geometry());
  }

  Programs programs_;
  Zone with_;
  Zone without_;
  std::vector<std::byte> saved_with_;
  std::vector<std::byte> saved_without_;
};

std::vector<Operation> operations_of(const StepsQuestion& question, const Geometry& zone) {
  std::vector<Operation> all = alphabet(zone, false);
  if (question.frees) return all;
  std::erase_if(all, [](const Operation& op) { return op.kind == OpKind::free; });
  return all;
}

}  // namespace

std::optional<TaintedInBoth> taints_more(const StepsQuestion& question, const Program& program) {
  Pair pair(question, program.zone);
  for (std::size_t i = 0; i < program.operations.size(); ++i) {
    if (!pair.repeat(program.operations[i])) return std::nullopt;
    if (!pair.found()) continue;
    TaintedInBoth result = pair.tainted();
    result.operations = i + 1;
    return result;
  }
  return std::nullopt;
}

StepsAnswer answer(const StepsQuestion& question, const Geometry& zone, uint64_t transitions_max) {
  const ZoneSpec spec{with_slots_for_pages(zone, 2), static_cast<uint32_t>(question.variant), {}};
  Pair pair(question, spec);
  Explorer explorer(pair, operations_of(question, spec.geometry));
  StepsAnswer result;
  result.complete = explorer.run(transitions_max);
  result.states = explorer.states();
  result.transitions = explorer.transitions();
  result.depth = explorer.depth();
  if (!pair.found()) return result;
  result.program =
      minimize({spec, explorer.path()}, Lower::zone_operations, [&](const Program& candidate) {
        const auto more = taints_more(question, candidate);
        return more ? std::optional(more->operations) : std::nullopt;
      });
  return result;
}

// ---- the questions

namespace {

constexpr std::size_t rfc_v1_31 = 3;
constexpr std::size_t rfc_v2 = 4;

Geometry zone(uint32_t superpageblocks, uint32_t pageblocks, uint32_t pageblock_order,
              uint32_t max_page_order, uint32_t absent = 0) {
  Geometry size;
  size.superpageblocks = superpageblocks;
  size.pageblocks = pageblocks;
  size.pageblock_order = pageblock_order;
  size.max_page_order = max_page_order;
  size.absent_first = absent;
  size.absent_last = absent;
  return size;
}

std::vector<StepsQuestion> make_questions() {
  const Geometry small = zone(2, 2, 1, 1);
  const Geometry two = zone(2, 2, 1, 2);
  const Geometry three = zone(3, 1, 2, 2);
  const Geometry cut = zone(3, 2, 1, 1, 1);
  const Geometry edges = zone(2, 1, 2, 2, 1);
  return {
      {"2c-never-taints-more-steps",
       "No program leaves more superpageblocks tainted with PASS_2C than without it, where both "
       "serve the same of its requests.",
       "series v1 31/45",
       rfc_v1_31,
       PassId::PASS_2C,
       Programs::same_results,
       true,
       {two},
       true},
      {"2c-never-taints-more-requests",
       "Of programs that free nothing, none leaves more superpageblocks tainted with PASS_2C than "
       "without it, where both serve the same.",
       "series v1 31/45",
       rfc_v1_31,
       PassId::PASS_2C,
       Programs::same_results,
       false,
       {two, three},
       true},
      {"2d-never-taints-more-steps",
       "No program leaves more superpageblocks tainted with PASS_2D than without it, where both "
       "serve the same of its requests.",
       "series v1 42/45",
       rfc_v2,
       PassId::PASS_2D,
       Programs::same_results,
       true,
       {edges},
       true},
      {"2d-never-taints-more-requests",
       "Of programs that free nothing, none leaves more superpageblocks tainted with PASS_2D than "
       "without it, where both serve the same and the zone's border cuts pageblocks.",
       "series v1 42/45",
       rfc_v2,
       PassId::PASS_2D,
       Programs::same_results,
       false,
       {edges, cut, zone(3, 1, 2, 2, 1)},
       false},
      {"2d-never-taints-more-requests-whole",
       "Of programs that free nothing, none leaves more superpageblocks tainted with PASS_2D than "
       "without it on a zone of whole pageblocks, whatever is served.",
       "series v1 42/45",
       rfc_v2,
       PassId::PASS_2D,
       Programs::any,
       false,
       {two, small, three, zone(3, 2, 1, 2)},
       false},
  };
}

}  // namespace

std::span<const StepsQuestion> steps_questions() {
  static const std::vector<StepsQuestion> all = make_questions();
  return all;
}

const StepsQuestion* find_steps_question(std::string_view id) {
  const auto all = steps_questions();
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const StepsQuestion& q) { return q.id == id; });
  return it == all.end() ? nullptr : &*it;
}

}  // namespace spb::smt
