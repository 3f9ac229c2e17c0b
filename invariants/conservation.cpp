// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/clauses.h"
#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

namespace {

struct CountedPages {
  uint32_t free = 0;       ///< outside isolated pageblocks
  uint32_t in_blocks = 0;  ///< of these, in chunks of a pageblock or more
  uint32_t allocated = 0;
  uint32_t cma = 0;  ///< on CMA lists
};

void check_sums(const Raw& raw, Violations& violations) {
  CountedPages zone;
  for (uint32_t s = 0; s < raw.most_spbs; ++s) {
    uint32_t in_spb = 0;
    uint32_t chunk_order = 0;
    for (uint32_t pfn = s << raw.spb_page_shift; pfn < (s + 1) << raw.spb_page_shift; ++pfn) {
      const uint8_t page = raw.pages[pfn];
      zone.allocated += Raw::is_allocated(page);
      if (!Raw::is_free(page)) continue;
      if (Raw::is_head(page)) chunk_order = Raw::order_of(page);
      ++in_spb;
      const uint8_t type = raw.list_type(raw.block_of(pfn));
      if (type == MIGRATE_ISOLATE) continue;
      ++zone.free;
      zone.cma += type == MIGRATE_CMA;
      zone.in_blocks += chunk_order >= raw.block_order;
    }
    if (raw.spbs[s].nr_free_pages != in_spb) {
      violations.add(clauses::spb_free_pages, at_spb(s), in_spb, raw.spbs[s].nr_free_pages);
    }
  }
  const ZoneState& state = raw.zone.state();
  const auto same = [&](const Clause& clause, uint32_t expected, uint32_t found) {
    if (expected != found) violations.add(clause, at_zone(), expected, found);
  };
  same(clauses::zone_free_pages, zone.free, state.nr_free_pages);
  same(clauses::zone_free_blocks, zone.in_blocks, state.nr_free_pages_blocks);
  same(clauses::zone_free_cma, zone.cma, state.nr_free_cma);
  same(clauses::zone_allocated, zone.allocated, state.nr_allocated);
}

void check_page_states(const Raw& raw, Violations& violations) {
  for (uint32_t pfn = 0; pfn < raw.span; ++pfn) {
    if (is_valid_page(raw, pfn)) continue;
    const bool inside = pfn >= raw.start && pfn < raw.end();
    violations.add(clauses::page_state, at_page(pfn), inside ? 0 : page_state::absent,
                   raw.pages[pfn]);
  }
}

void check(const Raw& raw, Violations& violations) {
  check_page_states(raw, violations);
  check_sums(raw, violations);
}

}  // namespace

constinit const InvariantInfo invariants::conservation{
    .id = InvariantId::conservation,
    .name = "conservation",
    .kind = InvariantKind::state,
    .claim =
        "Free and allocated pages are all pages, every sum of free pages is right, and an "
        "operation changes them by what its outcome says.",
    .source = "series v2 08/40; mainline account_freepages()",
    .clauses = {&clauses::page_state, &clauses::spb_free_pages, &clauses::zone_free_pages,
                &clauses::zone_free_blocks, &clauses::zone_free_cma, &clauses::zone_allocated,
                &clauses::outcome, &clauses::other_zone},
    .full = check};

}  // namespace spb
