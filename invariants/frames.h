// SPDX-License-Identifier: GPL-2.0-only
// What is left where a program names a frame to take, or a pageblock to tag.
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"

namespace spb {

/// What a split leaves at this order is the first of its list.
void check_half(const Raw& raw, uint32_t half, uint32_t order, Violations& violations);

class FrameCheck {
 public:
  explicit FrameCheck(const Zone& zone) : raw_(zone) {}

  void before(const Operation& op) {
    chunk_order_ = 0;
    if (op.kind == OpKind::take) note(get(op, Argument::pfn) - raw_.zone.geometry().base_pfn);
  }
  void after(const Operation& op, const Outcome& outcome, Violations& violations) const {
    if (outcome.result != Result::done) return;
    if (op.kind == OpKind::take) check_halves(op, violations);
    if (op.kind == OpKind::tag) check_bits(get(op, Argument::block), violations);
  }

 private:
  void note(uint32_t pfn);
  void check_halves(const Operation& op, Violations& violations) const;
  void check_bits(uint32_t b, Violations& violations) const;

  Raw raw_;
  uint32_t chunk_order_ = 0;  ///< of the chunk that the frame is taken from
};

}  // namespace spb
