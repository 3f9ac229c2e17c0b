// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/free_path.h"

#include "model/words/defects.h"

namespace spb {

/// A chunk of several pageblocks is freed one by one, the last of them last. What merges once it is
/// no longer isolated is freed as a whole: a pageblock of its own, or, as posted, a larger chunk
/// that begins with it.
void FreePathCheck::note_freed(uint32_t b, OpKind kind) {
  const uint32_t first = b << raw_.block_order;
  const uint32_t head = b < raw_.nr_blocks ? raw_.covering_head(first) : no_index;
  if (head == no_index) return;
  const uint32_t order = Raw::order_of(raw_.pages[head]);
  if (order < raw_.block_order || order > raw_.max_order) return;
  const bool large = order > raw_.block_order;
  const uint32_t buddy = head ^ (1U << order);
  const bool own = head == first && !(large && fixes(raw_.zone.parameters(), Defect::D11));
  to_tail_ = kind == OpKind::unisolate && own && order < raw_.max_order && buddy < raw_.span &&
             raw_.pages[buddy] == raw_.pages[head] && !raw_.isolated(raw_.block_of(buddy));
  if (large || to_tail_) pfn_ = head + (1U << order) - raw_.block_pages;
}

/// The chunk beside the pair that this one is half of is free: once the buddy comes, all of it
/// merges. A pair of the largest order has no such neighbour.
bool FreePathCheck::is_likely_to_merge(uint32_t head, uint32_t order) const {
  if (order + 1 >= raw_.max_order) return false;
  const uint32_t pair_pages = 2U << order;
  const uint32_t neighbour = (head / pair_pages * pair_pages) ^ pair_pages;
  return neighbour < raw_.span && raw_.pages[neighbour] == Raw::head_byte(order + 1);
}

uint8_t FreePathCheck::tag_once_free() const {
  const bool isolated = (block_.bits & PB_migrate_isolate) != 0;
  const bool resets = block_.tag == MIGRATE_UNMOVABLE || block_.tag == MIGRATE_RECLAIMABLE ||
                      block_.tag == MIGRATE_HIGHATOMIC;
  return tag_resets_ && resets && !isolated ? uint8_t{MIGRATE_MOVABLE} : block_.tag;
}

void FreePathCheck::check(const Operation& op, Violations& violations) const {
  const uint32_t head = raw_.covering_head(pfn_);
  if (head == no_index) return;  // which breaks free-lists
  const uint32_t order = Raw::order_of(raw_.pages[head]);
  if (order > raw_.max_order) return;
  const uint32_t b = raw_.block_of(pfn_);
  const uint8_t tag = raw_.blocks[b].tag;
  if (!isolates_ && order >= raw_.block_order && tag != tag_once_free()) {
    violations.add(clauses::free_tag, at_block(b), tag_value(tag_once_free()), tag_value(tag));
  }
  const bool asked = isolates_ ? to_tail_ : get(op, Argument::tail) != 0;
  const bool tail = asked || is_likely_to_merge(head, order);
  const ListHead& list = raw_.list(raw_.area_of(head), order, raw_.list_type(raw_.block_of(head)));
  const uint32_t found = tail ? list.last : list.first;
  if (found != head + 1) violations.add(clauses::free_end, at_page(head), head + 1, found);
}

constinit const InvariantInfo invariants::free_path{
    .id = InvariantId::free_path,
    .name = "free-path",
    .kind = InvariantKind::step,
    .claim =
        "What a free leaves is at the end of its list that the caller, or the neighbour of its "
        "pair, asks for, and a pageblock that it completes has the tag of a free one.",
    .source = "mainline __free_one_page(), buddy_merge_likely(); series v2 mark_pageblock_free()",
    .clauses = {&clauses::free_end, &clauses::free_tag}};

}  // namespace spb
