// SPDX-License-Identifier: GPL-2.0-only
// Whether an operation had anything to do, and may do it, said a second time. What isolation, the
// HIGHATOMIC reserve and growth answer is looked at where these are.
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"

namespace spb {

class AnswerCheck {
 public:
  explicit AnswerCheck(const Zone& zone)
      : raw_(zone),
        tag_resets_(
            zone.parameters().is(ParameterId::free_block_tag, FreeBlockTag::reset_to_movable)) {}

  void before(const Operation& op) {
    watches_ = true;
    switch (op.kind) {
      case OpKind::free:
        due_ = raw_.slots[op.slot].page != 0;
        return;
      case OpKind::irq_work:
        due_ = raw_.queue->pending != 0;
        return;
      case OpKind::worker:
        due_ = raw_.queue->running != 0 || raw_.queue->work.first != 0;
        return;
      case OpKind::take:
      case OpKind::give:
        due_ = may_name(op);
        return;
      case OpKind::tag:
        due_ = may_tag(get(op, Argument::block), get(op, Argument::tag));
        return;
      case OpKind::wait:
        due_ = get(op, Argument::ms) != 0 && waits();
        return;
      default:
        watches_ = false;
    }
  }
  void after(const Operation& op, const Outcome& outcome, Violations& violations) const {
    const bool done = outcome.result == Result::done;
    if (watches_ && done != due_) violations.add(clauses::answer, at_zone(), due_, done);
    if (op.kind != OpKind::bulk) return;
    const bool got = outcome.result == Result::page;
    if (got != (outcome.pages != 0))
      violations.add(clauses::answer, at_zone(), outcome.pages != 0, got);
  }

 private:
  bool may_name(const Operation& op) const;
  bool may_tag(uint32_t b, uint32_t tag) const;
  bool waits() const;

  Raw raw_;
  bool tag_resets_;
  bool watches_ = false;
  bool due_ = false;
};

}  // namespace spb
