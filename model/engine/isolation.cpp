// SPDX-License-Identifier: GPL-2.0-only
#include "model/engine/isolation.h"

#include "model/engine/buddy.h"
#include "model/state/mutate.h"
#include "model/words/defects.h"

namespace spb {

namespace {

void set_isolated(Zone& zone, BlockIndex b, bool isolated) {
  Block<Concrete> block = zone.view(b);
  block.isolated = isolated;
  Mutate::set_block(zone, b, block);
}

/// The free chunk larger than a pageblock that covers this one, or no_page.
Pfn find_large_buddy(const Zone& zone, BlockIndex b) {
  const Pfn head = zone.chunk_of(zone.geometry().first_page(b));
  const bool large = head != no_page && zone.order_of(head).value > zone.geometry().pageblock_order;
  return large ? head : no_page;
}

/// Flip the bit and bring the pageblock's free pages to the lists that it now calls for. A larger
/// chunk falls apart and is freed pageblock by pageblock; smaller ones move without merging.
void flip(Zone& zone, BlockIndex b, bool isolated) {
  if (!zone.isolation_moves()) {
    set_isolated(zone, b, isolated);
    return;
  }
  const Migratetype from = zone.list_type(b);
  const Pfn large = find_large_buddy(zone, b);
  if (large == no_page) {
    set_isolated(zone, b, isolated);
    move_freepages_block(zone, b, from, zone.list_type(b));
    return;
  }
  const Order order = zone.order_of(large);
  Mutate::del_page_from_free_list(zone, large, order, zone.list_type(large));
  set_isolated(zone, b, isolated);
  split_large_buddy(zone, large, order, false);
}

/// Unisolating may let the pageblock's own chunk merge with a free buddy outside; nothing else here
/// merges.
bool merges_on_unisolate(const Zone& zone, Pfn head) {
  if (!zone.is_free_head(head)) return false;
  const Order order = zone.order_of(head);
  const Geometry& g = zone.geometry();
  if (order.value < g.pageblock_order || order.value >= g.max_page_order) return false;
  // A larger chunk merged while isolated, and has a part that stays so.
  if (order.value > g.pageblock_order && fixes(zone.parameters(), Defect::D11)) return false;
  const Pfn buddy(head.value ^ nr_pages(order));
  return zone.is_free_head(buddy, order) && !zone.is_isolated(zone.block_of(buddy));
}

/// A free chunk leaves the lists for a moment: its pageblocks do not count as free meanwhile
/// (series v2 __isolate_free_page()).
void mark_isolated_free_page(Zone& zone, Pfn head, Order order) {
  const BlockIndex last = zone.block_of(head + (nr_pages(order) - 1));
  for (BlockIndex b = zone.block_of(head); b <= last; ++b) {
    Block<Concrete> block = zone.view(b);
    block.all_free = false;
    update_block(zone, b, block);
  }
}

void unisolate_and_merge(Zone& zone, BlockIndex b) {
  const Pfn head = zone.geometry().first_page(b);
  const Order order = zone.order_of(head);
  Mutate::del_page_from_free_list(zone, head, order, MIGRATE_ISOLATE);
  mark_isolated_free_page(zone, head, order);
  set_isolated(zone, b, false);
  free_one_page(zone, head, order, zone.list_type(b), true);
}

}  // namespace

IsolateRefusal set_migratetype_isolate(Zone& zone, BlockIndex b) {
  const BlockPages<Concrete> pages = zone.count_pages(b);
  for (const IsolateRow<Concrete>& row : zone.policy().isolate_refusals) {
    if (!row.refuses(zone.view(b), pages)) continue;
    count_one(zone.statistics.isolate_refusals, row.id);
    return row.id;
  }
  flip(zone, b, true);
  return IsolateRefusal::count;
}

bool unset_migratetype_isolate(Zone& zone, BlockIndex b) {
  if (!zone.is_isolated(b)) return false;
  const bool merges =
      zone.isolation_moves() && merges_on_unisolate(zone, zone.geometry().first_page(b));
  if (merges) {
    unisolate_and_merge(zone, b);
  } else {
    flip(zone, b, false);
  }
  return true;
}

}  // namespace spb
