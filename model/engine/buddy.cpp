// SPDX-License-Identifier: GPL-2.0-only
#include "model/engine/buddy.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "model/state/accounting.h"
#include "model/state/mutate.h"
#include "model/words/defects.h"
#include "model/words/must.h"

namespace spb {

void update_block(Zone& zone, BlockIndex b, const Block<Concrete>& after) {
  Mutate::set_block(zone, b, after);
  Mutate::spb_update_list(zone, zone.spb_of(b));
}

// ---- split

namespace {

[[maybe_unused]] bool is_aligned(Pfn pfn, Order order) {
  return pfn.value % nr_pages(order) == 0;
}

}  // namespace

void expand(Zone& zone, Pfn pfn, Order low, Order high, Migratetype type) {
  SPB_MUST(low <= high);
  SPB_MUST(is_aligned(pfn, high));
  SPB_MUST_NOT(zone.is_free_head(pfn));
  while (high > low) {
    --high;
    Mutate::add_to_free_list(zone, pfn + nr_pages(high), high, type, false);
  }
}

void page_del_and_expand(Zone& zone, Pfn pfn, Order low, Order high, Migratetype type) {
  Mutate::del_page_from_free_list(zone, pfn, high, type);
  expand(zone, pfn, low, high, type);
}

void mark_taken_apart(Zone& zone, Pfn head, Order order, Migratetype type) {
  const BlockIndex last = zone.block_of(head + (nr_pages(order) - 1));
  bool changed = false;
  for (BlockIndex b = zone.block_of(head); b <= last; ++b) {
    changed |= Mutate::set_block(zone, b, accounting::after_take<Concrete>(zone.view(b), type));
  }
  // Where nobody walks the lists, a place changes with the counters alone.
  if (changed || zone.policy().lists_per_superpageblock)
    Mutate::spb_update_list(zone, zone.spb_of(head));
}

void hand_out(Zone& zone, Pfn pfn, Order order, uint8_t page_type, uint8_t extra) {
  Mutate::mark_allocated(zone, pfn, order, page_type, extra);
  mark_taken_apart(zone, pfn, order, page_state::content_of(page_type));
}

// ---- merge

bool take_from_reserve(Zone& zone, uint32_t pages) {
  const uint32_t reserved = zone.state().nr_reserved_highatomic;
  Mutate::set_reserved_highatomic(zone, reserved - std::min(reserved, pages));
  return pages > reserved;
}

namespace {

bool is_mergeable(Migratetype type) {
  return rules::is_mergeable<Concrete>(type);
}

Pfn buddy_of(Pfn pfn, Order order) {
  return Pfn(pfn.value ^ nr_pages(order));
}

/// The pair's own upper buddy is free already: this chunk is likely to merge soon, so it goes to
/// the tail.
bool buddy_merge_likely(const Zone& zone, Pfn pfn, Order order) {
  if (order.value + 1 >= zone.geometry().max_page_order) return false;
  const Order above = order + 1;
  const Pfn pair(pfn.value & ~(nr_pages(above) - 1));
  return zone.is_free_head(buddy_of(pair, above), above);
}

/// A pageblock is wholly free: PB_all_free, no content, the tag of a free one. Nothing else marks
/// it (series v2 mark_pageblock_free()).
void mark_pageblock_free(Zone& zone, BlockIndex b) {
  const Block<Concrete> before = zone.view(b);
  Mutate::set_block(zone, b, accounting::after_last_free<Concrete>(before, zone.limits()));
  if (!before.all_free) Mutate::spb_update_list(zone, zone.spb_of(b));
  const bool was_reserved = before.tag == MIGRATE_HIGHATOMIC;
  if (was_reserved && zone.block(b).tag != MIGRATE_HIGHATOMIC &&
      fixes(zone.parameters(), Defect::D2)) {
    take_from_reserve(zone, zone.geometry().pageblock_nr_pages());
  }
}

/// The same for all that a freed chunk of a pageblock or more covers; the type it is freed as then.
Migratetype mark_range_free(Zone& zone, Pfn pfn, Order order) {
  const BlockIndex first = zone.block_of(pfn);
  const BlockIndex last = zone.block_of(pfn + (nr_pages(order) - 1));
  for (BlockIndex b = first; b <= last; ++b)
    mark_pageblock_free(zone, b);
  return zone.list_type(first);
}

void retag_range(Zone& zone, Pfn pfn, Order order, Migratetype type) {
  const BlockIndex last = zone.block_of(pfn + (nr_pages(order) - 1));
  for (BlockIndex b = zone.block_of(pfn); b <= last; ++b) {
    Block<Concrete> block = zone.view(b);
    block.tag = type;
    Mutate::set_block(zone, b, block);
  }
}

/// Whether the chunk swallows its free buddy. Below a pageblock types do not matter; from there on
/// equal ones merge, and UNMOVABLE, MOVABLE and RECLAIMABLE with each other.
bool may_merge(const Zone& zone, Pfn buddy, Order order, Migratetype type) {
  if (order.value < zone.geometry().pageblock_order) return true;
  const Migratetype other = zone.list_type(buddy);
  return type == other || (is_mergeable(type) && is_mergeable(other));
}

void swallow(Zone& zone, Pfn buddy, Order order, Migratetype type) {
  SPB_MUST(zone.is_free_head(buddy, order));
  SPB_MUST_NOT(order.value >= zone.geometry().max_page_order);
  const bool whole = order.value >= zone.geometry().pageblock_order;
  const Migratetype other = whole ? zone.list_type(buddy) : type;
  Mutate::del_page_from_free_list(zone, buddy, order, other);
  if (whole && other != type) retag_range(zone, buddy, order, type);
}

}  // namespace

void free_one_page(Zone& zone, Pfn pfn, Order order, Migratetype type, bool to_tail) {
  SPB_MUST(is_aligned(pfn, order));
  SPB_MUST_NOT(zone.is_free_head(pfn));
  SPB_MUST_NOT(zone.pages()[pfn.value] & page_state::not_free_mask);
  const uint32_t pageblock_order = zone.geometry().pageblock_order;
  const uint32_t max = zone.geometry().max_page_order;
  const uint32_t freed = nr_pages(order);
  if (order.value >= pageblock_order) type = mark_range_free(zone, pfn, order);
  while (order.value < max) {
    const Pfn buddy = buddy_of(pfn, order);
    if (!zone.is_free_head(buddy, order) || !may_merge(zone, buddy, order, type)) break;
    swallow(zone, buddy, order, type);
    pfn = Pfn(pfn.value & buddy.value);
    ++order;
    if (order.value != pageblock_order) continue;
    const Migratetype before = std::exchange(type, mark_range_free(zone, pfn, order));
    const bool left = before == MIGRATE_HIGHATOMIC && type != MIGRATE_HIGHATOMIC;
    if (left && !fixes(zone.parameters(), Defect::D3)) {
      Mutate::strand_free_highatomic(zone, nr_pages(order) - freed);
    }
  }
  const bool tail = to_tail || buddy_merge_likely(zone, pfn, order);
  Mutate::add_to_free_list(zone, pfn, order, type, tail);
  zone.events.add({.kind = EventKind::list_insert,
                   .order = static_cast<uint8_t>(order.value),
                   .type = type,
                   .pfn = pfn,
                   .a = tail});
}

void split_large_buddy(Zone& zone, Pfn pfn, Order order, bool to_tail) {
  const Order piece(std::min(order.value, zone.geometry().pageblock_order));
  const Pfn end = pfn + nr_pages(order);
  for (; pfn < end; pfn = pfn + nr_pages(piece)) {
    free_one_page(zone, pfn, piece, zone.list_type(zone.block_of(pfn)), to_tail);
  }
}

void free_range(Zone& zone, Pfn pfn, Pfn end) {
  const uint32_t max = zone.geometry().max_page_order;
  while (pfn < end) {
    Order order(
        std::min(max, pfn.value == 0 ? 31U : static_cast<uint32_t>(std::countr_zero(pfn.value))));
    while (pfn + nr_pages(order) > end)
      --order;
    split_large_buddy(zone, pfn, order, true);
    pfn = pfn + nr_pages(order);
  }
}

// Most pages are freed here, without a call.
[[gnu::flatten]] void free_pages_ok(Zone& zone, Pfn pfn, Order order, bool to_tail) {
  Mutate::mark_free(zone, pfn, order);
  split_large_buddy(zone, pfn, order, to_tail);
}

// ---- moving

void move_freepages_block(Zone& zone, BlockIndex b, Migratetype from, Migratetype to) {
  SPB_MUST_NOT(zone.geometry().outside(b));
  Pfn pfn = std::max(zone.geometry().first_page(b), zone.geometry().start());
  const Pfn end = std::min(zone.geometry().first_page(b + 1), zone.geometry().end());
  while (pfn < end) {
    if (!zone.is_free_head(pfn)) {
      ++pfn;
      continue;
    }
    const Order order = zone.order_of(pfn);
    Mutate::move_to_free_list(zone, pfn, order, from, to);
    pfn = pfn + nr_pages(order);
  }
}

}  // namespace spb
