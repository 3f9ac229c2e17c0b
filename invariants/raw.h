// SPDX-License-Identifier: GPL-2.0-only
// A zone read as raw state: bytes, links, tags, bits and sizes. What the invariants conclude from
// it is computed here anew; nothing that the model computes is called.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "invariants/invariant.h"
#include "model/state/machine.h"

namespace spb {

struct Raw {
  const Zone& zone;
  const ZoneState* state;
  const EvacuateQueue* queue;  ///< of its node
  const uint8_t* pages;
  const PageLinks* links;
  const BlockState* blocks;
  const SpbState* spbs;
  const ListHead* lists;
  const FreeAreaState* areas;
  const uint32_t* counts;  ///< nr_free of each area's orders
  const Slot* slots;
  const uint32_t* size;  ///< superpageblocks that the zone has
  uint32_t start;        ///< first page of the zone
  uint32_t most_end;     ///< first page behind it once it is as large as it may be
  uint32_t span;
  uint32_t block_order;
  uint32_t nr_slots;
  uint32_t block_pages;
  uint32_t max_order;
  uint32_t orders;
  uint32_t nr_blocks;
  uint32_t spb_blocks;
  uint32_t most_spbs;  ///< that there is room for
  uint32_t spb_page_shift;
  uint32_t spb_block_shift;
  bool own_lists;  ///< superpageblocks have lists of their own
  uint32_t nr_areas;
  uint32_t area_shift;   ///< of a page; one that leaves nothing where the zone has the lists
  uint8_t isolated_bit;  ///< PB_migrate_isolate where isolation moves free pages, else none

  explicit Raw(const Zone& z) : zone(z), state(&z.state()), queue(&z.queue()), pages(z.pages()) {
    const Geometry& g = z.geometry();
    links = &z.links(Pfn(0));
    blocks = &z.block(BlockIndex(0));
    spbs = &z.spb(SpbIndex(0));
    lists = &z.free_list(0, Order(0), MIGRATE_UNMOVABLE);
    areas = &z.area(0);
    counts = &z.nr_free(0, Order(0));
    slots = &z.slot(0);
    nr_slots = g.slots;
    block_order = g.pageblock_order;
    block_pages = 1U << g.pageblock_order;
    max_order = g.max_page_order;
    orders = g.max_page_order + 1;
    spb_blocks = g.pageblocks;
    size = &z.nr_superpageblocks();
    most_spbs = g.superpageblocks + g.grows_by;
    nr_blocks = most_spbs * spb_blocks;
    span = nr_blocks * block_pages;
    start = g.absent_first;
    most_end = span - g.absent_last;
    spb_block_shift = static_cast<uint32_t>(std::countr_zero(g.pageblocks));
    spb_page_shift = spb_block_shift + block_order;
    own_lists = z.policy().lists_per_superpageblock;
    nr_areas = own_lists ? most_spbs : 1;
    area_shift = nr_areas == 1 ? 31 : spb_page_shift;
    const bool moves = z.parameters().is(ParameterId::isolation, Isolation::moves_free_pages);
    isolated_bit = moves ? uint8_t{PB_migrate_isolate} : uint8_t{0};
  }

  /// A damaged number names no more than there is room for.
  uint32_t nr_spbs() const { return std::min(*size, most_spbs); }
  /// First page behind the zone, which its end cuts where it is as large as it may be.
  uint32_t end() const { return std::min(*size << spb_page_shift, most_end); }

  uint32_t block_of(uint32_t pfn) const { return pfn >> block_order; }
  uint32_t spb_of_block(uint32_t b) const { return b >> spb_block_shift; }
  uint32_t spb_of(uint32_t pfn) const { return pfn >> spb_page_shift; }
  uint32_t area_of(uint32_t pfn) const { return pfn >> area_shift; }
  uint32_t list_index(uint32_t a, uint32_t order, uint32_t type) const {
    return (a * orders + order) * MIGRATE_TYPES + type;
  }
  const ListHead& list(uint32_t a, uint32_t order, uint32_t type) const {
    return lists[list_index(a, order, type)];
  }

  /// The type whose list the free pages of this pageblock belong on. A damaged tag is none of the
  /// types and has no list: it stands for the last one, so that every use as an index is in range.
  uint8_t list_type(uint32_t b) const {
    const BlockState block = blocks[b];
    const uint8_t type = block.bits & isolated_bit ? uint8_t{MIGRATE_ISOLATE} : block.tag;
    return type < MIGRATE_ISOLATE ? type : uint8_t{MIGRATE_ISOLATE};
  }
  /// Items of the evacuation pool, which is the machine's.
  uint32_t pool() const {
    const Parameters& parameters = zone.parameters();
    const bool evacuates = parameters[ParameterId::claim_evacuates] != 0;
    return evacuates ? parameters[ParameterId::evacuate_items] : 0U;
  }

