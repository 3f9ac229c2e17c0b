// SPDX-License-Identifier: GPL-2.0-only
// What the words of the statements mean, by their sources and apart from model/policy/rules.h: an
// edit of a rule there does not edit what is asked about it. A test holds that no statement calls a
// rule.
#pragma once

#include "model/policy/views.h"
#include "model/words/types.h"

namespace spb::smt::statements {

template <class D>
typename D::Bool alike(typename D::Bool a, typename D::Bool b) {
  return (a && b) || (!a && !b);
}

// ---- who asks

template <class D>
typename D::Bool asks_for(const Request<D>& request, typename D::Int type) {
  return request.migratetype == type;
}

template <class D>
typename D::Bool asks_movable(const Request<D>& request) {
  return asks_for<D>(request, D::lit(MIGRATE_MOVABLE));
}

template <class D>
typename D::Bool asks_non_movable(const Request<D>& request) {
  return asks_for<D>(request, D::lit(MIGRATE_UNMOVABLE)) ||
         asks_for<D>(request, D::lit(MIGRATE_RECLAIMABLE));
}

/// UNMOVABLE beside RECLAIMABLE, either way (series v1 26/45).
template <class D>
typename D::Bool opposite(typename D::Int a, typename D::Int b) {
  return !(a == b) && (a == D::lit(MIGRATE_UNMOVABLE) || a == D::lit(MIGRATE_RECLAIMABLE)) &&
         (b == D::lit(MIGRATE_UNMOVABLE) || b == D::lit(MIGRATE_RECLAIMABLE));
}

/// A caller who can do without: __GFP_NORETRY, or one with __GFP_NOWARN who is sure of a lower
/// order and may fail (series v1 33/45, v2 35/40).
template <class D>
typename D::Bool does_without(const Caller<D>& caller) {
  const typename D::Bool comes_back = caller.nowarn && !caller.nofail && D::lit(0) < caller.order;
  return caller.nofragment && (caller.noretry || (comes_back && caller.lower_order_servable));
}

// ---- superpageblocks

/// Some pageblock has non-movable content (series v2 15/40).
template <class D>
typename D::Bool tainted(const Spb<D>& spb) {
  return spb.nr_unmovable > D::lit(0) || spb.nr_reclaimable > D::lit(0);
}

template <class D>
typename D::Bool wholly_free(const Spb<D>& spb) {
  return !(spb.nr_free < spb.total_pageblocks);
}

/// nr_free is not above the larger of the least reserve and a divisor's part of all pageblocks,
/// rounded down (series v2 23/40).
template <class D>
typename D::Bool within_reserve(const Spb<D>& spb, const Limits<D>& limits) {
  return spb.nr_free <= limits.tainted_reserve_min ||
         spb.nr_free * D::lit(limits.tainted_reserve_divisor) <= spb.total_pageblocks;
}

/// Bin 0 is full; 1 to 4 have three, two, one and no quarter of a whole superpageblock in use: of a
/// tainted one what has non-movable content, of a clean one what is not free (series v2 10/40).
template <class D>
typename D::Bool is_its_bin(typename D::Int bin, const Spb<D>& spb, const Limits<D>& limits) {
  const typename D::Int used = D::select(tainted<D>(spb), spb.nr_unmovable + spb.nr_reclaimable,
                                         spb.total_pageblocks - spb.nr_free);
  const typename D::Bool full = !(used < spb.total_pageblocks);
  typename D::Bool right = alike<D>(bin == D::lit(0), full);
  for (int quarters = 1; quarters <= 3; ++quarters) {
    const typename D::Bool in_use =
        limits.whole_spb_pageblocks * D::lit(quarters) <= used * D::lit(4);
    right = right && (full || alike<D>(bin <= D::lit(4 - quarters), in_use));
  }
  return right;
}

// ---- chunks

template <class D>
typename D::Bool below_pageblock(const Chunk<D>& chunk, const Limits<D>& limits) {
  return chunk.order < limits.pageblock_order;
}

/// At least half of the pageblock's pages are free or of the request's kind: movable ones for a
/// movable request, those of a MOVABLE pageblock that cannot move for the others (mainline).
template <class D>
typename D::Bool makes_half(const Request<D>& request, const Block<D>& block,
                            const BlockPages<D>& pages, const Limits<D>& limits) {
  const auto reaches_half = [&](typename D::Int suit) {
    return limits.pageblock_nr_pages <= suit * D::lit(2);
  };
  const typename D::Bool of_movable = block.tag == D::lit(MIGRATE_MOVABLE);
  const typename D::Bool movable = asks_movable<D>(request);
  return reaches_half(pages.free) || (movable && reaches_half(pages.free + pages.movable)) ||
         (!movable && of_movable && reaches_half(pages.free + pages.unmovable));
}

}  // namespace spb::smt::statements
