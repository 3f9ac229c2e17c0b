// SPDX-License-Identifier: GPL-2.0-only
// Statements that need no zone: each is about one thing, made of constants that can be anything.
#pragma once

#include "model/policy/slow_path.h"
#include "model/state/accounting.h"
#include "smt/properties.h"
#include "smt/terms.h"

namespace spb::smt::free_standing {

using Reading = smt::Reading<Symbolic>;

// ---- the driver

/// What the driver does to one caller that nothing serves.
struct Drive {
  using D = Symbolic;
  D::Bool reclaimed = D::truth(false);
  D::Bool compacted = D::truth(false);
  D::Bool dropped = D::truth(false);     ///< ALLOC_NOFRAGMENT was dropped, and a try followed
  D::Bool early = D::truth(false);       ///< before reclaim and compaction had their turn
  D::Bool after_drop = D::truth(false);  ///< a row acted after the drop

  D::Bool acts(const DriverRow<D>& row, const Request<D>&, D::Bool acts) {
    after_drop = after_drop || (dropped && acts);
    if (row.id == DriverStep::DIRECT_RECLAIM) reclaimed = reclaimed || acts;
    if (row.id == DriverStep::DIRECT_COMPACTION) compacted = compacted || acts;
    if (row.id == DriverStep::DROP_NOFRAGMENT) {
      early = early || (acts && !(reclaimed && compacted));
      dropped = dropped || acts;
    }
    return D::truth(is_last_step(row.id));
  }
};

inline Drive driven(const Policy<Symbolic>& policy, const Request<Symbolic>& request) {
  Drive way;
  drive(policy, request, way);
  return way;
}

struct WaitingCaller {
  static Request<Symbolic> any() { return any_request(); }
  static Symbolic::Bool waits(const Request<Symbolic>& request) {
    return !request.atomic && request.nofragment;
  }
};

struct DropComesLast : WaitingCaller {
  static Symbolic::Bool about(const Reading& r, const Request<Symbolic>& request) {
    return waits(request) && driven(r.policy(), request).dropped;
  }
  static Symbolic::Bool holds(const Reading& r, const Request<Symbolic>& request) {
    const Drive way = driven(r.policy(), request);
    return !way.early && !way.after_drop;
  }
};

struct DriverReachesDrop : WaitingCaller {
  static Symbolic::Bool about(const Reading&, const Request<Symbolic>& request) {
    return waits(request) && !request.gives_up;
  }
  static Symbolic::Bool holds(const Reading& r, const Request<Symbolic>& request) {
    return driven(r.policy(), request).dropped;
  }
};

struct DriverGivesUp : WaitingCaller {
  static Symbolic::Bool about(const Reading&, const Request<Symbolic>& request) {
    return waits(request) && request.gives_up;
  }
  static Symbolic::Bool holds(const Reading& r, const Request<Symbolic>& request) {
    const Drive way = driven(r.policy(), request);
    return way.reclaimed && way.compacted && !way.dropped;
  }
};

// ---- a free chunk

/// A chunk, a list that it may go to, and the counts as they are.
template <class D>
struct Listing {
  Chunk<D> chunk;
  typename D::Int other_list;
  accounting::FreePages<D> counts;
};

inline Listing<Symbolic> any_listing() {
  return {{an_int("chunk.order"), an_int("chunk.list"), Symbolic::truth(false)},
          an_int("other_list"),
          {an_int("counts.spb"), an_int("counts.zone"), an_int("counts.blocks")}};
}

/// A slip of the accounting that the statement has to notice.
enum class Slip : uint8_t { none, isolated_counted, upper_half_lost };

/// The counts are "what all other chunks add" plus this chunk, before and after each change of it.
template <Slip slip>
struct FreePagesSum {
  using D = Symbolic;
  using Counts = accounting::FreePages<D>;
  static Listing<D> any() { return any_listing(); }

  static D::Bool about(const Reading&, const Listing<D>& at) {
    const auto is_list = [](D::Int list) {
      return list >= D::lit(0) && list < D::lit(MIGRATE_TYPES);
    };
    return at.chunk.order >= D::lit(0) &&
           at.chunk.order < D::lit(static_cast<int>(max_nr_page_orders)) &&
           is_list(at.chunk.list) && is_list(at.other_list);
  }

  static D::Bool holds(const Reading& r, const Listing<D>& at) {
    const Limits<D>& limits = r.limits();
    const Counts on = sum_of(at.chunk, limits);
    const Counts off = accounting::unlisted<D>();
    const Chunk<D> moved{at.chunk.order, at.other_list, at.chunk.from_tainted_spb};
    return follows(at.counts, off, change(at.counts, nullptr, &at.chunk, limits), on) &&
           follows(at.counts, on, change(at.counts, &at.chunk, nullptr, limits), off) &&
           follows(at.counts, on, change(at.counts, &at.chunk, &moved, limits),
                   sum_of(moved, limits)) &&
           halves_well(at, limits);
  }

 private:
  /// What a chunk on its list is to the three sums, by what they are called.
  static Counts sum_of(const Chunk<D>& chunk, const Limits<D>& limits) {
    const D::Int pages = accounting::pages_of_order<D>(chunk.order);
    const D::Bool isolated = chunk.list == D::lit(MIGRATE_ISOLATE);
    return {pages, D::select(isolated, D::lit(0), pages),
            D::select(isolated || chunk.order < limits.pageblock_order, D::lit(0), pages)};
  }

