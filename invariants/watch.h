// SPDX-License-Identifier: GPL-2.0-only
// Looks in while an operation runs: what a pass, claim or steal chose, and what came of it.
#pragma once

#include <array>
#include <cstdint>

#include "invariants/conformance.h"
#include "invariants/content.h"
#include "invariants/evacuation_asked.h"
#include "invariants/evacuation_queued.h"
#include "invariants/evacuation_throttle.h"
#include "invariants/hint_left.h"
#include "invariants/incremental.h"
#include "invariants/raw.h"
#include "invariants/shrink_asked.h"
#include "invariants/slow_path.h"
#include "invariants/stated_rules.h"
#include "invariants/told.h"
#include "invariants/try_flags.h"
#include "invariants/violations.h"
#include "model/operation/operation.h"
#include "model/words/gfp.h"

namespace spb {

class Watch final : public Observer {
 public:
  /// `conformance` may be null.
  Watch(const Zone& zone, Incremental& incremental, Conformance* conformance,
        Violations& violations);

  void reset();
  /// An operation begins, and stays as it is until it is over.
  void begin(const Operation& op) {
    operation_ = &op;
    attempts_ = 0;
    steps_ = 0;
    in_vain_ = false;
    hidden_ = false;
    untried_ = false;
    hits_before_ = raw_.zone.statistics.reentry_bound_hit;
    slow_path_.begin(op);
    try_flags_.begin(op);
    hint_left_.begin(op.cpu);
    told_.before(op);
    if (conformance_) conformance_->begin(op.cpu);
    // Other zones may have taken items meanwhile.
    if (shares_pool_) note_due_items();
  }
  /// It is over: settles what is still open.
  void finish(const Outcome& outcome) {
    if (pending_.kind != Pending::Kind::none) settle_claim_without_search();
    pending_.kind = Pending::Kind::none;
    depth_ = 0;
    slow_path_.finish();
    if (steers_) hint_left_.finish();
    if (info(operation_->kind).places_content) note_named();
    evacuation_throttle_.finish(*operation_);
    told_.after(*operation_, outcome);
    check_tries(outcome);
  }
  /// An operation happened in another zone.
  void elsewhere(const Operation& op) { evacuation_throttle_.finish(op); }

  /// The last try for a page that it made, if it made one, found none.
  bool last_try_was_in_vain() const { return in_vain_; }

  bool came_to_reclaim() const { return try_flags_.came_to(DriverStep::DIRECT_RECLAIM); }

  /// What the operation that is over met, as far as it bears on whether it was served.
  Context met(const Operation& op) const {
    Context context = met(uint32_t{op.order});
    context.untried = untried_;
    return context;
  }

  void attempt_begins(const Zone&, const Request<Concrete>& request) override;
  void attempt_ends(const Zone&, const Request<Concrete>& request, PassId by, Pfn page) override;
  void driver_begins(const Zone&, const Request<Concrete>& request) override {
    try_flags_.driver_begins(request);
  }
  void driver_step(const Zone&, DriverStep step) override {
    steps_ |= 1U << static_cast<unsigned>(step);
    try_flags_.driver_step(step);
  }
  void driver_ends(const Zone&, bool served) override { try_flags_.driver_ends(served); }
  void mode_begins(const Zone&, const Request<Concrete>& request,
                   const ModeRow<Concrete>& row) override;
  void search_begins(const Zone&, const Request<Concrete>& request) override;
  void chosen(const Zone&, const Request<Concrete>& request, const PassRow<Concrete>& row, Pfn head,
              Order order) override;
  void fallback_chosen(const Zone&, const Request<Concrete>& request, PassId by, Pfn head,
                       Order order, Migratetype list) override;
  void search_ends(const Zone&, const Request<Concrete>& request, PassId by, Pfn page) override;
  void item_moved(const Zone&, uint32_t item) override;
  void evacuation_requested(const Zone&, const Request<Concrete>& request,
                            EvacuationAnswer answer) override {
    evacuation_throttle_.requested(request, answer);
    evacuation_asked_.asked_evacuation();
    told_.evacuation_requested(request, answer);
  }
  void shrink_requested(const Zone&) override {
    shrink_asked_.asked();
    evacuation_asked_.asked_shrinking();
    told_.shrink_requested();
  }
  void defrag_requested(const Zone&, SpbIndex s) override { told_.defrag_requested(s.value); }

 private:
  /// A chunk that was chosen, until it is known what became of it.
  struct Pending {
    enum class Kind : uint8_t { none, borrow, claim };
    Kind kind = Kind::none;
    uint8_t list = 0;  ///< type of the list it was on
    uint8_t type = 0;  ///< asked for
    uint8_t isolated_tag = 0;
    uint8_t bits = 0;  ///< of its first pageblock, before
    PassId by = PassId::NO_PAGE;
    Category category = Category::unknown;
    uint32_t head = 0;
    uint32_t order = 0;
    uint32_t low = 0;  ///< order asked for
    uint32_t isolated_block = no_index;
  };

  /// The chunk that the innermost search took last, until the search is over.
  struct Taken {
    PassId by = PassId::NO_PAGE;
    uint32_t head = no_index;
    uint32_t order = 0;
    uint32_t low = 0;  ///< order asked for
  };

