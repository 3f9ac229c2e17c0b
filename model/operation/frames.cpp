// SPDX-License-Identifier: GPL-2.0-only
#include "model/operation/frames.h"

#include <algorithm>

#include "model/engine/buddy.h"
#include "model/state/accounting.h"
#include "model/state/mutate.h"

namespace spb {

namespace {

bool in_zone(const Zone& zone, Pfn pfn, uint32_t pages) {
  return zone.geometry().contains(pfn) && zone.geometry().contains(pfn + (pages - 1));
}

bool all_free(const Zone& zone, Pfn pfn, uint32_t pages) {
  const uint8_t* page = zone.pages() + pfn.value;
  return std::all_of(page, page + pages,
                     [](uint8_t state) { return !(state & page_state::not_free_mask); });
}

bool may_be_given(const Zone& zone, Pfn pfn, uint32_t pages) {
  using namespace page_state;
  const uint8_t* page = zone.pages() + pfn.value;
  return std::all_of(page, page + pages,
                     [](uint8_t state) { return (state & (allocated | owned)) == allocated; });
}

/// Take [pfn, pfn + 2^order) out of the free chunk that covers it; the other parts stay on its
/// list.
void carve(Zone& zone, Pfn head, Pfn pfn, Order order) {
  const Migratetype type = zone.list_type(head);
  Order high = zone.order_of(head);
  Mutate::del_page_from_free_list(zone, head, high, type);
  while (high > order) {
    --high;
    const Pfn upper = head + nr_pages(high);
    const bool keep_upper = pfn >= upper;
    Mutate::add_to_free_list(zone, keep_upper ? head : upper, high, type, false);
    if (keep_upper) head = upper;
  }
}

/// The bits as the pageblock's live pages alone would set them. Part of a pageblock at the zone's
/// edge never counts as free.
Block<Concrete> with_bits_of_pages(const Zone& zone, BlockIndex b) {
  Block<Concrete> block = zone.view(b);
  block.has_unmovable = block.has_reclaimable = block.has_movable = false;
  const uint8_t* page = zone.pages() + zone.geometry().first_page(b).value;
  for (uint32_t i = 0; i < zone.geometry().pageblock_nr_pages(); ++i) {
    if (!(page[i] & page_state::allocated)) continue;
    const uint8_t type = page[i] & page_state::type_mask;
    block = accounting::with_content<Concrete>(block, page_state::content_of(type));
  }
  const bool wholly = !(block.has_unmovable || block.has_reclaimable || block.has_movable);
  block.all_free = wholly && !zone.geometry().leaves_zone(b);
  return block;
}

/// The reserve counts the pageblocks that are HIGHATOMIC, whoever tags them.
void count_reserve(Zone& zone, Migratetype from, Migratetype to) {
  const uint32_t pages = zone.geometry().pageblock_nr_pages();
  const uint32_t reserved = zone.state().nr_reserved_highatomic;
  if (from == to || (from != MIGRATE_HIGHATOMIC && to != MIGRATE_HIGHATOMIC)) return;
  const bool grows = to == MIGRATE_HIGHATOMIC;
  Mutate::set_reserved_highatomic(zone,
                                  grows ? reserved + pages : reserved - std::min(reserved, pages));
}

void set_tag(Zone& zone, BlockIndex b, Migratetype type) {
  count_reserve(zone, static_cast<Migratetype>(zone.block(b).tag), type);
  Mutate::retype_pages_before(zone, b, type);
  Block<Concrete> block = with_bits_of_pages(zone, b);
  block.tag = type;
  const bool nothing = !(block.has_unmovable || block.has_reclaimable || block.has_movable);
  if (nothing && !block.all_free) block = accounting::with_content<Concrete>(block, type);
  update_block(zone, b, block);
}

/// A wholly free pageblock may have the one tag that it turned into, or CMA's, which it keeps; part
/// of one at the zone's edge is never reserved.
bool may_be_tagged(const Zone& zone, BlockIndex b, Migratetype type) {
  const Geometry& g = zone.geometry();
  const bool resets =
      zone.parameters().is(ParameterId::free_block_tag, FreeBlockTag::reset_to_movable);
  if (zone.is_isolated(b) || g.outside(b)) return false;
  if (type == MIGRATE_HIGHATOMIC && g.leaves_zone(b)) return false;
  const bool stays_free = type == MIGRATE_MOVABLE || type == MIGRATE_CMA;
  return stays_free || !resets || !with_bits_of_pages(zone, b).all_free;
}

/// A free chunk larger than a pageblock has one tag: all that it covers is set with it.
void set_tags_of_chunk(Zone& zone, Pfn head, Migratetype type) {
  const Order order = zone.order_of(head);
  const Migratetype from = zone.list_type(head);
  const BlockIndex end = zone.block_of(head + nr_pages(order));
  for (BlockIndex b = zone.block_of(head); b < end; ++b)
    set_tag(zone, b, type);
  Mutate::move_to_free_list(zone, head, order, from, type);
}

}  // namespace

bool take_frame(Zone& zone, Pfn pfn, Order order, Migratetype type) {
  const uint32_t pages = nr_pages(order);
  if (!in_zone(zone, pfn, pages) || !all_free(zone, pfn, pages)) return false;
  for (Pfn at = pfn; at < pfn + pages;) {
    const Pfn head = zone.chunk_of(at);
    const Order piece = std::min(zone.order_of(head), order);
    carve(zone, head, at, piece);
    at = at + nr_pages(piece);
  }
  hand_out(zone, pfn, order, type, 0);
  return true;
}

bool give_frame(Zone& zone, Pfn pfn, Order order, bool to_tail) {
  const uint32_t pages = nr_pages(order);
  if (!in_zone(zone, pfn, pages) || !may_be_given(zone, pfn, pages)) return false;
  free_pages_ok(zone, pfn, order, to_tail);
  return true;
}

bool tag_block(Zone& zone, BlockIndex b, Migratetype type) {
  if (!may_be_tagged(zone, b, type)) return false;
  const Migratetype from = zone.list_type(b);
  const Pfn head = zone.chunk_of(zone.geometry().first_page(b));
  if (head != no_page && zone.order_of(head).value > zone.geometry().pageblock_order) {
    set_tags_of_chunk(zone, head, type);
    return true;
  }
  set_tag(zone, b, type);
  move_freepages_block(zone, b, from, type);
  return true;
}

}  // namespace spb
