// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/content.h"

#include <algorithm>

namespace spb {

Content::Content(const Zone& zone, const Incremental& incremental, Findings& findings)
    : raw_(zone),
      incremental_(incremental),
      findings_(findings),
      origins_(zone.policy().lists_per_superpageblock ? raw_.nr_blocks : 0) {}

void Content::reset() {
  std::fill(origins_.begin(), origins_.end(), std::array{Origin::unseen, Origin::unseen});
}

void Content::left(uint32_t b) {
  for (Origin& origin : origins_[b]) {
    if (origin == Origin::own) origin = Origin::left;
  }
}

void Content::named(uint32_t b) {
  origins_[b] = {Origin::named, Origin::named};
}

void Content::note(uint32_t b, uint32_t type, Origin origin) {
  constexpr uint8_t mixed = PB_has_unmovable | PB_has_reclaimable;
  origins_[b][index(type)] = origin;
  const auto [unmovable, reclaimable] = origins_[b];
  if ((raw_.blocks[b].bits & mixed) != mixed || unmovable < Origin::own ||
      reclaimable < Origin::own) {
    return;
  }
  findings_.add(clauses::mixed_content, at_block(b), static_cast<int64_t>(unmovable),
                static_cast<int64_t>(reclaimable));
}

}  // namespace spb
