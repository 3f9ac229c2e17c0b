// SPDX-License-Identifier: GPL-2.0-only
// When slab is asked to shrink, said a second time: a pass up to 2D leaves a tainted superpageblock
// with fewer free pages than its reserve of pageblocks has, or a non-movable claim is about to
// leave the tainted ones (series v1 27/45, 32/45, 43/45, v2 28/40).
#pragma once

#include <array>
#include <cstdint>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/words/domain.h"

namespace spb {

class ShrinkAsked {
 public:
  ShrinkAsked(const Zone& zone, Violations& violations);

  void asked() { asked_ = true; }
  /// A mode begins: what is asked for from here on is its doing.
  void mode_begins() { asked_ = false; }
  /// A search found a chunk: what is asked for from here on is its doing. `depth`: claims around
  /// it.
  void chosen(uint32_t depth, uint32_t head) {
    if (depth < depth_max) chosen_[depth] = raw_.spb_of(head);
    asked_ = false;
  }
  /// The search at this depth is over; `by` served it, or nothing did. Where `by` claimed, the page
  /// may come from elsewhere, yet the pass looks at the superpageblock where it claimed.
  void search_ends(uint32_t depth, PassId by) {
    if (by != PassId::NO_PAGE && depth < depth_max) check_served(by, chosen_[depth]);
    asked_ = false;
  }
  /// A claim found a chunk, whose state is still the one that was searched.
  void claim_begins(const Request<Concrete>& request, uint32_t head);

 private:
  void check_served(PassId by, uint32_t s);
  bool is_low(uint32_t s) const;

  static constexpr uint32_t depth_max = reentry_bound_max + 2;
  Raw raw_;
  Violations& violations_;
  bool triggers_;     ///< a pass may ask
  uint32_t min_;      ///< pageblocks of a reserve
  uint32_t divisor_;  ///< that makes a share of a superpageblock's
  bool asked_ = false;
  std::array<uint32_t, depth_max> chosen_{};  ///< superpageblock of each search's last chunk
};

}  // namespace spb
