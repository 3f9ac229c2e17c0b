// SPDX-License-Identifier: GPL-2.0-only
// The search for a chunk: the passes of __rmqueue_smallest(), the claim and the steal, and their
// cascade.
#pragma once

#include "model/engine/walk.h"
#include "model/state/zone.h"

namespace spb {

/// What a search hands out, and which pass or mode served it.
struct Taken {
  Pfn pfn = no_page;
  PassId by = PassId::NO_PAGE;
  bool told = false;  ///< a search inside reported the page as it left the lists
  explicit operator bool() const { return pfn != no_page; }
};

/// A chunk that a search found.
struct Found {
  Pfn head = no_page;
  Order order;
  Migratetype list = MIGRATE_UNMOVABLE;
  explicit operator bool() const { return head != no_page; }
};

inline Order order_of(const Request<Concrete>& request) {
  return Order(static_cast<uint32_t>(request.order));
}
inline Migratetype type_of(const Request<Concrete>& request) {
  return static_cast<Migratetype>(request.migratetype);
}

/// The orders that a pass looks at for this request, a bit each.
uint32_t orders_tried(const PassRow<Concrete>& row, const Request<Concrete>& request,
                      const Geometry& geometry);
/// The reason for which a claim of this chunk is refused, or Refusal::count.
Refusal claim_refused(const Zone& zone, const Request<Concrete>& request, const Found& found,
                      bool from_tainted_spb);

/// The passes in the table's order. `depth` counts re-entries by claims.
Taken rmqueue_smallest(Zone& zone, const Request<Concrete>& request, uint32_t depth);
/// The modes in order: NORMAL, the passes; CLAIM, with relabelling (mainline __rmqueue_claim());
/// STEAL, without (mainline __rmqueue_steal()).
Taken rmqueue(Zone& zone, const Request<Concrete>& request);

/// Hand out the lowest part of a chunk whose pageblock keeps its tag.
Taken take(Zone& zone, const Request<Concrete>& request, const Found& found);
/// Relabel the pageblock or pageblocks of a chunk for the request, or say why not; on success the
/// page (mainline try_to_claim_block()).
Taken try_to_claim_block(Zone& zone, const Request<Concrete>& request, const Found& found,
                         bool from_tainted_spb, uint32_t depth);
/// Relabel every pageblock that the chunk covers and hand out its lowest part.
Taken claim_whole_block(Zone& zone, const Request<Concrete>& request, const Found& found);

}  // namespace spb
