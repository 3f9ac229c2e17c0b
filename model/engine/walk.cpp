// SPDX-License-Identifier: GPL-2.0-only
#include "model/engine/walk.h"

namespace spb {

SpbWalk::SpbWalk(const Zone& zone, Source source, const Request<Concrete>& request) : zone_(zone) {
  const bool movable = rules::is_movable<Concrete>(request);
  const auto category = [&](uint8_t c) {
    list_ = list_id(c, 0);
    last_list_ = list_id(c, nr_fullness_bins - 1);
  };
  switch (source) {
    case Source::zone:
      only_ = 1;
      return;
    case Source::hinted:
      only_ = zone.hint(Order(static_cast<uint32_t>(request.order)),
                        static_cast<Migratetype>(request.migratetype));
      return;
    case Source::empty:
      list_ = last_list_ = list_empty;
      break;
    case Source::tainted:
      category(SB_TAINTED);
      break;
    case Source::preferred:
      category(movable ? SB_CLEAN : SB_TAINTED);
      break;
    case Source::non_preferred:
      category(movable ? SB_TAINTED : SB_CLEAN);
      break;
  }
  at_ = zone.state().spb_lists[list_].first;
}

OrderPlan plan_orders(OrderWalk walk, uint32_t order, const Geometry& g) {
  const uint32_t every = (2U << g.max_page_order) - (1U << order);
  const uint32_t below_block = (1U << g.pageblock_order) - 1;
  const uint32_t whole = every & ~below_block;
  const uint32_t sub = every & below_block;
  switch (walk) {
    case OrderWalk::up:
      return {{{every, true}, {}}};
    case OrderWalk::down:
      return {{{every, false}, {}}};
    case OrderWalk::whole_then_sub:
      return {{{whole, true}, {sub, true}}};
    case OrderWalk::sub_then_whole:
      return {{{sub, true}, {whole, true}}};
    case OrderWalk::whole_up:
      return {{{whole, true}, {}}};
    case OrderWalk::whole_down:
      return {{{whole, false}, {}}};
    case OrderWalk::sub_down:
      return {{{sub, false}, {}}};
    case OrderWalk::sub_up:
      return {{{sub, true}, {}}};
  }
  return {};
}

}  // namespace spb
