// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/clauses.h"
#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

namespace {

void check(const Raw& raw, Violations& violations) {
  for (uint32_t pfn = 0; pfn < raw.span; ++pfn) {
    const uint8_t page = raw.pages[pfn];
    const uint32_t order = Raw::order_of(page);
    const uint32_t buddy = pfn ^ (1U << (order & 31U));
    if (!Raw::is_head(page) || order >= raw.max_order || buddy < pfn || buddy >= raw.span ||
        raw.pages[buddy] != page) {
      continue;
    }
    if (order < raw.block_order) {
      violations.add(clauses::sub_block, at_page(pfn), order + 1, order);
      continue;
    }
    if (types_merge(raw, raw.block_of(pfn), raw.block_of(buddy))) {
      violations.add(clauses::whole_block, at_page(pfn), order + 1, order);
    }
  }
}

}  // namespace

constinit const InvariantInfo invariants::merged_buddies{
    .id = InvariantId::merged_buddies,
    .name = "merged-buddies",
    .kind = InvariantKind::state,
    .claim = "Free buddies that merge have merged.",
    .source = "mainline __free_one_page()",
    .clauses = {&clauses::sub_block, &clauses::whole_block},
    .full = check};

}  // namespace spb
