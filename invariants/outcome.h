// SPDX-License-Identifier: GPL-2.0-only
// An operation changes allocated pages by exactly what its outcome says, and leaves the slots that
// it names whole.
#pragma once

#include <array>
#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "invariants/worker.h"
#include "model/operation/operation.h"

namespace spb {

class OutcomeCheck {
 public:
  explicit OutcomeCheck(const Zone& zone) : raw_(zone), worker_(zone) {}

  void before(const Operation& op) {
    nr_named_ = 0;
    allocated_ = raw_.state->nr_allocated;
    const bool alone = op.kind == OpKind::rmqueue || op.kind == OpKind::free;
    alone_ = false;
    if (alone || (op.kind == OpKind::alloc && !names_others(op))) {
      name(op.slot);
      alone_ = nr_named_ == 1;
    } else if (op.kind == OpKind::alloc || op.kind == OpKind::worker || op.kind == OpKind::bulk) {
      name_slots(op);
    }
  }
  /// The operation's last try for a page found none.
  void last_try_was(bool in_vain) { worker_.last_try_was(in_vain); }
  /// The caller came to direct reclaim.
  void came_to_reclaim(bool came) { reclaims_ = came; }
  void after(const Operation& op, const Outcome& outcome, Violations& violations) {
    if (!is_plain(op, outcome)) [[unlikely]] {
      check(op, outcome, violations);
      check_kind(op, outcome, violations);
    }
  }

 private:
  struct Named {
    uint32_t slot;
    Slot before;
  };

  static bool names_others(const Operation& op) {
    return (get(op, Argument::reclaim) | get(op, Argument::compact)) != 0;
  }
  void name(uint32_t slot) {
    if (slot >= raw_.nr_slots || nr_named_ == named_max) return;
    named_[nr_named_++] = {slot, raw_.slots[slot]};
  }
  /// The most frequent operations as they should be: a page freed, or got.
  bool is_plain(const Operation& op, const Outcome& outcome) const {
    if (!alone_ || outcome.order != 0) return false;
    const Slot& slot = raw_.slots[op.slot];
    const uint32_t allocated = raw_.state->nr_allocated;
    if (op.kind == OpKind::free) {
      return outcome.result == Result::done && allocated + 1 == allocated_ &&
             (slot.page | slot.order | slot.type | slot.zone) == 0;
    }
    const uint32_t pfn = outcome.pfn.value;
    return outcome.result == Result::page && allocated == allocated_ + 1 && slot.page == pfn + 1 &&
           slot.order == 0 && slot.zone == raw_.zone.index() &&
           raw_.links[pfn].next == op.slot + 1 &&
           raw_.pages[pfn] == (page_state::allocated | page_state::owned | slot.type);
  }
  void name_slots(const Operation& op);
  void name_slots_of_worker();
  int64_t expected_change(const Operation& op, const Outcome& outcome) const;
  int64_t reclaimed_pages(uint32_t except) const;
  void check(const Operation& op, const Outcome& outcome, Violations& violations) const;
  void check_kind(const Operation& op, const Outcome& outcome, Violations& violations) const;
  void check_types(const Operation& op, Violations& violations) const;
  void check_reclaimed(const Operation& op, Violations& violations) const;
  void check_retyped(const Operation& op, Violations& violations) const;
  void check_sizes(const Operation& op, const Outcome& outcome, Violations& violations) const;

  // The slots of an allocation, or a page each of a batch of the worker.
  static constexpr uint32_t named_max = 64;
  Raw raw_;
  WorkerCheck worker_;
  std::array<Named, named_max> named_{};
  uint32_t nr_named_ = 0;
  bool alone_ = false;  ///< the operation names one slot and can name no other
  uint32_t allocated_ = 0;
  bool reclaims_ = false;
};

}  // namespace spb
