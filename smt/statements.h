// SPDX-License-Identifier: GPL-2.0-only
// The statements behind the properties, each written once over any kind of state. `about` says when
// the statement speaks, `holds` what it says then. Inside them every() is the only quantifier.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/policy/slow_path.h"
#include "smt/meaning.h"
#include "smt/properties.h"

namespace spb::smt::statements {

template <class W>
using Bool = typename W::D::Bool;
template <class W>
using Spot = typename W::Spot;
template <class W>
using ReadingOf = Reading<typename W::D>;

// ---- words

/// A free chunk that is large enough, in a pageblock that steering may touch.
template <class D>
typename D::Bool large_enough(const Request<D>& request, const ChunkView<D>& at) {
  return at.chunk.order >= request.order && !at.block.isolated;
}

template <class D>
typename D::Bool on_movable_list(const ChunkView<D>& at) {
  return at.chunk.list == D::lit(MIGRATE_MOVABLE);
}

template <class D>
typename D::Bool is_movable_or_not(const Request<D>& request) {
  return asks_movable<D>(request) || asks_non_movable<D>(request);
}

/// No pass takes anything; with `all`, no claim and no steal either.
template <class W>
Bool<W> nothing_taken(const W& w, const ReadingOf<W>& r, bool all) {
  return w.every([&](const Spot<W>& at) {
    Bool<W> none = W::D::truth(true);
    for (std::size_t i = 0; i < r.steps().size(); ++i) {
      if (all || r.is_pass(i)) none = none && !r.takes(i, at);
    }
    return none;
  });
}

// ---- ordering

struct TaintComesLast {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    return asks_non_movable<typename W::D>(r.request()) && !tainted(at.spb);
  }
  template <class W>
  static Bool<W> holds(const W& w, const ReadingOf<W>& r, std::size_t, const Spot<W>&) {
    using D = typename W::D;
    return w.every([&](const Spot<W>& other) {
      const auto own = other.chunk.list == r.request().migratetype;
      const auto part = below_pageblock<D>(other.chunk, r.limits());
      const auto borrowed = opposite<D>(r.request().migratetype, other.chunk.list) && part;
      const auto movable = on_movable_list<D>(other) && (part || other.block.all_free);
      return !(tainted(other.spb) && large_enough<D>(r.request(), other) &&
               (own || borrowed || movable));
    });
  }
};

struct MovablePrefersClean {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    return asks_movable<typename W::D>(r.request()) && tainted(at.spb);
  }
  template <class W>
  static Bool<W> holds(const W& w, const ReadingOf<W>& r, std::size_t, const Spot<W>&) {
    using D = typename W::D;
    return w.every([&](const Spot<W>& other) {
      const auto seen = !wholly_free<D>(other.spb) || !below_pageblock<D>(other.chunk, r.limits());
      return !(!tainted(other.spb) && seen && on_movable_list<D>(other) &&
               large_enough<D>(r.request(), other));
    });
  }
};

struct MovableSparesReserve {
  template <class W>
  static Bool<W> about(const W& w, const ReadingOf<W>& r, std::size_t i, const Spot<W>& at) {
    return MovablePrefersClean::about(w, r, i, at);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    return !within_reserve<typename W::D>(at.spb, r.limits());
  }
};

struct OneOutcome {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>&) {
    return r.open(0);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>&) {
    Bool<W> all = W::D::truth(true);
    for (std::size_t i = 0; i < r.steps().size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (r.is_pass(i) && r.step(i).id == r.step(j).id) all = all && !(r.open(i) && r.open(j));
      }
    }
    return all;
  }
};

struct OwnListsOnly {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>&) {
    return !is_movable_or_not<typename W::D>(r.request());
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    return at.chunk.list == r.request().migratetype;
  }
};

// ---- taint

template <bool atomic_only>
struct NofragmentNeverTaints {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>&) {
    const auto who = r.request().atomic || W::D::truth(!atomic_only);
    return r.request().nofragment && who;
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>& at) {
    return implies<typename W::D>(!tainted(at.spb), !tainted(r.spb_after(i, at)));
  }
};

