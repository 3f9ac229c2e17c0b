// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/answers.h"

#include <algorithm>

#include "invariants/clauses.h"

namespace spb {

/// All of the frame is in the zone; what is taken is free, what is given allocated, and no slot's.
bool AnswerCheck::may_name(const Operation& op) const {
  const uint64_t pfn = uint64_t{get(op, Argument::pfn)} - raw_.zone.geometry().base_pfn;
  const uint64_t pages = uint64_t{1} << op.order;
  if (pfn < raw_.start || pfn + pages > raw_.end()) return false;
  const uint8_t* first = raw_.pages + pfn;
  if (op.kind == OpKind::take) return std::all_of(first, first + pages, Raw::is_free);
  return std::all_of(first, first + pages, [](uint8_t page) {
    return Raw::is_allocated(page) && !(page & page_state::owned);
  });
}

/// An isolated pageblock keeps its tag, one that the zone's edge cuts is never reserved, and where
/// a free one turns MOVABLE none has another tag but CMA's.
bool AnswerCheck::may_tag(uint32_t b, uint32_t tag) const {
  const uint32_t inside = raw_.pages_in_zone(b);
  if (inside == 0 || raw_.isolated(b)) return false;
  if (tag == MIGRATE_HIGHATOMIC && inside < raw_.block_pages) return false;
  if (tag == MIGRATE_MOVABLE || tag == MIGRATE_CMA || !tag_resets_) return true;
  const uint8_t* first = raw_.pages + (b << raw_.block_order);
  return !std::all_of(first, first + raw_.block_pages, Raw::is_free);
}

bool AnswerCheck::waits() const {
  const Machine& machine = raw_.zone.machine();
  for (uint32_t z = 0; z < machine.nr_zones(); ++z) {
    for (const uint8_t wait : machine.zone(z).state().evacuation_wait) {
      if (wait != 0) return true;
    }
  }
  return false;
}

void AnswerCheck::note(const Operation& op) {
  watches_ = true;
  switch (op.kind) {
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

constinit const InvariantInfo invariants::answers{
    .id = InvariantId::answers,
    .name = "answers",
    .kind = InvariantKind::step,
    .claim =
        "An operation says that it is done where there is something to do and it may be done, "
        "and an allocation tries.",
    .source = "ours: what each kind of operation asks for",
    .clauses = {&clauses::answer, &clauses::tries}};

}  // namespace spb
