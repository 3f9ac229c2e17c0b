// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/progress.h"

namespace spb {

namespace {

/// Some list of this order and type begins with an isolated chunk: a pass that refuses it goes on
/// to no other of that list, and claim and steal to no other of that order in any superpageblock.
bool is_hidden(const Raw& raw, uint32_t order, uint8_t tag) {
  for (uint32_t a = 0; a < raw.nr_areas; ++a) {
    const uint32_t first = raw.list(a, order, tag).first;
    if (first != 0 && raw.isolated(raw.block_of(first - 1))) return true;
  }
  return false;
}

}  // namespace

void check_served(const Raw& raw, const Operation& op, Findings& findings) {
  Context context;
  context.type = gfp_migratetype(op.a);
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
        context.behind_isolated = is_hidden(raw, order, tag);
        findings.add(clauses::unserved, at_page(head), 1, 0, context);
      }
    }
  }
}

}  // namespace spb