/// Where the step taints, the table without the pass taints too: it is neither served in peace nor
/// left without a page.
template <PassId added>
struct NeverTaintsMore {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>& at) {
    return !tainted(at.spb) && tainted(r.spb_after(i, at));
  }
  template <class W>
  static Bool<W> holds(const W& w, const ReadingOf<W>& r, std::size_t, const Spot<W>&) {
    Policy<typename W::D> policy = r.policy();
    for (std::size_t i = policy.passes.size(); i-- > 0;) {
      if (policy.passes[i].id == added) policy.passes.erase(i);
    }
    const ReadingOf<W> poorer = r.with(policy);
    return !nothing_taken(w, poorer, true) && !served_in_peace(w, poorer);
  }

 private:
  template <class W>
  static Bool<W> served_in_peace(const W& w, const ReadingOf<W>& r) {
    Bool<W> served = W::D::truth(false);
    Bool<W> reached = W::D::truth(true);
    for (std::size_t i = 0; i < r.steps().size() && r.is_pass(i); ++i) {
      const Bool<W> nothing = w.every([&](const Spot<W>& at) { return !r.takes(i, at); });
      const Bool<W> never_in_peace = w.every([&](const Spot<W>& at) {
        return !(r.takes(i, at) && (tainted(at.spb) || !tainted(r.spb_after(i, at))));
      });
      served = served || (reached && !never_in_peace);
      reached = reached && nothing;
    }
    return served;
  }
};

// ---- the atomic ladder

/// The constant that says whether a lower order could be served after so many tries.
inline std::string lower_order_servable_after(int tries) {
  return "caller.lower_order_servable." + std::to_string(tries);
}

/// What the ladder does to one caller whom no try serves.
struct Climb {
  using D = Symbolic;
  D::Bool best_effort = D::truth(false);  ///< at some step the caller was
  D::Bool dropped = D::truth(false);      ///< ALLOC_NOFRAGMENT was dropped, and a try followed
  D::Bool early = D::truth(false);        ///< before ALLOC_NOFRAG_TAINTED_OK had been tried
  D::Bool after_drop = D::truth(false);   ///< a step acted after the drop
  int tries = 0;

  /// Anything, at each try: one in vain may have claimed.
  D::Bool lower_order_servable() { return a_bool(lower_order_servable_after(tries++)); }

  D::Bool acts(const LadderRow<D>& row, const Caller<D>& caller, const Caller<D>&, D::Bool acts) {
    best_effort = best_effort || (acts && does_without<D>(caller));
    after_drop = after_drop || (dropped && acts);
    if (row.action == LadderAction::drop_nofragment) {
      early = early || (acts && !caller.tainted_ok);
      dropped = dropped || acts;
    }
    return D::truth(row.action == LadderAction::give_up);
  }
};

inline Climb climb(const Policy<Symbolic>& policy, const Caller<Symbolic>& caller) {
  Climb way;
  climb_ladder(policy, caller, way);
  return way;
}

struct DropIsLast {
  static Symbolic::Bool about(const Policy<Symbolic>& policy, const Caller<Symbolic>& caller) {
    return caller.nofragment && climb(policy, caller).dropped;
  }
  static Symbolic::Bool holds(const Policy<Symbolic>& policy, const Caller<Symbolic>& caller) {
    const Climb way = climb(policy, caller);
    return !way.early && !way.after_drop;
  }
};

struct BestEffortNeverDrops {
  static Symbolic::Bool about(const Policy<Symbolic>& policy, const Caller<Symbolic>& caller) {
    return caller.nofragment && climb(policy, caller).best_effort;
  }
  static Symbolic::Bool holds(const Policy<Symbolic>& policy, const Caller<Symbolic>& caller) {
    return !climb(policy, caller).dropped;
  }
};

struct LadderReachesDrop {
  static Symbolic::Bool about(const Policy<Symbolic>& policy, const Caller<Symbolic>& caller) {
    return caller.nofragment && !climb(policy, caller).best_effort;
  }
  static Symbolic::Bool holds(const Policy<Symbolic>& policy, const Caller<Symbolic>& caller) {
    return climb(policy, caller).dropped;
  }
};

// ---- pageblocks

struct IsolatedUntouched {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>&, std::size_t, const Spot<W>&) {
    return W::D::truth(true);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>&, std::size_t, const Spot<W>& at) {
    return !at.block.isolated;
  }
};

struct PassesSpareIsolated : IsolatedUntouched {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>&) {
    return W::D::truth(r.step(i).mode != Mode::STEAL);
  }
};

struct StealSparesIsolated : IsolatedUntouched {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>&) {
    return W::D::truth(r.step(i).mode == Mode::STEAL);
  }
};

