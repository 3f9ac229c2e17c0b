// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/reserve.h"

#include "model/words/gfp.h"

namespace spb {

/// In pages: 1 % of the zone in whole pageblocks, rounded up; none where that is less than a
/// pageblock.
uint32_t ReserveCheck::limit() const {
  const uint32_t percent = (raw_.end() - raw_.start) / 100;
  if (percent < raw_.block_pages) return 0;
  return (percent + raw_.block_pages - 1) / raw_.block_pages * raw_.block_pages;
}

/// That of the first chunk of the smallest order on the HIGHATOMIC lists; the last pageblock of the
/// reserve only by force.
uint32_t ReserveCheck::block_that_leaves(bool force) const {
  if (!force && raw_.state->nr_reserved_highatomic <= raw_.block_pages) return no_index;
  for (uint32_t order = 0; order <= raw_.max_order; ++order) {
    for (uint32_t a = 0; a < raw_.nr_areas; ++a) {
      const uint32_t first = raw_.list(a, order, MIGRATE_HIGHATOMIC).first;
      if (first != 0 && first <= raw_.span) return raw_.block_of(first - 1);
    }
  }
  return no_index;
}

void ReserveCheck::check_left(const Operation& op, const Outcome& outcome,
                              Violations& violations) const {
  const bool leaves = due_ != no_index;
  const bool left = outcome.result == Result::done;
  if (left != leaves) violations.add(clauses::reserve_leaves, at_zone(), leaves, left);
  if (!left || !leaves) return;
  const uint32_t type = get(op, Argument::migratetype);
  const uint8_t tag = raw_.blocks[due_].tag;
  if (tag != type)
    violations.add(clauses::reserve_leaver, at_block(due_), tag_value(type), tag_value(tag));
}

/// A page that ALLOC_HIGHATOMIC got brings its pageblock into a reserve that is below its limit,
/// unless that is isolated or neither UNMOVABLE, MOVABLE nor RECLAIMABLE, or part of one at the
/// zone's edge is all there is. No other request's page does, and none of a batch.
void ReserveCheck::check_joined(const Operation& op, const Outcome& outcome,
                                Violations& violations) const {
  const uint32_t b = raw_.block_of(outcome.pfn.value);
  const bool asks =
      op.kind == OpKind::rmqueue && (get(op, Argument::alloc_flags) & ALLOC_HIGHATOMIC) != 0;
  if (grew() && (!asks || raw_.isolated(b))) {
    violations.add(clauses::reserve_joins, at_block(b), 0, 1);
  }
  if (!asks || grew() || raw_.isolated(b) || raw_.blocks[b].tag > MIGRATE_RECLAIMABLE) return;
  const bool part = op.order < raw_.block_order && raw_.pages_in_zone(b) < raw_.block_pages;
  if (!part && raw_.state->nr_reserved_highatomic < limit())
    violations.add(clauses::reserve_joins, at_block(b), 1, 0);
}

constinit const InvariantInfo invariants::reserve_steps{
    .id = InvariantId::reserve_steps,
    .name = "reserve-steps",
    .kind = InvariantKind::step,
    .claim =
        "The pageblock of a page that ALLOC_HIGHATOMIC got joins a reserve below its limit; that "
        "of "
        "the smallest reserved chunk leaves it, the last one only by force.",
    .source = "mainline reserve_highatomic_pageblock(), unreserve_highatomic_pageblock()",
    .clauses = {&clauses::reserve_joins, &clauses::reserve_leaves, &clauses::reserve_leaver}};

}  // namespace spb
