// SPDX-License-Identifier: GPL-2.0-only
#include "model/engine/walk.h"

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

}  // namespace spb
