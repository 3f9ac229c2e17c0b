// SPDX-License-Identifier: GPL-2.0-only
// The state of a zone: plain records in one flat arena, indices instead of pointers, no padding, so
// that a reset is a memcpy and equality is over bytes. Index fields hold index + 1; 0 means none.
#pragma once

#include <cstdint>

#include "model/words/types.h"

namespace spb {

struct ListHead {
  uint32_t first;
  uint32_t last;
};

/// Links of a free chunk's first page, or, for an allocated chunk, its owner: next = slot + 1.
struct PageLinks {
  uint32_t next;
  uint32_t prev;
};

/// One byte a page.
namespace page_state {
inline constexpr uint8_t in_free_chunk = 0;  ///< not the first page of it
inline constexpr uint8_t free_head = 0x80;   ///< | order
inline constexpr uint8_t allocated = 0x40;   ///< | owned | before | migratetype
inline constexpr uint8_t absent = 0x20;      ///< outside the zone
inline constexpr uint8_t owned = 0x10;       ///< belongs to a slot, or did
inline constexpr uint8_t before = 0x08;      ///< allocated before the program began
inline constexpr uint8_t type_mask = 0x07;
inline constexpr uint8_t order_mask = 0x0f;
inline constexpr uint8_t not_free_mask = allocated | absent;
}  // namespace page_state

/// Bits of a pageblock.
enum BlockBits : uint8_t {
  PB_migrate_isolate = 1U << 0,
  PB_all_free = 1U << 1,
  PB_has_unmovable = 1U << 2,
  PB_has_reclaimable = 1U << 3,
  PB_has_movable = 1U << 4,
};

struct BlockState {
  uint8_t tag;   ///< stored Migratetype
  uint8_t bits;  ///< BlockBits
  bool operator==(const BlockState&) const = default;
};

/// A superpageblock; counters as in the series' struct superpageblock.
struct SpbState {
  uint16_t nr_free;
  uint16_t nr_unmovable;
  uint16_t nr_reclaimable;
  uint16_t nr_movable;
  uint16_t nr_reserved;
  uint16_t total_pageblocks;  ///< pageblocks inside the zone, a partial one counts
  uint8_t contig_allocated;
  uint8_t on_list;  ///< ListId
  uint16_t zero;
  uint32_t nr_free_pages;  ///< pages on its own free lists, isolated ones included
  uint32_t next;
  uint32_t prev;
};
static_assert(sizeof(SpbState) == 28);

/// Where a superpageblock is: category * bins + bin, or one of the two lists beside the matrix.
inline constexpr uint32_t max_fullness_bins = 8;
inline constexpr uint8_t list_empty = 2 * max_fullness_bins;
inline constexpr uint8_t list_isolated = list_empty + 1;
inline constexpr uint32_t nr_spb_lists = list_isolated + 1;
inline constexpr uint8_t SB_CLEAN = 0;
inline constexpr uint8_t SB_TAINTED = 1;
constexpr uint8_t list_id(uint8_t category, uint32_t bin) {
  return static_cast<uint8_t>(category * max_fullness_bins + bin);
}

/// A work item of the evacuation pool: on the free, pending or work list by `next`.
struct EvacuateItem {
  uint32_t block;  ///< pageblock + 1; 0 in a free item
  uint32_t next;
};

/// A name of the program: the chunk it stands for.
struct Slot {
  uint32_t page;  ///< pfn + 1; 0 is empty
  uint8_t order;
  uint8_t type;
  uint16_t zero;
};

/// What a zone has once.
struct ZoneState {
  uint32_t nr_free_pages;  ///< NR_FREE_PAGES: isolated pageblocks excluded
  uint32_t
      nr_free_pages_blocks;  ///< NR_FREE_PAGES_BLOCKS: of these, in chunks of a pageblock or more
  uint32_t nr_allocated;
  ListHead spb_lists[nr_spb_lists];
  uint32_t evacuate_free;                   ///< newest first, as an llist
  uint32_t evacuate_pending;                ///< likewise
  ListHead evacuate_work;                   ///< the workqueue, oldest first
  uint32_t evacuate_running;                ///< item the worker holds
  uint32_t evacuate_cursor;                 ///< pfn + 1 where its next batch begins
  uint32_t evacuate_items[nr_item_places];  ///< items in each ItemPlace
};

/// Free lists of a superpageblock, or of the zone: after this record come nr_page_orders x
/// MIGRATE_TYPES list heads and nr_page_orders counts.
struct FreeAreaState {
  uint16_t nonempty[MIGRATE_TYPES];  ///< bit o: the list of order o has a chunk; a shortcut, never
                                     ///< a rule
};

}  // namespace spb
