// SPDX-License-Identifier: GPL-2.0-only
// Whether the events of an operation tell what it did: which bits and tags turned, what a search
// and a fallback came to, what was asked for, which pages came and went. Where events are off there
// is nothing to look at.
#pragma once

#include <cstdint>
#include <vector>

#include "invariants/raw.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"
#include "model/policy/rows.h"

namespace spb {

class Told {
 public:
  /// Allocates; nothing else here does.
  Told(const Zone& zone, Violations& violations);

  void before(const Operation& op) {
    listens_ = raw_.zone.events.enabled;
    if (listens_) note(op);
  }
  /// `depth`: searches that run, this one included.
  void search_begins(uint32_t depth) {
    if (!listens_) return;
    inner_ = no_page;
    if (depth == 1) sweep_begins();
  }
  void chosen(uint32_t depth, const PassRow<Concrete>& row) {
    if (!listens_) return;
    inner_ = no_page;
    if (depth == 1 && empty_row_ != nullptr && &row >= empty_row_) check_sweep();
    defrags_ = 0;
  }
  void search_ends(uint32_t depth, const Request<Concrete>& request, PassId by, Pfn page) {
    if (!listens_) return;
    if (depth == 1 && empty_row_ != nullptr && by == PassId::NO_PAGE) check_sweep();
    defrags_ = 0;
    if (listens()) check_search(request, by, page);
  }
  void fallback_chosen(uint32_t order, uint32_t list) {
    if (!listens_) return;
    inner_ = no_page;
    order_ = order;
    list_ = list;
  }
  void fallback_served(const Request<Concrete>& request, PassId by, Pfn page) {
    if (listens()) check_fallback(request, by, page);
  }
  /// A claim of the chunk that begins here was refused.
  void refused(uint32_t head) {
    ++refusals_;
    if (listens()) check_refused(head);
  }
  void evacuation_requested(const Request<Concrete>& request, EvacuationAnswer answer) {
    if (listens()) check_asked(request, answer);
  }
  void shrink_requested() { ++shrinks_; }
  void defrag_requested(uint32_t s) {
    ++defrags_;
    if (listens()) check_defrag(s);
  }
  /// A search leaves the tainted superpageblocks, with a record of them; `as_seen`: they are still
  /// what it saw.
  void left_tainted(const Request<Concrete>& request, bool as_seen) {
    ++fall_throughs_;
    if (as_seen && listens()) check_fall_through(request);
  }
  void item_queued() { ++queued_; }
  void item_handed_over() { ++handed_over_; }
  void item_done() { ++done_; }
  void after(const Operation& op, const Outcome& outcome) {
    if (listens()) check(op, outcome);
  }

 private:
  bool listens() const { return listens_ && !raw_.zone.events.overflow; }
  void note(const Operation& op);
  void sweep_begins() {
    swept_ = false;
    defrags_ = 0;
  }
  bool needs_defrag(uint32_t s) const;
  void check_defrag(uint32_t s);
  void check_sweep();
  const Event* last() const;
  const Event* last(EventKind kind) const;
  uint32_t count(EventKind kind) const;
  void check_search(const Request<Concrete>& request, PassId by, Pfn page);
  void check_fallback(const Request<Concrete>& request, PassId by, Pfn page);
  void check_refused(uint32_t head);
  void check_asked(const Request<Concrete>& request, EvacuationAnswer answer);
  void check_fall_through(const Request<Concrete>& request);
  void check(const Operation& op, const Outcome& outcome);
  void check_count(EventKind kind, uint32_t due, const Clause& clause);
  void check_blocks();
  void turn(const Event& event, uint8_t bit, uint16_t SpbState::*counter);
  void retag(const Event& event);
  void check_reserve(const Outcome& outcome);
  void check_pages(const Operation& op, const Outcome& outcome);
  void check_moved(const Event& event);
  void check_freed(const Operation& op, const Outcome& outcome);

  Raw raw_;
  Violations& violations_;
  bool listens_ = false;
  std::vector<BlockState> blocks_;  ///< as the events told so far leave them
  std::vector<SpbState> spbs_;      ///< likewise, as far as the counters go
  Slot freed_{};                    ///< before, of the slot that a free names
  Slot reclaimed_{};                ///< before, of the slot that reclaim may empty
  Pfn inner_ = no_page;             ///< of the search within this one that ended last
  uint32_t order_ = 0;              ///< of the chunk that a fallback found
  uint32_t list_ = 0;
  uint32_t handed_out_ = 0;
  uint32_t served_ = 0;  ///< by claims and steals
  uint32_t refusals_ = 0;
  uint32_t evacuations_ = 0;
  uint32_t shrinks_ = 0;
  uint32_t fall_throughs_ = 0;
  // Items of the evacuation pool that moved.
  uint32_t queued_ = 0;
  uint32_t handed_over_ = 0;
  uint32_t done_ = 0;
  const PassRow<Concrete>* empty_row_;  ///< as row_behind_tainted()
  bool sweeps_;                         ///< `pass-triggers`
  bool swept_ = false;                  ///< the outermost search left the tainted superpageblocks
  uint32_t defrags_ = 0;                ///< asked for since it took something
};

}  // namespace spb
