// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/growth.h"

#include "invariants/clauses.h"

namespace spb {

void GrowthCheck::check(const Operation& op, const Outcome& outcome, Violations& violations) const {
  const bool due = op.kind == OpKind::grow && size_ < raw_.most_spbs;
  const uint32_t expected = size_ + (due ? 1 : 0);
  const bool done = op.kind == OpKind::grow && outcome.result == Result::done;
  if (raw_.nr_spbs() != expected || done != due)
    violations.add(clauses::grown, at_zone(), expected, raw_.nr_spbs());
  if (!done) return;
  check_joined(violations);
  check_hints(violations);
}

void GrowthCheck::check_joined(Violations& violations) const {
  const uint32_t end = raw_.end();
  for (uint32_t pfn = size_ << raw_.spb_page_shift; pfn < end; ++pfn) {
    if (!Raw::is_free(raw_.pages[pfn])) {
      violations.add(clauses::joins, at_page(pfn), page_state::in_free_chunk, raw_.pages[pfn]);
    }
    const uint8_t tag = raw_.blocks[raw_.block_of(pfn)].tag;
    if (tag == MIGRATE_MOVABLE) continue;
    violations.add(clauses::joins, at_page(pfn), MIGRATE_MOVABLE, tag_value(tag));
  }
}

/// Of all CPUs.
void GrowthCheck::check_hints(Violations& violations) const {
  constexpr uint32_t of_cpu = max_nr_page_orders * MIGRATE_PCPTYPES;
  const uint32_t* hints = &raw_.zone.hints(0).of[0][0];
  for (uint32_t i = 0; i < of_cpu * raw_.zone.machine().shape().cpus; ++i) {
    if (hints[i] != 0) violations.add(clauses::hints_cleared, at_zone(), 0, hints[i]);
  }
}

constinit const InvariantInfo invariants::growth{
    .id = InvariantId::growth,
    .name = "growth",
    .kind = InvariantKind::step,
    .claim =
        "A zone that grows has one superpageblock more, all of it free and MOVABLE, and no hint; "
        "one that is as large as it may be stays as it is.",
    .source = "series v2 09/40, 31/40",
    .clauses = {&clauses::grown, &clauses::joins, &clauses::hints_cleared}};

}  // namespace spb
