// SPDX-License-Identifier: GPL-2.0-only
// Which pageblocks join the HIGHATOMIC reserve, and which leave it.
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"

namespace spb {

class ReserveCheck {
 public:
  explicit ReserveCheck(const Zone& zone) : raw_(zone) {}

  void before(const Operation& op) {
    if (op.kind == OpKind::unreserve) due_ = block_that_leaves(get(op, Argument::force) != 0);
    reserved_ = raw_.state->nr_reserved_highatomic;
  }
  void after(const Operation& op, const Outcome& outcome, Violations& violations) const {
    // A program tags what it likes.
    if (grew() && op.kind != OpKind::tag && reserved_ >= limit())
      violations.add(clauses::reserve_limit, at_zone(), limit(), reserved_);
    if (op.kind == OpKind::unreserve) return check_left(op, outcome, violations);
    const bool serves = op.kind == OpKind::rmqueue || op.kind == OpKind::bulk;
    if (serves && outcome.result == Result::page) check_joined(op, outcome, violations);
  }

 private:
  uint32_t limit() const;
  bool grew() const { return raw_.state->nr_reserved_highatomic > reserved_; }
  uint32_t block_that_leaves(bool force) const;
  void check_left(const Operation& op, const Outcome& outcome, Violations& violations) const;
  void check_joined(const Operation& op, const Outcome& outcome, Violations& violations) const;

  Raw raw_;
  uint32_t due_ = no_index;
  uint32_t reserved_ = 0;
};

}  // namespace spb
