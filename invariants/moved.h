// SPDX-License-Identifier: GPL-2.0-only
// Where the free chunks of a pageblock go that is isolated, given back or tagged.
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"

namespace spb {

class MovedCheck {
 public:
  explicit MovedCheck(const Zone& zone) : raw_(zone) {}

  void before(const Operation& op) {
    block_ = no_index;
    const bool moves =
        op.kind == OpKind::isolate || op.kind == OpKind::unisolate || op.kind == OpKind::tag;
    if (moves) note(get(op, Argument::block));
  }
  void after(const Outcome& outcome, Violations& violations) const {
    if (block_ != no_index && outcome.result == Result::done) check(violations);
  }

 private:
  void note(uint32_t b);
  void check(Violations& violations) const;

  Raw raw_;
  uint32_t block_ = no_index;
  uint8_t list_ = 0;  ///< the type of its lists, before
};

}  // namespace spb