  /// A claim of part of a pageblock, whose search runs.
  struct Claimed {
    uint32_t block = no_index;
    uint32_t times = 0;  ///< that the search was re-entered, this time included
    Context context;
  };

  void steering_begins(const Request<Concrete>& request);
  Conformance::Within within() const;
  void note_chosen(const Request<Concrete>& request, PassId by, uint32_t head, uint32_t order);
  bool hides_lists(uint32_t low) const;
  Context met(uint32_t low) const;
  void expect_claim(const Request<Concrete>& request, PassId by, uint32_t head, uint32_t order);
  void expect_borrow(const Request<Concrete>& request, uint32_t head, uint32_t order, uint8_t list);
  /// Returns the pageblock if one was claimed in part, which re-enters the search, or no_index.
  uint32_t settle_claim() {
    return pending_.kind == Pending::Kind::claim ? settle_pending_claim(true) : no_index;
  }
  void settle_claim_without_search() {
    if (pending_.kind == Pending::Kind::claim) check_claim_without_search();
  }
  void settle_borrow(Pfn page) {
    if (pending_.kind == Pending::Kind::borrow) check_borrow(page);
  }
  uint32_t settle_pending_claim(bool searches);
  void note_claimed();
  void note_named();
  void check_claim_without_search();
  void check_borrow(Pfn page);
  void check_splits();
  void check_halves();
  bool is_on_list(uint32_t head, uint32_t order, uint32_t type) const;
  void note_handed_out(const Request<Concrete>& request, uint32_t page, uint32_t first,
                       uint32_t last);
  void note_beside(const Taken& chunk, uint32_t type);
  void check_handed_out(const Request<Concrete>& request, PassId by, uint32_t page);
  void check_claimed_bits(uint32_t b);
  void check_served_last(uint32_t s);
  void note_reentry(uint32_t claimed);
  void check_tries(const Outcome& outcome);
  void check_mode_lists(const Request<Concrete>& request);
  void check_page_type(const Request<Concrete>& request, Pfn page);
  void check_reentry_flags(const Request<Concrete>& request, uint32_t claimed);
  void check_reentry(const Claimed& claimed, Pfn page);
  bool leaves_tainted(const Request<Concrete>& request, uint32_t head) const;
  /// The model's own bound of re-entry ended a search of this operation: what was claimed on the
  /// way lies where no search came any more.
  bool is_cut_short() const { return raw_.zone.statistics.reentry_bound_hit != hits_before_; }
  bool passes_empty(const Request<Concrete>& request) const;
  void check_fall_through(const Request<Concrete>& request);
  void check_kept();
  void report_taint(const Request<Concrete>& request, uint32_t s);
  void check_hint(const Request<Concrete>& request, uint32_t s);
  void check_refusal();

  // Items that leave their places next, index + 1.
  struct DueItems {
    uint32_t free, pending, work, running;
  };
  void note_due_items() {
    const EvacuateQueue& queue = *raw_.queue;
    due_ = {raw_.free_item(), queue.pending, queue.work.first, queue.running};
  }

  // A claim re-enters the search at most `reentry-bound` times, and one search more is cut short.
  static constexpr uint32_t depth_max = reentry_bound_max + 2;

  Raw raw_;
  Incremental& incremental_;
  Conformance* conformance_;
  Violations& violations_;
  bool shares_pool_;  ///< the machine has more zones
  bool steers_;       ///< superpageblocks have their own free lists
  bool rotates_;      ///< each update of a superpageblock's list makes it the last
  bool may_hide_;     ///< isolation is a bit that the lists do not know
  bool watches_taint_ = false;
  bool may_be_refused_ =
      false;              ///< ALLOC_HIGHORDER_OPTIONAL, and nothing came after the passes yet
  bool hidden_ = false;   ///< an attempt of the operation met hidden lists
  bool untried_ = false;  ///< a claim for a migration's target was made after the caller's last try
  PassId chosen_by_ = PassId::NO_PAGE;  ///< that found the last chunk
  Arrival arrival_ = Arrival::own;      ///< of the content that this chunk will hold
  Context tainting_;       ///< of the attempt's last chunk of a superpageblock that was not tainted
  uint32_t attempts_ = 0;  ///< of the operation
  bool in_vain_ = false;   ///< the last of them found no page
  uint32_t steps_ = 0;     ///< of the driver that it came to, a bit each
  const Operation* operation_ = nullptr;
  Context claim_;  ///< of the last claim of part of a pageblock
  Content content_;
  SlowPathCheck slow_path_;
  TryFlags try_flags_;
  HintLeft hint_left_;
  ShrinkAsked shrink_asked_;
  EvacuationQueued evacuation_queued_;
  EvacuationThrottle evacuation_throttle_;
  EvacuationAsked evacuation_asked_;
  Told told_;
  DueItems due_{};
  Pending pending_;
  Taken taken_;
  Mode mode_ = Mode::count;                   ///< that runs
  int last_mode_ = -1;                        ///< of the attempt, by its place in the order
  std::array<Claimed, depth_max> claimed_{};  ///< whose claim re-entered this search
  uint32_t depth_ = 0;
  uint64_t bound_hits_ = 0;   ///< Statistics::reentry_bound_hit, when last looked at
  uint64_t hits_before_ = 0;  ///< the same, when the operation began
};

}  // namespace spb
