// SPDX-License-Identifier: GPL-2.0-only
// What isolating a pageblock, or ending that, answers.
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"

namespace spb {

class IsolationCheck {
 public:
  explicit IsolationCheck(const Zone& zone) : raw_(zone) {}

  void before(const Operation& op) {
    if (op.kind == OpKind::isolate) due_ = refusal(get(op, Argument::block));
    watches_ = op.kind == OpKind::isolate || op.kind == OpKind::unisolate;
    if (watches_) was_isolated_ = raw_.isolated(get(op, Argument::block));
  }
  void after(const Operation& op, const Outcome& outcome, Violations& violations) const {
    if (op.kind == OpKind::isolate && outcome.why != due_) {
      violations.add(clauses::isolate_answer, at_block(get(op, Argument::block)), number(due_),
                     number(outcome.why));
    }
    if (op.kind == OpKind::unisolate && (outcome.result == Result::done) != was_isolated_) {
      violations.add(clauses::unisolate_answer, at_block(get(op, Argument::block)), was_isolated_,
                     outcome.result == Result::done);
    }
    if (watches_) check_bit(op, outcome.result == Result::done, violations);
  }

 private:
  static int64_t number(IsolateRefusal why) { return static_cast<int64_t>(why); }
  void check_bit(const Operation& op, bool done, Violations& violations) const {
    const uint32_t b = get(op, Argument::block);
    const bool due = done ? op.kind == OpKind::isolate : was_isolated_;
    const bool found = raw_.isolated(b);
    if (found != due) violations.add(clauses::isolated_bit, at_block(b), due, found);
  }
  IsolateRefusal refusal(uint32_t b) const;

  Raw raw_;
  IsolateRefusal due_ = IsolateRefusal::count;
  bool watches_ = false;
  bool was_isolated_ = false;
};

}  // namespace spb
