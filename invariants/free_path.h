// SPDX-License-Identifier: GPL-2.0-only
// Where the pages of a free go: which end of which list, and which tag a pageblock has once it is
// wholly free. Isolation frees too, what falls apart and what merges again.
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"

namespace spb {

class FreePathCheck {
 public:
  explicit FreePathCheck(const Zone& zone)
      : raw_(zone),
        tag_resets_(
            zone.parameters().is(ParameterId::free_block_tag, FreeBlockTag::reset_to_movable)) {}

  void before(const Operation& op) {
    pfn_ = no_index;
    if (op.kind == OpKind::free && op.slot < raw_.nr_slots) {
      const Slot& slot = raw_.slots[op.slot];
      note(slot.page - 1, slot.order);
    } else if (op.kind == OpKind::give) {
      note(get(op, Argument::pfn) - raw_.zone.geometry().base_pfn, op.order);
    }
    isolates_ = op.kind == OpKind::isolate || op.kind == OpKind::unisolate;
    if (isolates_ && raw_.isolated_bit != 0) note_freed(get(op, Argument::block), op.kind);
  }
  void after(const Operation& op, const Outcome& outcome, Violations& violations) const {
    if (pfn_ != no_index && outcome.result == Result::done) check(op, violations);
  }

 private:
  /// A chunk of several pageblocks is freed one by one, and each may move what the last one did.
  void note(uint32_t pfn, uint32_t order) {
    if (pfn >= raw_.span || order > raw_.block_order) return;
    pfn_ = pfn;
    block_ = raw_.blocks[raw_.block_of(pfn)];
  }
  void note_freed(uint32_t b, OpKind kind);
  void check(const Operation& op, Violations& violations) const;
  bool is_likely_to_merge(uint32_t head, uint32_t order) const;
  uint8_t tag_once_free() const;

  Raw raw_;
  bool tag_resets_;
  uint32_t pfn_ = no_index;
  BlockState block_{};  ///< that holds it, before
  bool isolates_ = false;
  bool to_tail_ = false;  ///< unisolating merges it, and it goes there
};

}  // namespace spb
