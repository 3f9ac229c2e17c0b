// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/outcome.h"

#include "invariants/clauses.h"
#include "invariants/slots.h"

namespace spb {

namespace {

constexpr uint32_t reclaim_slot(const Operation& op) {
  return get(op, Argument::reclaim) - 1;
}
constexpr uint32_t compact_slot(const Operation& op) {
  return get(op, Argument::compact) - 1;
}

}  // namespace

// ---- before

void OutcomeCheck::name_slots(const Operation& op) {
  if (op.kind == OpKind::worker) {
    worker_.before();
    name_slots_of_worker();
    return;
  }
  if (op.kind == OpKind::bulk) {
    for (uint32_t i = 0; i < get(op, Argument::chunks); ++i)
      name((op.slot + i) % raw_.zone.geometry().slots);
    return;
  }
  name(op.slot);
  name(reclaim_slot(op));
  name(compact_slot(op));
}

/// The movable chunks with an owner from where the worker goes on, in the pageblock it holds or
/// takes next.
void OutcomeCheck::name_slots_of_worker() {
  const EvacuateQueue& queue = *raw_.queue;
  const uint32_t item = queue.running ? queue.running : queue.work.first;
  const uint32_t block = item != 0 && item <= raw_.pool() ? raw_.zone.item(item - 1).block : 0;
  if (block == 0 || block > raw_.nr_blocks) return;
  const uint32_t first = (block - 1) << raw_.block_order;
  const uint32_t from = queue.running ? queue.cursor - 1 : first;
  for (uint32_t pfn = from; pfn < first + raw_.block_pages && nr_named_ < named_max; ++pfn) {
    const uint8_t page = raw_.pages[pfn];
    if (!Raw::is_allocated(page) || !page_state::migrates(page & page_state::type_mask)) continue;
    if (raw_.links[pfn].next != 0) name(raw_.links[pfn].next - 1);
  }
}

// ---- after

/// Pages of named slots, but for `except`, that stand for nothing any more.
int64_t OutcomeCheck::reclaimed_pages(uint32_t except) const {
  if (nr_named_ == 1 && named_[0].slot == except) return 0;
  int64_t pages = 0;
  for (uint32_t i = 0; i < nr_named_; ++i) {
    const Named& named = named_[i];
    bool again = named.slot == except;
    for (uint32_t j = 0; j < i; ++j)
      again = again || named_[j].slot == named.slot;
    const bool emptied = named.before.page != 0 && raw_.zone.slot(named.slot).page == 0;
    if (emptied && !again) pages += int64_t{1} << named.before.order;
  }
  return pages;
}

int64_t OutcomeCheck::expected_change(const Operation& op, const Outcome& outcome) const {
  switch (op.kind) {
    case OpKind::alloc:
    case OpKind::rmqueue:
      if (outcome.result == Result::page) {
        return (int64_t{1} << op.order) - reclaimed_pages(op.slot);
      }
      return -reclaimed_pages(no_index);
    case OpKind::bulk:
      return int64_t{outcome.pages} << op.order;
    case OpKind::free:
      return outcome.result == Result::done ? -(int64_t{1} << named_[0].before.order) : 0;
    case OpKind::worker:
      return -reclaimed_pages(no_index);
    default:
      return outcome.result == Result::done ? int64_t{info(op.kind).pages} * (1 << op.order) : 0;
  }
}

/// What reclaim emptied and compaction moved, where the allocation did not fill the slot itself.
void OutcomeCheck::check_types(const Operation& op, Violations& violations) const {
  for (uint32_t i = 0; i < nr_named_; ++i) {
    const Named& named = named_[i];
    const uint32_t page = raw_.zone.slot(named.slot).page;
    if (named.slot == op.slot || page == named.before.page || named.before.page == 0) continue;
    const uint32_t type = named.before.type;
    const bool movable = is_movable_page(type);
    if (page != 0 && !movable) {
      violations.add(clauses::migrated_type, at_slot(named.slot), MIGRATE_MOVABLE, tag_value(type));
    } else if (!movable && type != MIGRATE_RECLAIMABLE) {
      violations.add(clauses::reclaimed_type, at_slot(named.slot), MIGRATE_RECLAIMABLE,
                     tag_value(type));
    }
  }
}

/// Reclaim frees what it may of this zone, and nobody else empties the slot.
void OutcomeCheck::check_reclaimed(const Operation& op, Violations& violations) const {
  for (uint32_t i = 0; i < nr_named_; ++i) {
    const Slot& before = named_[i].before;
    if (named_[i].slot != reclaim_slot(op) || before.page == 0 || reclaim_slot(op) == op.slot)
      continue;
    const bool good = is_movable_page(before.type) || before.type == MIGRATE_RECLAIMABLE;
    const bool due = reclaims_ && good && before.zone == raw_.zone.index();
    const bool found = raw_.zone.slot(named_[i].slot).page == 0;
    if (found != due) violations.add(clauses::reclaims, at_slot(named_[i].slot), due, found);
  }
}

void OutcomeCheck::check_retyped(const Operation& op, Violations& violations) const {
  constexpr uint8_t fixed = page_state::allocated | page_state::before;
  const uint32_t first = get(op, Argument::block) << raw_.block_order;
  for (uint32_t pfn = first; pfn < first + raw_.block_pages; ++pfn) {
    const uint8_t page = raw_.pages[pfn];
    const uint32_t type = page & page_state::type_mask;
    if (Raw::is_head(page) || (page & fixed) != fixed || type == get(op, Argument::tag)) continue;
    violations.add(clauses::retyped, at_page(pfn), tag_value(get(op, Argument::tag)),
                   tag_value(type));
  }
}

void OutcomeCheck::check_sizes(const Operation& op, const Outcome& outcome,
                               Violations& violations) const {
  const uint32_t filled = op.kind == OpKind::bulk ? outcome.pages : 1;
  for (uint32_t i = 0; i < filled; ++i) {
    const uint32_t slot = (op.slot + i) % raw_.zone.geometry().slots;
    const uint8_t order = raw_.zone.slot(slot).order;
    if (order != op.order) violations.add(clauses::slot_size, at_slot(slot), op.order, order);
  }
}

void OutcomeCheck::check(const Operation& op, const Outcome& outcome,
                         Violations& violations) const {
  const int64_t change = int64_t{raw_.zone.state().nr_allocated} - allocated_;
  const int64_t expected = expected_change(op, outcome);
  // What direct reclaim took from the slot that the allocation then filled cannot be seen there.
  const bool refilled =
      op.kind == OpKind::alloc && reclaim_slot(op) == op.slot && outcome.result == Result::page;
  const int64_t unseen = refilled ? int64_t{1} << named_[0].before.order : 0;
  if (change != expected && (unseen == 0 || change != expected - unseen)) {
    violations.add(clauses::outcome, at_zone(), expected, change);
  }
  const bool got = outcome.result == Result::page;
  const bool freed = op.kind == OpKind::free && outcome.result == Result::done;
  if (got || freed) {
    const uint32_t due = got ? outcome.pfn.value + 1 : 0;
    const uint32_t page = raw_.zone.slot(op.slot).page;
    if (page != due) violations.add(clauses::slot_outcome, at_slot(op.slot), due, page);
  }
  if (outcome.result == Result::page) check_sizes(op, outcome, violations);
  for (uint32_t i = 0; i < nr_named_; ++i)
    check_slot(raw_, named_[i].slot, violations);
}

/// What some kinds have to hold besides.
void OutcomeCheck::check_kind(const Operation& op, const Outcome& outcome,
                              Violations& violations) const {
  if (op.kind == OpKind::worker) worker_.after(op, violations);
  if (op.kind == OpKind::tag && outcome.result == Result::done) check_retyped(op, violations);
  if (op.kind != OpKind::alloc || !names_others(op)) return;
  check_types(op, violations);
  check_reclaimed(op, violations);
}

constinit const InvariantInfo invariants::page_types{
    .id = InvariantId::page_types,
    .name = "page-types",
    .kind = InvariantKind::step,
    .claim =
        "A page has its request's type; only movable pages migrate, only these and reclaimable "
        "ones are reclaimed; a tag decides the type of the pages from before the program, and "
        "these the bits of their pageblock.",
    .source = "mainline isolate_migratepages_block(); ours: what a recording's pages are",
    .clauses = {&clauses::reclaimed_type, &clauses::migrated_type, &clauses::retyped,
                &clauses::handed_type, &clauses::tagged_bits}};

}  // namespace spb
