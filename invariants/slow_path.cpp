// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/slow_path.h"

#include <algorithm>

#include "invariants/clauses.h"
#include "model/words/gfp.h"

namespace spb {

namespace {

// With ALLOC_NOFRAGMENT, with ALLOC_NOFRAG_TAINTED_OK besides, with neither.
constexpr uint32_t tries_max = 3;

bool has_step(const Zone& zone, LadderStep step) {
  const auto& ladder = zone.policy().ladder;
  return std::any_of(ladder.begin(), ladder.end(),
                     [step](const LadderRow<Concrete>& row) { return row.id == step; });
}

}  // namespace

/// With __GFP_NORETRY, or for more than eight pages: a costly order is retried for who says
/// __GFP_RETRY_MAYFAIL and lets compaction do input and output. __GFP_NOFAIL outdoes both.
bool fails_before_drop(const Zone& zone, const Operation& op) {
  if (zone.parameters().is(ParameterId::nofragment_drop, NofragmentDrop::before_reclaim))
    return false;
  const uint32_t gfp = get(op, Argument::gfp);
  if (!(gfp & __GFP_DIRECT_RECLAIM) || (gfp & __GFP_NOFAIL)) return false;
  if (gfp & __GFP_NORETRY) return true;
  return (1U << op.order) > 8 && !((gfp & __GFP_RETRY_MAYFAIL) && (gfp & __GFP_IO));
}

SlowPathCheck::SlowPathCheck(const Zone& zone, Violations& violations)
    : raw_(zone),
      violations_(violations),
      steers_(raw_.own_lists &&
              !zone.parameters().is(ParameterId::nofragment_drop, NofragmentDrop::before_reclaim)),
      skips_(has_step(zone, LadderStep::NORETRY_SKIP)),
      goes_lower_(has_step(zone, LadderStep::NOWARN_LOWER_ORDER)) {}

bool SlowPathCheck::may_wait() const {
  return (get(*operation_, Argument::gfp) & __GFP_DIRECT_RECLAIM) != 0;
}

/// Movable content that could be evacuated, or a smaller chunk of the type or of the one it borrows
/// from, in a tainted superpageblock.
bool SlowPathCheck::is_lower_order_servable() const {
  const uint32_t gfp = get(*operation_, Argument::gfp);
  const bool reclaimable = (gfp & __GFP_RECLAIMABLE) != 0;
  const uint32_t own = gfp & __GFP_MOVABLE ? MIGRATE_MOVABLE
                       : reclaimable       ? MIGRATE_RECLAIMABLE
                                           : MIGRATE_UNMOVABLE;
  const uint32_t lender = own == MIGRATE_UNMOVABLE ? MIGRATE_RECLAIMABLE : MIGRATE_UNMOVABLE;
  for (uint32_t s = 0; s < raw_.nr_spbs(); ++s) {
    if (category_of(raw_.spbs[s]) != Category::tainted) continue;
    if (raw_.spbs[s].nr_movable != 0) return true;
    for (uint32_t order = 0; order < operation_->order; ++order) {
      if (raw_.list(s, order, own).first != 0 || raw_.list(s, order, lender).first != 0)
        return true;
    }
  }
  return false;
}

bool SlowPathCheck::has_to_give_up() const {
  const uint32_t gfp = get(*operation_, Argument::gfp);
  if (skips_ && (gfp & __GFP_NORETRY)) return true;
  const bool comes_back = (gfp & __GFP_NOWARN) && !(gfp & __GFP_NOFAIL) && operation_->order > 0;
  return goes_lower_ && comes_back && is_lower_order_servable();
}

void SlowPathCheck::check_waiters_try(const Request<Concrete>& request) {
  ++tries_;
  if (request.nofragment) return;
  ++tries_without_;
  if (fails_before_drop(raw_.zone, *operation_))
    violations_.add(clauses::waiter_keeps, at_zone(), 1, 0);
}

void SlowPathCheck::check_try(const Request<Concrete>& request) {
  const bool nofragment = tries_ < 2;
  const bool tainted_ok = tries_ == 1;
  if (tries_ >= tries_max || request.nofragment != nofragment || request.tainted_ok != tainted_ok) {
    const int64_t flags = (request.nofragment ? 1 : 0) + (request.tainted_ok ? 2 : 0);
    violations_.add(clauses::ladder_flags, at_zone(), (nofragment ? 1 : 0) + (tainted_ok ? 2 : 0),
                    flags);
  }
  if (tries_ > 0 && has_to_give_up())
    violations_.add(clauses::ladder_gives_up, at_zone(), tries_, tries_ + 1);
  ++tries_;
}

void SlowPathCheck::check_end() {
  if (may_wait()) return check_waiters_end();
  if (tries_ == 0 || tries_ >= tries_max || has_to_give_up()) return;
  violations_.add(clauses::ladder_goes_on, at_zone(), tries_max, tries_);
}

void SlowPathCheck::check_waiters_end() {
  if (tries_ == 0 || tries_without_ > 0 || fails_before_drop(raw_.zone, *operation_)) return;
  violations_.add(clauses::waiter_drops, at_zone(), 1, 0);
}

constinit const InvariantInfo invariants::slow_path{
    .id = InvariantId::slow_path,
    .name = "slow-path",
    .kind = InvariantKind::step,
    .claim =
        "A caller that may not wait climbs the atomic ladder, one that may wait drops "
        "ALLOC_NOFRAGMENT last: the flags at each try, and where a caller gives up, are those that "
        "the series states.",
    .source =
        "mainline __alloc_pages_slowpath(); series v1 19/45, 21/45, 33/45, v2 18/40, 35/40, 40/40; "
        "only where superpageblocks have their own free lists",
    .clauses = {&clauses::ladder_flags, &clauses::ladder_gives_up, &clauses::ladder_goes_on,
                &clauses::waiter_keeps, &clauses::waiter_drops, &clauses::driver_steps,
                &clauses::reclaims}};

}  // namespace spb
