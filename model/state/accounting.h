// SPDX-License-Identifier: GPL-2.0-only
// Accounting: what one pageblock contributes to its superpageblock's counters, how each effect
// changes the bits of a pageblock, and what a free chunk or a work item adds to the counts of its
// kind. Counters change by contribution after minus before, nowhere else.
#pragma once

#include "model/policy/rules.h"
#include "model/policy/views.h"
#include "model/words/types.h"

namespace spb::accounting {

/// What a pageblock adds to nr_free, nr_unmovable, nr_reclaimable and nr_movable of its
/// superpageblock.
template <class D>
struct Contribution {
  typename D::Int free;
  typename D::Int unmovable;
  typename D::Int reclaimable;
  typename D::Int movable;
};

template <class D>
Contribution<D> contribution(const Block<D>& block) {
  const auto one_if = [](typename D::Bool bit) { return D::select(bit, D::lit(1), D::lit(0)); };
  return {one_if(block.all_free), one_if(block.has_unmovable), one_if(block.has_reclaimable),
          one_if(block.has_movable)};
}

/// The superpageblock's counters once one of its pageblocks went from `before` to `after`.
template <class D>
Spb<D> recount(Spb<D> spb, const Block<D>& before, const Block<D>& after) {
  const Contribution<D> was = contribution<D>(before);
  const Contribution<D> is = contribution<D>(after);
  spb.nr_free = spb.nr_free + is.free - was.free;
  spb.nr_unmovable = spb.nr_unmovable + is.unmovable - was.unmovable;
  spb.nr_reclaimable = spb.nr_reclaimable + is.reclaimable - was.reclaimable;
  spb.nr_movable = spb.nr_movable + is.movable - was.movable;
  return spb;
}

/// Set PB_has_<type>. HIGHATOMIC counts as UNMOVABLE and CMA as MOVABLE (series v2
/// migratetype_to_has_bit()).
template <class D>
Block<D> with_content(Block<D> block, typename D::Int type) {
  block.has_unmovable = block.has_unmovable || type == D::lit(MIGRATE_UNMOVABLE) ||
                        type == D::lit(MIGRATE_HIGHATOMIC);
  block.has_reclaimable = block.has_reclaimable || type == D::lit(MIGRATE_RECLAIMABLE);
  block.has_movable =
      block.has_movable || type == D::lit(MIGRATE_MOVABLE) || type == D::lit(MIGRATE_CMA);
  return block;
}

/// Pages of this pageblock were handed out as `type`; or, as posted, pages of another pageblock of
/// the same chunk, and this one is marked all the same (D1).
template <class D>
Block<D> after_take(Block<D> block, typename D::Int type) {
  block.all_free = D::truth(false);
  return with_content<D>(block, type);
}

/// The tag changes, and nothing else.
template <class D>
Block<D> after_relabel(Block<D> block, typename D::Int type) {
  block.tag = type;
  return block;
}

/// A claim of whole pageblocks reaches every one it covers, the parts that stay free included
/// (series v2 11/40).
template <class D>
Block<D> after_whole_claim(Block<D> block, typename D::Int type) {
  return after_take<D>(after_relabel<D>(block, type), type);
}

/// A claim of part of a pageblock: the new type's bit, and that of the old one, whose pages are
/// still there. In the series only a wholly free pageblock goes from UNMOVABLE to RECLAIMABLE or
/// back, and then the old bit is cleared (series v2 try_to_claim_block()).
template <class D>
Block<D> after_part_claim(Block<D> block, typename D::Int type, const BlockPages<D>& pages,
                          const Limits<D>& limits) {
  const typename D::Int old = block.tag;
  const typename D::Bool cross =
      rules::is_cross_type<D>(old, type) && pages.free == limits.pageblock_nr_pages;
  const auto is = [](typename D::Int a, Migratetype b) { return a == D::lit(b); };
  block.has_unmovable =
      (block.has_unmovable || is(old, MIGRATE_UNMOVABLE) || is(old, MIGRATE_HIGHATOMIC)) &&
      !(cross && is(old, MIGRATE_UNMOVABLE));
  block.has_reclaimable = (block.has_reclaimable || is(old, MIGRATE_RECLAIMABLE)) &&
                          !(cross && is(old, MIGRATE_RECLAIMABLE));
  block.has_movable = block.has_movable || is(old, MIGRATE_MOVABLE) || is(old, MIGRATE_CMA);
  block.tag = type;
  return with_content<D>(block, type);
}

/// The tag that a pageblock has once it is wholly free; an isolated one keeps its own (parameter
/// `free-block-tag`; series v2 mark_pageblock_free()).
template <class D>
typename D::Int free_tag(const Block<D>& block, const Limits<D>& limits) {
  const typename D::Bool goes_back =
      limits.free_block_becomes_movable && !block.isolated &&
      (block.tag == D::lit(MIGRATE_UNMOVABLE) || block.tag == D::lit(MIGRATE_RECLAIMABLE) ||
       block.tag == D::lit(MIGRATE_HIGHATOMIC));
  return D::select(goes_back, D::lit(MIGRATE_MOVABLE), block.tag);
}

/// The last page of the pageblock was freed: PB_all_free, no content (series v2
/// mark_pageblock_free()).
template <class D>
Block<D> after_last_free(Block<D> block, const Limits<D>& limits) {
  block.all_free = D::truth(true);
  block.has_unmovable = D::truth(false);
  block.has_reclaimable = D::truth(false);
  block.has_movable = D::truth(false);
  block.tag = free_tag<D>(block, limits);
  return block;
}

/// The pageblock was evacuated: where no movable page is left, PB_has_movable goes (series: one of
/// its clearing points; parameter `evacuation-clears`).
template <class D>
Block<D> after_evacuation(Block<D> block, const BlockPages<D>& pages) {
  block.has_movable = block.has_movable && pages.movable > D::lit(0);
  return block;
}

// ---- free pages

/// 2^order, for a domain that cannot shift: doubled once for each order up to `max`, the largest
/// that there is.
template <class D>
typename D::Int pages_of_order(typename D::Int order, uint32_t max = max_nr_page_orders - 1) {
  typename D::Int pages = D::lit(1);
  for (int above = 0; above < static_cast<int>(max); ++above)
    pages = D::select(order > D::lit(above), pages + pages, pages);
  return pages;
}

/// The counts that free pages are kept in, or what one free chunk adds to each.
template <class D>
struct FreePages {
  typename D::Int nr_free_pages;         ///< of its superpageblock, isolated ones included
  typename D::Int nr_free_pages_zone;    ///< NR_FREE_PAGES: isolated ones excluded
  typename D::Int nr_free_pages_blocks;  ///< NR_FREE_PAGES_BLOCKS: of these, in whole pageblocks
};

/// A chunk that is on no list.
template <class D>
FreePages<D> unlisted() {
  return {D::lit(0), D::lit(0), D::lit(0)};
}

/// A chunk of so many pages that is on the list it names (mainline account_freepages()).
template <class D>
FreePages<D> listed(const Chunk<D>& chunk, typename D::Int pages, const Limits<D>& limits) {
  const typename D::Bool counts = !(chunk.list == D::lit(MIGRATE_ISOLATE));
  const typename D::Bool whole = counts && !rules::is_part<D>(chunk, limits);
  return {pages, D::select(counts, pages, D::lit(0)), D::select(whole, pages, D::lit(0))};
}

/// The counts of what most requests may not have, or what one free chunk adds to each.
template <class D>
struct ApartPages {
  typename D::Int cma;         ///< NR_FREE_CMA_PAGES
  typename D::Int highatomic;  ///< nr_free_highatomic
};

/// A chunk of so many pages that is on the list it names.
template <class D>
ApartPages<D> listed_apart(const Chunk<D>& chunk, typename D::Int pages) {
  const auto on = [&](Migratetype type) {
    return D::select(chunk.list == D::lit(type), pages, D::lit(0));
  };
  return {on(MIGRATE_CMA), on(MIGRATE_HIGHATOMIC)};
}

/// The counts once one chunk went from `before` to `after`.
template <class D>
ApartPages<D> recount(ApartPages<D> counts, const ApartPages<D>& before,
                      const ApartPages<D>& after) {
  counts.cma = counts.cma + after.cma - before.cma;
  counts.highatomic = counts.highatomic + after.highatomic - before.highatomic;
  return counts;
}

/// The counts once one chunk went from `before` to `after`.
template <class D>
FreePages<D> recount(FreePages<D> counts, const FreePages<D>& before, const FreePages<D>& after) {
  counts.nr_free_pages = counts.nr_free_pages + after.nr_free_pages - before.nr_free_pages;
  counts.nr_free_pages_zone =
      counts.nr_free_pages_zone + after.nr_free_pages_zone - before.nr_free_pages_zone;
  counts.nr_free_pages_blocks =
      counts.nr_free_pages_blocks + after.nr_free_pages_blocks - before.nr_free_pages_blocks;
  return counts;
}

// ---- the evacuation pool

/// Work items in each place, or what one item adds to each.
template <class D>
struct ItemCounts {
  typename D::Int free;
  typename D::Int pending;
  typename D::Int work;
  typename D::Int running;
};

template <class D>
ItemCounts<D> item_at(ItemPlace place) {
  const auto one_if = [place](ItemPlace here) { return D::lit(place == here ? 1 : 0); };
  return {one_if(ItemPlace::free), one_if(ItemPlace::pending), one_if(ItemPlace::work),
          one_if(ItemPlace::running)};
}

/// The counts once an item went from one place to another.
template <class D>
ItemCounts<D> recount(ItemCounts<D> counts, ItemPlace from, ItemPlace to) {
  const ItemCounts<D> was = item_at<D>(from);
  const ItemCounts<D> is = item_at<D>(to);
  counts.free = counts.free + is.free - was.free;
  counts.pending = counts.pending + is.pending - was.pending;
  counts.work = counts.work + is.work - was.work;
  counts.running = counts.running + is.running - was.running;
  return counts;
}

}  // namespace spb::accounting
