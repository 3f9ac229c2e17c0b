// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/shrink_asked.h"

#include <algorithm>

#include "invariants/clauses.h"

namespace spb {

ShrinkAsked::ShrinkAsked(const Zone& zone, Violations& violations)
    : raw_(zone),
      violations_(violations),
      triggers_(zone.parameters()[ParameterId::pass_triggers] != 0),
      min_(zone.parameters()[ParameterId::tainted_reserve_min]),
      divisor_(std::max<uint32_t>(zone.parameters()[ParameterId::tainted_reserve_divisor], 1)) {}

/// The reserve counts pageblocks, and its pages are what has to be free.
bool ShrinkAsked::is_low(uint32_t s) const {
  const SpbState& spb = raw_.spbs[s];
  const uint64_t reserve = std::max(min_, spb.total_pageblocks / divisor_);
  return is_tainted(spb) && spb.nr_free_pages < reserve * raw_.block_pages;
}

/// PASS_3 and PASS_4 do not look.
void ShrinkAsked::check_served(PassId by, uint32_t s) {
  const bool looks = triggers_ && by != PassId::PASS_3 && by != PassId::PASS_4;
  const bool due = looks && is_low(s);
  if (asked_ != due) violations_.add(clauses::shrink_low, at_spb(s), due, asked_);
}

void ShrinkAsked::claim_begins(const Request<Concrete>& request, uint32_t head) {
  const uint32_t s = raw_.spb_of(head);
  const bool tainted = category_of(raw_.spbs[s]) == Category::tainted;
  const bool due = request.migratetype != MIGRATE_MOVABLE && !tainted;
  if (asked_ != due) violations_.add(clauses::shrink_taints, at_spb(s), due, asked_);
  asked_ = false;
}

constinit const InvariantInfo invariants::shrink_asked{
    .id = InvariantId::shrink_asked,
    .name = "shrink-asked",
    .kind = InvariantKind::step,
    .claim =
        "Slab is asked to shrink where a pass leaves a tainted superpageblock low on free pages, "
        "and where a non-movable claim is about to taint one.",
    .source =
        "series v1 27/45, 32/45, 43/45, v2 28/40; only where superpageblocks have their own free "
        "lists",
    .clauses = {&clauses::shrink_low, &clauses::shrink_taints}};

}  // namespace spb
