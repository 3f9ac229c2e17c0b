// SPDX-License-Identifier: GPL-2.0-only
// The search for a chunk: the passes of __rmqueue_smallest(), the claim and the steal, and their
// cascade.
#pragma once

#include <cstddef>

#include "model/engine/walk.h"
#include "model/policy/alloc_flags.h"
#include "model/state/zone.h"
#include "model/words/gfp.h"

namespace spb {

/// What a search hands out, and which pass or mode served it.
struct Taken {
  Pfn pfn = no_page;
  PassId by = PassId::NO_PAGE;
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
inline uint8_t page_type_of(const Request<Concrete>& request) {
  return page_state::page_type(static_cast<Migratetype>(request.asked), type_of(request));
}
/// An event with the request's order and type.
inline Event event_of(EventKind kind, const Request<Concrete>& request) {
  return {.kind = kind, .order = static_cast<uint8_t>(request.order), .type = type_of(request)};
}
/// What a caller of this type asks for with these alloc_flags.
inline Request<Concrete> request_for(Order order, Migratetype type, uint32_t alloc_flags,
                                     bool atomic) {
  Request<Concrete> request{};
  request.order = static_cast<int>(order.value);
  request.migratetype = request.asked = type;
  request.atomic = atomic;
  if (alloc_flags == 0) return request;
  set_alloc_flags(request, alloc_flags);
  return request;
}

/// The orders that a pass looks at for this request, a bit each.
uint32_t orders_tried(const PassRow<Concrete>& row, const Request<Concrete>& request,
                      const Geometry& geometry);
/// The reason for which a claim of this chunk is refused, or Refusal::count.
Refusal claim_refused(const Zone& zone, const Request<Concrete>& request, const Found& found,
                      bool from_tainted_spb);

/// What the walk of PASS_1 saw of the tainted superpageblocks, as WalkSaw bits, for a caller with
/// ALLOC_HIGHORDER_OPTIONAL (series v2 26/40: struct spb_tainted_walk).
struct WalkRecord {
  uint32_t saw = 0;
};

/// The passes in the table's order. `depth` counts re-entries by claims; `record` may be null.
Taken rmqueue_smallest(Zone& zone, const Request<Concrete>& request, uint32_t depth,
                       WalkRecord* record = nullptr);
/// Every mode in the table's order: searches of the passes, then the claim, with relabelling
/// (mainline __rmqueue_claim()), and the steal, without (mainline __rmqueue_steal()); what
/// rmqueue_buddy() does.
Taken rmqueue(Zone& zone, const Request<Concrete>& request);

/// A batch of pages, one __rmqueue() each, in which the mode that served the last one decides where
/// the next begins (mainline rmqueue_bulk()).
class Batch {
 public:
  Batch(Zone& zone, const Request<Concrete>& request);
  /// The next page; none ends the batch.
  Taken next();

 private:
  Zone& zone_;
  Request<Concrete> request_;
  uint32_t rows_;         ///< of the mode table that the next page may try, a bit each
  std::size_t served_{};  ///< the row that served the last one
};

// The page that each of these hands out, or no_page.

/// Hand out the lowest part of a chunk whose pageblock keeps its tag.
Pfn hand_out(Zone& zone, const Request<Concrete>& request, const Found& found);
/// Relabel the pageblock or pageblocks of a chunk for the request, or say why not (mainline
/// try_to_claim_block()).
Pfn try_to_claim_block(Zone& zone, const Request<Concrete>& request, const Found& found,
                       bool from_tainted_spb, uint32_t depth);
/// Relabel every pageblock that the chunk covers and hand out its lowest part.
Pfn claim_whole_block(Zone& zone, const Request<Concrete>& request, const Found& found);

}  // namespace spb
