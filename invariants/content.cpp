// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/content.h"

#include <algorithm>

namespace spb {

Content::Content(const Zone& zone, const Incremental& incremental, Violations& violations)
    : raw_(zone),
      incremental_(incremental),
      violations_(violations),
      arrivals_(zone.policy().lists_per_superpageblock ? raw_.nr_blocks : 0) {}

void Content::reset() {
  std::fill(arrivals_.begin(), arrivals_.end(), std::array{Arrival::unseen, Arrival::unseen});
}

void Content::left(uint32_t b) {
  for (Arrival& arrival : arrivals_[b]) {
    if (arrival == Arrival::own) arrival = Arrival::left;
  }
}

void Content::named(uint32_t b) {
  arrivals_[b] = {Arrival::named, Arrival::named};
}

void Content::note(uint32_t b, uint32_t type, Arrival arrival) {
  constexpr uint8_t mixed = PB_has_unmovable | PB_has_reclaimable;
  arrivals_[b][index(type)] = arrival;
  const auto [unmovable, reclaimable] = arrivals_[b];
  if ((raw_.blocks[b].bits & mixed) != mixed || unmovable < Arrival::own ||
      reclaimable < Arrival::own) {
    return;
  }
  violations_.add(clauses::mixed_content, at_block(b), unmovable, reclaimable);
}

constinit const InvariantInfo invariants::mix_by_borrow{
    .id = InvariantId::mix_by_borrow,
    .name = "mix-by-borrow",
    .kind = InvariantKind::step,
    .claim =
        "UNMOVABLE and RECLAIMABLE content share a pageblock only by a borrow (PASS_2C, PASS_2D).",
    .source =
        "series v1 26/45, v2 24/40 against claim and steal; v1 31/45, 42/45 borrow on purpose; "
        "only where superpageblocks have their own free lists",
    .clauses = {&clauses::mixed_content},
};

}  // namespace spb
