// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/try_flags.h"

#include "invariants/slow_path.h"

namespace spb {

/// Compaction of a page of this zone that can migrate, in a slot that the operation names.
void TryFlags::target_begins() {
  if (operation_->kind != OpKind::alloc) return;
  const uint32_t slot = get(*operation_, Argument::compact);
  if (slot == 0 || slot > raw_.nr_slots || raw_.slots[slot - 1].page == 0) return;
  if (raw_.slots[slot - 1].zone != raw_.zone.index()) return;
  is_target_ = is_movable_page(raw_.slots[slot - 1].type);
}

/// The reserve is for callers that may not wait, once their fast path had nothing.
void TryFlags::check(const Request<Concrete>& request) {
  const uint32_t gfp = is_target_ ? uint32_t{GFP_HIGHUSER_MOVABLE} : gfp_;
  const bool movable = (gfp & __GFP_MOVABLE) != 0;
  const bool reclaimable = (gfp & __GFP_RECLAIMABLE) != 0;
  const Migratetype type = movable       ? MIGRATE_MOVABLE
                           : reclaimable ? MIGRATE_RECLAIMABLE
                                         : MIGRATE_UNMOVABLE;
  if (request.migratetype != type) {
    const auto found = static_cast<uint32_t>(request.migratetype);
    violations_.add(clauses::try_type, at_zone(), type, tag_value(found));
  }
  if (request.cma != movable) violations_.add(clauses::try_cma, at_zone(), movable, request.cma);
  const bool waits = (gfp & __GFP_DIRECT_RECLAIM) != 0;
  const bool non_block = tries_ > 0 && !waits && !(gfp & __GFP_NOMEMALLOC);
  if (request.non_block != non_block)
    violations_.add(clauses::try_non_block, at_zone(), non_block, request.non_block);
  ++tries_;
}

/// One that may not wait climbs the ladder and ends there; one that may reclaims, compacts, and
/// gives up or drops ALLOC_NOFRAGMENT, if it has it. Mainline drops it first, and has no ladder.
uint32_t TryFlags::steps_due() const {
  const auto bit = [](DriverStep step) { return 1U << static_cast<unsigned>(step); };
  const bool waits = (gfp_ & __GFP_DIRECT_RECLAIM) != 0;
  const uint32_t waiters = bit(DriverStep::DIRECT_RECLAIM) | bit(DriverStep::DIRECT_COMPACTION);
  const uint32_t drop = nofragment_ ? bit(DriverStep::DROP_NOFRAGMENT) : 0;
  const bool drops_first =
      raw_.zone.parameters().is(ParameterId::nofragment_drop, NofragmentDrop::before_reclaim);
  if (drops_first) return waits ? waiters | drop : drop;
  if (!waits) return bit(DriverStep::ATOMIC_LADDER);
  const bool fails = fails_before_drop(raw_.zone, *operation_);
  return waiters | (fails ? bit(DriverStep::GIVE_UP) : drop);
}

void TryFlags::check_steps(bool served) const {
  const uint32_t due = steps_due();
  const bool good = served ? (steps_ & ~due) == 0 : steps_ == due;
  if (!good) violations_.add(clauses::driver_steps, at_zone(), due, steps_);
}

constinit const InvariantInfo invariants::try_flags{
    .id = InvariantId::try_flags,
    .name = "try-flags",
    .kind = InvariantKind::step,
    .claim =
        "A try for a page has the type and the flags that its gfp mask calls for, and a "
        "migration's target is asked for with GFP_HIGHUSER_MOVABLE.",
    .source =
        "mainline gfp_to_alloc_flags(), gfp_to_alloc_flags_cma(), alloc_migration_target(); series "
        "v2 06/40",
    .clauses = {&clauses::try_type, &clauses::try_cma, &clauses::try_non_block}};

}  // namespace spb
