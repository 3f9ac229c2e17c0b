// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/worker.h"

#include <algorithm>

#include "invariants/clauses.h"

namespace spb {

// ---- before

void WorkerCheck::before() {
  const EvacuateQueue& queue = *raw_.queue;
  item_ = nr_owned_ = nr_batch_ = 0;
  const uint32_t item = queue.running ? queue.running : queue.work.first;
  const uint32_t block = item != 0 && item <= raw_.pool() ? raw_.zone.item(item - 1).block : 0;
  if (block == 0 || block > raw_.nr_blocks) return;
  item_ = item;
  block_ = block - 1;
  had_movable_ = (raw_.blocks[block_].bits & PB_has_movable) != 0;
  bails_out_ = queue.running == 0 && raw_.list_type(block - 1) == MIGRATE_MOVABLE;
  const uint32_t first = (block - 1) << raw_.block_order;
  end_ = first + raw_.block_pages;
  cursor_ = queue.running ? queue.cursor - 1 : first;
  if (cursor_ >= first && cursor_ <= end_) collect(cursor_, end_);
}

/// The batch ends with the chunk that fills it.
void WorkerCheck::collect(uint32_t from, uint32_t end) {
  const uint32_t cluster = raw_.zone.parameters()[ParameterId::compact_cluster];
  uint32_t pages = 0;
  cursor_ = end;
  for (uint32_t pfn = from; pfn < end && nr_owned_ < owned_max; ++pfn) {
    const uint8_t page = raw_.pages[pfn];
    const uint32_t slot = raw_.links[pfn].next;
    if (!Raw::is_allocated(page) || !(page & page_state::owned) || slot == 0) continue;
    if (slot > raw_.zone.geometry().slots) continue;
    owned_[nr_owned_] = {slot - 1, raw_.zone.slot(slot - 1)};
    if (pages < cluster && is_movable_page(page & page_state::type_mask)) {
      batch_[nr_batch_++] = static_cast<uint8_t>(nr_owned_);
      const uint32_t size = 1U << owned_[nr_owned_].before.order;
      pages += size;
      if (pages >= cluster) cursor_ = pfn + size;
    }
    ++nr_owned_;
  }
}

// ---- after

bool WorkerCheck::is_left(const Owned& owned) const {
  return raw_.zone.slot(owned.slot).page == owned.before.page;
}

void WorkerCheck::after(const Operation& op, Violations& violations) const {
  if (item_ == 0 || nr_owned_ == owned_max) return;
  const bool nothing = bails_out_ || get(op, Argument::error) != 0;
  uint32_t next = 0;
  for (uint32_t i = 0; i < nr_owned_; ++i) {
    const bool in_batch = next < nr_batch_ && batch_[next] == i;
    next += in_batch;
    if ((in_batch && !nothing) || is_left(owned_[i])) continue;
    violations.add(clauses::worker_batch, at_slot(owned_[i].slot), owned_[i].before.page,
                   raw_.zone.slot(owned_[i].slot).page);
  }
  if (!nothing) check_batch(op, violations);
  check_end(op, violations);
  check_content(op, violations);
}

/// A clean page goes, one that fails stays, others move to where there is room; behind the first
/// for which there is none nothing moves, and nothing is asked for either.
void WorkerCheck::check_batch(const Operation& op, Violations& violations) const {
  bool no_room = false;
  for (uint32_t i = 0; i < nr_batch_; ++i) {
    const Owned& owned = owned_[batch_[i]];
    const uint32_t page = raw_.zone.slot(owned.slot).page;
    const bool clean = (get(op, Argument::clean) >> i & 1U) != 0;
    const bool fails = (get(op, Argument::fail) >> i & 1U) != 0;
    const bool left = page == owned.before.page;
    const bool good = clean ? page == 0 : fails ? left : left ? true : page != 0 && !no_room;
    if (!good) violations.add(clauses::worker_page, at_slot(owned.slot), owned.before.page, page);
    no_room = no_room || (!clean && !fails && left);
  }
  if (no_room && !in_vain_) violations.add(clauses::worker_room, at_block(block_), 1, 0);
}

bool WorkerCheck::any_failed(const Operation& op) const {
  for (uint32_t i = 0; i < nr_batch_; ++i) {
    if (!(get(op, Argument::clean) >> i & 1U) && is_left(owned_[batch_[i]])) return true;
  }
  return false;
}

/// It lets go of the pageblock at its end, where nothing movable is left, and after a failure; else
/// it holds it, and goes on behind the batch.
void WorkerCheck::check_end(const Operation& op, Violations& violations) const {
  const EvacuateQueue& queue = *raw_.queue;
  if (queue.work.first == item_) violations.add(clauses::worker_end, at_item(item_ - 1), 0, 1);
  const bool error = get(op, Argument::error) != 0;
  const bool ends = bails_out_ || error || nr_batch_ == 0 || cursor_ >= end_ || any_failed(op);
  const uint32_t running = ends ? 0 : item_;
  const uint32_t cursor = ends ? 0 : cursor_ + 1;
  if (queue.running != running) {
    violations.add(clauses::worker_end, at_zone(), running, queue.running);
  } else if (queue.cursor != cursor) {
    violations.add(clauses::worker_end, at_zone(), cursor, queue.cursor);
  }
}

/// It came to the pageblock's end, or found nothing movable, and no page failed.
bool WorkerCheck::is_finished(const Operation& op) const {
  if (bails_out_ || get(op, Argument::error) != 0 || any_failed(op)) return false;
  return nr_batch_ == 0 || cursor_ >= end_;
}

/// PB_has_movable goes with the last movable page where the pageblock was finished. Where it was
/// not, nothing but a pageblock that becomes wholly free takes it away.
void WorkerCheck::check_content(const Operation& op, Violations& violations) const {
  const uint8_t* first = raw_.pages + (block_ << raw_.block_order);
  const uint8_t* end = first + raw_.block_pages;
  const uint8_t bits = raw_.blocks[block_].bits & PB_has_movable;
  const bool clears =
      raw_.zone.parameters()[ParameterId::evacuation_clears] != 0 && is_finished(op);
  const bool gone = had_movable_ && bits == 0;
  if (clears ? bits == 0 : !gone) return;
  const auto is_movable = [](uint8_t page) {
    return Raw::is_allocated(page) && is_movable_page(page & page_state::type_mask);
  };
  const bool left = std::any_of(first, end, is_movable);
  const bool all_free = std::all_of(first, end, Raw::is_free);
  const bool due = clears ? left : !all_free;
  if (due == (bits != 0)) return;
  const uint8_t expected = due ? uint8_t{PB_has_movable} : uint8_t{0};
  violations.add(clauses::worker_content, at_block(block_), BitSet{expected}, BitSet{bits});
}

constinit const InvariantInfo invariants::evacuation_steps{
    .id = InvariantId::evacuation_steps,
    .name = "evacuation-steps",
    .kind = InvariantKind::step,
    .claim =
        "A step of evacuation takes the item that is due, moves the pages of one batch, and goes "
        "on behind them or ends, where the last movable page takes PB_has_movable with it.",
    .source = "series v2 06/40, 40/40 evacuate_pageblock(); mainline migrate_pages_batch()",
    .clauses = {&clauses::worker_batch, &clauses::worker_page, &clauses::worker_room,
                &clauses::worker_end, &clauses::worker_content, &clauses::item_order}};

}  // namespace spb
