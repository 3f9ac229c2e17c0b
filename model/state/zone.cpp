// SPDX-License-Identifier: GPL-2.0-only
#include "model/state/zone.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

#include "model/policy/shape.h"
#include "model/words/defects.h"
#include "model/words/must.h"

namespace spb {

// ---- arena

uint32_t Zone::pool_size(const Parameters& parameters) {
  return parameters[ParameterId::claim_evacuates] ? parameters[ParameterId::evacuate_items] : 0;
}

/// Offsets of the arrays, widest records first, so that nothing needs padding.
struct Zone::Layout {
  std::size_t spbs, areas, heads, counts, links, slots, items, blocks, pages, bytes;

  Layout(const Geometry& g, const Policy<Concrete>& policy, const Parameters& parameters) {
    const std::size_t nr_areas = policy.lists_per_superpageblock ? g.superpageblocks : 1;
    std::size_t at = sizeof(ZoneState);
    const auto reserve = [&at](std::size_t count, std::size_t size) {
      const std::size_t offset = at;
      at += count * size;
      return offset;
    };
    spbs = reserve(g.superpageblocks, sizeof(SpbState));
    areas = reserve(nr_areas, sizeof(FreeAreaState));
    heads = reserve(nr_areas * g.nr_page_orders() * MIGRATE_TYPES, sizeof(ListHead));
    counts = reserve(nr_areas * g.nr_page_orders(), sizeof(uint32_t));
    links = reserve(g.span(), sizeof(PageLinks));
    slots = reserve(g.slots, sizeof(Slot));
    items = reserve(pool_size(parameters), sizeof(EvacuateItem));
    blocks = reserve(g.nr_blocks(), sizeof(BlockState));
    pages = reserve(g.span(), sizeof(uint8_t));
    bytes = at;
  }
};
static_assert(sizeof(FreeAreaState) % 4 == 0 && sizeof(ZoneState) % 4 == 0);

namespace {

// Above this, a second image costs more than setting up again.
constexpr std::size_t pristine_bytes_max = 1U << 20;

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

/// Room for the operation that reports most: a largest buddy freed pageblock by pageblock with a
/// retag at every merge, or a batch, each page of which may refuse a claim at every order and then
/// claim a largest buddy.
uint32_t events_max(const Geometry& g) {
  constexpr uint32_t batch = 64;
  const uint32_t blocks_of_largest = 1U << (g.max_page_order - g.pageblock_order);
  return 512 + batch * 8 * g.max_page_order + blocks_of_largest * (8 + batch + g.max_page_order);
}

}  // namespace

std::size_t Zone::arena_bytes(const Geometry& geometry, const Policy<Concrete>& policy,
                              const Parameters& resolved) {
  return Layout(geometry, policy, resolved).bytes;
}

Zone::Zone(const Geometry& geometry, const Policy<Concrete>& policy, const Parameters& resolved)
    : geometry_(geometry),
      parameters_(resolved),
      policy_(shaped(policy, resolved)),
      limits_(limits_of(geometry, resolved)),
      order_ranges_(geometry),
      nr_areas_(policy.lists_per_superpageblock ? geometry.superpageblocks : 1),
      spb_block_shift_(static_cast<uint32_t>(std::countr_zero(geometry.pageblocks))),
      spb_page_shift_(spb_block_shift_ + geometry.pageblock_order),
      isolation_moves_(resolved.is(ParameterId::isolation, Isolation::moves_free_pages)),
      marks_taken_alone_(!policy.lists_per_superpageblock || fixes(resolved, Defect::D1)),
      updates_rotate_(resolved.is(ParameterId::spb_list_update, SpbListUpdate::every_call)),
      first_plain_mode_(first_plain(policy_.modes)) {
  events.set_capacity(events_max(geometry));
  place_arrays();
  set_up();
  if (arena_bytes_ <= pristine_bytes_max) pristine_.assign(image().begin(), image().end());
}

void Zone::place_arrays() {
  const Layout at(geometry_, policy_, parameters_);
  arena_bytes_ = at.bytes;
  arena_.reset(static_cast<std::byte*>(std::calloc(at.bytes, 1)));
  if (!arena_) throw std::bad_alloc();
  const auto place = [this](std::size_t offset, auto*& array) {
    array = reinterpret_cast<std::remove_reference_t<decltype(array)>>(arena_.get() + offset);
  };
  place(0, state_);
  place(at.spbs, spbs_);
  place(at.areas, areas_);
  place(at.heads, heads_);
  place(at.counts, counts_);
  place(at.links, links_);
  place(at.slots, slots_);
  place(at.items, items_);
  place(at.blocks, blocks_);
  place(at.pages, pages_);
}

// ---- reset

void Zone::reset() {
  if (!pristine_.empty()) return restore(pristine_);
  std::memset(arena_.get(), 0, arena_bytes_);
  set_up();
  events.clear();
  dirty.clear();
}

void Zone::restore(std::span<const std::byte> image) {
  SPB_MUST(image.size() == arena_bytes_);
  std::memcpy(arena_.get(), image.data(), arena_bytes_);
  events.clear();
  dirty.clear();
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
