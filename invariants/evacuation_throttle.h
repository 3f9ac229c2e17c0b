// SPDX-License-Identifier: GPL-2.0-only
// What comes of a request for the evacuation of tainted superpageblocks, said a second time, by a
// clock of its own: operations and their time, and when the last request of each type was queued
// (series v2 40/40, queue_spb_evacuate()).
#pragma once

#include <array>
#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"

namespace spb {

class EvacuationThrottle {
 public:
  EvacuationThrottle(const Zone& zone, Violations& violations);

  /// What the zone waits for is what it has to wait for.
  void reset();
  void requested(const Request<Concrete>& request, EvacuationAnswer answer);
  /// An operation is over, here or in another zone: its time passes.
  void finish(const Operation& op) {
    now_ += operation_ms_;
    if (op.kind == OpKind::wait) now_ += get(op, Argument::ms);
    if (any_due_ || raw_.state->waits()) check_waits();
  }

 private:
  EvacuationAnswer due(const Request<Concrete>& request) const;
  void check_waits();

  Raw raw_;
  Violations& violations_;
  uint32_t interval_;
  uint32_t operation_ms_;
  uint64_t now_ = 0;                              ///< in milliseconds
  std::array<uint64_t, MIGRATE_PCPTYPES> due_{};  ///< when a request of the type may be queued
  bool any_due_ = false;                          ///< one of these is still to come
};

}  // namespace spb
