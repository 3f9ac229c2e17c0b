// SPDX-License-Identifier: GPL-2.0-only
// Tables made wrong on purpose: each edit is written once and made alike for both readers.
#pragma once

#include <cstddef>
#include <utility>

#include "smt/properties.h"

namespace spb::smt::edits {

template <class D>
std::size_t place_of(const Policy<D>& policy, PassId id) {
  std::size_t i = 0;
  while (i < policy.passes.size() && policy.passes[i].id != id)
    ++i;
  return i;
}

template <class D>
PassRow<D>& row(Policy<D>& policy, PassId id) {
  return policy.passes[place_of(policy, id)];
}

/// Puts a pass before all others; the order of the rest stays.
template <class D>
void to_front(Policy<D>& policy, PassId id) {
  for (std::size_t i = place_of(policy, id); i > 0; --i)
    std::swap(policy.passes[i], policy.passes[i - 1]);
}

template <class D>
void drop_ladder_step(Policy<D>& policy, LadderStep id) {
  for (std::size_t i = policy.ladder.size(); i-- > 0;) {
    if (policy.ladder[i].id == id) policy.ladder.erase(i);
  }
}

struct EmptyFirst {
  static constexpr std::string_view what =
      "PASS_2 in empty superpageblocks, before all other passes";
  template <class D>
  static void apply(Policy<D>& policy) {
    row(policy, PassId::PASS_2).source = Source::empty;
    to_front(policy, PassId::PASS_2);
  }
};

struct Without2B {
  static constexpr std::string_view what = "PASS_2B taken out";
  template <class D>
  static void apply(Policy<D>& policy) {
    policy.passes.erase(place_of(policy, PassId::PASS_2B));
  }
};

struct Without2C {
  static constexpr std::string_view what = "PASS_2C taken out";
  template <class D>
  static void apply(Policy<D>& policy) {
    policy.passes.erase(place_of(policy, PassId::PASS_2C));
  }
};

struct Without2D {
  static constexpr std::string_view what = "PASS_2D taken out";
  template <class D>
  static void apply(Policy<D>& policy) {
    policy.passes.erase(place_of(policy, PassId::PASS_2D));
  }
};

struct Gate2DMovable {
  static constexpr std::string_view what = "PASS_2D for movable requests only";
  template <class D>
  static void apply(Policy<D>& policy) {
    row(policy, PassId::PASS_2D).gate = rules::movable_only<D>;
  }
};

struct Gate2DEveryone {
  static constexpr std::string_view what = "PASS_2D for everyone";
  template <class D>
  static void apply(Policy<D>& policy) {
    row(policy, PassId::PASS_2D).gate = rules::everyone<D>;
  }
};

struct Pass4First {
  static constexpr std::string_view what = "PASS_4 before all other passes";
  template <class D>
  static void apply(Policy<D>& policy) {
    to_front(policy, PassId::PASS_4);
  }
};

struct Pass4WithoutReserve {
  static constexpr std::string_view what = "PASS_4 without the reserve";
  template <class D>
  static void apply(Policy<D>& policy) {
    row(policy, PassId::PASS_4).spb_filter = rules::has_free_pages<D>;
  }
};

/// PASS_4's filter with the threshold moved by one.
template <class D>
typename D::Bool reaches_reserve(const Request<D>& request, const Spb<D>& spb,
                                 const Limits<D>& limits) {
  Spb<D> with_one_more = spb;
  with_one_more.nr_free = spb.nr_free + D::lit(1);
  return rules::spares_reserve<D>(request, with_one_more, limits);
}

struct Pass4AtReserve {
  static constexpr std::string_view what = "PASS_4 at the reserve, not above it alone";
  template <class D>
  static void apply(Policy<D>& policy) {
    row(policy, PassId::PASS_4).spb_filter = reaches_reserve<D>;
  }
};

struct TwoRowsOneOutcome {
  static constexpr std::string_view what = "PASS_2D reported as PASS_2C";
  template <class D>
  static void apply(Policy<D>& policy) {
    row(policy, PassId::PASS_2D).id = PassId::PASS_2C;
  }
};

struct ClaimsLeavePreferred {
  static constexpr std::string_view what = "claims in every category";
  template <class D>
  static void apply(Policy<D>& policy) {
    for (CategoryRow<D>& category : policy.categories.rows)
      category.claims = rules::everyone<D>;
  }
};

struct DropBeforeTaintedOk {
  static constexpr std::string_view what = "the ladder's last step first";
  template <class D>
  static void apply(Policy<D>& policy) {
    for (std::size_t i = policy.ladder.size() - 1; i > 0; --i)
      std::swap(policy.ladder[i], policy.ladder[i - 1]);
  }
};

struct WithoutNowarnStep {
  static constexpr std::string_view what = "the ladder without NOWARN_LOWER_ORDER";
  template <class D>
  static void apply(Policy<D>& policy) {
    drop_ladder_step(policy, LadderStep::NOWARN_LOWER_ORDER);
  }
};

/// Order 1 does not count as one that can be lowered.
template <class D>
typename D::Bool can_come_back_from_2(const Caller<D>& caller) {
  return rules::can_come_back_lower<D>(caller) && caller.order > D::lit(1);
}

struct NowarnFromOrder2 {
  static constexpr std::string_view what = "NOWARN_LOWER_ORDER from order 2 on";
  template <class D>
  static void apply(Policy<D>& policy) {
    for (LadderRow<D>& step : policy.ladder.rows) {
      if (step.id == LadderStep::NOWARN_LOWER_ORDER) step.applies = can_come_back_from_2<D>;
    }
  }
};

struct WithoutDropStep {
  static constexpr std::string_view what = "the ladder without DROP_NOFRAGMENT";
  template <class D>
  static void apply(Policy<D>& policy) {
    drop_ladder_step(policy, LadderStep::DROP_NOFRAGMENT);
  }
};

struct BorrowsFromClean {
  static constexpr std::string_view what = "PASS_2C in clean superpageblocks, whole pageblocks too";
  template <class D>
  static void apply(Policy<D>& policy) {
    row(policy, PassId::PASS_2C).source = Source::non_preferred;
    row(policy, PassId::PASS_2C).orders = OrderWalk::up;
  }
};

struct BorrowsMovableFromClean {
  static constexpr std::string_view what = "PASS_2D in clean superpageblocks";
  template <class D>
  static void apply(Policy<D>& policy) {
    row(policy, PassId::PASS_2D).source = Source::non_preferred;
  }
};

struct BorrowClaims {
  static constexpr std::string_view what = "PASS_2C relabels";
  template <class D>
  static void apply(Policy<D>& policy) {
    row(policy, PassId::PASS_2C).effect = Effect::claim_whole;
  }
};

struct Pass1Blind {
  static constexpr std::string_view what = "PASS_1 without its check";
  template <class D>
  static void apply(Policy<D>& policy) {
    row(policy, PassId::PASS_1).chunk_filter = rules::any_chunk<D>;
  }
};

struct Pass2Blind {
  static constexpr std::string_view what = "PASS_2 without its check";
  template <class D>
  static void apply(Policy<D>& policy) {
    row(policy, PassId::PASS_2).chunk_filter = rules::any_chunk<D>;
  }
};

struct Pass2CBlind {
  static constexpr std::string_view what = "PASS_2C without its check";
  template <class D>
  static void apply(Policy<D>& policy) {
    row(policy, PassId::PASS_2C).chunk_filter = rules::any_chunk<D>;
  }
};

struct Pass2BReadsOwn {
  static constexpr std::string_view what = "PASS_2B on the request's own lists";
  template <class D>
  static void apply(Policy<D>& policy) {
    row(policy, PassId::PASS_2B).list = ListOf::request;
    to_front(policy, PassId::PASS_2B);
  }
};

struct Pass1Elsewhere {
  static constexpr std::string_view what = "PASS_1 in the other category";
  template <class D>
  static void apply(Policy<D>& policy) {
    row(policy, PassId::PASS_1).source = Source::non_preferred;
  }
};

struct SmallestElsewhere {
  static constexpr std::string_view what = "the search for movable requests only";
  template <class D>
  static void apply(Policy<D>& policy) {
    policy.passes[0].gate = rules::movable_only<D>;
  }
};

struct SmallestIsOff {
  static constexpr std::string_view what = "the search for no one";
  template <class D>
  static void apply(Policy<D>& policy) {
    policy.passes[0].gate = rules::no_one<D>;
  }
};

struct WithoutCrossType {
  static constexpr std::string_view what = "try_to_claim_block() without CROSS_TYPE_NOT_FREE";
  template <class D>
  static void apply(Policy<D>& policy) {
    for (std::size_t i = policy.refusals.size(); i-- > 0;) {
      if (policy.refusals[i].id == Refusal::CROSS_TYPE_NOT_FREE) policy.refusals.erase(i);
    }
  }
};

/// One page in use is let pass.
template <class D>
typename D::Bool refuse_but_for_one_page(const Request<D>& request, const Chunk<D>& chunk,
                                         const Block<D>& block, const BlockPages<D>& pages,
                                         const Limits<D>& limits) {
  BlockPages<D> with_one_more = pages;
  with_one_more.free = pages.free + D::lit(1);
  return rules::refuse_cross_type<D>(request, chunk, block, with_one_more, limits);
}

struct CrossTypeAlmostFree {
  static constexpr std::string_view what = "CROSS_TYPE_NOT_FREE but for one page";
  template <class D>
  static void apply(Policy<D>& policy) {
    for (RefusalRow<D>& refusal : policy.refusals.rows) {
      if (refusal.id == Refusal::CROSS_TYPE_NOT_FREE) refusal.refuses = refuse_but_for_one_page<D>;
    }
  }
};

/// One page less than half is enough.
template <class D>
typename D::Bool refuse_below_half_less_one(const Request<D>& request, const Chunk<D>& chunk,
                                            const Block<D>& block, const BlockPages<D>& pages,
                                            const Limits<D>& limits) {
  BlockPages<D> with_one_more = pages;
  with_one_more.free = pages.free + D::lit(1);
  return rules::refuse_insufficient<D>(request, chunk, block, with_one_more, limits);
}

struct OnePageLessThanHalf {
  static constexpr std::string_view what = "INSUFFICIENT_COMPAT one page below half";
  template <class D>
  static void apply(Policy<D>& policy) {
    for (RefusalRow<D>& refusal : policy.refusals.rows) {
      if (refusal.id == Refusal::INSUFFICIENT_COMPAT)
        refusal.refuses = refuse_below_half_less_one<D>;
    }
  }
};

struct WithoutZoneBoundary {
  static constexpr std::string_view what = "try_to_claim_block() without ZONE_BOUNDARY";
  template <class D>
  static void apply(Policy<D>& policy) {
    for (std::size_t i = policy.refusals.size(); i-- > 0;) {
      if (policy.refusals[i].id == Refusal::ZONE_BOUNDARY) policy.refusals.erase(i);
    }
  }
};

struct StealsFromAnyType {
  static constexpr std::string_view what = "a steal from any type";
  template <class D>
  static void apply(Policy<D>& policy) {
    policy.may_steal = rules::steals_from_any_type<D>;
  }
};

struct RefusalsSwapped {
  static constexpr std::string_view what = "the last two refusals swapped";
  template <class D>
  static void apply(Policy<D>& policy) {
    const std::size_t last = policy.refusals.size() - 1;
    std::swap(policy.refusals[last], policy.refusals[last - 1]);
  }
};

/// Puts the driver's drop, which is last, before this step.
template <class D>
void drop_before(Policy<D>& policy, DriverStep step) {
  auto& rows = policy.driver;
  for (std::size_t i = rows.size() - 1; i > 0; --i) {
    std::swap(rows[i], rows[i - 1]);
    if (rows[i].id == step) return;
  }
}

struct DropsBeforeReclaim {
  static constexpr std::string_view what = "the driver drops ALLOC_NOFRAGMENT before reclaim";
  template <class D>
  static void apply(Policy<D>& policy) {
    drop_before(policy, DriverStep::DIRECT_RECLAIM);
  }
};

struct DropsBeforeCompaction {
  static constexpr std::string_view what = "the driver drops ALLOC_NOFRAGMENT before compaction";
  template <class D>
  static void apply(Policy<D>& policy) {
    drop_before(policy, DriverStep::DIRECT_COMPACTION);
  }
};

struct DropsBeforeGivingUp {
  static constexpr std::string_view what =
      "the driver drops ALLOC_NOFRAGMENT before a caller gives up";
  template <class D>
  static void apply(Policy<D>& policy) {
    drop_before(policy, DriverStep::GIVE_UP);
  }
};

struct GivesUpNever {
  static constexpr std::string_view what = "the driver without GIVE_UP";
  template <class D>
  static void apply(Policy<D>& policy) {
    for (std::size_t i = policy.driver.size(); i-- > 0;) {
      if (policy.driver[i].id == DriverStep::GIVE_UP) policy.driver.erase(i);
    }
  }
};

struct EveryWaiterGivesUp {
  static constexpr std::string_view what = "GIVE_UP for every caller that may wait";
  template <class D>
  static void apply(Policy<D>& policy) {
    for (DriverRow<D>& row : policy.driver.rows) {
      if (row.id == DriverStep::GIVE_UP) row.applies = rules::may_wait<D>;
    }
  }
};

struct WithoutDriversDrop {
  static constexpr std::string_view what = "the driver without its drop";
  template <class D>
  static void apply(Policy<D>& policy) {
    policy.driver.erase(policy.driver.size() - 1);
  }
};

template <class D>
void lose_item(Policy<D>& policy, ItemStep id) {
  for (ItemRow& row : policy.items.rows) {
    if (row.id == id) row.to = ItemPlace::nowhere;
  }
}

struct ItemLost {
  static constexpr std::string_view what = "the worker does not give its item back";
  template <class D>
  static void apply(Policy<D>& policy) {
    lose_item(policy, ItemStep::FINISH);
  }
};

struct ItemLostInQueue {
  static constexpr std::string_view what = "the irq_work hands its item to no one";
  template <class D>
  static void apply(Policy<D>& policy) {
    lose_item(policy, ItemStep::IRQ_WORK);
  }
};

template <class E>
constexpr Edit edit() {
  return {.what = E::what,
          .symbolic = E::template apply<Symbolic>,
          .concrete = E::template apply<Concrete>};
}

}  // namespace spb::smt::edits
