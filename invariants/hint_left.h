// SPDX-License-Identifier: GPL-2.0-only
// Who leaves a hint, said a second time: PASS_1, where it served, for the order and type that it
// served, and nobody else; a hint is the CPU's that the operation runs on (series v1 38/45, v2
// 31/40).
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/policy/rows.h"
#include "model/words/domain.h"

namespace spb {

class HintLeft {
 public:
  HintLeft(const Zone& zone, Violations& violations)
      : raw_(zone), violations_(violations), due_(nr_hints * zone.machine().shape().cpus) {
    reset();
  }

  /// The hints as they are become those that are due.
  void reset() {
    std::copy_n(first(), due_.size(), due_.begin());
    any_due_ = false;
  }
  /// An operation begins on this CPU.
  void begin(uint32_t cpu) { cpu_ = cpu; }
  /// A search of this request is over; `page` is what `by` served it with.
  void search_ends(const Request<Concrete>& request, PassId by, Pfn page);
  /// The operation is over.
  void finish() {
    // Growth clears them, which is not this check's.
    if (raw_.zone.dirty.has_changed(ZonePart::size)) return reset();
    if (!any_due_ && !raw_.zone.dirty.has_changed(ZonePart::hints)) return;
    any_due_ = false;
    if (!std::equal(due_.begin(), due_.end(), first())) [[unlikely]]
      report();
  }

 private:
  void report();
  const uint32_t* first() const { return &raw_.zone.hints(0).of[0][0]; }

  static constexpr uint32_t nr_hints = max_nr_page_orders * MIGRATE_PCPTYPES;
  Raw raw_;
  Violations& violations_;
  uint32_t cpu_ = 0;
  std::vector<uint32_t> due_;  ///< superpageblock + 1, by CPU, order and type
  bool any_due_ = false;       ///< one was left in this operation
};

}  // namespace spb
