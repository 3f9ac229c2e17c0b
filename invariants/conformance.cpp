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
    const bool counted = spb.nr_free_pages > 0 || spb.nr_free > 0;
    if (is_walked_as_tainted(spb) && (usable_alone ? has_usable_page(raw_, s) : counted))
      return true;
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