  /// The model's own step, with the slip; null is no list.
  static Counts change(const Counts& counts, const Chunk<D>* before, const Chunk<D>* after,
                       const Limits<D>& limits) {
    return accounting::recount<D>(counts, contribution(before, limits),
                                  contribution(after, limits));
  }
  static Counts contribution(const Chunk<D>* chunk, const Limits<D>& limits) {
    if (chunk == nullptr) return accounting::unlisted<D>();
    const D::Int pages = accounting::pages_of_order<D>(chunk->order);
    Counts counts = accounting::listed<D>(*chunk, pages, limits);
    if (slip == Slip::isolated_counted) counts.nr_free_pages_zone = pages;
    return counts;
  }

  static D::Bool follows(const Counts& was, const Counts& before, const Counts& is,
                         const Counts& after) {
    return is.nr_free_pages - after.nr_free_pages == was.nr_free_pages - before.nr_free_pages &&
           is.nr_free_pages_zone - after.nr_free_pages_zone ==
               was.nr_free_pages_zone - before.nr_free_pages_zone &&
           is.nr_free_pages_blocks - after.nr_free_pages_blocks ==
               was.nr_free_pages_blocks - before.nr_free_pages_blocks;
  }

  /// One step of a split: of a chunk that is on no list the upper half goes on one, and the lower
  /// half is all that is still in hand.
  static D::Bool halves_well(const Listing<D>& at, const Limits<D>& limits) {
    const Chunk<D> half{at.chunk.order - D::lit(1), at.other_list, at.chunk.from_tainted_spb};
    const bool lost = slip == Slip::upper_half_lost;
    const Counts is = change(at.counts, nullptr, lost ? nullptr : &half, limits);
    const D::Int in_hand = accounting::pages_of_order<D>(at.chunk.order);
    const D::Int left = accounting::pages_of_order<D>(half.order);
    return implies<D>(at.chunk.order > D::lit(0),
                      is.nr_free_pages + left == at.counts.nr_free_pages + in_hand &&
                          follows(at.counts, accounting::unlisted<D>(), is, sum_of(half, limits)));
  }
};

// ---- the evacuation pool

/// The items of a pool by their places, one item of it, and whether a step gets that one.
template <class D>
struct Pool {
  accounting::ItemCounts<D> all;
  accounting::ItemCounts<D> one;
  typename D::Int size;
  typename D::Bool its_turn;
};

inline Pool<Symbolic> any_pool() {
  return {{an_int("all.free"), an_int("all.pending"), an_int("all.work"), an_int("all.running")},
          {an_int("one.free"), an_int("one.pending"), an_int("one.work"), an_int("one.running")},
          an_int("pool"),
          a_bool("its_turn")};
}

/// Every row of the items' table keeps the size of the pool, and each item in one place.
struct ItemsConserved {
  using D = Symbolic;
  using Counts = accounting::ItemCounts<D>;
  static Pool<D> any() { return any_pool(); }

  static D::Bool about(const Reading& r, const Pool<D>& pool) {
    D::Bool moves = D::truth(false);
    for (const ItemRow& row : r.policy().items)
      moves = moves || can_move(row, pool);
    return well_formed(pool) && moves;
  }

  static D::Bool holds(const Reading& r, const Pool<D>& pool) {
    D::Bool all = D::truth(true);
    for (const ItemRow& row : r.policy().items)
      all = all && implies<D>(can_move(row, pool), well_formed(moved(row, pool)));
    return all;
  }

 private:
  /// Items add up to the pool, the one is in one place, and is counted there.
  static D::Bool well_formed(const Pool<D>& pool) {
    return adds_up(pool.all, pool.size) && adds_up(pool.one, D::lit(1)) &&
           adds_up(without(pool), pool.size - D::lit(1));
  }
  static D::Bool adds_up(const Counts& counts, D::Int sum) {
    const D::Int zero = D::lit(0);
    return counts.free >= zero && counts.pending >= zero && counts.work >= zero &&
           counts.running >= zero &&
           counts.free + counts.pending + counts.work + counts.running == sum;
  }
  /// The other items.
  static Counts without(const Pool<D>& pool) {
    return {pool.all.free - pool.one.free, pool.all.pending - pool.one.pending,
            pool.all.work - pool.one.work, pool.all.running - pool.one.running};
  }
  static D::Int at(ItemPlace place, const Counts& counts) {
    const Counts here = accounting::item_at<D>(place);
    return here.free * counts.free + here.pending * counts.pending + here.work * counts.work +
           here.running * counts.running;
  }
  /// An item is due: this one, if it is its turn, or else another.
  static D::Bool can_move(const ItemRow& row, const Pool<D>& pool) {
    const D::Int here =
        D::select(pool.its_turn, at(row.from, pool.one), at(row.from, without(pool)));
    return here > D::lit(0);
  }
  static Pool<D> moved(const ItemRow& row, const Pool<D>& pool) {
    const Counts one = accounting::recount<D>(pool.one, row.from, row.to);
    const auto either = [&](D::Int yes, D::Int no) { return D::select(pool.its_turn, yes, no); };
    return {accounting::recount<D>(pool.all, row.from, row.to),
            {either(one.free, pool.one.free), either(one.pending, pool.one.pending),
             either(one.work, pool.one.work), either(one.running, pool.one.running)},
            pool.size,
            pool.its_turn};
  }
};

// ---- from statements to questions

template <class S, class W>
Symbolic::Bool about(const W&, const Reading& r) {
  return S::about(r, S::any());
}

template <class S, class W>
Symbolic::Bool broken(const W&, const Reading& r) {
  const auto any = S::any();
  return S::about(r, any) && !S::holds(r, any);
}

/// About everything that S::any() can be.
template <class S>
constexpr Statement anything() {
  return {.about_any = about<S, AnyNumber>,
          .broken_any = broken<S, AnyNumber>,
          .about_fixed = about<S, FixedSize>,
          .broken_fixed = broken<S, FixedSize>};
}

}  // namespace spb::smt::free_standing
