// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/free_blocks.h"

#include "invariants/clauses.h"

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

void check_block(const Raw& raw, uint32_t b, Findings& findings) {
  const uint8_t bits = raw.blocks[b].bits & (PB_all_free | any_content);
  if (bits == PB_all_free || !is_wholly_free(raw, b)) return;
  if (!(bits & PB_all_free)) findings.add(clauses::unmarked, at_block(b), PB_all_free, bits);
  if (bits & any_content) findings.add(clauses::has_content, at_block(b), PB_all_free, bits);
}

/// The pageblocks that these pages cover whole.
void check_pages(const Raw& raw, const DirtyPages& pages, Findings& findings) {
  if (pages.order.value < raw.block_order) return;
  const uint32_t first = raw.block_of(pages.pfn.value);
  const uint32_t end = first + (1U << (pages.order.value - raw.block_order));
  for (uint32_t b = first; b < end; ++b)
    check_block(raw, b, findings);
}

}  // namespace

void check_free_blocks(const Raw& raw, const DirtyList& touched, Findings& findings) {
  if (touched.overflow()) {
    for (uint32_t b = 0; b < raw.nr_blocks; ++b)
      check_block(raw, b, findings);
    return;
  }
  for (const BlockIndex b : touched.blocks)
    check_block(raw, b.value, findings);
  for (const DirtyPages& pages : touched.pages)
    check_pages(raw, pages, findings);
}

}  // namespace spb
