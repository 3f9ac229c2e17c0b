// SPDX-License-Identifier: GPL-2.0-only
// The mutators: the only code that writes a zone's state. Each leaves links and counts consistent
// and marks what it touched.
#pragma once

#include "model/state/accounting.h"
#include "model/state/zone.h"

namespace spb {

struct Mutate {
  /// Put a free chunk on a list (mainline __add_to_free_list()).
  static void add_to_free_list(Zone& zone, Pfn pfn, Order order, Migratetype type, bool tail);
  /// Take a chunk off its list; its first page becomes one inside a free chunk (mainline
  /// __del_page_from_free_list()).
  static void del_page_from_free_list(Zone& zone, Pfn pfn, Order order, Migratetype type);
  /// To the tail of another type's list of the same order (mainline move_to_free_list()).
  static void move_to_free_list(Zone& zone, Pfn pfn, Order order, Migratetype from, Migratetype to);

  /// Pages leave the buddy system. `type` is a page type (page_state::page_type()), `extra`
  /// page_state::owned or 0.
  static void mark_allocated(Zone& zone, Pfn pfn, Order order, uint8_t type, uint8_t extra);
  /// Pages come back; a free list has to take them next.
  static void mark_free(Zone& zone, Pfn pfn, Order order);

  /// Write a pageblock and adjust its superpageblock's counters; true if anything changed. To bring
  /// the superpageblock to its list (spb_update_list()) is left to the caller, who does it once for
  /// several pageblocks (series v2 11/40).
  static bool set_block(Zone& zone, BlockIndex b, const Block<Concrete>& after) {
    const BlockState next{static_cast<uint8_t>(after.tag), pack(after)};
    if (next == zone.blocks_[b.value]) return false;
    write_block(zone, b, after, next);
    return true;
  }
  /// Move a superpageblock to the tail of the list that its counters call for, and ask for its
  /// defragmentation where that has something to gain (series: spb_update_list()). Parameter
  /// `spb-list-update`.
  static void spb_update_list(Zone& zone, SpbIndex s);

  /// Called where PASS_1 served a request of this order and type.
  static void set_hint(Zone& zone, Order order, Migratetype type, SpbIndex s);

  /// A request for evacuation of this type was queued: the next one waits for the interval.
  static void throttle_evacuation(Zone& zone, Migratetype type);
  /// What is left of any zone's intervals gets less, down to nothing.
  static void pass_time(Machine& machine, uint32_t ms);

  static void set_slot(Zone& zone, uint32_t slot, Pfn pfn, Order order);
  static void set_reserved_highatomic(Zone& zone, uint32_t pages);
  /// These free pages left the HIGHATOMIC lists and stay counted as on them: a pageblock turned
  /// MOVABLE, and only the pages that were freed last are moved to the other account (series v2
  /// __free_one_page()).
  static void strand_free_highatomic(Zone& zone, uint32_t pages);
  /// The slot forgets its chunk, which stays allocated.
  static void forget_slot(Zone& zone, uint32_t slot);

  /// All work items of the evacuation pool are free.
  static void fill_pool(Zone& zone, uint32_t items);
  /// Takes the item that is due in the row's `from` to its `to`; index + 1, 0 if there is none.
  static uint32_t move_item(Zone& zone, const ItemRow& row);
  static void set_item_block(Zone& zone, uint32_t item, BlockIndex b);
  static void set_evacuate_cursor(Zone& zone, Pfn cursor);

  /// Pages allocated before the program began take the type of their pageblock's new tag.
  static void retype_pages_before(Zone& zone, BlockIndex b, Migratetype type);

  static void spb_list_add(Zone& zone, SpbIndex s, uint8_t list);
  static void spb_list_del(Zone& zone, SpbIndex s);

  /// A superpageblock before any of its pages is free: its pageblocks, its counters, and the list
  /// that these call for.
  static void init_superpageblock(Zone& zone, SpbIndex s);
  /// One more joins the zone, which has room for it; its pages are on no list yet (series v2
  /// 09/40).
  static void add_superpageblock(Zone& zone);
  /// Those of all CPUs (series v2 31/40: spb_invalidate_warm_hints()).
  static void clear_hints(Zone& zone);

 private:
  static uint8_t pack(const Block<Concrete>& block) {
    return static_cast<uint8_t>((block.isolated ? PB_migrate_isolate : 0) |
                                (block.all_free ? PB_all_free : 0) |
                                (block.has_unmovable ? PB_has_unmovable : 0) |
                                (block.has_reclaimable ? PB_has_reclaimable : 0) |
                                (block.has_movable ? PB_has_movable : 0));
  }
  static uint32_t take_item(Zone& zone, ItemPlace from);
  static void put_item(Zone& zone, uint32_t item, ItemPlace to);
  static void write_block(Zone& zone, BlockIndex b, const Block<Concrete>& after, BlockState next);
  enum class Change : uint8_t { listed, unlisted };
  template <Change change>
  static void account(Zone& zone, Order order, Migratetype type, Pfn pfn);
  template <Change change>
  static void account_free(Zone& zone, Order order, Migratetype type, Pfn pfn);
  template <Change change>
  static void account_apart(Zone& zone, Order order, Migratetype type, Pfn pfn);
  static void touch(Zone& zone, Pfn pfn, Order order) {
    if (zone.dirty.enabled) zone.dirty.pages.add({pfn, order});
  }
  static void touch_links(Zone& zone, Pfn pfn) {
    if (zone.dirty.enabled) zone.dirty.links.add(pfn);
  }
};

/// Asks for the defragmentation of a superpageblock that has something to gain; the request is
/// recorded, the work is not modelled yet (series: spb_maybe_start_defrag()).
void maybe_start_defrag(Zone& zone, SpbIndex s);

/// The list that a superpageblock's counters call for.
uint8_t spb_list_for(const Zone& zone, SpbIndex s);

}  // namespace spb
