// SPDX-License-Identifier: GPL-2.0-only
// The buddy system: split and merge, the free path, and moving a pageblock's free chunks
// (mainline).
#pragma once

#include "model/state/zone.h"

namespace spb {

/// Take a chunk off `type`'s list and put what is above `low` back on it; the lowest part is handed
/// out.
void page_del_and_expand(Zone& zone, Pfn pfn, Order low, Order high, Migratetype type);
/// The same for a chunk that is already off the lists.
void expand(Zone& zone, Pfn pfn, Order low, Order high, Migratetype type);

/// A free chunk was taken apart: PB_has_<type> of every pageblock that it covers, and none of them
/// counts as free any more (series v2 page_del_and_expand()).
void mark_taken_apart(Zone& zone, Pfn head, Order order, Migratetype type);

/// So many pages leave the HIGHATOMIC reserve, or all that it counts where that is less. True in
/// that case, in which the kernel warns.
bool take_from_reserve(Zone& zone, uint32_t pages);
/// Give the chunk to a caller as pages of this page type: writes the pages' state, and the PB_has
/// bits of every pageblock that the chunk touches.
void hand_out(Zone& zone, Pfn pfn, Order order, uint8_t page_type, uint8_t extra);

/// Give an allocated chunk back, pageblock by pageblock if it is larger than one (mainline
/// __free_pages_ok()).
void free_pages_ok(Zone& zone, Pfn pfn, Order order, bool to_tail);
/// Free one chunk of pages that are on no list, merging it as far as it goes (mainline
/// __free_one_page()).
void free_one_page(Zone& zone, Pfn pfn, Order order, Migratetype type, bool to_tail);
/// The same pageblock by pageblock, each with its own type (mainline split_large_buddy()).
void split_large_buddy(Zone& zone, Pfn pfn, Order order, bool to_tail);
/// Pages that are on no list come free ascending, as memblock and onlining free them: at each pfn
/// the largest order that alignment and the end allow.
void free_range(Zone& zone, Pfn pfn, Pfn end);

/// Append a pageblock's free chunks to another type's lists, in ascending order (mainline
/// __move_freepages_block()).
void move_freepages_block(Zone& zone, BlockIndex b, Migratetype from, Migratetype to);

/// Change tag and bits of one pageblock and bring its superpageblock to the right list.
void update_block(Zone& zone, BlockIndex b, const Block<Concrete>& after);

}  // namespace spb
