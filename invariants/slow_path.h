// SPDX-License-Identifier: GPL-2.0-only
// What a caller that may not wait goes through in the series, said a second time: a try with
// ALLOC_NOFRAGMENT, one with ALLOC_NOFRAG_TAINTED_OK besides, one with neither; and where it gives
// up instead.
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"

namespace spb {

class SlowPathCheck {
 public:
  SlowPathCheck(const Zone& zone, Violations& violations);

  void begin(const Operation& op) {
    watches_ = op.kind == OpKind::alloc && steers_;
    if (!watches_) return;
    operation_ = &op;
    tries_ = 0;
    served_ = false;
  }
  /// Before the attempt looks at anything.
  void attempt_begins(const Request<Concrete>& request) {
    if (watches_) check_try(request);
  }
  void attempt_ends(Pfn page) { served_ = served_ || page != no_page; }
  void finish() {
    if (watches_ && !served_) check_end();
  }

 private:
  bool may_wait() const;
  bool has_to_give_up() const;
  bool is_lower_order_servable() const;
  void check_try(const Request<Concrete>& request);
  void check_end();

  Raw raw_;
  Violations& violations_;
  bool steers_;      ///< superpageblocks have lists of their own, which brings the ladder
  bool skips_;       ///< the ladder ends for __GFP_NORETRY
  bool goes_lower_;  ///< the ladder ends where a lower order can be served
  const Operation* operation_ = nullptr;
  bool watches_ = false;
  bool served_ = false;
  uint32_t tries_ = 0;
};

}  // namespace spb