  /// Item that the pool gives away next, index + 1, or 0.
  uint32_t free_item() const { return zone.evacuate_free(); }

  bool isolated(uint32_t b) const { return (blocks[b].bits & PB_migrate_isolate) != 0; }
  /// Whether a list begins with a chunk in an isolated pageblock.
  bool begins_isolated(uint32_t a, uint32_t order, uint32_t type) const {
    const uint32_t first = list(a, order, type).first;
    return first != 0 && first <= span && isolated(block_of(first - 1));
  }

  /// Pages of a pageblock that lie in the zone.
  uint32_t pages_in_zone(uint32_t b) const {
    const uint32_t first = b << block_order;
    const uint32_t low = first < start ? start : first;
    const uint32_t high = std::min(first + block_pages, end());
    return high > low ? high - low : 0;
  }

  static bool is_head(uint8_t page) { return (page & page_state::free_head) != 0; }
  static bool is_free(uint8_t page) { return is_head(page) || page == page_state::in_free_chunk; }
  static bool is_allocated(uint8_t page) {
    return (page & (page_state::free_head | page_state::allocated)) == page_state::allocated;
  }
  /// The order in a head's byte; a damaged byte may give one beyond every geometry.
  static uint32_t order_of(uint8_t head) { return head & 0x7fU; }
  static uint8_t head_byte(uint32_t order) {
    return static_cast<uint8_t>(page_state::free_head | order);
  }

  bool isolation_is_a_bit() const { return isolated_bit == 0; }

