// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/isolation.h"

namespace spb {

/// In this order: isolated already, CMA's, one page that cannot move, part of it outside the zone.
IsolateRefusal IsolationCheck::refusal(uint32_t b) const {
  if (raw_.isolated(b)) return IsolateRefusal::already;
  if (raw_.blocks[b].tag == MIGRATE_CMA) return IsolateRefusal::cma;
  const uint32_t first = b << raw_.block_order;
  for (uint32_t pfn = first; pfn < first + raw_.block_pages; ++pfn) {
    const uint8_t page = raw_.pages[pfn];
    if (Raw::is_allocated(page) && !is_movable_page(page & page_state::type_mask))
      return IsolateRefusal::unmovable;
  }
  return raw_.pages_in_zone(b) < raw_.block_pages ? IsolateRefusal::edge : IsolateRefusal::count;
}

constinit const InvariantInfo invariants::isolation_answers{
    .id = InvariantId::isolation_answers,
    .name = "isolation-answers",
    .kind = InvariantKind::step,
    .claim =
        "A pageblock is isolated unless it is so already, is CMA's, has a page that cannot move, "
        "or "
        "leaves the zone; only an isolated one is given back.",
    .source =
        "mainline set_migratetype_isolate(), has_unmovable_pages(), unset_migratetype_isolate()",
    .clauses = {&clauses::isolate_answer, &clauses::unisolate_answer, &clauses::isolated_bit}};

}  // namespace spb
