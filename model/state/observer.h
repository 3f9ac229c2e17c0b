// SPDX-License-Identifier: GPL-2.0-only
// Who looks in while an operation runs.
#pragma once

#include <cstdint>

#include "model/policy/rows.h"
#include "model/words/domain.h"
#include "model/words/types.h"

namespace spb {

class Zone;

/// Someone who looks in while an operation runs: some checks need the state before a search, or
/// between the attempts of one allocation. It may read the zone, never change it.
class Observer {
 public:
  virtual ~Observer() = default;
  /// One __rmqueue() begins; an allocation may make several, with other flags each.
  virtual void attempt_begins(const Zone&, const Request<Concrete>&) {}
  /// It ends: `page` is what it got, or no_page.
  virtual void attempt_ends(const Zone&, const Request<Concrete>&, PassId /*by*/, Pfn /*page*/) {}
  /// A mode that the request may enter begins; the ones before it had nothing.
  virtual void mode_begins(const Zone&, const Request<Concrete>&, const ModeRow<Concrete>&) {}
  /// __rmqueue_smallest() begins, from an attempt or re-entered by a claim.
  virtual void search_begins(const Zone&, const Request<Concrete>&) {}
  /// A pass found a chunk and acts on it next; the state is still the one that was searched.
  virtual void chosen(const Zone&, const Request<Concrete>&, const PassRow<Concrete>&, Pfn /*head*/,
                      Order) {}
  /// A claim or steal found a chunk and acts on it next.
  virtual void fallback_chosen(const Zone&, const Request<Concrete>&, PassId /*by*/, Pfn /*head*/,
                               Order, Migratetype /*list*/) {}
  /// A caller whose fast path found nothing goes on; each row of the driver that applies follows.
  virtual void driver_begins(const Zone&, const Request<Concrete>&) {}
  virtual void driver_step(const Zone&, DriverStep) {}
  virtual void driver_ends(const Zone&, bool /*served*/) {}
  /// A work item of the evacuation pool, index + 1, went from one place to another.
  virtual void item_moved(const Zone&, uint32_t /*item*/) {}
  /// Slab is to shrink.
  virtual void shrink_requested(const Zone&) {}
  /// __rmqueue_smallest() ends.
  virtual void search_ends(const Zone&, const Request<Concrete>&, PassId /*by*/, Pfn /*page*/) {}
};

}  // namespace spb