struct CmaUntouched {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>&) {
    return is_movable_or_not<typename W::D>(r.request());
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>&, std::size_t, const Spot<W>& at) {
    return !(at.block.tag == W::D::lit(MIGRATE_CMA));
  }
};

/// A pass that reads another type's lists.
struct PassesCheckCma : CmaUntouched {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>&) {
    using D = typename W::D;
    if (!r.is_pass(i)) return D::truth(false);
    return list_of<D>(r.pass(i).list, r.request()) != r.request().migratetype;
  }
};

struct Borrow {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>&) {
    return W::D::truth(r.is_pass(i) && r.pass(i).borrows);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>& at) {
    return r.after(i, at).tag == at.block.tag && r.split_list(i, at) == at.chunk.list &&
           below_pageblock<typename W::D>(at.chunk, r.limits()) && tainted(at.spb);
  }
};

struct CrossRelabelNeedsFree {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>& at) {
    return W::D::truth(r.relabels(i)) &&
           opposite<typename W::D>(r.request().migratetype, at.block.tag);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    return at.pages.free == r.limits().pageblock_nr_pages;
  }
};

struct ClaimNeedsHalf {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>& at) {
    return W::D::truth(r.step(i).mode == Mode::CLAIM) &&
           below_pageblock<typename W::D>(at.chunk, r.limits());
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    return makes_half<typename W::D>(r.request(), at.block, at.pages, r.limits());
  }
};

struct ClaimSparesTheEdge {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>&) {
    return W::D::truth(r.relabels(i));
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>&, std::size_t, const Spot<W>& at) {
    return !at.pages.leaves_zone;
  }
};

template <int more>
struct ClaimOfHalfAnOrder {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>&) {
    return W::D::truth(r.step(i).mode == Mode::CLAIM) &&
           !asks_non_movable<typename W::D>(r.request());
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    using D = typename W::D;
    // order >= pageblock_order / 2 + more, for whole numbers without the division.
    return r.limits().pageblock_order - D::lit(1) + D::lit(2 * more) <= at.chunk.order * D::lit(2);
  }
};

struct StealKeepsKindsApart {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>&) {
    return W::D::truth(r.step(i).mode == Mode::STEAL);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    return !opposite<typename W::D>(r.request().migratetype, at.chunk.list);
  }
};

struct RefusalOrder {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    return r.refused(at, false);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    Bool<W> all = W::D::truth(true);
    const auto& rows = r.policy().refusals;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (rows[j].id < rows[i].id) continue;
        all = all && !(r.refuses(rows[i], at, false) && r.refuses(rows[j], at, false));
      }
    }
    return all;
  }
};

// ---- accounting

/// f(after) for each effect on one pageblock.
template <class W, class F>
Bool<W> after_every_effect(const ReadingOf<W>& r, const Spot<W>& at, F f) {
  using D = typename W::D;
  const auto type = r.request().migratetype;
  return f(accounting::after_take<D>(at.block, type)) &&
         f(accounting::after_relabel<D>(at.block, type)) &&
         f(accounting::after_take<D>(
             accounting::after_part_claim<D>(at.block, type, at.pages, r.limits()), type)) &&
         f(accounting::after_whole_claim<D>(at.block, type)) &&
         f(accounting::after_last_free<D>(at.block, r.limits())) &&
         f(accounting::after_evacuation<D>(at.block, at.pages));
}

/// Counters become "what the other pageblocks add" plus this pageblock's bit.
template <bool right>
struct CountersFollowBits {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>&, std::size_t, const Spot<W>&) {
    return W::D::truth(true);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    using D = typename W::D;
    const auto follows = [](typename D::Int was, typename D::Bool before, typename D::Int is,
                            typename D::Bool after) {
      const auto one_if = [](typename D::Bool bit) { return D::select(bit, D::lit(1), D::lit(0)); };
      return is - one_if(after) == was - one_if(before);
    };
    return after_every_effect<W>(r, at, [&](const Block<D>& after) {
      Spb<D> is = accounting::recount<D>(at.spb, at.block, after);
      if (!right) is.nr_reclaimable = at.spb.nr_reclaimable;
      return follows(at.spb.nr_free, at.block.all_free, is.nr_free, after.all_free) &&
             follows(at.spb.nr_unmovable, at.block.has_unmovable, is.nr_unmovable,
                     after.has_unmovable) &&
             follows(at.spb.nr_reclaimable, at.block.has_reclaimable, is.nr_reclaimable,
                     after.has_reclaimable) &&
             follows(at.spb.nr_movable, at.block.has_movable, is.nr_movable, after.has_movable);
    });
  }
};

