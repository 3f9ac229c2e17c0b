// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/conformance.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "model/words/defects.h"

namespace spb {

namespace {

bool lacks_rows(const Raw& raw) {
  Violations violations;
  check_tables(raw, violations);
  return !violations.empty();
}

}  // namespace

Conformance::Conformance(const Zone& zone, Violations& violations)
    : raw_(zone),
      stated_(raw_),
      violations_(violations),
      policy_(zone.policy()),
      lacks_rows_(lacks_rows(raw_)),
      starts_(raw_) {
  for (std::size_t i = 0; i < policy_.passes.size(); ++i) {
    for (uint32_t low = 0; low <= raw_.max_order; ++low)
      orders_[i][low] = orders_from(policy_.passes[i].orders, low);
    for (std::size_t later = i + 1; later < policy_.passes.size(); ++later) {
      if (StatedRules::comes_before(policy_.passes[later].id, policy_.passes[i].id))
        misplaced_[i] |= 1U << later;
    }
  }
}

// ---- what the policy says, and what its sources state

bool Conformance::may_enter(const PassRow<Concrete>& row, const Req& request) const {
  return agreed(row.id, row.gate(request, raw_.zone.limits()), stated_.enters(row.id, request),
                at_zone());
}

bool Conformance::may_use(const PassRow<Concrete>& row, const Req& request, uint32_t head,
                          uint32_t order) const {
  const uint32_t b = raw_.block_of(head);
  const Chunk<Concrete> chunk{static_cast<int>(order), raw_.list_type(b), false};
  return agreed(row.id, row.chunk_filter(request, chunk, view_of(raw_.blocks[b])),
                stated_.uses(row.id, b), at_block(b));
}

bool Conformance::is_worth_claiming(const Req& request, uint32_t order, bool preferred) const {
  const Limits<Concrete>& limits = raw_.zone.limits();
  const int at = static_cast<int>(order);
  const bool policy = at >= rules::min_claim_order<Concrete>(request, preferred, limits) &&
                      rules::order_is_worth_claiming<Concrete>(request, at, limits);
  return agreed(policy, stated_.may_claim(request, order, preferred), clauses::claim_rule,
                at_zone());
}

bool Conformance::goes_to(const CategoryRow<Concrete>& category, const Req& request) const {
  return agreed(category.gate(mode_)(request, raw_.zone.limits()),
                stated_.goes_to(mode_, category.source, request), clauses::mode_rule, at_zone());
}

// ---- which superpageblocks

bool Conformance::in_source(Source source, const Req& request, uint32_t s) const {
  if (source == Source::zone) return s == 0;
  if (source == Source::hinted) return is_hinted(request, s);
  if (raw_.spbs[s].contig_allocated) return false;
  const Category category = category_of(raw_.spbs[s]);
  if (source == Source::empty || category == Category::empty) {
    return source == Source::empty && category == Category::empty;
  }
  const bool tainted = category == Category::tainted;
  const bool movable = request.migratetype == MIGRATE_MOVABLE;
  switch (source) {
    case Source::tainted:
      return tainted;
    case Source::preferred:
      return tainted != movable;
    case Source::non_preferred:
      return tainted == movable;
    default:
      return false;
  }
}

bool Conformance::is_hinted(const Req& request, uint32_t s) const {
  return request.migratetype < MIGRATE_PCPTYPES &&
         raw_.zone.hints(cpu_).of[request.order][request.migratetype] == s + 1;
}

/// Place in the walk: 0 is the fullest. Fullness is that of the list, which may wait for its next
/// update. The other lists have no order that counters call for.
uint32_t Conformance::bin_of(Source source, uint32_t s) const {
  const bool in_matrix = source != Source::zone && source != Source::empty &&
                         source != Source::hinted && raw_.spbs[s].on_list < list_empty;
  return in_matrix ? raw_.spbs[s].on_list % nr_fullness_bins : 0;
}

/// A caller with a cheap fallback whose walk is recorded.
bool Conformance::is_optional(const Req& request) const {
  return raw_.own_lists && request.highorder_optional && request.migratetype != MIGRATE_MOVABLE &&
         request.migratetype != MIGRATE_CMA;
}

/// The walk that notes what is free runs: the passes, and among them its pass.
bool Conformance::keeps_record(const Req& request) const {
  const auto runs_passes = [&](const ModeRow<Concrete>& row) {
    return row.id == Mode::NORMAL && row.gate(request, raw_.zone.limits());
  };
  const auto notes = [&](const PassRow<Concrete>& row) {
    return row.first_walk && may_enter(row, request);
  };
  return std::any_of(policy_.modes.begin(), policy_.modes.end(), runs_passes) &&
         std::any_of(policy_.passes.begin(), policy_.passes.end(), notes);
}

/// It ends where __rmqueue() would go on to fall back, while a tainted superpageblock has something
/// free.
bool Conformance::refuses_optional(const Req& request) const {
  if (!is_optional(request) || !keeps_record(request)) return false;
  const bool usable_alone = fixes(raw_.zone.parameters(), Defect::D7);
  for (uint32_t s = 0; s < raw_.nr_spbs(); ++s) {
    const SpbState& spb = raw_.spbs[s];
    const bool tainted = !spb.contig_allocated && category_of(spb) == Category::tainted;
    const bool counted = spb.nr_free_pages > 0 || spb.nr_free > 0;
    if (tainted && (usable_alone ? has_usable_page(raw_, s) : counted)) return true;
  }
  return false;
}

bool Conformance::passes_filter(const PassRow<Concrete>& row, const Req& request,
                                uint32_t s) const {
  return in_source(row.source, request, s) &&
         agreed(row.id, row.spb_filter(request, view_of(raw_.spbs[s]), raw_.zone.limits()),
                stated_.visits(row.id, request, s), at_spb(s));
}

// ---- which chunks

/// The orders at which the lists of these types, in the area that superpageblock s reads, begin
/// with a chunk that is accepted. Types and orders are sets of bits.
template <class Accept>
uint32_t Conformance::first_chunks(uint32_t s, uint32_t types, uint32_t orders,
                                   Accept accept) const {
  const bool own_lists = raw_.nr_areas > 1;
  if (orders == 0 || (own_lists && raw_.spbs[s].nr_free_pages == 0)) return 0;
  return starts_.orders(own_lists ? s : 0, types, orders, accept);
}

BlockPages<Concrete> Conformance::block_pages(uint32_t b) const {
  const uint32_t first = b << raw_.block_order;
  BlockPages<Concrete> counted{0, 0, 0, raw_.pages_in_zone(b) != raw_.block_pages};
  for (uint32_t pfn = first; pfn < first + raw_.block_pages; ++pfn) {
    const uint8_t page = raw_.pages[pfn];
    if (Raw::is_free(page)) ++counted.free;
    if (!Raw::is_allocated(page)) continue;
    const bool movable = is_movable_page(page & page_state::type_mask);
    ++(movable ? counted.movable : counted.unmovable);
  }
  return counted;
}

/// The first refusal that rules a claim out, or Refusal::count. Pages are counted for a claim of
/// part of a pageblock alone, as the code does.
Refusal Conformance::refusal_of(const Req& request, uint32_t head, uint32_t order, uint32_t list,
                                bool from_tainted_spb) const {
  const uint32_t b = raw_.block_of(head);
  const Chunk<Concrete> chunk{static_cast<int>(order), static_cast<int>(list), from_tainted_spb};
  const bool part = order < raw_.block_order;
  const BlockPages<Concrete> pages = part ? block_pages(b) : BlockPages<Concrete>{};
  const StatedRules::Walked walked{static_cast<uint32_t>(pages.free),
                                   static_cast<uint32_t>(pages.movable),
                                   static_cast<uint32_t>(pages.unmovable), pages.leaves_zone};
  for (const RefusalRow<Concrete>& row : policy_.refusals) {
    const bool refuses =
        row.refuses(request, chunk, view_of(raw_.blocks[b]), pages, raw_.zone.limits());
    const bool stated = stated_.refuses(row.id, request, b, part, from_tainted_spb, walked);
    if (agreed(refuses, stated, clauses::claim_rule, at_block(b))) return row.id;
  }
  return Refusal::count;
}

/// A chunk that a claim would be refused is no candidate of its pass.
bool Conformance::accepts(const PassRow<Concrete>& row, const Req& request, uint32_t head,
                          uint32_t order) const {
  const uint32_t list = raw_.list_type(raw_.block_of(head));
  if (!may_use(row, request, head, order)) return false;
  return row.effect != Effect::claim_part ||
         refusal_of(request, head, order, list, true) == Refusal::count;
}

namespace {

Value mode_value(Mode mode) {
  return mode == Mode::count ? Value(Nothing{}) : Value(mode);
}

uint32_t list_of(ListOf list, const Request<Concrete>& request) {
  if (list == ListOf::movable) return MIGRATE_MOVABLE;
  if (list == ListOf::request) return static_cast<uint32_t>(request.migratetype);
  return request.migratetype == MIGRATE_UNMOVABLE ? MIGRATE_RECLAIMABLE : MIGRATE_UNMOVABLE;
}

}  // namespace

uint32_t Conformance::candidates(const PassRow<Concrete>& row, const Req& request, uint32_t s,
                                 uint32_t orders) const {
  if (!passes_filter(row, request, s)) return 0;
  return first_chunks(
      s, 1U << list_of(row.list, request), orders,
      [&](uint32_t head, uint32_t order) { return accepts(row, request, head, order); });
}

// ---- orders

void Conformance::Orders::add(uint32_t o) {
  order[count++] = static_cast<uint8_t>(o);
  mask |= 1U << o;
}

/// Orders from `low` to below `end`.
void Conformance::Orders::add_up(uint32_t low, uint32_t end) {
  for (uint32_t o = low; o < end; ++o)
    add(o);
}

void Conformance::Orders::add_down(uint32_t low, uint32_t end) {
  for (uint32_t o = end; o > low; --o)
    add(o - 1);
}

/// Those that come before this one, as bits.
uint32_t Conformance::Orders::before(uint32_t o) const {
  uint32_t set = 0;
  for (uint32_t i = 0; i < count && order[i] != o; ++i)
    set |= 1U << order[i];
  return set;
}

/// The first of them that is in the set, or no_index.
uint32_t Conformance::Orders::first_in(uint32_t set) const {
  for (uint32_t i = 0; i < count; ++i) {
    if (set >> order[i] & 1U) return order[i];
  }
  return no_index;
}

Conformance::Orders Conformance::orders_from(const OrderWalk& walk, uint32_t low) const {
  const uint32_t block = raw_.block_order;
  const uint32_t whole = std::max(low, block);
  const uint32_t end = raw_.max_order + 1;
  Orders orders;
  for (const OrderLeg leg : {walk.first, walk.then}) {
    if (leg.range == OrderRange::none) continue;
    const uint32_t from = leg.range == OrderRange::whole ? whole : low;
    const uint32_t to = leg.range == OrderRange::part ? block : end;
    leg.up ? orders.add_up(from, to) : orders.add_down(from, to);
  }
  return orders;
}

// ---- passes

/// Place, from 1, of the first pass among `rows`, a bit each, that has a candidate; 0 if none has.
uint32_t Conformance::first_pass(const Req& request, uint32_t rows) const {
  for (std::size_t i = 0; rows >> i != 0; ++i) {
    const PassRow<Concrete>& row = policy_.passes[i];
    if (!(rows >> i & 1U) || !may_enter(row, request)) continue;
    const Orders& orders = orders_of(row, request);
    for (uint32_t s = 0; s < visits(row.source); ++s) {
      if (candidates(row, request, s, orders.mask) != 0) return static_cast<uint32_t>(i + 1);
    }
  }
  return 0;
}

void Conformance::search_begins(const Req& request, bool reentered) {
  const bool falls_back = mode_ == Mode::CLAIM || mode_ == Mode::STEAL;
  if (!reentered && (falls_back || mode_ == Mode::count)) enter_mode(request, Mode::NORMAL);
  if (depth_ < depth_max) frames_[depth_] = {};
  ++depth_;
}

void Conformance::chosen(const Req& request, const PassRow<Concrete>& row, uint32_t head,
                         uint32_t order) {
  if (depth_ == 0 || depth_ > depth_max) return;
  Frame& frame = frames_[depth_ - 1];
  frame.last = &row;
  const bool part = row.effect == Effect::claim_part;
  const uint32_t list = raw_.list_type(raw_.block_of(head));
  const Refusal refusal = part ? refusal_of(request, head, order, list, true) : Refusal::count;
  if (!frame.claimed) check_choice(row, request, head, order);
  if (!frame.claimed && refusal == Refusal::count) check_walk(row, request, head, order);
  if (row.effect != Effect::hand_out) expect_claim(request, head, order, refusal);
  starts_.forget();
}

/// The chunk satisfies its pass.
void Conformance::check_choice(const PassRow<Concrete>& row, const Req& request, uint32_t head,
                               uint32_t order) {
  const uint32_t b = raw_.block_of(head);
  const uint32_t list = raw_.list_type(b);
  const uint32_t reads = list_of(row.list, request);
  if (!may_enter(row, request)) violations_.add(clauses::gate, at_page(head), 1, 0);
  if (list != reads)
    violations_.add(clauses::list_read, at_page(head), tag_value(reads), tag_value(list));
  if (raw_.pages[head] != Raw::head_byte(order) || raw_.links[head].prev != 0) {
    violations_.add(clauses::head_read, at_page(head), 0, raw_.links[head].prev);
  }
  if (!(orders_of(row, request).mask >> order & 1U)) {
    violations_.add(clauses::order_range, at_page(head), orders_of(row, request).mask, order);
  }
  if (!may_use(row, request, head, order)) {
    violations_.add(clauses::chunk_filter, at_page(head), 1, 0);
  }
  check_visit(row, request, head);
}

/// The pass visits the superpageblock; on lists of the zone, any one that it visits will do.
void Conformance::check_visit(const PassRow<Concrete>& row, const Req& request, uint32_t head) {
  const bool own_lists = raw_.nr_areas > 1;
  const uint32_t first = own_lists ? raw_.spb_of(head) : 0;
  const uint32_t end = own_lists ? first + 1 : visits(row.source);
  bool visited = false;
  for (uint32_t s = first; s < end; ++s) {
    if (passes_filter(row, request, s)) return;
    visited = visited || in_source(row.source, request, s);
  }
  violations_.add(visited ? clauses::spb_filter : clauses::source, at_page(head), 1, 0);
}

/// No other candidate comes before it: of an earlier pass, in a fuller superpageblock, at an
/// earlier order.
void Conformance::check_walk(const PassRow<Concrete>& row, const Req& request, uint32_t head,
                             uint32_t order) {
  const auto place = static_cast<uint32_t>(&row - policy_.passes.begin());
  const uint32_t earlier = first_pass(request, (1U << place) - 1);
  if (earlier != 0) violations_.add(clauses::earlier_pass, at_page(head), pass_at(earlier), row.id);
  const uint32_t stated = first_pass(request, misplaced_[place]);
  if (stated != 0) violations_.add(clauses::pass_order, at_page(head), pass_at(stated), row.id);
  const bool own_lists = raw_.nr_areas > 1;
  const uint32_t here = own_lists ? raw_.spb_of(head) : 0;
  if (own_lists) check_fuller(row, request, here);
  const Orders& orders = orders_of(row, request);
  const auto accept = [&](uint32_t at, uint32_t o) { return accepts(row, request, at, o); };
  const uint32_t types = 1U << list_of(row.list, request);
  const uint32_t found = first_chunks(here, types, orders.before(order), accept);
  if (found == 0) return;
  violations_.add(clauses::earlier_order, at_page(head), orders.first_in(found), order);
}

void Conformance::check_fuller(const PassRow<Concrete>& row, const Req& request, uint32_t here) {
  const uint32_t orders = orders_of(row, request).mask;
  const uint32_t bin = bin_of(row.source, here);
  for (uint32_t s = 0; s < visits(row.source); ++s) {
    const uint32_t fuller = bin_of(row.source, s);
    if (fuller >= bin || candidates(row, request, s, orders) == 0) continue;
    violations_.add(clauses::fuller_bin, at_spb(s), fuller, bin);
  }
}

void Conformance::search_ends(const Req& request, PassId by, Pfn page) {
  if (depth_ == 0) return;
  --depth_;
  if (depth_ >= depth_max) return;
  const Frame& frame = frames_[depth_];
  if (page != no_page) {
    const PassId chose = frame.last ? frame.last->id : PassId::NO_PAGE;
    if (by != chose) {
      violations_.add(clauses::served_by, at_page(page.value), chose, by);
    }
    return;
  }
  if (frame.claimed) return;
  const uint32_t missed = first_pass(request, (1U << policy_.passes.size()) - 1);
  if (missed != 0) {
    violations_.add(clauses::missed_pass, at_zone(), pass_at(missed), PassId::NO_PAGE);
  }
}

// ---- claims

void Conformance::expect_claim(const Req& request, uint32_t head, uint32_t order, Refusal refusal) {
  pending_ = {true,
              refusal,
              raw_.blocks[raw_.block_of(head)].tag,
              static_cast<uint8_t>(request.migratetype),
              head,
              order};
}

void Conformance::settle_claim(bool searches) {
  if (!pending_.open) return;
  pending_.open = false;
  const uint32_t first = raw_.block_of(pending_.head);
  const bool changes = pending_.tag != pending_.type;
  const bool claimed = changes ? raw_.blocks[first].tag == pending_.type : searches;
  if (claimed && depth_ > 0 && depth_ <= depth_max) frames_[depth_ - 1].claimed = true;
  if (pending_.refusal != Refusal::count) {
    if (claimed) {
      violations_.add(clauses::refused_claim, at_block(first), tag_value(pending_.tag),
                      tag_value(pending_.type));
    }
    return;
  }
  const uint32_t last = raw_.block_of(pending_.head + (1U << pending_.order) - 1);
  for (uint32_t b = first; b <= last; ++b) {
    if (raw_.blocks[b].tag == pending_.type) continue;
    violations_.add(clauses::claim_due, at_block(b), tag_value(pending_.type),
                    tag_value(raw_.blocks[b].tag));
  }
}

// ---- modes

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

constinit const InvariantInfo invariants::conformance{
    .id = InvariantId::conformance,
    .name = "conformance",
    .kind = InvariantKind::step,
    .claim =
        "The chunk taken satisfies its pass, comes first in the order of its walk, and no earlier "
        "pass had a candidate.",
    .source = "the policy's own predicates over the whole state (series v2 14/40, 20/40, 40/40)",
    .clauses = {&clauses::mode_order, &clauses::batch_mode, &clauses::gate, &clauses::earlier_pass,
                &clauses::missed_pass, &clauses::source, &clauses::spb_filter,
                &clauses::chunk_filter, &clauses::list_read, &clauses::head_read,
                &clauses::order_range, &clauses::fuller_bin, &clauses::earlier_order,
                &clauses::served_by, &clauses::refused_claim, &clauses::claim_due,
                &clauses::fallback_step, &clauses::fallback_bin, &clauses::fallback_list},
};

}  // namespace spb
