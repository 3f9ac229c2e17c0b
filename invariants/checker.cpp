// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/checker.h"

#include <algorithm>
#include <vector>

#include "invariants/answers.h"
#include "invariants/frames.h"
#include "invariants/free_path.h"
#include "invariants/growth.h"
#include "invariants/incremental.h"
#include "invariants/isolation.h"
#include "invariants/moved.h"
#include "invariants/outcome.h"
#include "invariants/progress.h"
#include "invariants/reserve.h"
#include "invariants/snapshot.h"
#include "invariants/watch.h"

namespace spb {

namespace {

// ---- where full and incremental checks disagree

/// A list shows damage at its ends, its chunks or beside them, as one comes to it, and pages that
/// are none have no sums.
bool is_damaged_list(const Violation& violation) {
  switch (violation.id) {
    case InvariantId::free_lists:
      return violation.clause != clauses::area_count.name &&
             violation.clause != clauses::mixed_types.name;
    case InvariantId::conservation:
      return violation.clause == clauses::page_state.name;
    default:
      return false;
  }
}

bool has_damaged_list(const Violations& violations) {
  const auto all = violations.all();
  return std::any_of(all.begin(), all.end(), is_damaged_list);
}

/// Whether what one of the checks saw shows among what the other did. Slots are looked at where an
/// operation names them.
bool is_seen(const Violation& violation, const Violations& others) {
  if (is_damaged_list(violation) ? !others.empty() : has_damaged_list(others)) return true;
  if (violation.id == InvariantId::slots) return true;
  const auto all = others.all();
  return std::any_of(all.begin(), all.end(), [&](const Violation& other) {
    const bool same_list = violation.id == InvariantId::spb_lists &&
                           violation.clause != clauses::spb_list.name &&
                           other.clause != clauses::spb_list.name;
    return other.id == violation.id && (same_list || other.clause == violation.clause);
  });
}

/// The first of these that shows neither among the others nor among more of them, or null.
const Violation* first_unseen(const Violations& these, const Violations& others,
                              const Violations* more = nullptr) {
  const auto list = these.all();
  const bool damaged = has_damaged_list(these);
  const auto it = std::find_if(list.begin(), list.end(), [&](const Violation& violation) {
    if (damaged && !is_damaged_list(violation)) return false;
    return !is_seen(violation, others) && (more == nullptr || !more->has(violation));
  });
  return it == list.end() ? nullptr : &*it;
}

}  // namespace

class Checker::Impl {
 public:
  Impl(Zone& zone, Checks checks, bool conformance)
      : zone_(zone),
        raw_(zone),
        wanted_(checks),
        incremental_(zone),
        conformance_(zone, violations_),
        watch_(zone, incremental_, conformance ? &conformance_ : nullptr, violations_),
        outcome_(zone),
        answers_(zone),
        frames_(zone),
        free_path_(zone),
        isolation_(zone),
        moved_(zone),
        reserve_(zone),
        growth_(zone),
        snapshot_(zone, checks == Checks::both) {
    for (const InvariantInfo& invariant : invariant_infos()) {
      if (invariant.after != nullptr) after_each_.push_back(invariant.after);
      if (invariant.after_blocks != nullptr) after_blocks_.push_back(invariant.after_blocks);
    }
    resume();
  }
  ~Impl() { pause(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void pause() {
    if (checks_ == Checks::none) return;
    zone_.observers.remove(watch_);
    zone_.dirty.enabled = false;
    zone_.dirty.clear();
    violations_.clear();
    checks_ = Checks::none;
  }

  void reset() {
    if (wanted_ == Checks::none) return;
    resume();
    violations_.clear();
    watch_.reset();
    growth_.reset();
    incremental_.rebuild();
  }

  void before(const Operation& op) {
    if (checks_ == Checks::none) return;
    violations_.clear();
    watch_.begin(op);
    outcome_.before(op);
    answers_.before(op);
    frames_.before(op);
    free_path_.before(op);
    isolation_.before(op);
    moved_.before(op);
    reserve_.before(op);
    snapshot_.copy();
  }

  [[gnu::always_inline]] inline std::optional<Violation> after(const Operation& op,
                                                               const Outcome& outcome) {
    if (checks_ == Checks::none) return std::nullopt;
    watch_.finish(outcome);
    outcome_.last_try_was(watch_.last_try_was_in_vain());
    outcome_.came_to_reclaim(watch_.came_to_reclaim());
    outcome_.after(op, outcome, violations_);
    answers_.after(op, outcome, violations_);
    frames_.after(op, outcome, violations_);
    free_path_.after(op, outcome, violations_);
    isolation_.after(op, outcome, violations_);
    moved_.after(outcome, violations_);
    reserve_.after(op, outcome, violations_);
    growth_.after(op, outcome, violations_);
    if (is_unserved(zone_, op, outcome)) check_served(raw_, op, watch_.met(op), violations_);
    snapshot_.compare(violations_);
    run(after_each_);
    check_state();
    zone_.dirty.clear();
    if (violations_.empty()) return std::nullopt;
    violations_.happened_in(op.kind);
    violations_.are_of(zone_);
    return violations_.all().front();
  }

  std::span<const Violation> elsewhere(const Operation& op) {
    violations_.clear();
    watch_.elsewhere(op);
    violations_.happened_in(op.kind);
    violations_.are_of(zone_);
    return violations_.all();
  }

  std::span<const Violation> found() const { return violations_.all(); }

 private:
  void resume() {
    checks_ = wanted_;
    if (checks_ == Checks::none) return;
    zone_.observers.add(watch_);
    zone_.dirty.enabled = true;
    zone_.dirty.clear();
  }

  void run(const std::vector<Check>& checks) {
    for (const Check check : checks)
      check(raw_, violations_);
  }

  void check_state() {
    if (checks_ == Checks::full || zone_.dirty.overflow()) {
      run(after_blocks_);
      full_checks(zone_, violations_);
      incremental_.rebuild();
      return;
    }
    touched_.clear();
    incremental_.check(touched_);
    if (incremental_.met_blocks()) run(after_blocks_);
    if (!touched_.empty() || checks_ == Checks::both) confirm();
  }

  /// What the incremental checks find must be broken from the pages up, or a change went unmarked
  /// and what they keep is old.
  [[gnu::cold]] void confirm() {
    full_.clear();
    full_checks(zone_, full_);
    const auto expected = static_cast<int64_t>(full_.all().size());
    const auto found = static_cast<int64_t>(touched_.all().size());
    const bool both = checks_ == Checks::both;
    // Alone, they look no further than what the operation touched once something is broken.
    const Violation* stale = both || full_.empty() ? first_unseen(touched_, full_) : nullptr;
    const Violation* missed = both ? first_unseen(full_, touched_, &violations_) : nullptr;
    const Where stale_at = stale ? stale->where : Where{};
    const Where missed_at = missed ? missed->where : Where{};
    violations_.merge(full_);
    if (stale != nullptr) violations_.add(clauses::stale, stale_at, expected, found);
    if (missed != nullptr) violations_.add(clauses::missed, missed_at, expected, found);
    if (!touched_.empty()) incremental_.rebuild();
  }

  Zone& zone_;
  Raw raw_;
  Checks wanted_;
  Checks checks_ = Checks::none;  ///< what is wanted, unless it pauses
  Violations violations_;
  Violations touched_;  ///< by the incremental checks
  Violations full_;     ///< by the full ones, where both ran
  Incremental incremental_;
  Conformance conformance_;
  Watch watch_;
  OutcomeCheck outcome_;
  AnswerCheck answers_;
  FrameCheck frames_;
  FreePathCheck free_path_;
  IsolationCheck isolation_;
  MovedCheck moved_;
  ReserveCheck reserve_;
  GrowthCheck growth_;
  Snapshot snapshot_;
  std::vector<Check> after_each_;    ///< of the invariants that have one
  std::vector<Check> after_blocks_;  ///< likewise
};

Checker::Checker(Zone& zone, Checks checks, bool conformance)
    : impl_(std::make_unique<Impl>(zone, checks, conformance)) {}
Checker::~Checker() = default;

void Checker::reset() {
  impl_->reset();
}
void Checker::pause() {
  impl_->pause();
}
void Checker::before(const Operation& op) {
  impl_->before(op);
}
std::optional<Violation> Checker::after(const Operation& op, const Outcome& outcome) {
  return impl_->after(op, outcome);
}
std::span<const Violation> Checker::elsewhere(const Operation& op) {
  return impl_->elsewhere(op);
}
std::span<const Violation> Checker::found() const {
  return impl_->found();
}

// ---- a machine

namespace {

uint32_t zone_of_item(const Machine& machine, const EvacuateQueue& queue, uint32_t otherwise) {
  const uint32_t item = queue.running ? queue.running : queue.work.first;
  return item == 0 ? otherwise : machine.zone().item(item - 1).zone;
}

/// Where an operation happens.
uint32_t zone_of_operation(const Machine& machine, const Operation& op) {
  if (op.kind == OpKind::free) return machine.zone().slot(op.slot).zone;
  const bool of_node = op.kind == OpKind::irq_work || op.kind == OpKind::worker;
  if (!of_node) return op.zone;
  uint32_t first = 0;
  while (machine.zone(first).node() != op.zone)
    ++first;
  if (op.kind == OpKind::irq_work) return first;
  return zone_of_item(machine, machine.zone(first).queue(), first);
}

bool is_touched(const DirtyList& dirty) {
  return (dirty.pages.count | dirty.links.count | dirty.blocks.count | dirty.spbs.count |
          dirty.zone) != 0;
}

}  // namespace

MachineChecker::MachineChecker(Machine& machine, Checks checks, bool conformance)
    : several_(machine.nr_zones() > 1), machine_(machine), wanted_(checks), checks_(checks) {
  for (uint32_t z = 0; z < machine.nr_zones(); ++z)
    zones_.push_back(std::make_unique<Checker>(machine.zone(z), checks, conformance));
  here_ = zones_[0].get();
}

void MachineChecker::reset() {
  checks_ = wanted_;
  for (const auto& zone : zones_)
    zone->reset();
}

void MachineChecker::pause() {
  checks_ = Checks::none;
  for (const auto& zone : zones_)
    zone->pause();
}

void MachineChecker::choose(const Operation& op) {
  at_ = zone_of_operation(machine_, op);
  here_ = zones_[at_].get();
  all_.clear();
}

/// The other zones are as they were, but for the time that passed.
bool MachineChecker::check_elsewhere(const Operation& op, const Outcome& outcome) {
  if (checks_ == Checks::none) return false;
  const auto in_place = zones_[at_]->found();
  all_.assign(in_place.begin(), in_place.end());
  for (uint32_t z = 0; z < zones_.size(); ++z) {
    if (z != at_) check_other(z, op, outcome);
  }
  return !all_.empty();
}

void MachineChecker::check_other(uint32_t z, const Operation& op, const Outcome& outcome) {
  Zone& zone = machine_.zone(z);
  const auto of_time = zones_[z]->elsewhere(op);
  all_.insert(all_.end(), of_time.begin(), of_time.end());
  Violations& violations = elsewhere_;
  violations.clear();
  const bool touched = is_touched(zone.dirty);
  if (touched || outcome.zone == zone.index()) {
    violations.add(clauses::other_zone, at_zone(), at_, zone.index());
  }
  if (touched || checks_ == Checks::full) full_checks(zone, violations);
  violations.are_of(zone);
  all_.insert(all_.end(), violations.all().begin(), violations.all().end());
  zone.dirty.clear();
}

std::vector<Violation> set_up_checks(const Machine& machine) {
  std::vector<Violation> all;
  for (uint32_t z = 0; z < machine.nr_zones(); ++z) {
    Violations of_zone;
    set_up_checks(machine.zone(z), of_zone);
    all.insert(all.end(), of_zone.all().begin(), of_zone.all().end());
  }
  return all;
}

// ---- a zone's state

void full_checks(const Zone& zone, Violations& violations) {
  const Raw raw(zone);
  for (const InvariantInfo& invariant : invariant_infos()) {
    if (invariant.full != nullptr) invariant.full(raw, violations);
  }
  violations.are_of(zone);
}

void set_up_checks(const Zone& zone, Violations& violations) {
  full_checks(zone, violations);
  const Raw raw(zone);
  for (const InvariantInfo& invariant : invariant_infos()) {
    if (invariant.fresh != nullptr) invariant.fresh(raw, violations);
  }
  violations.are_of(zone);
}

std::optional<Violation> full_check(const Zone& zone) {
  Violations violations;
  full_checks(zone, violations);
  if (violations.empty()) return std::nullopt;
  return violations.all().front();
}

std::optional<Violation> full_check(const Machine& machine) {
  for (uint32_t z = 0; z < machine.nr_zones(); ++z) {
    if (auto violation = full_check(machine.zone(z))) return violation;
  }
  return std::nullopt;
}

}  // namespace spb
