// SPDX-License-Identifier: GPL-2.0-only
// When the evacuation of tainted superpageblocks is asked for, said a second time: a non-movable
// claim is about to leave them, or a search for a caller with ALLOC_HIGHORDER_OPTIONAL does, and
// has seen one with no more free pageblocks than its reserve; this one asks slab to shrink besides
// (series v1 27/45, 30/45, v2 26/40, 40/40).
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/policy/rows.h"
#include "model/words/domain.h"

namespace spb {

/// The pass behind the tainted superpageblocks; null where there is none.
const PassRow<Concrete>* row_behind_tainted(const Zone& zone);

class EvacuationAsked {
 public:
  EvacuationAsked(const Zone& zone, Violations& violations);

  void asked_evacuation() { ++evacuations_; }
  void asked_shrinking() { ++shrinks_; }
  /// What is asked for from here on is this mode's doing. The passes for own lists keep a record.
  void mode_begins(Mode mode) {
    records_ = mode == Mode::NORMAL;
    begin();
  }
  /// Whether the search left the tainted superpageblocks just now, and has a record of them.
  /// `depth`: claims around it.
  bool chosen(uint32_t depth, const Request<Concrete>& request, const PassRow<Concrete>& row) {
    const bool passes = empty_row_ != nullptr && &row >= empty_row_;
    return settle(passes && is_recorded(depth, request));
  }
  /// A claim that was made may have changed what the walk has seen: what that asks for is open.
  void claimed() { is_sure_ = false; }
  /// Whether the state is still the one that the walk has seen.
  bool is_sure() const { return is_sure_; }
  bool search_ends(uint32_t depth, const Request<Concrete>& request, PassId by) {
    const bool passes = empty_row_ != nullptr && by == PassId::NO_PAGE;
    return settle(passes && is_recorded(depth, request));
  }
  /// A claim or steal found a chunk, whose state is still the one that was searched.
  void fallback_chosen(const Request<Concrete>& request, bool claims, uint32_t head) {
    const bool tainted = category_of(raw_.spbs[raw_.spb_of(head)]) == Category::tainted;
    const uint32_t due = claims && request.migratetype != MIGRATE_MOVABLE && !tainted;
    if (evacuations_ != due) violations_.add(clauses::asked_claim, at_zone(), due, evacuations_);
    evacuations_ = shrinks_ = 0;
  }

 private:
  void begin() {
    evacuations_ = shrinks_ = 0;
    left_ = false;
    is_sure_ = true;
  }
  bool is_recorded(uint32_t depth, const Request<Concrete>& request) const {
    const bool is_movable =
        request.migratetype == MIGRATE_MOVABLE || request.migratetype == MIGRATE_CMA;
    return request.highorder_optional && depth == 0 && records_ && !left_ && !is_movable;
  }
  bool settle(bool leaves) {
    if (is_sure_ && (leaves || evacuations_ != 0)) check_walk(leaves);
    evacuations_ = shrinks_ = 0;
    left_ = left_ || leaves;
    return leaves;
  }
  bool is_low_on_pageblocks() const;
  void check_walk(bool leaves);

  Raw raw_;
  Violations& violations_;
  const PassRow<Concrete>* empty_row_;  ///< as row_behind_tainted()
  bool records_ = false;
  bool is_sure_ = true;
  bool left_ = false;  ///< this search left the tainted ones, and what that asks for was looked at
  uint32_t evacuations_ = 0;
  uint32_t shrinks_ = 0;
};

}  // namespace spb
