// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/evacuation_asked.h"

#include <algorithm>

#include "invariants/clauses.h"

namespace spb {

const PassRow<Concrete>* row_behind_tainted(const Zone& zone) {
  const auto& passes = zone.policy().passes;
  const auto* const row = std::find_if(
      passes.begin(), passes.end(), [](const auto& pass) { return pass.source == Source::empty; });
  return row == passes.end() ? nullptr : row;
}

EvacuationAsked::EvacuationAsked(const Zone& zone, Violations& violations)
    : raw_(zone), violations_(violations), empty_row_(row_behind_tainted(zone)) {}

bool EvacuationAsked::is_low_on_pageblocks() const {
  for (uint32_t s = 0; s < raw_.nr_spbs(); ++s) {
    if (is_walked_as_tainted(raw_.spbs[s]) && is_within_reserve(raw_, s)) return true;
  }
  return false;
}

void EvacuationAsked::check_walk(bool leaves) {
  const uint32_t due = leaves && is_low_on_pageblocks();
  if (evacuations_ != due) violations_.add(clauses::asked_walk, at_zone(), due, evacuations_);
  if (leaves && shrinks_ != due) violations_.add(clauses::asked_walk, at_zone(), due, shrinks_);
}

constinit const InvariantInfo invariants::evacuation_asked{
    .id = InvariantId::evacuation_asked,
    .name = "evacuation-asked",
    .kind = InvariantKind::step,
    .claim =
        "The evacuation of tainted superpageblocks is asked for where a non-movable claim, or the "
        "search of an optional request that saw one low on pageblocks, is about to leave them.",
    .source =
        "series v1 27/45, 30/45, v2 26/40, 40/40; only where superpageblocks have their own free "
        "lists",
    .clauses = {&clauses::asked_claim, &clauses::asked_walk}};

}  // namespace spb
