// SPDX-License-Identifier: GPL-2.0-only
#include "smt/steps.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "explore/packing.h"
#include "explore/search.h"
#include "model/policy/variant.h"
#include "program/minimize.h"
#include "smt/small_zones.h"

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

/// Two zones in step.
class Pair {
 public:
  Pair(const StepsQuestion& question, const ZoneSpec& spec)
      : programs_(question.programs),
        with_(machine_of(spec, variants()[spec.variant].policy)),
        without_(machine_of(poorer(spec, question.pass), variants()[spec.variant].policy)) {}

  Machine& with() { return *with_; }
  Machine& without() { return *without_; }
  TaintedInBoth tainted() const {
    return {nr_tainted(with_->zone()), nr_tainted(without_->zone())};
  }
  bool found() const { return tainted().with > tainted().without; }

  /// False: the two differ in its result, and that does not count.
  bool run(const Operation& op) {
    const Outcome a = apply(*with_, op);
    const Outcome b = apply(*without_, op);
    return programs_ == Programs::any || a.result == b.result;
  }

 private:
  Programs programs_;
  std::unique_ptr<Machine> with_;
  std::unique_ptr<Machine> without_;
};

/// The last slot stands for a chunk whose page is not known yet; it is empty in every state.
uint32_t spare_slot(const Geometry& size) {
  return size.slots - 1;
}

/// The page that a request would get here, or no_page. Changes the machine.
Pfn page_got(Machine& machine, Operation request) {
  request.slot = spare_slot(machine.zone().geometry());
  return apply(machine, request).pfn;
}

/// The states of a pair. A name stands for a chunk of each zone, and names say which two these are,
/// so the two cannot change places apart, and no symmetry is claimed.
class PairStates : public World {
 public:
  PairStates(const StepsQuestion& question, const ZoneSpec& spec, std::vector<Operation> operations)
      : pair_(question, spec),
        operations_(std::move(operations)),
        with_(pair_.with()),
        without_(pair_.without()) {}

  std::size_t words() const override { return with_.words() + without_.words(); }
  std::size_t operations() const override { return operations_.size(); }
  void start() override {
    pair_.with().reset();
    pair_.without().reset();
    save();
  }
  void enter(const uint64_t* code) override {
    with_.enter(code);
    without_.enter(code + with_.words());
  }
  void pack(uint64_t* code) override {
    with_.pack(code);
    without_.pack(code + with_.words());
  }
  Step step(std::size_t operation, uint64_t* code) override {
    Operation op = operations_[operation];
    const bool counts = name(op) && pair_.run(op);
    const bool found = counts && pair_.found();
    if (counts) pack(code);
    restore();
    if (found) return Step::found;
    return counts ? Step::moved : Step::nothing;
  }
  Operation go(std::size_t operation) override {
    Operation op = operations_[operation];
    name(op);
    pair_.run(op);
    save();
    return op;
  }
  void try_alike(uint64_t) override {}

 private:
  /// One of the machines, as it was entered.
  class Side {
   public:
    explicit Side(Machine& machine)
        : machine_(machine),
          zone_(machine.zone()),
          packing_(zone_, Symmetry{}, SlotNames::kept),
          renaming_(zone_) {
      machine.events.enabled = false;
      save();
    }
    std::size_t words() const { return packing_.words(); }
    void save() { entered_.assign(machine_.image().begin(), machine_.image().end()); }
    void restore() { machine_.restore(entered_); }
    void enter(const uint64_t* code) {
      entered_ = packing_.unpacked(code);
      restore();
    }
    void pack(uint64_t* code) const { packing_.pack(zone_, renaming_, code); }

   private:
    Machine& machine_;
    const Zone& zone_;
    Packing packing_;
    Renaming renaming_;
    std::vector<std::byte> entered_;
  };

  void save() {
    with_.save();
    without_.save();
  }
  void restore() {
    with_.restore();
    without_.restore();
  }
  /// A request is named after what it gets. False: it has nothing to do.
  bool name(Operation& op) {
    if (op.kind == OpKind::free)
      return pair_.with().zone().slot(op.slot).page != 0 ||
             pair_.without().zone().slot(op.slot).page != 0;
    op.slot = name_of_result(op);
    restore();
    return true;
  }
  uint32_t name_of_result(const Operation& op) {
    const Geometry& size = pair_.with().zone().geometry();
    const Pfn a = page_got(pair_.with(), op);
    const Pfn b = page_got(pair_.without(), op);
    if (a != no_page) return a.value;
    return b != no_page ? size.span() + b.value : spare_slot(size);
  }

  Pair pair_;
  std::vector<Operation> operations_;
  Side with_;
  Side without_;
};

std::vector<Operation> operations_of(const StepsQuestion& question, const Geometry& zone) {
  constexpr OpKind requests[] = {OpKind::rmqueue};
  std::vector<Operation> all = alphabet(zone, requests);
  for (uint32_t slot = 0; question.frees && slot < spare_slot(zone); ++slot)
    all.push_back(operation(OpKind::free, {{Argument::slot, slot}}));
  return all;
}

}  // namespace

