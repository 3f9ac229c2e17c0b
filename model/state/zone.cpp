// SPDX-License-Identifier: GPL-2.0-only
#include "model/state/zone.h"

#include <bit>

#include "model/policy/shape.h"
#include "model/state/machine.h"
#include "model/words/defects.h"

namespace spb {

namespace {

/// 1 % of the zone in whole pageblocks, rounded up; none where that is less than one (mainline
/// reserve_highatomic_pageblock()).
int highatomic_max(const Geometry& g) {
  const uint32_t percent = g.zone_pages() / 100;
  const uint32_t pages = g.pageblock_nr_pages();
  return percent < pages ? 0 : static_cast<int>((percent + pages - 1) / pages * pages);
}

Limits<Concrete> limits_of(const Geometry& g, const Parameters& p) {
  using Id = ParameterId;
  return {
      static_cast<int>(g.pageblock_order),
      static_cast<int>(g.pageblock_nr_pages()),
      p[Id::tainted_reserve_min],
      p[Id::tainted_reserve_divisor],
      static_cast<int>(g.pageblocks),
      g.superpageblocks > p[Id::aggressive_threshold],
      p.is(Id::free_block_tag, FreeBlockTag::reset_to_movable),
      highatomic_max(g),
  };
}

template <class Modes>
std::size_t first_plain(const Modes& modes) {
  std::size_t i = 0;
  while (i < modes.size() && modes[i].flag != nullptr)
    ++i;
  return i;
}

}  // namespace

Zone::Zone(Machine& machine, uint32_t index, const Geometry& geometry,
           const Policy<Concrete>& policy, const Parameters& resolved)
    : events(machine.events),
      statistics(machine.statistics),
      machine_(machine),
      index_(index),
      node_(machine.shape().node_of(index)),
      geometry_(geometry),
      first_spbs_(geometry.superpageblocks),
      parameters_(resolved),
      policy_(shaped(policy, resolved)),
      limits_(limits_of(geometry, resolved)),
      order_ranges_(geometry),
      nr_areas_(policy.lists_per_superpageblock ? geometry.most_superpageblocks() : 1),
      spb_block_shift_(static_cast<uint32_t>(std::countr_zero(geometry.pageblocks))),
      spb_page_shift_(spb_block_shift_ + geometry.pageblock_order),
      isolation_moves_(resolved.is(ParameterId::isolation, Isolation::moves_free_pages)),
      marks_taken_alone_(!policy.lists_per_superpageblock || fixes(resolved, Defect::D1)),
      updates_rotate_(resolved.is(ParameterId::spb_list_update, SpbListUpdate::every_call)),
      first_plain_mode_(first_plain(policy_.modes)) {}

void Zone::follow_size() {
  const uint32_t most = geometry_.most_superpageblocks();
  geometry_.superpageblocks = *size_;
  geometry_.grows_by = most - *size_;
  limits_ = limits_of(geometry_, parameters_);
}

// ---- reading

Pfn Zone::chunk_of(Pfn pfn) const {
  for (Order order(0); order.value <= geometry_.max_page_order; ++order) {
    const Pfn head(pfn.value & ~(nr_pages(order) - 1));
    if (is_free_head(head) && order_of(head) >= order) return head;
  }
  return no_page;
}

BlockPages<Concrete> Zone::count_pages(BlockIndex b) const {
  using namespace page_state;
  const uint8_t* page = pages_ + geometry_.first_page(b).value;
  int free = 0;
  int live = 0;
  int movable = 0;
  for (uint32_t i = 0; i < geometry_.pageblock_nr_pages(); ++i) {
    free += (page[i] & not_free_mask) == 0;
    live += (page[i] & allocated) != 0;
    const uint32_t state = page[i] & (allocated | type_mask);
    movable += (state == (allocated | MIGRATE_MOVABLE)) | (state == (allocated | MIGRATE_CMA)) |
               (state == (allocated | highatomic_movable));
  }
  return {free, movable, live - movable, geometry_.leaves_zone(b)};
}

}  // namespace spb
