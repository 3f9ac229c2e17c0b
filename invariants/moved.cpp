// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/moved.h"

#include <algorithm>
#include <array>

namespace spb {

/// What leaves the reserve does so by its smallest chunk.
void MovedCheck::note_reserved() {
  for (uint32_t order = 0; order <= raw_.max_order; ++order) {
    for (uint32_t a = 0; a < raw_.nr_areas; ++a) {
      const uint32_t first = raw_.list(a, order, MIGRATE_HIGHATOMIC).first;
      if (first == 0 || first > raw_.span) continue;
      return note_large(raw_.block_of(first - 1));
    }
  }
}

void MovedCheck::note_large(uint32_t b) {
  if (b >= raw_.nr_blocks) return;
  const uint32_t head = raw_.covering_head(b << raw_.block_order);
  if (head == no_index || Raw::order_of(raw_.pages[head]) < raw_.block_order) return;
  large_ = b;
  large_tag_ = raw_.blocks[b].tag;
}

void MovedCheck::check_unmerged(bool done, Violations& violations) const {
  const bool due =
      done && large_ != no_index && raw_.blocks[large_].tag != large_tag_ &&
      (large_tag_ > MIGRATE_RECLAIMABLE || raw_.blocks[large_].tag > MIGRATE_RECLAIMABLE);
  const bool expected = was_unmerged_ || due;
  const bool found = raw_.state->moved_unmerged != 0;
  if (found != expected) violations.add(clauses::moved_unmerged, at_zone(), expected, found);
}

/// A chunk of several pageblocks falls apart instead, and each part is freed.
void MovedCheck::note(uint32_t b) {
  if (b >= raw_.nr_blocks) return;
  const uint32_t head = raw_.covering_head(b << raw_.block_order);
  if (head != no_index && Raw::order_of(raw_.pages[head]) > raw_.block_order) return;
  block_ = b;
  list_ = raw_.list_type(b);
}

/// They move in the order of their pages, so the highest of each order ends up last.
void MovedCheck::check(Violations& violations) const {
  const uint8_t list = raw_.list_type(block_);
  if (list == list_) return;
  std::array<uint32_t, max_nr_page_orders> highest{};  // pfn + 1
  const uint32_t first = block_ << raw_.block_order;
  for (uint32_t pfn = first; pfn < first + raw_.block_pages; ++pfn) {
    const uint8_t page = raw_.pages[pfn];
    if (Raw::is_head(page)) highest[std::min(Raw::order_of(page), raw_.max_order)] = pfn + 1;
  }
  for (uint32_t order = 0; order <= raw_.block_order; ++order) {
    const uint32_t last = raw_.list(raw_.area_of(first), order, list).last;
    if (highest[order] != 0 && last != highest[order])
      violations.add(clauses::moved_last, at_page(highest[order] - 1), highest[order], last);
  }
}

constinit const InvariantInfo invariants::moved_chunks{
    .id = InvariantId::moved_chunks,
    .name = "moved-chunks",
    .kind = InvariantKind::step,
    .claim =
        "Free chunks that isolation or a new tag of their pageblock brings to another list go to "
        "its end, in the order of their pages, and where they cannot merge there that is noted.",
    .source = "mainline move_to_free_list(), __move_freepages_block()",
    .clauses = {&clauses::moved_last, &clauses::moved_unmerged}};

}  // namespace spb
