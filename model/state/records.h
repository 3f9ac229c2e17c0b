// SPDX-License-Identifier: GPL-2.0-only
// The state of a machine: plain records in one flat arena, indices instead of pointers, no padding
// inside them, so that a reset is a memcpy and equality is over bytes. Index fields hold index + 1;
// 0 means none.
#pragma once

#include <cstdint>

#include "model/policy/views.h"
#include "model/words/domain.h"
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

/// One byte a page: free and first of its chunk, free behind it, allocated, or absent. The two
/// highest bits together are none of these, which is room for a page that a CPU holds. The type of
/// an allocated page is the one that was asked for, with an exception: of a page from the
/// HIGHATOMIC or CMA lists the list decides as what content its pageblock counts it, and the caller
/// whether it can migrate. So each of these two has a second type.
namespace page_state {
inline constexpr uint8_t in_free_chunk = 0;  ///< not the first page of it
inline constexpr uint8_t free_head = 0x80;   ///< | order
inline constexpr uint8_t allocated = 0x40;   ///< | owned | before | type
inline constexpr uint8_t absent = 0x20;      ///< outside the zone
inline constexpr uint8_t owned = 0x10;       ///< belongs to a slot, or did
inline constexpr uint8_t before = 0x08;      ///< allocated before the program began
inline constexpr uint8_t type_mask = 0x07;
inline constexpr uint8_t order_mask = 0x0f;
inline constexpr uint8_t not_free_mask = allocated | absent;

inline constexpr uint8_t highatomic_movable = 6;  ///< can migrate; MIGRATE_HIGHATOMIC cannot
inline constexpr uint8_t cma_unmovable = 7;       ///< cannot migrate; MIGRATE_CMA can

/// The type of a page that a caller of type `asked` got from the lists of `searched`.
constexpr uint8_t page_type(Migratetype asked, Migratetype searched) {
  if (searched < MIGRATE_PCPTYPES) return searched;
  const bool movable = asked == MIGRATE_MOVABLE;
  if (searched == MIGRATE_CMA) return movable ? uint8_t{MIGRATE_CMA} : cma_unmovable;
  return movable ? highatomic_movable : uint8_t{MIGRATE_HIGHATOMIC};
}
/// Whether a page of this type can migrate.
constexpr bool migrates(uint8_t type) {
  constexpr uint32_t can = 1U << MIGRATE_MOVABLE | 1U << MIGRATE_CMA | 1U << highatomic_movable;
  return (can >> type & 1U) != 0;
}
/// The migratetype whose content a page of this type is.
constexpr Migratetype content_of(uint8_t type) {
  constexpr Migratetype contents[type_mask + 1] = {
      MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_HIGHATOMIC,
      MIGRATE_CMA,       MIGRATE_ISOLATE, MIGRATE_HIGHATOMIC,  MIGRATE_CMA};
  return contents[type & type_mask];
}
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
  uint8_t on_list;         ///< by list_id(), or one of the lists beside the matrix
  uint16_t unused;         ///< 0: no padding
  uint32_t nr_free_pages;  ///< pages on its own free lists, isolated ones included
  uint32_t next;
  uint32_t prev;
};

// The views that rules read.
constexpr Block<Concrete> view_of(const BlockState& block) {
  return {.tag = block.tag,
          .isolated = (block.bits & PB_migrate_isolate) != 0,
          .all_free = (block.bits & PB_all_free) != 0,
          .has_unmovable = (block.bits & PB_has_unmovable) != 0,
          .has_reclaimable = (block.bits & PB_has_reclaimable) != 0,
          .has_movable = (block.bits & PB_has_movable) != 0};
}
constexpr Spb<Concrete> view_of(const SpbState& spb) {
  return {.nr_free = spb.nr_free,
          .nr_unmovable = spb.nr_unmovable,
          .nr_reclaimable = spb.nr_reclaimable,
          .nr_movable = spb.nr_movable,
          .nr_reserved = spb.nr_reserved,
          .total_pageblocks = spb.total_pageblocks,
          .nr_free_pages = static_cast<int>(spb.nr_free_pages)};
}
static_assert(sizeof(SpbState) == 28);

