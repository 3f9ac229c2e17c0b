// SPDX-License-Identifier: GPL-2.0-only
// Watches one zone: what the invariants say is checked after every operation, and while it runs.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "invariants/invariant.h"
#include "model/operation/operation.h"
#include "model/state/zone.h"

namespace spb {

/// none: nothing at all. incremental: what the dirty list says was touched. full: everything, from
/// the pages up. both: both after every operation; a clause that only one
/// of them sees broken breaks `marked-changes`.
enum class Checks : uint8_t { none, incremental, full, both };

/// Attaches itself to the zone (observer set, dirty list on) and detaches when it is destroyed.
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
  /// Everything that the last after() found, in the order of InvariantId: any of them may be news
  /// where the others are known. After a broken state invariant all that follows is its
  /// consequence; after a broken step or progress invariant the run may go on.
  std::span<const Violation> found() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Every state invariant, from the pages up.
void full_checks(const Zone& zone, Violations& violations);
/// The same of a zone before its first operation, and how a zone begins.
void set_up_checks(const Zone& zone, Violations& violations);
/// The first violation of full_checks(), in the order of InvariantId.
std::optional<Violation> full_check(const Zone& zone);

}  // namespace spb
