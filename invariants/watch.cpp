// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/watch.h"

#include <algorithm>

#include "invariants/answers.h"
#include "invariants/frames.h"
#include "model/policy/alloc_flags.h"
#include "model/policy/rules.h"

namespace spb {

Watch::Watch(const Zone& zone, Incremental& incremental, Conformance* conformance,
             Violations& violations)
    : raw_(zone),
      incremental_(incremental),
      conformance_(conformance),
      violations_(violations),
      shares_pool_(zone.machine().nr_zones() > 1),
      steers_(zone.policy().lists_per_superpageblock),
      rotates_(steers_ &&
               zone.parameters().is(ParameterId::spb_list_update, SpbListUpdate::every_call)),
      may_hide_(raw_.isolation_is_a_bit()),
      content_(zone, incremental, violations),
      slow_path_(zone, violations),
      try_flags_(zone, violations),
      hint_left_(zone, violations),
      shrink_asked_(zone, violations),
      evacuation_queued_(zone, violations),
      evacuation_throttle_(zone, violations),
      evacuation_asked_(zone, violations),
      told_(zone, violations) {
  note_due_items();
}

void Watch::reset() {
  pending_.kind = Pending::Kind::none;
  depth_ = 0;
  content_.reset();
  hint_left_.reset();
  evacuation_throttle_.reset();
  note_due_items();
}

// ---- hooks

void Watch::attempt_begins(const Zone&, const Request<Concrete>& request) {
  try_flags_.attempt_begins(request);
  slow_path_.attempt_begins(request, try_flags_.is_for_target());
  untried_ = untried_ && try_flags_.is_for_target();
  if (steers_) steering_begins(request);
  if (conformance_) conformance_->attempt_begins(within());
  if (may_hide_ && !hidden_) hidden_ = hides_lists(static_cast<uint32_t>(request.order));
  last_mode_ = -1;
  mode_ = Mode::count;
  ++attempts_;
}

/// What is asked of superpageblocks alone.
[[gnu::always_inline]] inline void Watch::steering_begins(const Request<Concrete>& request) {
  watches_taint_ = request.nofragment;
  if (watches_taint_) tainting_ = {};
  if (watches_taint_ || attempts_ > 0) incremental_.sync_blocks([](uint32_t) {});
  if (!watches_taint_ && operation_->kind == OpKind::alloc) check_kept();
  may_be_refused_ = request.highorder_optional && rules::is_non_movable<Concrete>(request);
}

Conformance::Within Watch::within() const {
  using Within = Conformance::Within;
  if (operation_->kind != OpKind::bulk) return Within::itself;
  return attempts_ == 0 ? Within::first_of_batch : Within::next_of_batch;
}

void Watch::mode_begins(const Zone&, const Request<Concrete>& request,
                        const ModeRow<Concrete>& row) {
  settle_claim_without_search();
  shrink_asked_.mode_begins();
  evacuation_asked_.mode_begins(row.id);
  if (row.id == Mode::CLAIM) may_be_refused_ = false;
  const int place = StatedRules::place_of(row.id);
  if (place <= last_mode_) violations_.add(clauses::mode_sequence, at_zone(), last_mode_, place);
  last_mode_ = place;
  mode_ = row.id;
  if (conformance_) conformance_->mode_begins(request, row);
}

void Watch::attempt_ends(const Zone&, const Request<Concrete>& request, PassId by, Pfn page) {
  settle_claim_without_search();
  settle_borrow(page);
  if (page != no_page) check_handed_out(request, by, page.value);
  if (by == PassId::CLAIM || by == PassId::STEAL) {
    check_page_type(request, page);
    told_.fallback_served(request, by, page);
  }
  if (rotates_ && page != no_page) check_served_last(raw_.spb_of(page.value));
  if (page == no_page && may_be_refused_) check_refusal();
  if (watches_taint_) incremental_.sync_blocks([&](uint32_t s) { report_taint(request, s); });
  watches_taint_ = false;
  in_vain_ = page == no_page;
  slow_path_.attempt_ends(page, try_flags_.is_for_target());
  try_flags_.attempt_ends(page);
  if (conformance_) conformance_->attempt_ends(request, page);
}

void Watch::search_begins(const Zone&, const Request<Concrete>& request) {
  const uint32_t claimed = settle_claim();
  if (depth_ < depth_max) note_reentry(claimed);
  ++depth_;
  told_.search_begins(depth_);
  if (depth_ == 1 && claimed == no_index && mode_ != Mode::count) check_mode_lists(request);
  if (claimed != no_index) check_reentry_flags(request, claimed);
  if (conformance_) conformance_->search_begins(request, claimed != no_index);
}

void Watch::chosen(const Zone&, const Request<Concrete>& request, const PassRow<Concrete>& row,
                   Pfn head, Order order) {
  settle_claim_without_search();
  note_chosen(request, row.id, head.value, order.value);
  if (depth_ > 0) shrink_asked_.chosen(depth_ - 1, head.value);
  const bool left = steers_ && depth_ > 0 && evacuation_asked_.chosen(depth_ - 1, request, row);
  if (left) told_.left_tainted(request, evacuation_asked_.is_sure());
  told_.chosen(depth_, row);
  arrival_ = row.borrows ? Arrival::borrowed : Arrival::own;
  if (row.source == Source::hinted) check_hint(request, raw_.spb_of(head.value));
  if (row.source == Source::empty && passes_empty(request)) check_fall_through(request);
  if (conformance_) conformance_->chosen(request, row, head.value, order.value);
  if (row.effect != Effect::hand_out) {
    expect_claim(request, row.id, head.value, order.value);
    return;
  }
  const uint8_t list = raw_.list_type(raw_.block_of(head.value));
  if (list != request.migratetype) expect_borrow(request, head.value, order.value, list);
}

void Watch::fallback_chosen(const Zone&, const Request<Concrete>& request, PassId by, Pfn head,
                            Order order, Migratetype list) {
  settle_claim_without_search();
  note_chosen(request, by, head.value, order.value);
  const bool claims = by == PassId::CLAIM;
  if (steers_ && claims) shrink_asked_.claim_begins(request, head.value);
  if (steers_) evacuation_asked_.fallback_chosen(request, claims, head.value);
  told_.fallback_chosen(order.value, list);
  arrival_ = by == PassId::STEAL ? Arrival::stolen : Arrival::own;
  if (conformance_) conformance_->fallback_chosen(request, by, head.value, order.value, list);
  if (claims && leaves_tainted(request, head.value)) check_fall_through(request);
  if (claims) {
    expect_claim(request, by, head.value, order.value);
  } else {
    expect_borrow(request, head.value, order.value, list);
  }
}

void Watch::search_ends(const Zone&, const Request<Concrete>& request, PassId by, Pfn page) {
  settle_claim_without_search();
  settle_borrow(page);
  if (page != no_page && page.value == taken_.head && by == taken_.by) {
    if (steers_ && taken_.order > raw_.block_order)
      note_beside(taken_, static_cast<uint32_t>(request.migratetype));
    check_halves();
  }
  taken_.head = no_index;
  if (page == no_page && passes_empty(request)) check_fall_through(request);
  if (depth_ > 0) --depth_;
  if (steers_) hint_left_.search_ends(request, by, page);
  if (steers_) shrink_asked_.search_ends(depth_, by);
  if (steers_ && evacuation_asked_.search_ends(depth_, request, by))
    told_.left_tainted(request, evacuation_asked_.is_sure());
  told_.search_ends(depth_ + 1, request, by, page);
  if (page != no_page) check_page_type(request, page);
  if (conformance_) conformance_->search_ends(request, by, page);
  if (depth_ < depth_max && claimed_[depth_].block != no_index) {
    check_reentry(claimed_[depth_], page);
  }
}

/// It was due where it came from, and stands where the next one is looked for.
void Watch::item_moved(const Zone&, uint32_t item) {
  const EvacuateQueue& queue = *raw_.queue;
  const bool good = (item == due_.free && item == queue.pending) ||
                    (item == due_.pending && item == queue.work.last) ||
                    (item == due_.work && item == queue.running) ||
                    (item == due_.running && item == raw_.free_item());
  if (!good) violations_.add(clauses::item_order, at_item(item - 1), 1, 0);
  if (item == due_.free) told_.item_queued();
  if (item == due_.pending) told_.item_handed_over();
  if (item == due_.running) told_.item_done();
  const bool claims = pending_.kind == Pending::Kind::claim;
  if (!claims) evacuation_queued_.item_moved_alone(item, due_.free);
  note_due_items();
}

// ---- what led there

/// What is done with the chunk may taint its superpageblock.
void Watch::note_chosen(const Request<Concrete>& request, PassId by, uint32_t head,
                        uint32_t order) {
  chosen_by_ = by;
  taken_ = {by, head, order, static_cast<uint32_t>(request.order)};
  if (!watches_taint_) return;
  const Category category = category_of(raw_.spbs[raw_.spb_of(head)]);
  if (category == Category::tainted) return;
  tainting_.by = by;
  tainting_.type = static_cast<uint8_t>(request.migratetype);
  tainting_.tag = raw_.blocks[raw_.block_of(head)].tag;
  tainting_.category = category;
}

/// A search goes to the first chunk of a list and no further, and of a fallback's lists to the
/// first one's alone: what is isolated there hides the rest.
bool Watch::hides_lists(uint32_t low) const {
  if (!may_hide_) return false;
  for (uint32_t a = 0; a < raw_.nr_areas; ++a) {
    for (uint32_t type = 0; type < MIGRATE_TYPES; ++type) {
      const uint32_t nonempty = raw_.areas[a].nonempty[type];
      for (uint32_t order = low; order <= raw_.max_order && nonempty >> order != 0; ++order) {
        if (raw_.begins_isolated(a, order, type)) return true;
      }
    }
  }
  return false;
}

Context Watch::met(uint32_t low) const {
  Context context;
  context.hidden = hidden_ || hides_lists(low);
  context.cut_short = is_cut_short();
  return context;
}

// ---- claims

void Watch::expect_claim(const Request<Concrete>& request, PassId by, uint32_t head,
                         uint32_t order) {
  evacuation_queued_.claim_begins();
  pending_ = {Pending::Kind::claim,
              raw_.blocks[raw_.block_of(head)].tag,
              static_cast<uint8_t>(request.migratetype),
              0,
              raw_.blocks[raw_.block_of(head)].bits,
              by,
              raw_.own_lists ? category_of(raw_.spbs[raw_.spb_of(head)]) : Category::unknown,
              head,
              order,
              static_cast<uint32_t>(request.order),
              no_index};
  const uint32_t last = raw_.block_of(head + (1U << order) - 1);
  for (uint32_t b = raw_.block_of(head); b <= last; ++b) {
    if (!raw_.isolated(b)) continue;
    pending_.isolated_block = b;
    pending_.isolated_tag = raw_.blocks[b].tag;
    return;
  }
}

/// Whether the claim was carried out shows in the tag, or, where that was the request's already, in
/// the search that follows.
uint32_t Watch::settle_pending_claim(bool searches) {
  pending_.kind = Pending::Kind::none;
  if (conformance_) conformance_->settle_claim(searches);
  const uint32_t b = raw_.block_of(pending_.head);
  const bool part = pending_.order < raw_.block_order;
  Context context = met(pending_.low);
  context.by = pending_.by;
  context.type = pending_.type;
  context.tag = pending_.list;
  context.category = pending_.category;
  context.part = part;
  const uint32_t isolated = pending_.isolated_block;
  if (isolated != no_index && raw_.blocks[isolated].tag != pending_.isolated_tag) {
    violations_.add(isolated == b ? clauses::relabelled : clauses::relabelled_behind,
                    at_block(isolated), tag_value(pending_.isolated_tag),
                    tag_value(raw_.blocks[isolated].tag), context);
  }
  const bool changes = pending_.list != pending_.type;
  const bool claimed = changes ? raw_.blocks[b].tag == pending_.type : searches;
  evacuation_queued_.claim_ends(claimed && part, b, pending_.list, pending_.type);
  untried_ = untried_ || (claimed && try_flags_.is_for_target());
  if (claimed && steers_) note_claimed();
  if (claimed) evacuation_asked_.claimed();
  if (changes && !claimed) told_.refused(pending_.head);
  if (!claimed || !part) return no_index;
  claim_ = context;
  check_claimed_bits(b);
  return b;
}

/// What the pageblock holds stays. One that is wholly free has no smaller chunk than itself.
void Watch::check_claimed_bits(uint32_t b) {
  const uint8_t tags = has_bit(pending_.list) | has_bit(pending_.type);
  const uint8_t due = (pending_.bits & any_content) | tags;
  const uint8_t found = raw_.blocks[b].bits & any_content;
  if (found != due) violations_.add(clauses::claimed_bits, at_block(b), BitSet{due}, BitSet{found});
}

/// What it took from there brought the superpageblock's place up to date.
void Watch::check_served_last(uint32_t s) {
  if (raw_.spbs[s].next != 0)
    violations_.add(clauses::served_last, at_spb(s), 0, raw_.spbs[s].next);
}

/// PB_has_<type> of every pageblock that a claim covers may have changed, or is left behind by one
/// for a MOVABLE request.
void Watch::note_claimed() {
  const uint32_t first = raw_.block_of(pending_.head);
  const uint32_t last = raw_.block_of(pending_.head + (1U << pending_.order) - 1);
  for (uint32_t b = first; pending_.order >= raw_.block_order && b <= last; ++b)
    content_.stale(b);
  if (pending_.type != MIGRATE_MOVABLE) {
    const uint32_t last_taken = raw_.block_of(pending_.head + (1U << pending_.low) - 1);
    content_.came(first, last_taken, pending_.type, Arrival::own);
    note_beside(
        {.by = pending_.by, .head = pending_.head, .order = pending_.order, .low = pending_.low},
        pending_.type);
    return;
  }
  for (uint32_t b = first; b <= last; ++b)
    content_.left(b);
}

void Watch::check_claim_without_search() {
  const uint64_t hits = raw_.zone.statistics.reentry_bound_hit;
  const bool hit = hits != bound_hits_;
  bound_hits_ = hits;
  const uint32_t claimed = settle_pending_claim(hit);
  if (claimed == no_index) return;
  const uint32_t allowed = raw_.zone.parameters()[ParameterId::reentry_bound];
  const bool inside = depth_ > 0 && depth_ <= depth_max;
  const uint32_t times = inside ? claimed_[depth_ - 1].times : 0;
  if (times < allowed) violations_.add(clauses::counted, at_block(claimed), allowed, times, claim_);
  violations_.add(clauses::bound, at_block(claimed), allowed, int64_t{allowed} + 1, claim_);
}

/// A search for a claim outside of any search is the first; one within a search that a claim
/// re-entered is one more than that.
void Watch::note_reentry(uint32_t claimed) {
  claimed_[depth_].block = claimed;
  claimed_[depth_].times = 0;
  if (claimed == no_index) return;
  claimed_[depth_].context = claim_;
  claimed_[depth_].times = 1 + (depth_ > 0 ? claimed_[depth_ - 1].times : 0);
  const uint32_t allowed = raw_.zone.parameters()[ParameterId::reentry_bound];
  const uint32_t times = claimed_[depth_].times;
  if (times > allowed) violations_.add(clauses::counted, at_block(claimed), allowed, times, claim_);
}

/// A refill of per-CPU lists ends with the first page that it does not get.
void Watch::check_tries(const Outcome& outcome) {
  const OpKind kind = operation_->kind;
  if (!asks_for_pages(kind)) return;
  const bool lacks = outcome.pages < get(*operation_, Argument::chunks);
  const uint32_t due = kind == OpKind::bulk ? outcome.pages + lacks : 1;
  const bool good = kind == OpKind::alloc ? attempts_ >= due : attempts_ == due;
  if (!good) violations_.add(clauses::tries, at_zone(), due, attempts_);
}

void Watch::check_mode_lists(const Request<Concrete>& request) {
  auto due = static_cast<uint32_t>(request.asked);
  if (mode_ == Mode::HIGHATOMIC || mode_ == Mode::HIGHATOMIC_RESCUE) due = MIGRATE_HIGHATOMIC;
  if (mode_ == Mode::CMA || mode_ == Mode::CMA_BALANCE) due = MIGRATE_CMA;
  const auto found = static_cast<uint32_t>(request.migratetype);
  if (found == due) return;
  violations_.add(clauses::mode_lists, at_zone(), tag_value(due), tag_value(found));
}

/// What a request that can migrate gets from the reserve or from CMA's lists can, and no other.
void Watch::check_page_type(const Request<Concrete>& request, Pfn page) {
  const bool movable = request.asked == MIGRATE_MOVABLE;
  auto due = static_cast<uint32_t>(request.asked);
  if (request.migratetype == MIGRATE_HIGHATOMIC) {
    due = movable ? page_state::highatomic_movable : uint32_t{MIGRATE_HIGHATOMIC};
  } else if (request.migratetype == MIGRATE_CMA) {
    due = movable ? uint32_t{MIGRATE_CMA} : page_state::cma_unmovable;
  }
  const uint32_t found = raw_.pages[page.value] & page_state::type_mask;
  if (found != due) violations_.add(clauses::handed_type, at_page(page.value), due, found);
}

void Watch::check_reentry_flags(const Request<Concrete>& request, uint32_t claimed) {
  const uint32_t flags = alloc_flags_of(request);
  if (flags != 0) violations_.add(clauses::reentry_flags, at_block(claimed), 0, flags, claim_);
}

void Watch::check_reentry(const Claimed& claimed, Pfn page) {
  const uint32_t b = claimed.block;
  if (page != no_page && raw_.block_of(page.value) == b) return;
  Context context = claimed.context;
  context.cut_short = is_cut_short();
  if (page == no_page) {
    violations_.add(clauses::no_page_after_claim, at_block(b), 1, 0, context);
  } else {
    violations_.add(clauses::elsewhere, at_block(b), b, raw_.block_of(page.value), context);
  }
}

// ---- taint comes last

/// A claim for a non-movable request in a superpageblock that is not tainted.
bool Watch::leaves_tainted(const Request<Concrete>& request, uint32_t head) const {
  return raw_.own_lists && request.migratetype != MIGRATE_MOVABLE &&
         category_of(raw_.spbs[raw_.spb_of(head)]) != Category::tainted;
}

/// Whether a search of this request comes to the empty superpageblocks if no pass before serves it.
bool Watch::passes_empty(const Request<Concrete>& request) const {
  if (!raw_.own_lists || !rules::is_non_movable<Concrete>(request)) return false;
  const auto& passes = raw_.zone.policy().passes;
  return std::any_of(passes.begin(), passes.end(), [&](const PassRow<Concrete>& row) {
    return row.source == Source::empty && row.gate(request, raw_.zone.limits());
  });
}

/// The search leaves the tainted superpageblocks behind, to taint an empty one or to end without a
/// page, whatever serves then: nothing on PASS_1's lists would have.
void Watch::check_fall_through(const Request<Concrete>& request) {
  const auto type = static_cast<uint8_t>(request.migratetype);
  for (uint32_t s = 0; raw_.own_lists && s < raw_.nr_spbs(); ++s) {
    if (category_of(raw_.spbs[s]) != Category::tainted) continue;
    for (auto order = static_cast<uint32_t>(request.order); order <= raw_.max_order; ++order) {
      const uint32_t head = first_usable(raw_, s, order, type);
      if (head == no_index) continue;
      Context context = met(static_cast<uint32_t>(request.order));
      context.type = type;
      violations_.add(clauses::own_list, at_page(head), 0, 1, context);
    }
  }
}

/// The flag is gone: reclaim and compaction were asked before.
void Watch::check_kept() {
  if (!(get(*operation_, Argument::gfp) & __GFP_DIRECT_RECLAIM)) return;
  for (const DriverStep due : {DriverStep::DIRECT_RECLAIM, DriverStep::DIRECT_COMPACTION}) {
    if (steps_ >> static_cast<unsigned>(due) & 1U) continue;
    violations_.add(clauses::asked_before, at_zone(), due, Nothing{});
  }
}

/// Content that no policy placed. What an unreserved pageblock holds came there under the tag
/// HIGHATOMIC.
void Watch::note_named() {
  const Operation& op = *operation_;
  if (!steers_) return;
  if (op.kind == OpKind::unreserve) {
    for (const BlockIndex b : raw_.zone.dirty.blocks)
      content_.named(b.value);
  }
  if (op.kind == OpKind::tag) {
    content_.named(get(op, Argument::block));
    return;
  }
  const uint32_t pfn = get(op, Argument::pfn) - raw_.zone.geometry().base_pfn;
  if (op.kind != OpKind::take || pfn >= raw_.span) return;
  const uint32_t type = get(op, Argument::page_type);
  if (type == MIGRATE_MOVABLE) return;
  const uint32_t last = std::min(pfn + (1U << op.order), raw_.span) - 1;
  content_.came(raw_.block_of(pfn), raw_.block_of(last), type, Arrival::named);
}

// ---- borrow and steal

void Watch::expect_borrow(const Request<Concrete>& request, uint32_t head, uint32_t order,
                          uint8_t list) {
  pending_ = {Pending::Kind::borrow,
              list,
              static_cast<uint8_t>(request.migratetype),
              0,
              0,
              PassId::NO_PAGE,
              Category::unknown,
              head,
              order,
              static_cast<uint32_t>(request.order),
              no_index};
}

void Watch::check_borrow(Pfn page) {
  pending_.kind = Pending::Kind::none;
  if (page == no_page) return;
  const uint32_t last = raw_.block_of(pending_.head + (1U << pending_.order) - 1);
  for (uint32_t b = raw_.block_of(pending_.head); b <= last; ++b) {
    if (raw_.blocks[b].tag == pending_.list) continue;
    violations_.add(clauses::tag_kept, at_block(b), tag_value(pending_.list),
                    tag_value(raw_.blocks[b].tag));
  }
  const uint8_t bit = has_bit(pending_.type);
  const uint32_t last_taken = raw_.block_of(page.value + (1U << pending_.low) - 1);
  for (uint32_t b = raw_.block_of(page.value); b <= last_taken; ++b) {
    if (raw_.blocks[b].bits & bit) continue;
    violations_.add(clauses::borrow_content, at_block(b), BitSet{bit}, BitSet{raw_.blocks[b].bits});
  }
  check_splits();
}

/// The chunk was halved until it fit, and the upper half of each step is free.
void Watch::check_splits() {
  for (uint32_t order = pending_.low; order < pending_.order; ++order) {
    const uint32_t half = pending_.head + (1U << order);
    const bool free = raw_.pages[half] == Raw::head_byte(order);
    if (free && is_on_list(half, order, pending_.list)) continue;
    violations_.add(clauses::splits_listed, at_page(half), Raw::head_byte(order), raw_.pages[half]);
  }
}

/// The same of what any search took: each half went to the head of its list, and the next one has
/// another order.
void Watch::check_halves() {
  for (uint32_t order = taken_.low; order < taken_.order; ++order)
    check_half(raw_, taken_.head + (1U << order), order, violations_);
}

/// Follows the links back to the list's first chunk.
bool Watch::is_on_list(uint32_t head, uint32_t order, uint32_t type) const {
  const uint32_t a = raw_.area_of(head);
  uint32_t left = raw_.zone.nr_free(a, Order(order));
  uint32_t at = head + 1;
  while (raw_.links[at - 1].prev != 0 && left-- > 0 && raw_.links[at - 1].prev <= raw_.span)
    at = raw_.links[at - 1].prev;
  return raw_.list(a, order, type).first == at;
}

// ---- isolation and taint

/// What comes from the HIGHATOMIC lists is unmovable content wherever a reserved pageblock was.
void Watch::note_handed_out(const Request<Concrete>& request, uint32_t page, uint32_t first,
                            uint32_t last) {
  const uint8_t got = raw_.pages[page] & page_state::type_mask;
  const bool reserve = Raw::is_allocated(raw_.pages[page]) &&
                       (got == MIGRATE_HIGHATOMIC || got == page_state::highatomic_movable);
  const auto type =
      reserve ? uint32_t{MIGRATE_UNMOVABLE} : static_cast<uint32_t>(request.migratetype);
  if (type == MIGRATE_MOVABLE) return;
  content_.came(first, last, type, reserve ? Arrival::borrowed : arrival_);
}

/// A chunk of several pageblocks was taken apart: those behind the page lose nothing to it.
void Watch::note_beside(const Taken& chunk, uint32_t type) {
  const uint32_t first = raw_.block_of(chunk.head + (1U << chunk.low) - 1) + 1;
  const uint32_t last = raw_.block_of(chunk.head + (1U << chunk.order) - 1);
  if (type != MIGRATE_MOVABLE) content_.came(first, last, type, Arrival::beside);
}

[[gnu::always_inline]] inline void Watch::check_handed_out(const Request<Concrete>& request,
                                                           PassId by, uint32_t page) {
  const uint32_t first = raw_.block_of(page);
  const uint32_t last = raw_.block_of(page + (1U << request.order) - 1);
  if (first == last && !raw_.isolated(first) && !content_.is_new(first)) [[likely]]
    return;
  if (steers_) note_handed_out(request, page, first, last);
  Context context;
  context.by = by;
  const Clause& behind = by == PassId::STEAL ? clauses::stolen : clauses::handed_out_behind;
  if (raw_.isolated(first)) {
    violations_.add(by == PassId::STEAL ? clauses::stolen : clauses::handed_out, at_block(first), 0,
                    1, context);
  }
  for (uint32_t b = first + 1; b <= last; ++b) {
    if (raw_.isolated(b)) violations_.add(behind, at_block(b), 0, 1, context);
  }
}

void Watch::report_taint(const Request<Concrete>& request, uint32_t s) {
  if (request.atomic) violations_.add(clauses::atomic_taints, at_spb(s), 0, 1, tainting_);
  violations_.add(clauses::any_taints, at_spb(s), 0, 1, tainting_);
}

// ---- hints and refusals

void Watch::check_hint(const Request<Concrete>& request, uint32_t s) {
  const bool movable = request.migratetype == MIGRATE_MOVABLE;
  const SpbState& spb = raw_.spbs[s];
  if (!movable && is_tainted(spb) && spb.nr_free != spb.total_pageblocks) [[likely]]
    return;
  const Category found = category_of(raw_.spbs[s]);
  const Category due = movable ? Category::clean : Category::tainted;
  if (found == due) return;
  Context context;
  context.by = chosen_by_;
  violations_.add(clauses::category, at_spb(s), due, found, context);
}

/// The request ended before its claim: some tainted superpageblock has what would justify that.
void Watch::check_refusal() {
  for (uint32_t s = 0; s < raw_.nr_spbs(); ++s) {
    if (category_of(raw_.spbs[s]) == Category::tainted && has_usable_page(raw_, s)) return;
  }
  violations_.add(clauses::nothing_usable, at_zone(), 1, 0);
}

}  // namespace spb
