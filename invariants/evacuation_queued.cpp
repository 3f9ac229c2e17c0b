// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/evacuation_queued.h"

namespace spb {

constinit const InvariantInfo invariants::evacuation_queued{
    .id = InvariantId::evacuation_queued,
    .name = "evacuation-queued",
    .kind = InvariantKind::step,
    .claim =
        "A claim of part of a MOVABLE pageblock for UNMOVABLE or RECLAIMABLE queues its "
        "evacuation, while the pool has an item, and nothing else queues one.",
    .source = "series v2 06/40",
    .clauses = {&clauses::queued}};

}  // namespace spb
