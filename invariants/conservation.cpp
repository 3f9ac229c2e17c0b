// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>

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

template <bool (*is)(uint8_t)>
uint32_t count(const uint8_t* pages, uint32_t n) {
  return static_cast<uint32_t>(std::count_if(pages, pages + n, is));
}

/// Counts the pages of superpageblock s; returns those that are free.
uint32_t count_pages(const Raw& raw, uint32_t s, CountedPages& zone) {
  uint32_t in_spb = 0;
  uint32_t large_until = 0;  ///< where the last chunk of a pageblock or more ends
  for (uint32_t b = s * raw.spb_blocks; b < (s + 1) * raw.spb_blocks; ++b) {
    const uint32_t first = b << raw.block_order;
    const uint8_t* pages = raw.pages + first;
    if (Raw::is_head(*pages) && Raw::order_of(*pages) >= raw.block_order)
      large_until = first + (1U << std::min(Raw::order_of(*pages), 31U));
    const uint32_t free = count<Raw::is_free>(pages, raw.block_pages);
    zone.allocated += count<Raw::is_allocated>(pages, raw.block_pages);
    in_spb += free;
    const uint8_t type = raw.list_type(b);
    if (type == MIGRATE_ISOLATE) continue;
    zone.free += free;
    if (type == MIGRATE_CMA) zone.cma += free;
    if (first < large_until) zone.in_blocks += free;
  }
  return in_spb;
}

void check_sums(const Raw& raw, Violations& violations) {
  CountedPages zone;
  for (uint32_t s = 0; s < raw.most_spbs; ++s) {
    const uint32_t in_spb = count_pages(raw, s, zone);
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
  const uint32_t end = raw.end();
  uint32_t valid = 0x100;  ///< the last byte that can be inside the zone; none yet
  for (uint32_t pfn = 0; pfn < raw.span; ++pfn) {
    const bool inside = pfn >= raw.start && pfn < end;
    if (inside && raw.pages[pfn] == valid) continue;
    if (is_valid_page(raw, pfn)) {
      if (inside) valid = raw.pages[pfn];
      continue;
    }
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
