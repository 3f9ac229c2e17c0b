// SPDX-License-Identifier: GPL-2.0-only
#include "model/engine/walk.h"

#include <cstddef>

namespace spb {

SpbWalk::SpbWalk(const Zone& zone, Source source, const Request<Concrete>& request) : zone_(zone) {
  if (source == Source::zone) {
    only_ = 1;
    return;
  }
  if (source == Source::hinted) {
    only_ = zone.hint(Order(static_cast<uint32_t>(request.order)),
                      static_cast<Migratetype>(request.migratetype));
    return;
  }
  const Categories<Concrete> in = categories_of<Concrete>(source, request);
  const auto category = [&](uint8_t c) {
    list_ = list_id(c, 0);
    last_list_ = list_id(c, nr_fullness_bins - 1);
  };
  if (in.clean) category(SB_CLEAN);
  if (in.tainted) category(SB_TAINTED);
  if (in.empty) list_ = last_list_ = list_empty;
  at_ = zone.state().spb_lists[list_].first;
}

OrderPlan plan_orders(const OrderWalk& walk, uint32_t order, const Geometry& g) {
  const uint32_t every = (2U << g.max_page_order) - (1U << order);
  const uint32_t below_block = (1U << g.pageblock_order) - 1;
  // In the order of OrderRange.
  const uint32_t orders[] = {0, every, every & ~below_block, every & below_block};
  const auto segment = [&](OrderLeg leg) {
    return OrderSegment{orders[static_cast<std::size_t>(leg.range)], leg.up};
  };
  return {{segment(walk.first), segment(walk.then)}};
}

}  // namespace spb