template <bool right>
struct EffectsKeepWellFormed {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>&, std::size_t, const Spot<W>&) {
    return W::D::truth(true);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    using D = typename W::D;
    return after_every_effect<W>(r, at, [&](Block<D> after) {
      if (!right) after.all_free = at.block.all_free;
      const auto content = after.has_unmovable || after.has_reclaimable || after.has_movable;
      return spb_well_formed<D>(accounting::recount<D>(at.spb, at.block, after)) &&
             implies<D>(after.all_free, !content) && after.tag >= D::lit(0) &&
             after.tag < D::lit(MIGRATE_ISOLATE);
    });
  }
};

template <int fewer_bins>
struct OneCategory {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>&, std::size_t, const Spot<W>&) {
    return W::D::truth(true);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    using D = typename W::D;
    const auto on = [&](Source source) { return in_source<D>(source, r.request(), at); };
    const auto clean = (on(Source::preferred) || on(Source::non_preferred)) && !on(Source::tainted);
    const auto empty = on(Source::empty);
    const auto dirty = on(Source::tainted);
    const auto bin = r.bin(at);
    const auto one =
        (clean && !empty && !dirty) || (!clean && empty && !dirty) || (!clean && !empty && dirty);
    const auto by_their_counters = alike<D>(empty, wholly_free<D>(at.spb)) &&
                                   alike<D>(dirty, tainted<D>(at.spb) && !wholly_free<D>(at.spb));
    return one && by_their_counters && is_its_bin<D>(bin, at.spb, r.limits()) && bin >= D::lit(0) &&
           bin < D::lit(static_cast<int>(nr_fullness_bins) - fewer_bins);
  }
};

// ---- open questions

template <class D, class S>
S as_head(S at) {
  at.head = D::truth(true);
  return at;
}

struct HeadsHideNothing {
  template <class W>
  static Bool<W> about(const W& w, const ReadingOf<W>& r, std::size_t, const Spot<W>&) {
    return nothing_taken(w, r, false);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    Bool<W> none = W::D::truth(true);
    for (std::size_t i = 0; i < r.steps().size() && r.is_pass(i); ++i)
      none = none && !r.takes(i, as_head<typename W::D>(at));
    return none;
  }
};

/// After a claim in part the found chunk is on the request's list: some pass takes it there, and no
/// chunk of its order is on that list before it.
template <class W>
Bool<W> retry_finds(const W& w, const ReadingOf<W>& r, const Spot<W>& claimed) {
  using D = typename W::D;
  Spot<W> moved = as_head<D>(claimed);
  moved.block = accounting::after_part_claim<D>(claimed.block, r.request().migratetype,
                                                claimed.pages, r.limits());
  moved.spb = accounting::recount<D>(claimed.spb, claimed.block, moved.block);
  moved.chunk.list = r.request().migratetype;
  Bool<W> taken = D::truth(false);
  for (std::size_t i = 0; i < r.steps().size() && r.is_pass(i); ++i)
    taken = taken || r.takes(i, moved);
  const Bool<W> first = w.every([&](const Spot<W>& other) {
    return !(W::same_spb(other, claimed) && other.chunk.order == claimed.chunk.order &&
             other.chunk.list == r.request().migratetype);
  });
  return taken && (first || D::truth(!r.policy().lists_per_superpageblock));
}

struct InlineClaimRetry {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>&) {
    return W::D::truth(r.is_pass(i) && r.pass(i).effect == Effect::claim_part);
  }
  template <class W>
  static Bool<W> holds(const W& w, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    return retry_finds(w, r, at);
  }
};

struct ClaimRetry {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>& at) {
    return W::D::truth(r.step(i).mode == Mode::CLAIM) &&
           below_pageblock<typename W::D>(at.chunk, r.limits());
  }
  template <class W>
  static Bool<W> holds(const W& w, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    return retry_finds(w, r, at);
  }
};

struct ReentryUsesUpBlocks {
  template <class W>
  static Bool<W> about(const W& w, const ReadingOf<W>& r, std::size_t i, const Spot<W>& at) {
    return InlineClaimRetry::about(w, r, i, at);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>& at) {
    if (!r.is_pass(i)) return W::D::truth(true);
    const auto list = list_of<typename W::D>(r.pass(i).list, r.request());
    return !(r.after(i, at).tag == list);
  }
};