/// Where a superpageblock is: category * bins + bin, or one of the two lists beside the matrix.
inline constexpr uint32_t nr_fullness_bins = 5;  ///< SB_FULL .. SB_ALMOST_EMPTY
inline constexpr uint8_t list_empty = 2 * nr_fullness_bins;
inline constexpr uint8_t list_isolated = list_empty + 1;
inline constexpr uint32_t nr_spb_lists = list_isolated + 1;
inline constexpr uint8_t SB_CLEAN = 0;
inline constexpr uint8_t SB_TAINTED = 1;
constexpr uint8_t list_id(uint8_t category, uint32_t bin) {
  return static_cast<uint8_t>(category * nr_fullness_bins + bin);
}

/// A work item of the evacuation pool: on the free, pending or work list by `next`.
struct EvacuateItem {
  uint32_t block;  ///< pageblock + 1; 0 in a free item
  uint16_t next;
  uint16_t zone;  ///< of the pageblock; 0 in a free item
};

/// What each node has of the asynchronous evacuation (series v2 06/40: struct pglist_data); the
/// pool that the items come from is the machine's.
struct EvacuateQueue {
  uint32_t pending;  ///< waits for the irq_work; newest first, as an llist
  ListHead work;     ///< the workqueue, oldest first
  uint32_t running;  ///< item the worker holds
  uint32_t cursor;   ///< pfn + 1 where its next batch begins
};

/// Superpageblock + 1 where PASS_1 last found a chunk of this order and type; 0 is none. Each zone
/// has one a CPU.
struct HintState {
  uint32_t of[max_nr_page_orders][MIGRATE_PCPTYPES];
};

/// A name of the program: the chunk it stands for.
struct Slot {
  uint32_t page;  ///< pfn + 1; 0 is empty
  uint8_t order;
  uint8_t type;   ///< of its pages
  uint16_t zone;  ///< 0 where it is empty
};

/// What a zone has once.
struct ZoneState {
  uint32_t nr_free_pages;  ///< NR_FREE_PAGES: isolated pageblocks excluded
  uint32_t
      nr_free_pages_blocks;  ///< NR_FREE_PAGES_BLOCKS: of these, in chunks of a pageblock or more
  uint32_t nr_allocated;
  uint32_t nr_free_cma;             ///< NR_FREE_CMA_PAGES
  uint32_t nr_free_highatomic;      ///< on HIGHATOMIC lists, and what was left behind
  uint32_t nr_reserved_highatomic;  ///< pages of pageblocks in the reserve
  uint8_t moved_unmerged;  ///< 1 once a free chunk of a pageblock or more moved between the
                           ///< types that merge and HIGHATOMIC or CMA: it is moved as it is,
                           ///< as in the kernel, so buddies may be left that would merge
  uint8_t evacuation_wait[MIGRATE_PCPTYPES];  ///< milliseconds until a request of this type may
                                              ///< be queued again (series: spb_evac_last, which is
                                              ///< when the last one was)
  ListHead spb_lists[nr_spb_lists];

  /// Whether the time that passes makes any difference.
  bool waits() const { return (evacuation_wait[0] | evacuation_wait[1] | evacuation_wait[2]) != 0; }
};
static_assert(MIGRATE_PCPTYPES == 3);

/// Whose free lists an area's are.
struct AreaOwner {
  enum class Kind : uint8_t { zone, superpageblock };
  Kind kind;
  uint32_t index;  ///< among those of its kind in the zone
};

/// Free lists of an owner: after this record come nr_page_orders x
/// MIGRATE_TYPES list heads and nr_page_orders counts.
struct FreeAreaState {
  uint16_t nonempty[MIGRATE_TYPES];  ///< bit o: the list of order o has a chunk; a shortcut, never
                                     ///< a rule
};

}  // namespace spb
