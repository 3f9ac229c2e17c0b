// SPDX-License-Identifier: GPL-2.0-only
// The rules of the policy: gates, filters, refusals and thresholds, each a sentence over the views.
// Sources: "series" is the RFC (v1 2026-04-30, v2 2026-05-20), "mainline" is 7.0-rc6
// mm/page_alloc.c.
#pragma once

#include "model/policy/views.h"
#include "model/words/types.h"

namespace spb::rules {

// ---- who asks

template <class D>
typename D::Bool is_type(const Request<D>& request, Migratetype type) {
  return request.migratetype == D::lit(type);
}

template <class D>
typename D::Bool is_movable(const Request<D>& request) {
  return is_type<D>(request, MIGRATE_MOVABLE);
}

/// The preferred category of a movable request is clean, that of others tainted (series v2 12/40).
template <class D>
typename D::Bool prefers_clean(const Request<D>& request) {
  return is_movable<D>(request);
}

/// UNMOVABLE or RECLAIMABLE.
template <class D>
typename D::Bool is_non_movable(const Request<D>& request) {
  return is_type<D>(request, MIGRATE_UNMOVABLE) || is_type<D>(request, MIGRATE_RECLAIMABLE);
}

/// UNMOVABLE beside RECLAIMABLE or the reverse (series: noncompatible_cross_type(), v1 26/45, v2
/// 24/40).
template <class D>
typename D::Bool is_cross_type(typename D::Int a, typename D::Int b) {
  return (a == D::lit(MIGRATE_UNMOVABLE) && b == D::lit(MIGRATE_RECLAIMABLE)) ||
         (a == D::lit(MIGRATE_RECLAIMABLE) && b == D::lit(MIGRATE_UNMOVABLE));
}

/// Whom a request may borrow from in PASS_2C: UNMOVABLE from RECLAIMABLE, others from UNMOVABLE
/// (series v1 31/45).
template <class D>
typename D::Int opposite_type(const Request<D>& request) {
  return D::select(is_type<D>(request, MIGRATE_UNMOVABLE), D::lit(MIGRATE_RECLAIMABLE),
                   D::lit(MIGRATE_UNMOVABLE));
}

/// The type whose list a pageblock's free pages are on: ISOLATE where isolation moves them
/// (mainline), else the stored tag.
template <class D>
typename D::Int list_of_block(const Block<D>& block, typename D::Bool isolation_moves) {
  return D::select(isolation_moves && block.isolated, D::lit(MIGRATE_ISOLATE), block.tag);
}

// ---- superpageblocks

/// SB_TAINTED: some pageblock has non-movable content, or had it since it was last wholly free
/// (series v2 12/40, 15/40).
template <class D>
typename D::Bool spb_is_tainted(const Spb<D>& spb) {
  return spb.nr_unmovable + spb.nr_reclaimable > D::lit(0);
}

/// Wholly free: such a superpageblock is on spb_empty, outside the fullness matrix. A hole that
/// never becomes free keeps it off (series v2 sb_get_fullness()).
template <class D>
typename D::Bool spb_is_empty(const Spb<D>& spb) {
  return spb.nr_free == spb.total_pageblocks;
}

/// What fills a superpageblock. A clean one: its pageblocks that are not free. A tainted one: those
/// with UNMOVABLE content and those with RECLAIMABLE content, so one that has both counts twice
/// (series v2 sb_get_fullness()).
template <class D>
typename D::Int spb_pageblocks_used(const Spb<D>& spb) {
  return D::select(spb_is_tainted<D>(spb), spb.nr_unmovable + spb.nr_reclaimable,
                   spb.total_pageblocks - spb.nr_free);
}

/// Fullness bin, 0 = SB_FULL, SB_FULL_75, _50, _25, to SB_ALMOST_EMPTY: quarters of a
/// superpageblock of full size, also for one that the zone's border cuts (series v2
/// sb_get_fullness()).
template <class D>
typename D::Int spb_fullness(const Spb<D>& spb, const Limits<D>& limits) {
  const typename D::Int used = spb_pageblocks_used<D>(spb);
  const auto below = [&](int quarters) {
    const typename D::Bool fewer =
        used * D::lit(4) < limits.whole_spb_pageblocks * D::lit(quarters);
    return D::select(fewer, D::lit(1), D::lit(0));
  };
  return D::select(used >= spb.total_pageblocks, D::lit(0),
                   D::lit(1) + below(3) + below(2) + below(1));
}

/// nr_free > spb_tainted_reserve() = max(min, total / divisor) pageblocks (series v1 24/45, v2
/// 23/40). For whole numbers nr_free > total / divisor is nr_free * divisor > total, which needs no
/// division.
template <class D>
typename D::Bool above_tainted_reserve(const Spb<D>& spb, const Limits<D>& limits) {
  return spb.nr_free > limits.tainted_reserve_min &&
         spb.nr_free * D::lit(limits.tainted_reserve_divisor) > spb.total_pageblocks;
}

/// nr_free < spb_tainted_reserve() (series v2 23/40).
template <class D>
typename D::Bool below_tainted_reserve(const Spb<D>& spb, const Limits<D>& limits) {
  return spb.nr_free < limits.tainted_reserve_min ||
         (spb.nr_free + D::lit(1)) * D::lit(limits.tainted_reserve_divisor) <= spb.total_pageblocks;
}

/// A search that comes by asks for background defragmentation, which has something to gain here
/// (series v2 15/40, 23/40 spb_needs_defrag()).
template <class D>
typename D::Bool needs_defrag(const Spb<D>& spb, const Limits<D>& limits) {
  return spb_is_tainted<D>(spb) && spb.nr_movable > D::lit(0) &&
         below_tainted_reserve<D>(spb, limits);
}

// ---- gates: may this request enter the pass?

template <class D>
typename D::Bool everyone(const Request<D>&, const Limits<D>&) {
  return D::truth(true);
}

template <class D>
typename D::Bool movable_only(const Request<D>& request, const Limits<D>&) {
  return is_movable<D>(request);
}

/// PASS_2C and 2D: borrowing is for UNMOVABLE and RECLAIMABLE (series v1 31/45, 42/45).
template <class D>
typename D::Bool non_movable_only(const Request<D>& request, const Limits<D>&) {
  return is_non_movable<D>(request);
}

/// Hints are kept for the types with per-CPU lists (series v2 31/40).
template <class D>
typename D::Bool has_hints(const Request<D>& request, const Limits<D>&) {
  return request.migratetype < D::lit(MIGRATE_PCPTYPES);
}

/// PASS_2, 2B and 2D ask no more than this: a HIGHATOMIC request enters them too (series v2
/// __rmqueue_smallest()).
template <class D>
typename D::Bool not_movable_nor_cma(const Request<D>& request, const Limits<D>&) {
  return !is_movable<D>(request) && !is_type<D>(request, MIGRATE_CMA);
}

template <class D>
typename D::Bool no_one(const Request<D>&, const Limits<D>&) {
  return D::truth(false);
}

template <class D>
typename D::Bool any_zone(const ZonePages<D>&) {
  return D::truth(true);
}

/// More than half of the free pages, halved as an integer, are CMA's (mainline __rmqueue()); for
/// whole numbers that is the same without the division.
template <class D>
typename D::Bool cma_is_plentiful(const ZonePages<D>& pages) {
  return pages.nr_free_cma * D::lit(2) > pages.nr_free_pages;
}

/// ALLOC_NOFRAGMENT switches __rmqueue_steal() off (mainline), and keeps a claim in the preferred
/// category (series v2 __rmqueue_claim()).
template <class D>
typename D::Bool may_fragment(const Request<D>& request, const Limits<D>&) {
  return !request.nofragment;
}

/// With ALLOC_NOFRAG_TAINTED_OK a request steals all the same, in the preferred category alone
/// (series v2 18/40).
template <class D>
typename D::Bool may_fragment_tainted(const Request<D>& request, const Limits<D>&) {
  return !request.nofragment || request.tainted_ok;
}

template <class D>
typename D::Bool without_tainted_ok(const Request<D>& request, const Limits<D>&) {
  return !request.tainted_ok;
}

// ---- filters on the superpageblock

template <class D>
typename D::Bool any_spb(const Request<D>&, const Spb<D>&, const Limits<D>&) {
  return D::truth(true);
}

template <class D>
typename D::Bool has_free_pages(const Request<D>&, const Spb<D>& spb, const Limits<D>&) {
  return spb.nr_free_pages > D::lit(0);
}

/// PASS_1 would come to this superpageblock: clean and not empty for a movable request, tainted for
/// the others (series v2 14/40).
template <class D>
typename D::Bool in_preferred_category(const Request<D>& request, const Spb<D>& spb) {
  const typename D::Bool tainted = spb_is_tainted<D>(spb);
  return !spb_is_empty<D>(spb) &&
         ((prefers_clean<D>(request) && !tainted) || (!prefers_clean<D>(request) && tainted));
}

/// The filter on a hinted superpageblock once D5 is mended: that it is still one for PASS_1.
template <class D>
typename D::Bool has_free_pages_as_preferred(const Request<D>& request, const Spb<D>& spb,
                                             const Limits<D>& limits) {
  return has_free_pages<D>(request, spb, limits) && in_preferred_category<D>(request, spb);
}

/// PASS_2 visits a superpageblock only where a pageblock is free (series v2 14/40).
template <class D>
typename D::Bool has_free_block(const Request<D>&, const Spb<D>& spb, const Limits<D>&) {
  return spb.nr_free > D::lit(0);
}

/// A movable request leaves the reserve of a tainted superpageblock alone (series v2 20/40, 23/40).
template <class D>
typename D::Bool spares_reserve(const Request<D>& request, const Spb<D>& spb,
                                const Limits<D>& limits) {
  return !is_movable<D>(request) || !spb_is_tainted<D>(spb) ||
         above_tainted_reserve<D>(spb, limits);
}

// ---- filters on the chunk and its pageblock

template <class D>
typename D::Bool any_chunk(const Request<D>&, const Chunk<D>&, const Block<D>&) {
  return D::truth(true);
}

/// The head's pageblock is not isolated (series: PASS_1).
template <class D>
typename D::Bool not_isolated(const Request<D>&, const Chunk<D>&, const Block<D>& block) {
  return !block.isolated;
}

/// Neither isolated nor CMA (series v1 31/45 for 2C, v2 14/40 for PASS_2).
template <class D>
typename D::Bool not_isolated_nor_cma(const Request<D>&, const Chunk<D>&, const Block<D>& block) {
  return !block.isolated && !(block.tag == D::lit(MIGRATE_CMA));
}

// ---- claim and steal

/// should_try_claim_block(): U and R claim at any order, others from half a pageblock up
/// (mainline); pageblock_order is halved as an integer, and 2 * order + 1 >= pageblock_order says
/// the same without division.
template <class D>
typename D::Bool order_is_worth_claiming(const Request<D>& request, typename D::Int chunk_order,
                                         const Limits<D>& limits) {
  return is_non_movable<D>(request) ||
         chunk_order * D::lit(2) + D::lit(1) >= limits.pageblock_order;
}

/// Lowest order the claim search goes down to: whole pageblocks only under ALLOC_NOFRAGMENT
/// (mainline), except in the preferred category where there are many superpageblocks (series v1
/// 20/45).
template <class D>
typename D::Int min_claim_order(const Request<D>& request, typename D::Bool preferred,
                                const Limits<D>& limits) {
  const typename D::Bool lifted = limits.many_superpageblocks && preferred;
  const typename D::Bool floored =
      request.nofragment && request.order < limits.pageblock_order && !lifted;
  return D::select(floored, limits.pageblock_order, request.order);
}

template <class D>
typename D::Bool steals_from_any_type(const Request<D>&, typename D::Int) {
  return D::truth(true);
}

/// UNMOVABLE does not steal from RECLAIMABLE nor the reverse (series v1 26/45, v2 24/40).
template <class D>
typename D::Bool steals_within_kind(const Request<D>& request, typename D::Int list) {
  return !is_cross_type<D>(request.migratetype, list);
}

// ---- refusals of try_to_claim_block()

template <class D>
typename D::Bool is_part(const Chunk<D>& chunk, const Limits<D>& limits) {
  return chunk.order < limits.pageblock_order;
}

template <class D>
typename D::Bool refuse_isolated(const Request<D>&, const Chunk<D>&, const Block<D>& block,
                                 const BlockPages<D>&, const Limits<D>&) {
  return block.isolated;
}

template <class D>
typename D::Bool refuse_cma(const Request<D>&, const Chunk<D>&, const Block<D>& block,
                            const BlockPages<D>&, const Limits<D>&) {
  return block.tag == D::lit(MIGRATE_CMA);
}

/// A pageblock that leaves the zone cannot be claimed in part (mainline).
template <class D>
typename D::Bool refuse_zone_boundary(const Request<D>&, const Chunk<D>& chunk, const Block<D>&,
                                      const BlockPages<D>& pages, const Limits<D>& limits) {
  return is_part<D>(chunk, limits) && pages.leaves_zone;
}

/// UNMOVABLE and RECLAIMABLE relabel into each other only a wholly free pageblock (series v1
/// 26/45).
template <class D>
typename D::Bool refuse_cross_type(const Request<D>& request, const Chunk<D>& chunk,
                                   const Block<D>& block, const BlockPages<D>& pages,
                                   const Limits<D>& limits) {
  return is_part<D>(chunk, limits) && is_cross_type<D>(request.migratetype, block.tag) &&
         pages.free < limits.pageblock_nr_pages;
}

/// Free and alike pages must make half a pageblock (mainline), unless PASS_2B asks (series v1
/// 25/45). Alike are, for a movable request, the movable pages; for others the unmovable pages of a
/// pageblock tagged MOVABLE, and of no other pageblock any.
template <class D>
typename D::Bool refuse_insufficient(const Request<D>& request, const Chunk<D>& chunk,
                                     const Block<D>& block, const BlockPages<D>& pages,
                                     const Limits<D>& limits) {
  const typename D::Int of_movable_block =
      D::select(block.tag == D::lit(MIGRATE_MOVABLE), pages.unmovable, D::lit(0));
  const typename D::Int alike = D::select(is_movable<D>(request), pages.movable, of_movable_block);
  return is_part<D>(chunk, limits) && !chunk.from_tainted_spb &&
         (pages.free + alike) * D::lit(2) < limits.pageblock_nr_pages;
}

// ---- the HIGHATOMIC reserve

/// UNMOVABLE, MOVABLE or RECLAIMABLE: such pageblocks merge with each other (mainline
/// migratetype_is_mergeable()).
template <class D>
typename D::Bool is_mergeable(typename D::Int type) {
  return type < D::lit(MIGRATE_PCPTYPES);
}

/// reserve_highatomic_pageblock() takes the pageblock of a page that such a request got while the
/// reserve is below its limit; part of a pageblock at the zone's edge never (mainline).
template <class D>
typename D::Bool may_reserve(const Block<D>& block, typename D::Bool leaves_zone,
                             const ZonePages<D>& zone, const Limits<D>& limits) {
  return zone.nr_reserved_highatomic < limits.highatomic_max && is_mergeable<D>(block.tag) &&
         !block.isolated && !leaves_zone;
}

/// unreserve_highatomic_pageblock() leaves the last pageblock alone unless it is forced (mainline).
template <class D>
typename D::Bool may_unreserve(const ZonePages<D>& zone, typename D::Bool force,
                               const Limits<D>& limits) {
  return force || zone.nr_reserved_highatomic > limits.pageblock_nr_pages;
}

// ---- refusals of set_migratetype_isolate(), in the kernel's order (mainline)

template <class D>
typename D::Bool already_isolated(const Block<D>& block, const BlockPages<D>&) {
  return block.isolated;
}

template <class D>
typename D::Bool isolates_cma(const Block<D>& block, const BlockPages<D>&) {
  return block.tag == D::lit(MIGRATE_CMA);
}

template <class D>
typename D::Bool holds_unmovable_page(const Block<D>&, const BlockPages<D>& pages) {
  return pages.unmovable > D::lit(0);
}

template <class D>
typename D::Bool isolates_partial_block(const Block<D>&, const BlockPages<D>& pages) {
  return pages.leaves_zone;
}

// ---- the driver

template <class D>
typename D::Bool may_wait(const Request<D>& request) {
  return !request.atomic;
}

template <class D>
typename D::Bool may_not_wait(const Request<D>& request) {
  return request.atomic;
}

/// A caller that may wait, but is not to retry, or asks for a costly order without insisting, fails
/// with ALLOC_NOFRAGMENT as it has it (mainline __alloc_pages_slowpath(); series v2 40/40).
template <class D>
typename D::Bool gives_up(const Request<D>& request) {
  return !request.atomic && request.gives_up;
}

template <class D>
typename D::Bool keeps_nofragment(const Request<D>& request) {
  return request.nofragment;
}

// ---- the atomic ladder (series v1 19/45, 33/45; v2 18/40, 35/40)

// Of a caller that still has ALLOC_NOFRAGMENT.

template <class D>
typename D::Bool asks_not_to_retry(const Caller<D>& caller) {
  return caller.nofragment && caller.noretry;
}

template <class D>
typename D::Bool lacks_tainted_ok(const Caller<D>& caller) {
  return caller.nofragment && !caller.tainted_ok;
}

/// The caller will come back with a lower order, and that one is likely to be served (series v2
/// 35/40).
template <class D>
typename D::Bool can_come_back_lower(const Caller<D>& caller) {
  return caller.nofragment && caller.order > D::lit(0) && caller.nowarn && !caller.nofail &&
         caller.lower_order_servable;
}

template <class D>
typename D::Bool still_nofragment(const Caller<D>& caller) {
  return caller.nofragment;
}

}  // namespace spb::rules
