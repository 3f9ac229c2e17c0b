// SPDX-License-Identifier: GPL-2.0-only
// How parameters shape the tables of a policy, for every reader of them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "model/policy/rows.h"
#include "model/words/defects.h"
#include "model/words/parameters.h"

namespace spb {

namespace shape {

template <class D>
void take_out(Policy<D>& policy, uint16_t without) {
  for (std::size_t i = policy.passes.size(); i-- > 0;) {
    if (without >> static_cast<unsigned>(policy.passes[i].id) & 1U) policy.passes.erase(i);
  }
}

/// Mainline's order: every caller drops ALLOC_NOFRAGMENT as soon as the fast path found nothing.
/// There is no ladder, and nothing behind compaction that a caller who gives up would miss.
template <class D>
void drop_first(Policy<D>& policy) {
  auto& rows = policy.driver;
  for (std::size_t i = rows.size(); i-- > 0;) {
    if (is_last_step(rows[i].id)) rows.erase(i);
  }
  std::size_t drop = 0;
  while (drop < rows.size() && rows[drop].id != DriverStep::DROP_NOFRAGMENT)
    ++drop;
  for (; drop > 0 && drop < rows.size(); --drop)
    std::swap(rows[drop], rows[drop - 1]);
}

/// What is different in the tables where defects are mended.
template <class D>
void mend(Policy<D>& policy, const Parameters& parameters) {
  for (PassRow<D>& row : policy.passes.rows) {
    const bool reads_movable = row.gate == rules::not_movable_nor_cma<D>;
    if (reads_movable && fixes(parameters, Defect::D6)) row.gate = rules::non_movable_only<D>;
    if (row.source == Source::hinted && fixes(parameters, Defect::D5)) {
      row.spb_filter = rules::has_free_pages_as_preferred<D>;
    }
  }
}

}  // namespace shape

/// The policy as the parameters shape it: `without`, `fix`, `nofragment-drop`.
template <class D>
Policy<D> shaped(Policy<D> policy, const Parameters& parameters) {
  using P = ParameterId;
  shape::take_out(policy, parameters[P::without]);
  shape::mend(policy, parameters);
  if (parameters.is(P::nofragment_drop, NofragmentDrop::before_reclaim)) shape::drop_first(policy);
  return policy;
}

}  // namespace spb
