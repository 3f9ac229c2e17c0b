// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/clauses.h"
#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

namespace {

struct BlockCounters {
  uint32_t total = 0;
  uint32_t free = 0;
  uint32_t unmovable = 0;
  uint32_t reclaimable = 0;
  uint32_t movable = 0;
};

BlockCounters count_blocks(const Raw& raw, uint32_t s) {
  BlockCounters counted;
  for (uint32_t b = s * raw.spb_blocks; b < (s + 1) * raw.spb_blocks; ++b) {
    const uint8_t bits = raw.blocks[b].bits;
    counted.total += raw.pages_in_zone(b) > 0;
    counted.free += (bits & PB_all_free) != 0;
    counted.unmovable += (bits & PB_has_unmovable) != 0;
    counted.reclaimable += (bits & PB_has_reclaimable) != 0;
    counted.movable += (bits & PB_has_movable) != 0;
  }
  return counted;
}

void check_counters(const Raw& raw, uint32_t s, Violations& violations) {
  const SpbState& spb = raw.spbs[s];
  const BlockCounters counted = count_blocks(raw, s);
  const auto same = [&](const Clause& clause, uint32_t expected, uint32_t found) {
    if (expected != found) violations.add(clause, at_spb(s), expected, found);
  };
  const uint32_t total = spb.total_pageblocks;
  for (const uint32_t counter :
       {spb.nr_free, spb.nr_unmovable, spb.nr_reclaimable, spb.nr_movable}) {
    if (counter > total) violations.add(clauses::above_total, at_spb(s), total, counter);
  }
  same(clauses::nr_reserved, 0, spb.nr_reserved);
  same(clauses::total_pageblocks, counted.total, total);
  same(clauses::nr_free, counted.free, spb.nr_free);
  same(clauses::nr_unmovable, counted.unmovable, spb.nr_unmovable);
  same(clauses::nr_reclaimable, counted.reclaimable, spb.nr_reclaimable);
  same(clauses::nr_movable, counted.movable, spb.nr_movable);
}

/// PB_all_free and PB_has_* of one pageblock against its pages.
void check_bits(const Raw& raw, uint32_t b, Violations& violations) {
  const uint32_t first = b << raw.block_order;
  const uint32_t in_zone = raw.pages_in_zone(b);
  const BlockState& block = raw.blocks[b];
  uint32_t free = 0;
  for (uint32_t pfn = first; pfn < first + raw.block_pages; ++pfn) {
    const uint8_t page = raw.pages[pfn];
    free += Raw::is_free(page);
    if (!Raw::is_allocated(page)) continue;
    const uint8_t bit = lasting_bit(page & page_state::type_mask);
    if (bit & ~block.bits) {
      violations.add(clauses::content, at_page(pfn), BitSet{bit}, BitSet{block.bits});
    }
  }
  const bool wholly = free == in_zone && in_zone > 0;
  if ((block.bits & PB_all_free) && !wholly) {
    violations.add(clauses::all_free, at_block(b), in_zone, free);
  }
  if (wholly && !(block.bits & (PB_all_free | any_content))) {
    violations.add(clauses::not_all_free, at_block(b), BitSet{PB_all_free}, BitSet{block.bits});
  }
}

void check(const Raw& raw, Violations& violations) {
  for (uint32_t s = 0; s < raw.most_spbs; ++s)
    check_counters(raw, s, violations);
  for (uint32_t b = 0; b < raw.nr_blocks; ++b)
    check_bits(raw, b, violations);
}

}  // namespace

constinit const InvariantInfo invariants::counter_balance{
    .id = InvariantId::counter_balance,
    .name = "counter-balance",
    .kind = InvariantKind::state,
    .claim =
        "nr_free, nr_unmovable, nr_reclaimable and nr_movable equal the pageblocks with the bit, "
        "none passes total_pageblocks, nr_reserved is 0 without holes, and the bits agree with "
        "the pages.",
    .source = "series v2 07/40, 08/40, 11/40; the bound is spb_debug_check() of v2 22/40",
    .clauses = {&clauses::nr_reserved, &clauses::above_total, &clauses::total_pageblocks,
                &clauses::nr_free, &clauses::nr_unmovable, &clauses::nr_reclaimable,
                &clauses::nr_movable, &clauses::all_free, &clauses::not_all_free,
                &clauses::content},
    .full = check};

}  // namespace spb
