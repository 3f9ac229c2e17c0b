// SPDX-License-Identifier: GPL-2.0-only
// What happened how often; outside the hashed state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "model/policy/tables.h"

namespace spb {

template <class Id>
using Counts = std::array<uint64_t, static_cast<std::size_t>(Id::count)>;

struct Statistics {
  Counts<PassId> passes{};  ///< requests served, by what served them
  Counts<Refusal> refusals{};
  Counts<IsolateRefusal> isolate_refusals{};
  Counts<LadderStep> ladder{};
  uint64_t spbs_visited = 0;
  uint64_t searches = 0;
  uint64_t reentry_bound_hit = 0;
  uint32_t deepest_reentry = 0;
};

template <class Id>
void count_one(Counts<Id>& counts, Id id) {
  ++counts[static_cast<std::size_t>(id)];
}

}  // namespace spb
