// SPDX-License-Identifier: GPL-2.0-only
// What a gfp mask makes of each try, said a second time: its type, ALLOC_CMA, ALLOC_NON_BLOCK. The
// target of a migration is asked for with GFP_HIGHUSER_MOVABLE (mainline gfp_to_alloc_flags(),
// gfp_to_alloc_flags_cma(); series v2 06/40).
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"
#include "model/words/gfp.h"

namespace spb {

class TryFlags {
 public:
  TryFlags(const Zone& zone, Violations& violations) : raw_(zone), violations_(violations) {}

  void begin(const Operation& op) {
    watches_ = op.kind == OpKind::alloc || op.kind == OpKind::worker;
    if (!watches_) return;
    operation_ = &op;
    gfp_ = op.kind == OpKind::alloc ? get(op, Argument::gfp) : uint32_t{GFP_HIGHUSER_MOVABLE};
    is_target_ = op.kind == OpKind::worker;
    tries_ = 0;
    depth_ = 0;
    steps_ = 0;
  }
  void attempt_begins(const Request<Concrete>& request) {
    if (watches_) check(request);
  }
  void attempt_ends(Pfn page) {
    if (is_target_ && page != no_page) target_ends();
  }
  /// What the running try asks for is a migration's target.
  bool is_for_target() const { return is_target_; }
  /// The caller of an allocation came to this step.
  bool came_to(DriverStep step) const {
    return watches_ && (steps_ >> static_cast<unsigned>(step) & 1U) != 0;
  }
  void driver_begins(const Request<Concrete>& request) {
    if (++depth_ > 1) return;
    steps_ = 0;
    nofragment_ = request.nofragment;
  }
  void driver_step(DriverStep step) {
    if (depth_ == 1) steps_ |= 1U << static_cast<unsigned>(step);
    if (watches_ && depth_ == 1 && step == DriverStep::DIRECT_COMPACTION) target_begins();
  }
  /// A migration's own allocation has a driver within the caller's.
  void driver_ends(bool served) {
    if (depth_ == 1 && watches_ && operation_->kind == OpKind::alloc) check_steps(served);
    if (depth_ == 2) target_ends();
    if (depth_ > 0) --depth_;
  }

 private:
  void target_begins();
  void target_ends() { is_target_ = watches_ && operation_->kind == OpKind::worker; }
  void check(const Request<Concrete>& request);
  uint32_t steps_due() const;
  void check_steps(bool served) const;

  Raw raw_;
  Violations& violations_;
  const Operation* operation_ = nullptr;
  bool watches_ = false;
  uint32_t gfp_ = 0;  ///< the caller's
  bool is_target_ = false;
  uint32_t tries_ = 0;       ///< of the operation
  uint32_t depth_ = 0;       ///< of drivers
  uint32_t steps_ = 0;       ///< of the caller's driver, a bit each
  bool nofragment_ = false;  ///< ALLOC_NOFRAGMENT, as its driver begins
};

}  // namespace spb
