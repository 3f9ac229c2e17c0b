// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/evacuation_throttle.h"

#include <algorithm>

#include "invariants/clauses.h"

namespace spb {

namespace {

/// Whether a tainted superpageblock has a free chunk of just this order and type.
bool tainted_has_chunk(const Raw& raw, uint32_t order, uint32_t type) {
  for (uint32_t s = 0; s < raw.nr_spbs(); ++s) {
    if (is_tainted(raw.spbs[s]) && raw.list(raw.own_lists ? s : 0, order, type).first != 0)
      return true;
  }
  return false;
}

const Clause& clause_of(EvacuationAnswer due, EvacuationAnswer found) {
  if (found == EvacuationAnswer::throttled) return clauses::throttled_idle;
  const bool early = due == EvacuationAnswer::throttled && found == EvacuationAnswer::queued;
  return early ? clauses::throttle_early : clauses::throttle_pool;
}

}  // namespace

EvacuationThrottle::EvacuationThrottle(const Zone& zone, Violations& violations)
    : raw_(zone),
      violations_(violations),
      interval_(zone.parameters()[ParameterId::evacuation_interval]),
      operation_ms_(zone.parameters()[ParameterId::operation_ms]) {
  reset();
}

void EvacuationThrottle::reset() {
  any_due_ = false;
  for (uint32_t type = 0; type < MIGRATE_PCPTYPES; ++type) {
    due_[type] = now_ + raw_.state->evacuation_wait[type];
    any_due_ = any_due_ || due_[type] > now_;
  }
}

EvacuationAnswer EvacuationThrottle::due(const Request<Concrete>& request) const {
  const auto type = static_cast<uint32_t>(request.migratetype);
  if (now_ < due_[type]) return EvacuationAnswer::throttled;
  return tainted_has_chunk(raw_, static_cast<uint32_t>(request.order), type)
             ? EvacuationAnswer::pool_has_chunk
             : EvacuationAnswer::queued;
}

void EvacuationThrottle::requested(const Request<Concrete>& request, EvacuationAnswer answer) {
  const EvacuationAnswer expected = due(request);
  if (answer != expected) {
    Context context;
    context.type = static_cast<uint8_t>(request.migratetype);
    violations_.add(clause_of(expected, answer), at_zone(), expected, answer, context);
  }
  if (answer != EvacuationAnswer::queued) return;
  due_[static_cast<uint32_t>(request.migratetype)] = now_ + interval_;
  any_due_ = true;
}

void EvacuationThrottle::check_waits() {
  for (uint32_t type = 0; type < MIGRATE_PCPTYPES; ++type) {
    const auto left = static_cast<int64_t>(due_[type] > now_ ? due_[type] - now_ : 0);
    const int64_t found = raw_.state->evacuation_wait[type];
    if (left == found) continue;
    Context context;
    context.type = static_cast<uint8_t>(type);
    violations_.add(clauses::throttle_left, at_zone(), left, found, context);
  }
  reset();
}

constinit const InvariantInfo invariants::evacuation_throttle{
    .id = InvariantId::evacuation_throttle,
    .name = "evacuation-throttle",
    .kind = InvariantKind::step,
    .claim =
        "Of a zone and type no two requests for the evacuation of tainted superpageblocks are "
        "queued within `evacuation-interval`, and nothing but that and a free chunk of just what "
        "is asked for holds one back.",
    .source = "series v2 40/40, queue_spb_evacuate()",
    .clauses = {&clauses::throttle_early, &clauses::throttled_idle, &clauses::throttle_pool,
                &clauses::throttle_left}};

}  // namespace spb
