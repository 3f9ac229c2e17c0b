// SPDX-License-Identifier: GPL-2.0-only
// When slab is asked to shrink, said a second time: a pass up to 2D leaves a tainted superpageblock
// with fewer free pages than its reserve of pageblocks has, or a non-movable claim is about to
// leave the tainted ones (series v1 27/45, 32/45, 43/45, v2 28/40).
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/words/domain.h"

namespace spb {

class ShrinkAsked {
 public:
  ShrinkAsked(const Zone& zone, Violations& violations);

  void asked() { asked_ = true; }
  /// A mode or a search begins, or found a chunk: what is asked for from here on is its doing.
  void goes_on() { asked_ = false; }
  /// A search is over; `by` served it with `page`, or nothing did.
  void search_ends(PassId by, Pfn page) {
    if (page != no_page) check_served(by, raw_.spb_of(page.value));
    asked_ = false;
  }
  /// A claim found a chunk, whose state is still the one that was searched.
  void claim_begins(const Request<Concrete>& request, uint32_t head);

 private:
  void check_served(PassId by, uint32_t s);
  bool is_low(uint32_t s) const;

  Raw raw_;
  Violations& violations_;
  bool triggers_;     ///< a pass may ask
  uint32_t min_;      ///< pageblocks of a reserve
  uint32_t divisor_;  ///< that makes a share of a superpageblock's
  bool asked_ = false;
};

}  // namespace spb
