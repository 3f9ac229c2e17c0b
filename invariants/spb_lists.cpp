// SPDX-License-Identifier: GPL-2.0-only
#include <algorithm>

#include "invariants/clauses.h"
#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

namespace {

uint32_t check_spb_list(const Raw& raw, uint32_t id, Violations& violations) {
  const ListHead& list = raw.zone.state().spb_lists[id];
  uint32_t length = 0;
  uint32_t before = 0;
  for (uint32_t at = list.first; at != 0; at = raw.spbs[at - 1].next) {
    if (at > raw.nr_spbs() || raw.spbs[at - 1].on_list != id || raw.spbs[at - 1].prev != before) {
      violations.add(clauses::spb_links, at_spb(std::min(at, raw.nr_spbs()) - 1), before,
                     at > raw.nr_spbs() ? at : raw.spbs[at - 1].prev);
      return length;
    }
    before = at;
    ++length;
  }
  if (list.last != before) violations.add(clauses::spb_ends, at_zone(), before, list.last);
  return length;
}

void check(const Raw& raw, Violations& violations) {
  for (uint32_t s = 0; s < raw.nr_spbs(); ++s) {
    if (is_listed_right(raw.spbs[s], raw.spb_blocks)) continue;
    violations.add(clauses::spb_list, at_spb(s), list_called_for(raw.spbs[s], raw.spb_blocks),
                   raw.spbs[s].on_list);
  }
  uint32_t listed = 0;
  for (uint32_t id = 0; id < nr_spb_lists; ++id)
    listed += check_spb_list(raw, id, violations);
  if (listed != raw.nr_spbs())
    violations.add(clauses::spb_unlisted, at_zone(), raw.nr_spbs(), listed);
}

}  // namespace

constinit const InvariantInfo invariants::spb_lists{
    .id = InvariantId::spb_lists,
    .name = "spb-lists",
    .kind = InvariantKind::state,
    .claim =
        "Each superpageblock is on the one list that its counters call for: category and fullness, "
        "spb_empty, or spb_isolated.",
    .source = "series v2 10/40, 17/40",
    .clauses = {&clauses::spb_list, &clauses::spb_links, &clauses::spb_ends, &clauses::spb_unlisted,
                &clauses::served_last},
    .full = check};

}  // namespace spb