  /// First page of the chunk that covers a page, or no_index: the nearest head at or below it whose
  /// order reaches that far.
  uint32_t covering_head(uint32_t pfn) const {
    // Chunks are aligned, so that each begins at the page less some of its low bits.
    const uint32_t lowest = pfn & (0xffffffffU << max_order);
    for (uint32_t head = pfn;; head &= head - 1) {
      const uint8_t page = pages[head];
      if (is_head(page) && (pfn - head) >> std::min(order_of(page), 31U) == 0) return head;
      if (head == lowest) return no_index;
    }
  }
};

/// Eight pages' bytes, the first page's lowest.
inline uint64_t eight_pages(const Raw& raw, uint32_t pfn) {
  uint64_t word;
  std::memcpy(&word, raw.pages + pfn, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// Calls visit(pfn) for each page in [pfn, end) that heads a chunk; most head none.
template <class Visit>
void for_each_head(const Raw& raw, uint32_t pfn, uint32_t end, Visit visit) {
  constexpr uint64_t heads_alone = 0x8080808080808080U;
  for (; end - pfn >= 8; pfn += 8) {
    for (uint64_t heads = eight_pages(raw, pfn) & heads_alone; heads != 0; heads &= heads - 1)
      visit(pfn + static_cast<uint32_t>(std::countr_zero(heads)) / 8);
  }
  for (; pfn < end; ++pfn) {
    if (Raw::is_head(raw.pages[pfn])) visit(pfn);
  }
}

/// Whether free chunks in these pageblocks, of a pageblock or more, have merged: neither is
/// isolated, none was moved beside the other, and the types are equal or both among UNMOVABLE,
/// MOVABLE and RECLAIMABLE (mainline).
inline bool types_merge(const Raw& raw, uint32_t b, uint32_t other) {
  if (raw.state->moved_unmerged != 0) return false;
  if (raw.isolated(b) || raw.isolated(other)) return false;
  const uint8_t one = raw.blocks[b].tag;
  const uint8_t two = raw.blocks[other].tag;
  return one == two || (one <= MIGRATE_RECLAIMABLE && two <= MIGRATE_RECLAIMABLE);
}

inline constexpr uint8_t any_content = PB_has_unmovable | PB_has_reclaimable | PB_has_movable;

/// The PB_has bit that stands for pages of this type: what came from HIGHATOMIC lists counts as
/// unmovable, what came from CMA's as movable, whoever asked (series: migratetype_to_has_bit()).
constexpr uint8_t has_bit(uint32_t type) {
  constexpr uint8_t bits[8] = {PB_has_unmovable, PB_has_movable, PB_has_reclaimable,
                               PB_has_unmovable, PB_has_movable, 0,
                               PB_has_unmovable, PB_has_movable};
  return bits[type & 7U];
}

/// The same of what has to be there as long as such a page is: from CMA's lists a page that cannot
/// migrate, which no caller of the kernel gets, is movable content, yet an evacuation that finds
/// nothing to migrate clears PB_has_movable beside it.
constexpr uint8_t lasting_bit(uint32_t type) {
  return (type & 7U) == page_state::cma_unmovable ? uint8_t{0} : has_bit(type);
}

/// Whether pages of this type can migrate: those of a movable request, whichever lists they came
/// from.
constexpr bool is_movable_page(uint32_t type) {
  return type == MIGRATE_MOVABLE || type == MIGRATE_CMA || type == page_state::highatomic_movable;
}

/// Whether a page is in the zone, which ends before `end`, and allocated with a type.
inline bool is_allocated_page(const Raw& raw, uint32_t pfn, uint32_t end) {
  const uint8_t page = raw.pages[pfn];
  constexpr uint8_t owned_and_before = page_state::owned | page_state::before;
  return pfn - raw.start < end - raw.start &&
         (page & (page_state::free_head | page_state::not_free_mask)) == page_state::allocated &&
         (page & owned_and_before) != owned_and_before &&
         has_bit(page & page_state::type_mask) != 0;
}

/// Whether a page's byte is one that can be: outside the zone, allocated with a type, or free.
inline bool is_valid_page(const Raw& raw, uint32_t pfn) {
  const uint8_t page = raw.pages[pfn];
  const uint32_t end = raw.end();
  const bool inside = pfn - raw.start < end - raw.start;
  if (page == page_state::absent || !inside) return page == page_state::absent && !inside;
  if (Raw::is_head(page)) return Raw::order_of(page) <= raw.max_order;
  return page == page_state::in_free_chunk || is_allocated_page(raw, pfn, end);
}

/// The first chunk of a list that does not begin in an isolated pageblock, or no_index.
inline uint32_t first_usable(const Raw& raw, uint32_t a, uint32_t order, uint32_t type) {
  uint32_t at = raw.list(a, order, type).first;
  for (uint32_t left = raw.span; at != 0 && at <= raw.span && left > 0; --left) {
    if (!raw.isolated(raw.block_of(at - 1))) return at - 1;
    at = raw.links[at - 1].next;
  }
  return no_index;
}

/// Whether a superpageblock has a free page on a list that UNMOVABLE, MOVABLE or RECLAIMABLE
/// requests read.
inline bool has_usable_page(const Raw& raw, uint32_t s) {
  for (uint32_t order = 0; order <= raw.max_order; ++order) {
    for (const uint32_t type : {MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE})
      if (raw.list(s, order, type).first != 0) return true;
  }
  return false;
}

inline bool is_tainted(const SpbState& spb) {
  return spb.nr_unmovable != 0 || spb.nr_reclaimable != 0;
}
inline Category category_of(const SpbState& spb) {
  if (spb.nr_free == spb.total_pageblocks) return Category::empty;
  return is_tainted(spb) ? Category::tainted : Category::clean;
}

/// Whether a walk over the tainted superpageblocks comes to it.
inline bool is_walked_as_tainted(const SpbState& spb) {
  return !spb.contig_allocated && category_of(spb) == Category::tainted;
}

/// Pageblocks of the reserve of a tainted superpageblock: a minimum, or a share.
inline uint32_t reserve_of(const Raw& raw, uint32_t s) {
  const Parameters& parameters = raw.zone.parameters();
  const uint32_t share =
      raw.spbs[s].total_pageblocks / uint32_t{parameters[ParameterId::tainted_reserve_divisor]};
  return std::max<uint32_t>(parameters[ParameterId::tainted_reserve_min], share);
}
/// No more pageblocks are free than that.
inline bool is_within_reserve(const Raw& raw, uint32_t s) {
  return raw.spbs[s].nr_free <= reserve_of(raw, s);
}

/// The list that a superpageblock's counters call for: spb_isolated, spb_empty, or the cell of its
/// category and fullness. Tainted ones are as full as they have non-movable pageblocks, clean ones
/// as they have used ones: 0 is all of them, then three quarters of the pageblocks that a whole
/// superpageblock has, a half, a quarter, less.
inline uint8_t list_called_for(const SpbState& spb, uint32_t whole_pageblocks) {
  if (spb.contig_allocated) return list_isolated;
  if (spb.nr_free == spb.total_pageblocks) return list_empty;
  const bool tainted = is_tainted(spb);
  const uint32_t used = tainted ? uint32_t{spb.nr_unmovable} + spb.nr_reclaimable
                                : uint32_t{spb.total_pageblocks} - spb.nr_free;
  uint32_t bin = 0;
  if (used < spb.total_pageblocks) {
    const uint32_t quarters = used * 4 / whole_pageblocks;
    bin = quarters >= 3 ? 1 : 4 - quarters;
  }
  return static_cast<uint8_t>((tainted ? nr_fullness_bins : 0) + bin);
}

/// Whether a superpageblock may be where it is. A borrowed page's content waits for the next
/// update, so a tainted one may be on the list of a lower fullness until then (series v2 PASS_2C,
/// 2D).
inline bool is_listed_right(const SpbState& spb, uint32_t whole_pageblocks) {
  const uint8_t called_for = list_called_for(spb, whole_pageblocks);
  if (spb.on_list == called_for) return true;
  const bool both_tainted = called_for >= nr_fullness_bins && spb.on_list < list_empty;
  return both_tainted && spb.on_list > called_for;
}

}  // namespace spb
