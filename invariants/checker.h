// SPDX-License-Identifier: GPL-2.0-only
// Watches one zone, or all of a machine: what the invariants say is checked after every operation,
// and while it runs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "invariants/invariant.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"
#include "model/state/machine.h"

namespace spb {

/// none: nothing at all. incremental: what the dirty list says was touched. full: everything, from
/// the pages up. both: both after every operation; a clause that only one
/// of them sees broken breaks `marked-changes`.
enum class Checks : uint8_t { none, incremental, full, both };

/// Attaches itself to the zone (as an observer, dirty list on) and detaches when it is destroyed.
/// Allocates when it is built, not later. Step and progress invariants are checked in every mode
/// but `none`; `conformance`, which scans the zone, only on request.
class Checker {
 public:
  Checker(Zone& zone, Checks checks, bool conformance);
  ~Checker();
  Checker(const Checker&) = delete;
  Checker& operator=(const Checker&) = delete;

  /// The zone was reset, or changed by other means than an operation: its state is the new start.
  void reset();
  /// Looks at nothing until the next reset(): the state is broken, as is known.
  void pause();
  /// Around each operation: before(op), apply(zone, op), after(op, outcome).
  void before(const Operation& op);
  /// The first violation in the order of InvariantId, if any; clears the dirty list.
  std::optional<Violation> after(const Operation& op, const Outcome& outcome);
  /// An operation happened in another zone of the machine, and its time passed here as well: what
  /// that breaks.
  std::span<const Violation> elsewhere(const Operation& op);
  /// Everything that the last after() found, in the order of InvariantId: any of them may be news
  /// where the others are known. After a broken state invariant all that follows is its
  /// consequence; after a broken step or progress invariant the run may go on.
  std::span<const Violation> found() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// A checker for each zone; an operation changes one of them, and the others by its time alone.
class MachineChecker {
 public:
  MachineChecker(Machine& machine, Checks checks, bool conformance);

  // As those of Checker.
  void reset();
  void pause();
  void before(const Operation& op) {
    if (several_) choose(op);
    here_->before(op);
  }
  /// Whether there is any violation.
  bool after(const Operation& op, const Outcome& outcome) {
    const bool broken = here_->after(op, outcome).has_value();
    return several_ ? check_elsewhere(op, outcome) : broken;
  }
  std::span<const Violation> found() const {
    return several_ ? std::span<const Violation>(all_) : here_->found();
  }

 private:
  void choose(const Operation& op);
  bool check_elsewhere(const Operation& op, const Outcome& outcome);
  void check_other(uint32_t z, const Operation& op, const Outcome& outcome);

  bool several_;
  Checker* here_ = nullptr;  ///< of the zone where the operation happens
  Machine& machine_;
  Checks wanted_;
  Checks checks_;  ///< what is wanted, unless it pauses
  std::vector<std::unique_ptr<Checker>> zones_;
  uint32_t at_ = 0;             ///< that zone's number
  std::vector<Violation> all_;  ///< of all zones, where there are several
  Violations elsewhere_;        ///< of one of them where the operation is not
};

/// Every state invariant, from the pages up.
void full_checks(const Zone& zone, Violations& violations);
/// The same of a zone before its first operation, and how a zone begins.
void set_up_checks(const Zone& zone, Violations& violations);
/// The first violation of full_checks(), in the order of InvariantId.
std::optional<Violation> full_check(const Zone& zone);

// Of all zones of a machine, one after the other.
std::vector<Violation> set_up_checks(const Machine& machine);
std::optional<Violation> full_check(const Machine& machine);

}  // namespace spb
