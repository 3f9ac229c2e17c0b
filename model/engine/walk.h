// SPDX-License-Identifier: GPL-2.0-only
// In which order a search goes: through superpageblocks, and through the orders of one.
#pragma once

#include <bit>
#include <cstdint>

#include "model/state/zone.h"

namespace spb {

/// Walks the superpageblocks of a source: lists of a category fullest first. `zone` yields the
/// zone's own lists once, `hinted` the superpageblock of the hint.
class SpbWalk {
 public:
  SpbWalk(const Zone& zone, Source source, const Request<Concrete>& request);
  /// The next superpageblock, or false at the end.
  bool next(SpbIndex& spb);

 private:
  const Zone& zone_;
  uint8_t list_ = 0;
  uint8_t last_list_ = 0;
  uint32_t at_ = 0;
  uint32_t only_ = 0;  ///< superpageblock + 1 of a source that is one
};

inline bool SpbWalk::next(SpbIndex& spb) {
  if (only_ != 0) {
    spb = SpbIndex(only_ - 1);
    only_ = 0;
    return true;
  }
  while (at_ == 0) {
    if (list_ >= last_list_) return false;
    at_ = zone_.state().spb_lists[++list_].first;
  }
  spb = SpbIndex(at_ - 1);
  at_ = zone_.spb(spb).next;
  return true;
}

/// Orders as bits, tried from the lowest up or from the highest down.
struct OrderSegment {
  uint32_t orders = 0;
  bool up = true;
};

struct OrderPlan {
  OrderSegment segments[2];
  uint32_t all() const { return segments[0].orders | segments[1].orders; }
};

inline OrderPlan plan_orders(const OrderWalk& walk, uint32_t order, const OrderRanges& ranges) {
  const uint32_t from = ~0U << order;
  const auto segment = [&](OrderLeg leg) {
    return OrderSegment{ranges.orders(leg.range) & from, leg.up};
  };
  return {{segment(walk.first), segment(walk.then)}};
}

/// Takes the next order out of the set.
inline Order next_order(uint32_t& orders, bool up) {
  const auto bit =
      static_cast<uint32_t>(up ? std::countr_zero(orders) : 31 - std::countl_zero(orders));
  orders &= ~(1U << bit);
  return Order(bit);
}

}  // namespace spb
