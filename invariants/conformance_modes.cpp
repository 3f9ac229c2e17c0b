// SPDX-License-Identifier: GPL-2.0-only
// The modes that an attempt goes through, and where claim and steal look: what comes behind the
// passes.
#include <algorithm>
#include <bit>

#include "invariants/conformance.h"

namespace spb {

namespace {

Value mode_value(Mode mode) {
  return mode == Mode::count ? Value(Nothing{}) : Value(mode);
}

}  // namespace

void Conformance::attempt_begins(Within within) {
  starts_.forget();
  depth_ = 0;
  modes_done_ = 0;
  mode_ = Mode::count;
  pending_.open = false;
  refusal_.reset();
  in_batch_ = within != Within::itself;
  if (lacks_rows_) [[unlikely]]
    check_tables(raw_, violations_);
  if (within == Within::next_of_batch) return;
  rows_ = ~0U;
  for (std::size_t i = 0; in_batch_ && i < policy_.modes.size(); ++i) {
    if (!policy_.modes[i].in_batch) rows_ &= ~(1U << i);
  }
}

void Conformance::attempt_ends(const Req& request, Pfn page) {
  if (page == no_page) {
    leave_modes(request, policy_.modes.size());
  } else if (in_batch_ && modes_done_ > 0) {
    remember_mode(request, modes_done_ - 1);
  }
}

/// Which rows the next page of a batch may try, after this one served.
void Conformance::remember_mode(const Req& request, std::size_t served) {
  const NextPage next = is_optional(request) ? NextPage::at_normal : policy_.modes[served].next;
  if (next == NextPage::as_before) return;
  for (std::size_t i = 0; i < policy_.modes.size(); ++i) {
    const ModeRow<Concrete>& row = policy_.modes[i];
    const bool skipped =
        next == NextPage::at_this_mode && i < served && row.next != NextPage::as_before;
    const uint32_t bit = 1U << i;
    rows_ = row.in_batch && !skipped ? rows_ | bit : rows_ & ~bit;
  }
}

bool Conformance::ends_at_refusal(const Req& request) {
  if (!refusal_) refusal_ = refuses_optional(request);
  return *refusal_;
}

bool Conformance::is_open(const ModeRow<Concrete>& row, const Req& request) {
  const ZoneState& state = *raw_.state;
  const ZonePages<Concrete> pages{static_cast<int>(state.nr_free_pages),
                                  static_cast<int>(state.nr_free_cma),
                                  static_cast<int>(state.nr_reserved_highatomic)};
  const bool falls_back = row.in_batch && row.id != Mode::NORMAL && row.id != Mode::CMA_BALANCE;
  if (falls_back && ends_at_refusal(request)) return false;
  if (row.flag != nullptr && !(request.*row.flag)) return false;
  return agreed(row.gate(request, raw_.zone.limits()) && row.zone_filter(pages),
                stated_.runs(row.id, request), clauses::mode_rule, at_zone());
}

/// The mode with which a page of a batch may begin.
Mode Conformance::first_due() const {
  const auto at = static_cast<std::size_t>(std::countr_zero(rows_));
  return at < policy_.modes.size() ? policy_.modes[at].id : Mode::count;
}

void Conformance::mode_begins(const Req& request, const ModeRow<Concrete>& row) {
  enter_row(request, static_cast<std::size_t>(&row - policy_.modes.begin()));
}

void Conformance::enter_mode(const Req& request, Mode mode) {
  if (mode_ == mode) return;
  std::size_t at = modes_done_;
  while (at < policy_.modes.size() && policy_.modes[at].id != mode)
    ++at;
  if (at == policy_.modes.size()) {
    violations_.add(clauses::mode_order, at_zone(), mode_value(mode_), mode);
    return;
  }
  enter_row(request, at);
}

void Conformance::enter_row(const Req& request, std::size_t at) {
  const ModeRow<Concrete>& row = policy_.modes[at];
  if (at < modes_done_) {
    violations_.add(clauses::mode_order, at_zone(), mode_value(mode_), row.id);
    return;
  }
  if (!(rows_ >> at & 1U)) {
    violations_.add(clauses::batch_mode, at_zone(), mode_value(first_due()), row.id);
  }
  if (!is_open(row, request)) violations_.add(clauses::gate, at_zone(), 1, 0);
  leave_modes(request, at);
  modes_done_ = at + 1;
  run_row(row);
}

void Conformance::run_row(const ModeRow<Concrete>& row) {
  mode_ = row.id;
  orders_go_up_ = row.orders == OrderWalk::up;
  step_ = {};
}

/// The mode that runs has nothing left, and those up to row `to` that may run have nothing at all.
void Conformance::leave_modes(const Req& request, std::size_t to) {
  if (mode_ == Mode::CLAIM || mode_ == Mode::STEAL) check_exhausted(request);
  for (; modes_done_ < to; ++modes_done_) {
    const ModeRow<Concrete>& row = policy_.modes[modes_done_];
    if (!(rows_ >> modes_done_ & 1U) || !is_open(row, request)) continue;
    run_row(row);
    if (mode_ == Mode::CLAIM || mode_ == Mode::STEAL) {
      check_exhausted(request);
    } else {
      violations_.add(clauses::mode_order, at_zone(), mode_value(mode_), Nothing{});
    }
  }
}

// ---- claim and steal

Conformance::Orders Conformance::fallback_orders(const Req& request,
                                                 const CategoryRow<Concrete>& category) const {
  const int end = static_cast<int>(raw_.max_order) + 1;
  Orders orders;
  const bool claims = mode_ == Mode::CLAIM;
  const bool preferred = category.source == Source::preferred;
  const int low = request.order;
  for (int i = low; i < end; ++i) {
    const int order = orders_go_up_ ? i : end - 1 - (i - low);
    if (claims && !is_worth_claiming(request, static_cast<uint32_t>(order), preferred)) continue;
    orders.add(static_cast<uint32_t>(order));
  }
  return orders;
}

/// The types the request turns to in the running mode, as bits.
uint32_t Conformance::fallback_types(const Req& request) const {
  uint32_t types = 0;
  if (request.migratetype >= MIGRATE_PCPTYPES) return types;
  for (const Migratetype type : fallbacks[request.migratetype]) {
    const bool takes = mode_ != Mode::STEAL ||
                       agreed(policy_.may_steal(request, type), stated_.may_steal(request, type),
                              clauses::claim_rule, at_zone());
    if (takes) types |= 1U << type;
  }
  return types;
}

uint32_t Conformance::fallback_chunks(const Req& request, const CategoryRow<Concrete>& category,
                                      uint32_t s) const {
  if (!in_source(category.source, request, s)) return 0;
  const bool filter = category.spb_filter(request, view_of(raw_.spbs[s]), raw_.zone.limits());
  if (!agreed(filter, stated_.takes_from(request, s), clauses::claim_rule, at_spb(s))) return 0;
  return first_chunks(s, fallback_types(request), ~0U, [](uint32_t, uint32_t) { return true; });
}

/// Goes on to the next category and order where a chunk is; false at the end.
bool Conformance::next_step(const Req& request) {
  for (; step_.category < policy_.categories.size(); step_ = {step_.category + 1, 0}) {
    const CategoryRow<Concrete>& category = policy_.categories[step_.category];
    if (!goes_to(category, request)) continue;
    const Orders orders = fallback_orders(request, category);
    uint32_t chunks = 0;
    for (uint32_t s = 0; s < visits(category.source); ++s)
      chunks |= fallback_chunks(request, category, s);
    for (; step_.place < orders.count; ++step_.place) {
      if (chunks >> orders.order[step_.place] & 1U) return true;
    }
  }
  return false;
}

/// The fallback that ran left no category and order with a chunk untried.
void Conformance::check_exhausted(const Req& request) {
  if (!next_step(request)) return;
  const Orders orders = fallback_orders(request, policy_.categories[step_.category]);
  violations_.add(clauses::fallback_step, at_zone(),
                  step_at(step_.category, orders.order[step_.place]), Nothing{});
}

void Conformance::fallback_chosen(const Req& request, PassId by, uint32_t head, uint32_t order,
                                  uint32_t list) {
  enter_mode(request, by == PassId::CLAIM ? Mode::CLAIM : Mode::STEAL);
  check_fallback(request, head, order, list);
  ++step_.place;
  if (by == PassId::CLAIM) {
    expect_claim(request, head, order, refusal_of(request, head, order, list, false));
  }
  starts_.forget();
}

void Conformance::check_fallback(const Req& request, uint32_t head, uint32_t order, uint32_t list) {
  const uint32_t s = raw_.nr_areas > 1 ? raw_.spb_of(head) : 0;
  uint32_t found = 0;
  while (found < policy_.categories.size() &&
         !in_source(policy_.categories[found].source, request, s))
    ++found;
  if (!next_step(request)) {
    violations_.add(clauses::fallback_step, at_page(head), Nothing{}, step_at(found, order));
    return;
  }
  const CategoryRow<Concrete>& category = policy_.categories[step_.category];
  const uint32_t due = fallback_orders(request, category).order[step_.place];
  if (found != step_.category || order != due) {
    violations_.add(clauses::fallback_step, at_page(head), step_at(step_.category, due),
                    step_at(found, order));
    return;
  }
  const uint32_t bin = bin_of(category.source, s);
  for (uint32_t other = 0; other < visits(category.source); ++other) {
    if (bin_of(category.source, other) >= bin) continue;
    if (!(fallback_chunks(request, category, other) >> order & 1U)) continue;
    violations_.add(clauses::fallback_bin, at_spb(other), bin_of(category.source, other), bin);
  }
  check_fallback_list(request, head, order, list);
}

/// The first type in the request's preference whose list has a chunk there, and that list's first.
void Conformance::check_fallback_list(const Req& request, uint32_t head, uint32_t order,
                                      uint32_t list) {
  if (raw_.pages[head] != Raw::head_byte(order) || raw_.links[head].prev != 0) {
    violations_.add(clauses::head_read, at_page(head), 0, raw_.links[head].prev);
  }
  const uint32_t s = raw_.nr_areas > 1 ? raw_.spb_of(head) : 0;
  const uint32_t types = fallback_types(request);
  for (const Migratetype type : fallbacks[request.migratetype]) {
    if (!(types >> type & 1U)) continue;
    const auto any = [](uint32_t, uint32_t) { return true; };
    if (first_chunks(s, 1U << type, 1U << order, any) == 0) continue;
    if (type != list) violations_.add(clauses::fallback_list, at_page(head), type, tag_value(list));
    return;
  }
}

}  // namespace spb