struct ReserveLeavesRoom {
  template <class W>
  static Bool<W> about(const W& w, const ReadingOf<W>& r, std::size_t, const Spot<W>&) {
    return asks_movable<typename W::D>(r.request()) && nothing_taken(w, r, true);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    using D = typename W::D;
    const auto usable = at.spb.total_pageblocks - at.spb.nr_reserved;
    return !(tainted(at.spb) && at.spb.nr_free == usable - D::lit(1) && at.block.all_free &&
             on_movable_list<D>(at) && large_enough<D>(r.request(), at));
  }
};

struct OppositeBlockInReach {
  template <class W>
  static Bool<W> about(const W& w, const ReadingOf<W>& r, std::size_t i, const Spot<W>& at) {
    return TaintComesLast::about(w, r, i, at);
  }
  template <class W>
  static Bool<W> holds(const W& w, const ReadingOf<W>& r, std::size_t, const Spot<W>&) {
    using D = typename W::D;
    return w.every([&](const Spot<W>& other) {
      return !(tainted(other.spb) && large_enough<D>(r.request(), other) &&
               opposite<D>(r.request().migratetype, other.chunk.list) &&
               !below_pageblock<D>(other.chunk, r.limits()));
    });
  }
};

struct PassChecksUnreachable {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    Bool<W> any = W::D::truth(false);
    for (std::size_t i = 0; i < r.steps().size() && r.is_pass(i); ++i)
      any = any || r.looks_at(i, at);
    return any && is_movable_or_not<typename W::D>(r.request());
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    Bool<W> all = W::D::truth(true);
    for (std::size_t i = 0; i < r.steps().size() && r.is_pass(i); ++i) {
      all = all && implies<typename W::D>(r.looks_at(i, at),
                                          r.pass(i).chunk_filter(r.request(), at.chunk, at.block));
    }
    return all;
  }
};

struct ClaimChecksUnreachable {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    return is_fallback<typename W::D>(r.request(), at.chunk.list);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    Bool<W> none = W::D::truth(true);
    for (const auto& row : r.policy().refusals) {
      if (row.id != Refusal::ISOLATE && row.id != Refusal::CMA) continue;
      none = none && !r.refuses(row, at, false);
    }
    return none;
  }
};

/// What __rmqueue_claim() comes to once no pass served, whether or not it is refused then.
template <class W>
Bool<W> claim_comes_to(const W& w, const ReadingOf<W>& r, const Spot<W>& at) {
  Bool<W> any = W::D::truth(false);
  for (std::size_t i = 0; i < r.steps().size(); ++i) {
    if (r.step(i).mode == Mode::CLAIM) any = any || r.claim_comes_to(i, at);
  }
  return any && nothing_taken(w, r, false);
}

struct CrossTypeUnreachable {
  template <class W>
  static Bool<W> about(const W& w, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    return claim_comes_to(w, r, at);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    Bool<W> none = W::D::truth(true);
    for (const auto& row : r.policy().refusals) {
      if (row.id == Refusal::CROSS_TYPE_NOT_FREE) none = none && !r.refuses(row, at, false);
    }
    return none;
  }
};

struct NofragmentClaimsWhole {
  template <class W>
  static Bool<W> about(const W& w, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    return r.request().nofragment && claim_comes_to(w, r, at);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    return !below_pageblock<typename W::D>(at.chunk, r.limits());
  }
};

struct MovableFallsNotBack {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>&) {
    return asks_movable<typename W::D>(r.request());
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>&) {
    return W::D::truth(r.is_pass(i));
  }
};

struct BorrowOfMovableAtEdge {
  template <class W>
  static Bool<W> about(const W&, const ReadingOf<W>& r, std::size_t i, const Spot<W>&) {
    const bool borrows = r.is_pass(i) && r.pass(i).borrows;
    return W::D::truth(borrows && r.pass(i).list == ListOf::movable);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>&, std::size_t, const Spot<W>& at) {
    return at.pages.leaves_zone;
  }
};

struct EmptyEdgeInReach {
  template <class W>
  static Bool<W> about(const W& w, const ReadingOf<W>& r, std::size_t i, const Spot<W>& at) {
    return ReserveLeavesRoom::about(w, r, i, at);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    using D = typename W::D;
    return !(wholly_free<D>(at.spb) && on_movable_list<D>(at) && large_enough<D>(r.request(), at));
  }
};

