// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/clauses.h"
#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

namespace {

void check(const Raw& raw, Violations& violations) {
  for (uint32_t b = 0; b < raw.nr_spbs() * raw.spb_blocks; ++b) {
    const uint8_t tag = raw.blocks[b].tag;
    if (tag != MIGRATE_MOVABLE)
      violations.add(clauses::first_tag, at_block(b), MIGRATE_MOVABLE, tag_value(tag));
  }
  constexpr uint8_t before = page_state::allocated | page_state::before | MIGRATE_MOVABLE;
  const bool full = raw.zone.geometry().start_allocated;
  for (uint32_t pfn = raw.start; pfn < raw.end(); ++pfn) {
    const uint8_t page = raw.pages[pfn];
    if (full ? page == before : Raw::is_free(page)) continue;
    violations.add(clauses::first_page, at_page(pfn), full ? before : page_state::in_free_chunk,
                   page);
  }
}

}  // namespace

constinit const InvariantInfo invariants::set_up{
    .id = InvariantId::set_up,
    .name = "set-up",
    .kind = InvariantKind::state,
    .claim =
        "A zone begins with MOVABLE pageblocks, and its pages are free, or movable where it begins "
        "full.",
    .source =
        "mainline memmap_init_range(), init_pageblock_migratetype(); ours: a zone that "
        "begins full",
    .clauses = {&clauses::first_tag, &clauses::first_page},
    .fresh = check};

}  // namespace spb
