// SPDX-License-Identifier: GPL-2.0-only
// Which claims ask for an evacuation, said a second time: those of part of a MOVABLE pageblock, for
// UNMOVABLE or RECLAIMABLE, of this pageblock, while the pool has an item (series v2 06/40).
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

class EvacuationQueued {
 public:
  EvacuationQueued(const Zone& zone, Violations& violations)
      : raw_(zone), violations_(violations), evacuates_(raw_.pool() != 0) {}

  /// A claim begins: whether one is made shows later.
  void claim_begins() {
    free_ = raw_.free_item();
    pending_ = raw_.queue->pending;
  }
  /// What became of it shows: it was a claim of pageblock b, tagged `tag` before, for `type`;
  /// `claimed_in_part`: it was made, of part of the pageblock.
  void claim_ends(bool claimed_in_part, uint32_t b, uint32_t tag, uint32_t type) {
    if (!evacuates_) return;
    const bool non_movable = type == MIGRATE_UNMOVABLE || type == MIGRATE_RECLAIMABLE;
    const bool due = claimed_in_part && tag == MIGRATE_MOVABLE && non_movable && free_ != 0;
    check(due ? b + 1 : 0, b);
  }
  /// An item went from one place to another while no claim was on its way.
  void item_moved_alone(uint32_t item, uint32_t first_free) {
    if (item != first_free || item != raw_.queue->pending) return;
    violations_.add(clauses::queued, at_item(item - 1), 0, 1);
  }

 private:
  /// The pageblock + 1 that a new item names; 0 where there is none.
  uint32_t queued() const {
    const uint32_t item = raw_.queue->pending;
    if (item == pending_ || item == 0 || item > raw_.pool()) return 0;
    const EvacuateItem& names = raw_.zone.item(item - 1);
    return names.zone == raw_.zone.index() ? names.block : 0;
  }
  void check(uint32_t due, uint32_t b) {
    const uint32_t found = queued();
    if (found != due) violations_.add(clauses::queued, at_block(b), due, found);
  }

  Raw raw_;
  Violations& violations_;
  bool evacuates_;
  uint32_t free_ = 0;  ///< first item of the pool before the claim, index + 1
  uint32_t pending_ = 0;
};

}  // namespace spb
