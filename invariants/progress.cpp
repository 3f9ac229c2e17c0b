// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/progress.h"

namespace spb {

void check_served(const Raw& raw, const Operation& op, const Context& met, Violations& violations) {
  Context context = met;
  context.type = gfp_migratetype(get(op, Argument::gfp));
  for (uint32_t a = 0; a < raw.nr_areas; ++a) {
    // A zone's own lists are of no superpageblock.
    context.category = raw.own_lists ? category_of(raw.spbs[a]) : Category::unknown;
    context.reserved = raw.own_lists && is_within_reserve(raw, a);
    // No page of another type is anyone's: CMA and HIGHATOMIC have lists of their own.
    for (uint8_t tag = 0; tag < MIGRATE_PCPTYPES; ++tag) {
      context.tag = tag;
      for (uint32_t order = 0; order <= raw.max_order; ++order) {
        const uint32_t head = first_usable(raw, a, order, tag);
        if (head == no_index) continue;
        context.part = order < raw.block_order;
        violations.add(clauses::unserved, at_page(head), 1, 0, context);
      }
    }
  }
}

constinit const InvariantInfo invariants::order_0_served{
    .id = InvariantId::order_0_served,
    .name = "order-0-served",
    .kind = InvariantKind::progress,
    .claim =
        "An order-0 allocation of a caller that may wait, and may retry where ALLOC_NOFRAGMENT is "
        "dropped last, gets a page while one is free outside isolated pageblocks.",
    .source = "mainline: own list, claim and steal together read every list",
    .clauses = {&clauses::unserved},
};

}  // namespace spb