std::optional<TaintedInBoth> taints_more(const StepsQuestion& question, const Program& program) {
  Pair pair(question, program.zone);
  for (std::size_t i = 0; i < program.operations.size(); ++i) {
    if (!pair.run(program.operations[i])) return std::nullopt;
    if (!pair.found()) continue;
    TaintedInBoth result = pair.tainted();
    result.operations = i + 1;
    return result;
  }
  return std::nullopt;
}

StepsAnswer answer(const StepsQuestion& question, const Geometry& zone, uint64_t transitions_max,
                   uint32_t threads) {
  const ZoneSpec spec{with_slots_for_pages(zone, 2), static_cast<uint32_t>(question.variant), {}};
  const MakeWorld make_world = [&] {
    return std::make_unique<PairStates>(question, spec, operations_of(question, spec.geometry));
  };
  SearchOptions options;
  options.threads = threads;
  options.transitions_max = transitions_max;
  options.memory_max = SIZE_MAX;
  options.alike_one_in = 0;
  const SearchResult seen = search(make_world, options);
  StepsAnswer result;
  result.complete = seen.end == SearchEnd::complete;
  result.states = seen.counts.states;
  result.transitions = seen.counts.transitions;
  result.depth = seen.counts.depth;
  if (seen.end != SearchEnd::found) return result;
  result.program =
      minimize({spec, seen.path}, Lower::zone_operations, [&](const Program& candidate) {
        const auto more = taints_more(question, candidate);
        return more ? std::optional(more->operations) : std::nullopt;
      });
  return result;
}

// ---- the questions

namespace {

constexpr std::size_t rfc_v1_31 = tables::index_of_variant("rfc-v1@31");
constexpr std::size_t rfc_v2 = tables::index_of_variant("rfc-v2");

Geometry zone(uint32_t superpageblocks, uint32_t pageblocks, uint32_t pageblock_order,
              uint32_t max_page_order, uint32_t absent = 0) {
  return {.superpageblocks = superpageblocks,
          .pageblocks = pageblocks,
          .pageblock_order = pageblock_order,
          .max_page_order = max_page_order,
          .absent_first = absent,
          .absent_last = absent};
}

std::vector<StepsQuestion> make_questions() {
  const Geometry small = zone(2, 2, 1, 1);
  const Geometry two = zone(2, 2, 1, 2);
  const Geometry three = zone(3, 1, 2, 2);
  const Geometry cut = zone(3, 2, 1, 1, 1);
  const Geometry edges = zone(2, 1, 2, 2, 1);
  return {
      {.id = "2c-never-taints-more-steps",
       .sentence = "No program leaves more superpageblocks tainted with PASS_2C than without it, "
                   "where both serve the same of its requests.",
       .source = "series v1 31/45",
       .variant = rfc_v1_31,
       .pass = PassId::PASS_2C,
       .programs = Programs::same_results,
       .frees = true,
       .zones = {two},
       .refuted = true},
      {.id = "2c-never-taints-more-requests",
       .sentence = "Of programs that free nothing, none leaves more superpageblocks tainted with "
                   "PASS_2C than without it, where both serve the same.",
       .source = "series v1 31/45",
       .variant = rfc_v1_31,
       .pass = PassId::PASS_2C,
       .programs = Programs::same_results,
       .frees = false,
       .zones = {two, three},
       .refuted = true},
      {.id = "2d-never-taints-more-steps",
       .sentence = "No program leaves more superpageblocks tainted with PASS_2D than without it, "
                   "where both serve the same of its requests.",
       .source = "series v1 42/45",
       .variant = rfc_v2,
       .pass = PassId::PASS_2D,
       .programs = Programs::same_results,
       .frees = true,
       .zones = {edges},
       .refuted = true},
      {.id = "2d-never-taints-more-requests",
       .sentence =
           "Of programs that free nothing, none leaves more superpageblocks tainted with PASS_2D "
           "than without it, where both serve the same and the zone's border cuts pageblocks.",
       .source = "series v1 42/45",
       .variant = rfc_v2,
       .pass = PassId::PASS_2D,
       .programs = Programs::same_results,
       .frees = false,
       .zones = {edges, cut, zone(3, 1, 2, 2, 1)},
       .refuted = false},
      {.id = "2d-never-taints-more-requests-whole",
       .sentence = "Of programs that free nothing, none leaves more superpageblocks tainted with "
                   "PASS_2D than without it on a zone of whole pageblocks, whatever is served.",
       .source = "series v1 42/45",
       .variant = rfc_v2,
       .pass = PassId::PASS_2D,
       .programs = Programs::any,
       .frees = false,
       .zones = {two, small, three, zone(3, 2, 1, 2)},
       .refuted = false},
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
