// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>

#include "invariants/clauses.h"
#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

namespace {

void check(const Raw& raw, Violations& violations) {
  uint32_t reserved = 0;
  uint32_t free = 0;
  for (uint32_t b = 0; b < raw.nr_blocks; ++b) {
    const uint8_t* pages = raw.pages + (b << raw.block_order);
    if (raw.blocks[b].tag == MIGRATE_HIGHATOMIC) reserved += raw.block_pages;
    if (raw.list_type(b) != MIGRATE_HIGHATOMIC) continue;
    free += static_cast<uint32_t>(std::count_if(pages, pages + raw.block_pages, Raw::is_free));
  }
  const ZoneState& state = raw.zone.state();
  if (free != state.nr_free_highatomic) {
    violations.add(clauses::free_highatomic, at_zone(), free, state.nr_free_highatomic);
  }
  if (reserved != state.nr_reserved_highatomic) {
    violations.add(clauses::reserved_highatomic, at_zone(), reserved, state.nr_reserved_highatomic);
  }
}

}  // namespace

constinit const InvariantInfo invariants::highatomic_reserve{
    .id = InvariantId::highatomic_reserve,
    .name = "highatomic-reserve",
    .kind = InvariantKind::state,
    .claim =
        "The counters of the HIGHATOMIC reserve are what its lists and tags say, and it grows only "
        "below its limit.",
    .source = "mainline reserve_highatomic_pageblock(), account_freepages()",
    .clauses = {&clauses::free_highatomic, &clauses::reserved_highatomic, &clauses::reserve_limit},
    .full = check};

}  // namespace spb
