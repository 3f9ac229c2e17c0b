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
    large_ = no_index;
    was_unmerged_ = raw_.state->moved_unmerged != 0;
    if (op.kind == OpKind::tag) note_large(get(op, Argument::block));
    if (op.kind == OpKind::unreserve) note_reserved();
  }
  void after(const Outcome& outcome, Violations& violations) const {
    const bool done = outcome.result == Result::done;
    if (block_ != no_index && done) check(violations);
    if (large_ != no_index || was_unmerged_ != (raw_.state->moved_unmerged != 0))
      check_unmerged(done, violations);
  }

 private:
  void note(uint32_t b);
  void note_large(uint32_t b);
  void note_reserved();
  void check_unmerged(bool done, Violations& violations) const;
  void check(Violations& violations) const;

  Raw raw_;
  uint32_t block_ = no_index;
  uint8_t list_ = 0;           ///< the type of its lists, before
  uint32_t large_ = no_index;  ///< a pageblock whose free chunk of that size or more may move
  uint8_t large_tag_ = 0;
  bool was_unmerged_ = false;
};

}  // namespace spb
