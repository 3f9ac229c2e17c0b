// SPDX-License-Identifier: GPL-2.0-only
// The marks of wholly free pageblocks: PB_all_free and no content. What an operation leaves wrong
// is reported once, by that operation: it may stay for as long as the pageblock is not used.
#include "invariants/clauses.h"
#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

namespace {

/// A pageblock that is wholly free is one chunk, or part of a larger one.
bool is_wholly_free(const Raw& raw, uint32_t b) {
  const uint32_t first = b << raw.block_order;
  for (uint32_t order = raw.block_order; order <= raw.max_order; ++order) {
    const uint8_t page = raw.pages[first & (0xffffffffU << order)];
    if (Raw::is_head(page) && Raw::order_of(page) >= order) return true;
  }
  return false;
}

void check_block(const Raw& raw, uint32_t b, Violations& violations) {
  const uint8_t bits = raw.blocks[b].bits & (PB_all_free | any_content);
  if (bits == PB_all_free || !is_wholly_free(raw, b)) return;
  if (!(bits & PB_all_free))
    violations.add(clauses::unmarked, at_block(b), BitSet{PB_all_free}, BitSet{bits});
  if (bits & any_content)
    violations.add(clauses::has_content, at_block(b), BitSet{PB_all_free}, BitSet{bits});
}

/// The pageblocks that these pages cover whole.
void check_pages(const Raw& raw, const DirtyPages& pages, Violations& violations) {
  if (pages.order.value < raw.block_order) return;
  const uint32_t first = raw.block_of(pages.pfn.value);
  const uint32_t end = first + (1U << (pages.order.value - raw.block_order));
  for (uint32_t b = first; b < end; ++b)
    check_block(raw, b, violations);
}

/// Of the pageblocks that the operation touched, or of all where a list is full.
void check(const Raw& raw, Violations& violations) {
  const DirtyList& touched = raw.zone.dirty;
  if (touched.overflow()) {
    for (uint32_t b = 0; b < raw.nr_blocks; ++b)
      check_block(raw, b, violations);
    return;
  }
  for (const BlockIndex b : touched.blocks)
    check_block(raw, b.value, violations);
  for (const DirtyPages& pages : touched.pages)
    check_pages(raw, pages, violations);
}

}  // namespace

constinit const InvariantInfo invariants::free_pageblocks{
    .id = InvariantId::free_pageblocks,
    .name = "free-pageblocks",
    .kind = InvariantKind::step,
    .claim =
        "An operation leaves no pageblock that it touched wholly free without PB_all_free, or with "
        "a PB_has bit.",
    .source =
        "series v2 mark_pageblock_free(); pageblocks that the zone's border cuts are never marked",
    .clauses = {&clauses::unmarked, &clauses::has_content},
    .after_blocks = check};

}  // namespace spb
