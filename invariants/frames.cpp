// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/frames.h"

#include "invariants/clauses.h"

namespace spb {

void check_half(const Raw& raw, uint32_t half, uint32_t order, Violations& violations) {
  const uint8_t type = raw.list_type(raw.block_of(half));
  const uint32_t first = raw.list(raw.area_of(half), order, type).first;
  if (first != half + 1) violations.add(clauses::split_first, at_page(half), half + 1, first);
}

void FrameCheck::note(uint32_t pfn) {
  const uint32_t head = pfn < raw_.span ? raw_.covering_head(pfn) : no_index;
  if (head != no_index) chunk_order_ = Raw::order_of(raw_.pages[head]);
}

/// Each part of the chunk that stays is as large as what was left to take it from, and first of its
/// list. A frame of several chunks leaves none.
void FrameCheck::check_halves(const Operation& op, Violations& violations) const {
  const uint32_t pfn = get(op, Argument::pfn) - raw_.zone.geometry().base_pfn;
  for (uint32_t order = op.order; order < chunk_order_ && order < raw_.max_order; ++order) {
    check_half(raw_, (pfn >> order ^ 1U) << order, order, violations);
  }
}

/// Those of its live pages, or, where it has none and yet does not count as free, of its tag.
void FrameCheck::check_bits(uint32_t b, Violations& violations) const {
  const uint32_t first = b << raw_.block_order;
  uint8_t bits = 0;
  for (uint32_t pfn = first; pfn < first + raw_.block_pages; ++pfn) {
    const uint8_t page = raw_.pages[pfn];
    if (Raw::is_allocated(page)) bits = static_cast<uint8_t>(bits | has_bit(page));
  }
  if (bits == 0 && raw_.pages_in_zone(b) < raw_.block_pages) bits = has_bit(raw_.blocks[b].tag);
  const uint8_t found = raw_.blocks[b].bits & any_content;
  if (found != bits) violations.add(clauses::tagged_bits, at_block(b), BitSet{bits}, BitSet{found});
}

}  // namespace spb
