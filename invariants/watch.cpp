// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/watch.h"

#include <algorithm>

namespace spb {

Watch::Watch(const Zone& zone, Incremental& incremental, Conformance* conformance,
             Findings& findings)
    : raw_(zone),
      incremental_(incremental),
      conformance_(conformance),
      findings_(findings),
      steers_(zone.policy().lists_per_superpageblock) {}

// ---- hooks
// ---------------------------------------------------------------------------------------

void Watch::attempt_begins(const Zone&, const Request<Concrete>& request) {
  watches_taint_ = steers_ && request.nofragment;
  if (watches_taint_) incremental_.sync_blocks([](uint32_t) {});
  if (conformance_) conformance_->attempt_begins();
}

void Watch::attempt_ends(const Zone&, const Request<Concrete>& request, PassId by, Pfn page) {
  settle_claim_without_search();
  settle_borrow(page);
  if (page != no_page) check_handed_out(request, by, page.value);
  if (watches_taint_) incremental_.sync_blocks([&](uint32_t s) { report_taint(request, s); });
  watches_taint_ = false;
  if (conformance_) conformance_->attempt_ends(request, page);
}

void Watch::search_begins(const Zone&, const Request<Concrete>& request) {
  const uint32_t claimed = settle_claim();
  if (depth_ < depth_max) claimed_[depth_] = claimed;
  ++depth_;
  if (conformance_) conformance_->search_begins(request, claimed != no_index);
}

void Watch::chosen(const Zone&, const Request<Concrete>& request, const PassRow<Concrete>& row,
                   Pfn head, Order order) {
  settle_claim_without_search();
  if (conformance_) conformance_->chosen(request, row, head.value, order.value);
  if (row.effect != Effect::take) {
    expect_claim(request, head.value, order.value);
    return;
  }
  const uint8_t list = raw_.list_type(raw_.block_of(head.value));
  if (list != request.migratetype) expect_borrow(request, head.value, order.value, list);
}

void Watch::fallback_chosen(const Zone&, const Request<Concrete>& request, PassId by, Pfn head,
                            Order order, Migratetype list) {
  settle_claim_without_search();
  if (conformance_) conformance_->fallback_chosen(request, by, head.value, order.value, list);
  if (by == PassId::CLAIM) {
    expect_claim(request, head.value, order.value);
  } else {
    expect_borrow(request, head.value, order.value, list);
  }
}

void Watch::search_ends(const Zone&, const Request<Concrete>& request, PassId by, Pfn page) {
  settle_claim_without_search();
  settle_borrow(page);
  if (depth_ > 0) --depth_;
  if (conformance_) conformance_->search_ends(request, by, page);
  if (depth_ < depth_max && claimed_[depth_] != no_index) check_reentry(claimed_[depth_], page);
}

// ---- claims
// --------------------------------------------------------------------------------------

void Watch::expect_claim(const Request<Concrete>& request, uint32_t head, uint32_t order) {
  pending_ = {Pending::Kind::claim,
              raw_.blocks[raw_.block_of(head)].tag,
              static_cast<uint8_t>(request.migratetype),
              0,
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
  const uint32_t isolated = pending_.isolated_block;
  if (isolated != no_index && raw_.blocks[isolated].tag != pending_.isolated_tag) {
    findings_.add(isolated == b ? clauses::relabelled : clauses::relabelled_behind,
                  at_block(isolated), pending_.isolated_tag, raw_.blocks[isolated].tag);
  }
  const bool changes = pending_.list != pending_.type;
  const bool claimed = changes ? raw_.blocks[b].tag == pending_.type : searches;
  return claimed && pending_.order < raw_.block_order ? b : no_index;
}

void Watch::check_claim_without_search() {
  const uint64_t hits = raw_.zone.statistics.reentry_bound_hit;
  const bool hit = hits != bound_hits_;
  bound_hits_ = hits;
  const uint32_t claimed = settle_pending_claim(hit);
  if (claimed == no_index) return;
  const uint32_t allowed = raw_.zone.parameters()[ParameterId::reentry_bound];
  findings_.add(clauses::bound, at_block(claimed), allowed, int64_t{allowed} + 1);
}

void Watch::check_reentry(uint32_t claimed, Pfn page) {
  if (page == no_page) {
    findings_.add(clauses::no_page_after_claim, at_block(claimed), 1, 0);
  } else if (raw_.block_of(page.value) != claimed) {
    findings_.add(clauses::elsewhere, at_block(claimed), claimed, raw_.block_of(page.value));
  }
}

// ---- borrow and steal
// ----------------------------------------------------------------------------

void Watch::expect_borrow(const Request<Concrete>& request, uint32_t head, uint32_t order,
                          uint8_t list) {
  pending_ = {Pending::Kind::borrow,
              list,
              static_cast<uint8_t>(request.migratetype),
              0,
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
    findings_.add(clauses::tag_kept, at_block(b), pending_.list, raw_.blocks[b].tag);
  }
  const uint8_t bit = has_bit(pending_.type);
  const uint32_t last_taken = raw_.block_of(page.value + (1U << pending_.low) - 1);
  for (uint32_t b = raw_.block_of(page.value); b <= last_taken; ++b) {
    if (raw_.blocks[b].bits & bit) continue;
    findings_.add(clauses::borrow_content, at_block(b), bit, raw_.blocks[b].bits);
  }
  check_splits();
}

/// The chunk was halved until it fit, and the upper half of each step is free.
void Watch::check_splits() {
  for (uint32_t order = pending_.low; order < pending_.order; ++order) {
    const uint32_t half = pending_.head + (1U << order);
    const bool free = raw_.pages[half] == Raw::head_byte(order);
    if (free && is_on_list(half, order, pending_.list)) continue;
    findings_.add(clauses::splits_listed, at_page(half), Raw::head_byte(order), raw_.pages[half]);
  }
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
// -------------------------------------------------------------------------

void Watch::check_handed_out(const Request<Concrete>& request, PassId by, uint32_t page) {
  const uint32_t first = raw_.block_of(page);
  const uint32_t last = raw_.block_of(page + (1U << request.order) - 1);
  if (first == last && !raw_.isolated(first)) return;
  const Clause& behind = by == PassId::STEAL ? clauses::stolen : clauses::handed_out_behind;
  if (raw_.isolated(first)) {
    findings_.add(by == PassId::STEAL ? clauses::stolen : clauses::handed_out, at_block(first), 0,
                  1);
  }
  for (uint32_t b = first + 1; b <= last; ++b) {
    if (raw_.isolated(b)) findings_.add(behind, at_block(b), 0, 1);
  }
}

void Watch::report_taint(const Request<Concrete>& request, uint32_t s) {
  if (request.atomic) findings_.add(clauses::atomic_taints, at_spb(s), 0, 1);
  findings_.add(clauses::any_taints, at_spb(s), 0, 1);
}

}  // namespace spb
