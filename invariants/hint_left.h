// SPDX-License-Identifier: GPL-2.0-only
// Who leaves a hint, said a second time: PASS_1, where it served, for the order and type that it
// served, and nobody else (series v1 38/45, v2 31/40).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/policy/rows.h"
#include "model/words/domain.h"

namespace spb {

class HintLeft {
 public:
  HintLeft(const Zone& zone, Violations& violations) : raw_(zone), violations_(violations) {
    reset();
  }

  /// The hints as they are become those that are due.
  void reset() {
    const auto* first = &raw_.state->hints[0][0];
    std::copy(first, first + nr_hints, due_.begin());
    any_due_ = false;
  }
  /// A search of this request is over; `page` is what `by` served it with.
  void search_ends(const Request<Concrete>& request, PassId by, Pfn page);
  /// The operation is over.
  void finish() {
    if (!any_due_ && !raw_.zone.dirty.has_changed(ZonePart::hints)) return;
    any_due_ = false;
    const auto* first = &raw_.state->hints[0][0];
    if (!std::equal(due_.begin(), due_.end(), first)) [[unlikely]]
      report();
  }

 private:
  void report();

  static constexpr uint32_t nr_hints = max_nr_page_orders * MIGRATE_PCPTYPES;
  Raw raw_;
  Violations& violations_;
  std::array<uint32_t, nr_hints> due_{};  ///< superpageblock + 1, by order and type
  bool any_due_ = false;                  ///< one was left in this operation
};

}  // namespace spb
