// SPDX-License-Identifier: GPL-2.0-only
// Whether an operation had anything to do, and may do it, said a second time. What isolation, the
// HIGHATOMIC reserve and growth answer is looked at where these are.
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"

namespace spb {

/// Whether it makes attempts.
inline bool asks_for_pages(OpKind kind) {
  return kind == OpKind::alloc || kind == OpKind::rmqueue || kind == OpKind::bulk;
}

class AnswerCheck {
 public:
  explicit AnswerCheck(const Zone& zone)
      : raw_(zone),
        tag_resets_(
            zone.parameters().is(ParameterId::free_block_tag, FreeBlockTag::reset_to_movable)) {}

  void before(const Operation& op) {
    watches_ = op.kind == OpKind::free;
    if (watches_) {
      due_ = raw_.slots[op.slot].page != 0;
    } else if (!asks_for_pages(op.kind)) {
      note(op);
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
  void note(const Operation& op);
  bool may_name(const Operation& op) const;
  bool may_tag(uint32_t b, uint32_t tag) const;
  bool waits() const;

  Raw raw_;
  bool tag_resets_;
  bool watches_ = false;
  bool due_ = false;
};

}  // namespace spb