struct CmaInReach {
  template <class W>
  static Bool<W> about(const W& w, const ReadingOf<W>& r, std::size_t, const Spot<W>&) {
    return r.request().migratetype == W::D::lit(MIGRATE_CMA) && nothing_taken(w, r, true);
  }
  template <class W>
  static Bool<W> holds(const W&, const ReadingOf<W>& r, std::size_t, const Spot<W>& at) {
    using D = typename W::D;
    return !(at.chunk.list == r.request().migratetype && large_enough<D>(r.request(), at));
  }
};

// ---- from statements to questions

/// Some step that is reached takes a chunk, and f(step, chunk).
template <class W, class F>
Bool<W> some_step(const W& w, const ReadingOf<W>& r, F f) {
  std::vector<Bool<W>> reached{W::D::truth(true)};
  for (std::size_t i = 0; i < r.steps().size(); ++i) {
    if (!r.is_pass(i)) {
      reached.push_back(reached.back());
      continue;
    }
    const auto nothing = w.every([&](const Spot<W>& at) { return !r.takes(i, at); });
    reached.push_back(reached.back() && nothing);
  }
  return w.some([&](const Spot<W>& at) {
    Bool<W> found = W::D::truth(false);
    for (std::size_t i = 0; i < r.steps().size(); ++i)
      found = found || (reached[i] && r.takes(i, at) && f(i, at));
    return found;
  });
}

template <class S, class W>
Bool<W> step_about(const W& w, const ReadingOf<W>& r) {
  return some_step(
      w, r, [&](std::size_t i, const Spot<W>& at) { return S::template about<W>(w, r, i, at); });
}

template <class S, class W>
Bool<W> broken_at(const W& w, const ReadingOf<W>& r, std::size_t i, const Spot<W>& at) {
  return S::template about<W>(w, r, i, at) && !S::template holds<W>(w, r, i, at);
}

template <class S, class W>
Bool<W> step_broken(const W& w, const ReadingOf<W>& r) {
  return some_step(w, r,
                   [&](std::size_t i, const Spot<W>& at) { return broken_at<S, W>(w, r, i, at); });
}

template <class S, class W>
Bool<W> place_about(const W& w, const ReadingOf<W>& r) {
  return w.some([&](const Spot<W>& at) { return S::template about<W>(w, r, 0, at); });
}

template <class S, class W>
Bool<W> place_broken(const W& w, const ReadingOf<W>& r) {
  return w.some([&](const Spot<W>& at) { return broken_at<S, W>(w, r, 0, at); });
}

/// About every step that is taken.
template <class S>
constexpr Statement step() {
  return {.about_any = step_about<S, AnyNumber>,
          .broken_any = step_broken<S, AnyNumber>,
          .about_fixed = step_about<S, FixedSize>,
          .broken_fixed = step_broken<S, FixedSize>,
          .broken_step = broken_at<S, ZoneWorld>};
}

/// About every free chunk of every state, whatever is taken.
template <class S>
constexpr Statement place() {
  return {.about_any = place_about<S, AnyNumber>,
          .broken_any = place_broken<S, AnyNumber>,
          .about_fixed = place_about<S, FixedSize>,
          .broken_fixed = place_broken<S, FixedSize>,
          .broken_state = place_broken<S, ZoneWorld>};
}

inline Caller<Symbolic> any_caller() {
  return {.order = an_int("caller.order"),
          .noretry = a_bool("caller.noretry"),
          .nowarn = a_bool("caller.nowarn"),
          .nofail = a_bool("caller.nofail"),
          .nofragment = a_bool("caller.nofragment"),
          .tainted_ok = a_bool("caller.tainted_ok"),
          .lower_order_servable = a_bool(lower_order_servable_after(0))};
}

template <class S, class W>
Bool<W> caller_about(const W&, const ReadingOf<W>& r) {
  return S::about(r.policy(), any_caller());
}

template <class S, class W>
Bool<W> caller_broken(const W&, const ReadingOf<W>& r) {
  return S::about(r.policy(), any_caller()) && !S::holds(r.policy(), any_caller());
}

/// About every caller of the atomic ladder.
template <class S>
constexpr Statement caller() {
  return {.about_any = caller_about<S, AnyNumber>,
          .broken_any = caller_broken<S, AnyNumber>,
          .about_fixed = caller_about<S, FixedSize>,
          .broken_fixed = caller_broken<S, FixedSize>};
}

}  // namespace spb::smt::statements
