// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/told.h"

#include <algorithm>

#include "invariants/clauses.h"
#include "invariants/evacuation_asked.h"

namespace spb {

Told::Told(const Zone& zone, Violations& violations)
    : raw_(zone),
      violations_(violations),
      blocks_(raw_.nr_blocks),
      spbs_(raw_.most_spbs),
      empty_row_(row_behind_tainted(zone)),
      sweeps_(zone.parameters()[ParameterId::pass_triggers] != 0) {}

void Told::note(const Operation& op) {
  std::copy_n(raw_.blocks, blocks_.size(), blocks_.begin());
  std::copy_n(raw_.spbs, spbs_.size(), spbs_.begin());
  handed_out_ = served_ = refusals_ = evacuations_ = shrinks_ = fall_throughs_ = 0;
  queued_ = handed_over_ = done_ = 0;
  inner_ = no_page;
  const uint32_t reclaim = op.kind == OpKind::alloc ? get(op, Argument::reclaim) : 0;
  freed_ = op.kind == OpKind::free ? raw_.slots[op.slot] : Slot{};
  reclaimed_ = reclaim != 0 ? raw_.slots[reclaim - 1] : Slot{};
}

const Event* Told::last() const {
  const EventLog& events = raw_.zone.events;
  return events.count == 0 ? nullptr : events.end() - 1;
}

const Event* Told::last(EventKind kind) const {
  const EventLog& events = raw_.zone.events;
  for (const Event* event = events.end(); event != events.begin();) {
    if ((--event)->kind == kind) return event;
  }
  return nullptr;
}

uint32_t Told::count(EventKind kind) const {
  const EventLog& events = raw_.zone.events;
  return static_cast<uint32_t>(std::count_if(
      events.begin(), events.end(), [kind](const Event& event) { return event.kind == kind; }));
}

void Told::check_count(EventKind kind, uint32_t due, const Clause& clause) {
  const uint32_t found = count(kind);
  if (found != due) violations_.add(clause, at_zone(), due, found);
}

// ---- searches and fallbacks

/// The page of a search within this one was told there, as it left the lists.
void Told::check_search(const Request<Concrete>& request, PassId by, Pfn page) {
  const auto order = static_cast<uint8_t>(request.order);
  const Event* walk = last();
  const bool good = walk != nullptr && walk->kind == EventKind::spb_alloc_walk &&
                    walk->pfn == page && walk->a == static_cast<uint32_t>(by) &&
                    walk->order == order && walk->type == request.migratetype;
  if (!good) violations_.add(clauses::told_search, at_zone(), by, Nothing{});
  if (page == no_page) return;
  if (page != inner_) ++handed_out_;
  inner_ = page;
  const Event* locked = last(EventKind::mm_page_alloc_zone_locked);
  if (locked == nullptr || locked->pfn != page || locked->order != order)
    violations_.add(clauses::told_search, at_page(page.value), 1, 0);
}

void Told::check_fallback(const Request<Concrete>& request, PassId by, Pfn page) {
  ++served_;
  const Event* told = last();
  const bool good = told != nullptr && told->kind == EventKind::mm_page_alloc_extfrag &&
                    told->pfn == page && told->a == order_ && told->b == list_ &&
                    told->c == (by == PassId::CLAIM) && told->type == request.migratetype &&
                    told->order == request.order;
  if (!good) violations_.add(clauses::told_search, at_page(page.value), by, Nothing{});
}

void Told::check_refused(uint32_t head) {
  const Event* told = last(EventKind::spb_claim_block_refused);
  if (told == nullptr || told->pfn.value != head)
    violations_.add(clauses::told_search, at_page(head), 1, 0);
}

// ---- what is asked for

void Told::check_asked(const Request<Concrete>& request, EvacuationAnswer answer) {
  ++evacuations_;
  const Event* told = last();
  const bool good = told != nullptr && told->kind == EventKind::evacuation_requested &&
                    told->a == static_cast<uint32_t>(answer) && told->order == request.order &&
                    told->type == request.migratetype;
  if (!good) violations_.add(clauses::told_asked, at_zone(), answer, Nothing{});
}

/// A tainted superpageblock with movable content, and fewer free pageblocks than its reserve.
bool Told::needs_defrag(uint32_t s) const {
  const SpbState& spb = raw_.spbs[s];
  return is_tainted(spb) && spb.nr_movable != 0 && spb.nr_free < reserve_of(raw_, s);
}

void Told::check_defrag(uint32_t s) {
  const Event* told = last();
  const bool good = told != nullptr && told->kind == EventKind::defrag_requested && told->a == s;
  if (!good || !needs_defrag(s)) violations_.add(clauses::told_asked, at_spb(s), 0, 1);
}

/// A search that leaves the tainted superpageblocks asks for each one that needs it.
void Told::check_sweep() {
  if (!listens() || !sweeps_ || swept_) return;
  swept_ = true;
  uint32_t due = 0;
  for (uint32_t s = 0; s < raw_.nr_spbs(); ++s)
    due += is_walked_as_tainted(raw_.spbs[s]) && needs_defrag(s);
  if (defrags_ != due) violations_.add(clauses::told_asked, at_zone(), due, defrags_);
}

/// How many tainted superpageblocks there are, and how many have a chunk of just this order on the
/// request's own list (series: n_tainted, n_tainted_with_buddy).
void Told::check_fall_through(const Request<Concrete>& request) {
  uint32_t tainted = 0;
  uint32_t with_chunk = 0;
  for (uint32_t s = 0; s < raw_.nr_spbs(); ++s) {
    if (!is_walked_as_tainted(raw_.spbs[s])) continue;
    const auto order = static_cast<uint32_t>(request.order);
    ++tainted;
    with_chunk += raw_.list(s, order, static_cast<uint32_t>(request.migratetype)).first != 0;
  }
  const Event* told = last(EventKind::spb_alloc_fall_through);
  constexpr uint32_t numbers = (1U << walk_saw_shift) - 1;
  if (told == nullptr || (told->a & numbers) != tainted)
    violations_.add(clauses::told_asked, at_zone(), tainted, told ? told->a & numbers : 0);
  if (told != nullptr && told->b != with_chunk)
    violations_.add(clauses::told_asked, at_zone(), with_chunk, told->b);
}

// ---- pageblocks

/// A bit turns to what it was not; `b` tells whether it is the superpageblock's first or last.
void Told::turn(const Event& event, uint8_t bit, uint16_t SpbState::*counter) {
  const uint32_t b = raw_.block_of(event.pfn.value);
  BlockState& block = blocks_[b];
  SpbState& spb = spbs_[raw_.spb_of_block(b)];
  const bool set = event.a != 0;
  if (((block.bits & bit) != 0) == set)
    violations_.add(clauses::told_block, at_block(b), BitSet{bit}, Nothing{});
  const uint16_t before = spb.*counter;
  spb.*counter = static_cast<uint16_t>(before + (set ? 1 : -1));
  block.bits = static_cast<uint8_t>(set ? block.bits | bit : block.bits & ~bit);
  if (event.kind != EventKind::spb_pb_taint) return;
  const bool first_or_last = before == 0 || spb.*counter == 0;
  if ((event.b != 0) != first_or_last)
    violations_.add(clauses::told_block, at_block(b), first_or_last, event.b);
}

void Told::retag(const Event& event) {
  const uint32_t b = raw_.block_of(event.pfn.value);
  if (event.a != blocks_[b].tag || event.type == blocks_[b].tag)
    violations_.add(clauses::told_block, at_block(b), tag_value(blocks_[b].tag),
                    tag_value(event.a));
  blocks_[b].tag = event.type;
}

void Told::check_blocks() {
  for (const Event& event : raw_.zone.events) {
    if (event.kind == EventKind::retag) retag(event);
    if (event.kind == EventKind::all_free) turn(event, PB_all_free, &SpbState::nr_free);
    if (event.kind != EventKind::spb_pb_taint) continue;
    if (event.type == MIGRATE_UNMOVABLE) turn(event, PB_has_unmovable, &SpbState::nr_unmovable);
    if (event.type == MIGRATE_MOVABLE) turn(event, PB_has_movable, &SpbState::nr_movable);
    if (event.type == MIGRATE_RECLAIMABLE)
      turn(event, PB_has_reclaimable, &SpbState::nr_reclaimable);
  }
  constexpr uint8_t told = any_content | PB_all_free;
  for (const BlockIndex b : raw_.zone.dirty.blocks) {
    const BlockState& due = blocks_[b.value];
    const BlockState& found = raw_.blocks[b.value];
    if (((due.bits ^ found.bits) & told) != 0) {
      violations_.add(clauses::told_block, at_block(b.value), BitSet{due.bits}, BitSet{found.bits});
    }
    if (due.tag != found.tag)
      violations_.add(clauses::told_block, at_block(b.value), tag_value(due.tag),
                      tag_value(found.tag));
  }
}

// ---- pages

/// The page is where its slot has it, and it came from elsewhere.
void Told::check_moved(const Event& event) {
  const uint32_t slot = event.a < raw_.span ? raw_.links[event.a].next : 0;
  const bool owned = slot != 0 && slot <= raw_.nr_slots && raw_.slots[slot - 1].page == event.a + 1;
  if (owned && event.pfn.value != event.a && raw_.slots[slot - 1].order == event.order) {
    return;
  }
  violations_.add(clauses::told_page, at_page(event.pfn.value), 1, 0);
}

void Told::check_reserve(const Outcome& outcome) {
  const int64_t pages = raw_.state->nr_reserved_highatomic;
  for (const EventKind kind : {EventKind::highatomic_reserved, EventKind::highatomic_unreserved}) {
    const Event* told = last(kind);
    if (told != nullptr && told->a != pages)
      violations_.add(clauses::told_page, at_zone(), pages, told->a);
  }
  const Event* joined = last(EventKind::highatomic_reserved);
  if (joined != nullptr && joined->pfn != outcome.pfn)
    violations_.add(clauses::told_page, at_page(joined->pfn.value), 1, 0);
}

/// What a free of one chunk leaves on the lists was told last.
void Told::check_freed(const Operation& op, const Outcome& outcome) {
  const bool frees = op.kind == OpKind::free || op.kind == OpKind::give;
  if (!frees || outcome.result != Result::done) return;
  const Event* told = last(EventKind::list_insert);
  const bool good = told != nullptr && raw_.pages[told->pfn.value] == Raw::head_byte(told->order) &&
                    told->type == raw_.list_type(raw_.block_of(told->pfn.value));
  if (!good) return violations_.add(clauses::told_page, at_page(outcome.pfn.value), 1, 0);
  const ListHead& list = raw_.list(raw_.area_of(told->pfn.value), told->order, told->type);
  const uint32_t end = told->a != 0 ? list.last : list.first;
  if (end != told->pfn.value + 1)
    violations_.add(clauses::told_page, at_page(told->pfn.value), told->pfn.value + 1, end);
}

void Told::check_pages(const Operation& op, const Outcome& outcome) {
  const bool allocates = op.kind == OpKind::alloc;
  const bool frees = op.kind == OpKind::free && outcome.result == Result::done;
  check_count(EventKind::mm_page_alloc, allocates ? 1 : 0, clauses::told_page);
  check_count(EventKind::mm_page_free, frees ? 1 : 0, clauses::told_page);
  const Event* allocated = last(EventKind::mm_page_alloc);
  if (allocates && allocated != nullptr && allocated->pfn != outcome.pfn)
    violations_.add(clauses::told_page, at_zone(), 1, 0);
  const Event* freed = last(EventKind::mm_page_free);
  if (frees && freed != nullptr &&
      (freed->pfn.value + 1 != freed_.page || freed->order != freed_.order))
    violations_.add(clauses::told_page, at_zone(), freed_.page, freed->pfn.value + 1);
  const Event* reclaimed = allocates ? last(EventKind::page_reclaimed) : nullptr;
  if (reclaimed != nullptr && reclaimed->pfn.value + 1 != reclaimed_.page)
    violations_.add(clauses::told_page, at_zone(), reclaimed_.page, reclaimed->pfn.value + 1);
  // A slot that is compacted may get the page that was asked for besides.
  const bool refilled = allocates && get(op, Argument::compact) == op.slot + 1;
  for (const Event& event : raw_.zone.events) {
    if (event.kind == EventKind::page_migrated && !refilled) check_moved(event);
  }
  check_freed(op, outcome);
}

// ---- the operation

/// What joins with growth comes as memory comes at boot, and nothing is told of it.
void Told::check(const Operation& op, const Outcome& outcome) {
  if (op.kind == OpKind::grow) return;
  check_blocks();
  check_count(EventKind::mm_page_alloc_zone_locked, handed_out_, clauses::told_search);
  check_count(EventKind::mm_page_alloc_extfrag, served_, clauses::told_search);
  check_count(EventKind::spb_claim_block_refused, refusals_, clauses::told_search);
  check_count(EventKind::evacuation_requested, evacuations_, clauses::told_asked);
  check_count(EventKind::shrink_requested, shrinks_, clauses::told_asked);
  check_count(EventKind::spb_alloc_fall_through, fall_throughs_, clauses::told_asked);
  check_count(EventKind::evacuate_queued, queued_, clauses::told_asked);
  check_count(EventKind::evacuate_work_queued, handed_over_, clauses::told_asked);
  check_count(EventKind::evacuate_done, done_, clauses::told_asked);
  check_reserve(outcome);
  check_pages(op, outcome);
}

constinit const InvariantInfo invariants::told{
    .id = InvariantId::told,
    .name = "told",
    .kind = InvariantKind::step,
    .claim = "The events of an operation tell what it did.",
    .source =
        "series v1 44/45, v2 14/40, 40/40: its tracepoints; mainline's; only where events "
        "are on",
    .clauses = {&clauses::told_block, &clauses::told_search, &clauses::told_asked,
                &clauses::told_page}};

}  // namespace spb
