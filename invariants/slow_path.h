// SPDX-License-Identifier: GPL-2.0-only
// What a caller goes through in the series whom its fast path found nothing, said a second time.
// One that may not wait: a try with ALLOC_NOFRAGMENT, one with ALLOC_NOFRAG_TAINTED_OK besides, one
// with neither. One that may wait: tries with ALLOC_NOFRAGMENT, then one without. And who gives up
// instead.
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"

namespace spb {

/// A caller that fails while it has ALLOC_NOFRAGMENT still, because the drop of the flag comes
/// after compaction, and its gfp mask ends the way there.
bool fails_before_drop(const Zone& zone, const Operation& op);

class SlowPathCheck {
 public:
  SlowPathCheck(const Zone& zone, Violations& violations);

  void begin(const Operation& op) {
    watches_ = op.kind == OpKind::alloc && steers_;
    if (!watches_) return;
    operation_ = &op;
    tries_ = 0;
    tries_without_ = 0;
    served_ = false;
  }
  /// Before the attempt looks at anything. Compaction makes tries of its own, for the target of
  /// what it moves.
  void attempt_begins(const Request<Concrete>& request, bool is_for_target) {
    if (!watches_ || is_for_target) return;
    if (may_wait()) return check_waiters_try(request);
    check_try(request);
  }
  void attempt_ends(Pfn page, bool is_for_target) {
    served_ = served_ || (page != no_page && !is_for_target);
  }
  void finish() {
    if (watches_ && !served_) check_end();
  }

 private:
  bool may_wait() const;
  bool has_to_give_up() const;
  bool is_lower_order_servable() const;
  void check_try(const Request<Concrete>& request);
  void check_waiters_try(const Request<Concrete>& request);
  void check_end();
  void check_waiters_end();

  Raw raw_;
  Violations& violations_;
  bool steers_;      ///< superpageblocks have lists of their own, which brings the ladder
  bool skips_;       ///< the ladder ends for __GFP_NORETRY
  bool goes_lower_;  ///< the ladder ends where a lower order can be served
  const Operation* operation_ = nullptr;
  bool watches_ = false;
  bool served_ = false;
  uint32_t tries_ = 0;
  uint32_t tries_without_ = 0;  ///< ALLOC_NOFRAGMENT
};

}  // namespace spb
