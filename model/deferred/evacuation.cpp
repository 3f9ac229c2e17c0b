// SPDX-License-Identifier: GPL-2.0-only
#include "model/deferred/evacuation.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "model/engine/buddy.h"
#include "model/engine/evacuate_pool.h"
#include "model/engine/migration.h"
#include "model/state/accounting.h"
#include "model/state/mutate.h"

namespace spb {

uint32_t run_evacuate_irq_work(Zone& zone) {
  uint32_t moved = 0;
  while (const uint32_t item = move_item(zone, ItemStep::IRQ_WORK)) {
    report_evacuate(zone_of_item(zone, item), EventKind::evacuate_work_queued,
                    block_of_item(zone, item));
    ++moved;
  }
  return moved;
}

// ---- the worker

namespace {

struct Batch {
  std::array<uint32_t, compact_cluster_max> slots;
  uint32_t count = 0;
};

/// A movable chunk that a slot owns and that starts at this page: what isolation for migration
/// finds.
bool can_migrate(const Zone& zone, Pfn pfn) {
  using namespace page_state;
  const uint8_t page = zone.page(pfn);
  const bool is_owned = (page & (free_head | allocated | owned)) == (allocated | owned);
  return is_owned && migrates(page & type_mask) && zone.links(pfn).next != 0;
}

/// Collect movable chunks from `cursor` until the batch holds a cluster of pages or the pageblock
/// ends.
Batch isolate_migratepages(const Zone& zone, Pfn& cursor, Pfn end) {
  const uint32_t cluster = zone.parameters()[ParameterId::compact_cluster];
  Batch batch;
  uint32_t pages = 0;
  while (cursor < end && pages < cluster) {
    if (!can_migrate(zone, cursor)) {
      ++cursor;
      continue;
    }
    const uint32_t slot = zone.links(cursor).next - 1;
    const uint32_t size = nr_pages(Order(zone.slot(slot).order));
    batch.slots[batch.count++] = slot;
    pages += size;
    cursor = cursor + size;
  }
  return batch;
}

void reclaim_clean_pages(Zone& zone, Batch& batch, uint32_t clean) {
  for (uint32_t i = 0; i < batch.count; ++i) {
    if (!(clean >> i & 1U)) continue;
    const Slot slot = zone.slot(batch.slots[i]);
    zone.events.add({.kind = EventKind::page_reclaimed,
                     .order = slot.order,
                     .type = slot.type,
                     .pfn = Pfn(slot.page - 1)});
    Mutate::forget_slot(zone, batch.slots[i]);
    free_pages_ok(zone, Pfn(slot.page - 1), Order(slot.order), false);
  }
}

/// migrate_pages() finds targets for a whole batch before it moves a page of it (mainline
/// migrate_pages_batch(), since 6.3), so no page moves to where another has just been. One that
/// fails goes back and the rest is tried; where there is no target nothing further is. True if any
/// failed.
bool migrate_batch(Zone& zone, const Batch& batch, const BatchFate& fate) {
  std::array<Pfn, std::tuple_size_v<decltype(batch.slots)>> targets;
  targets.fill(no_page);
  bool failed = false;
  for (uint32_t i = 0; i < batch.count; ++i) {
    if (fate.clean >> i & 1U) continue;
    const bool fails = (fate.fails >> i & 1U) != 0;
    if (!fails) targets[i] = migration_target(zone, zone.slot(batch.slots[i]));
    failed = failed || targets[i] == no_page;
    if (!fails && targets[i] == no_page) break;
  }
  for (uint32_t i = 0; i < batch.count; ++i) {
    if (targets[i] != no_page) move_to_target(zone, batch.slots[i], targets[i]);
  }
  return failed;
}

/// Parameter `evacuation-clears`: no movable page is left, so PB_has_movable may go.
void clear_has_movable(Zone& zone, BlockIndex b) {
  if (!zone.parameters()[ParameterId::evacuation_clears]) return;
  const BlockPages<Concrete> pages = zone.count_pages(b);
  update_block(zone, b, accounting::after_evacuation<Concrete>(zone.view(b), pages));
}

void finish(Zone& zone, uint32_t item, EvacuateEnd why) {
  const BlockIndex b = block_of_item(zone, item);
  if (why == EvacuateEnd::finished) clear_has_movable(zone, b);
  report_evacuate(zone, EventKind::evacuate_done, b, static_cast<uint32_t>(why));
  move_item(zone, ItemStep::FINISH);
}

EvacuateEnd end_of(const BatchFate& fate, bool failed) {
  if (fate.isolation_fails) return EvacuateEnd::isolation_failed;
  return failed ? EvacuateEnd::migration_failed : EvacuateEnd::finished;
}

/// The item the worker goes on with: the one it holds, or the oldest of the workqueue; 0 if there
/// is none.
uint32_t current_item(Zone& zone) {
  if (zone.queue().running) return zone.queue().running;
  const uint32_t item = move_item(zone, ItemStep::START);
  if (item == 0) return 0;
  Mutate::set_evacuate_cursor(zone, zone.geometry().first_page(block_of_item(zone, item)));
  return item;
}

}  // namespace

Zone& zone_of_next_batch(Zone& zone) {
  const EvacuateQueue& queue = zone.queue();
  const uint32_t item = queue.running ? queue.running : queue.work.first;
  return item == 0 ? zone : zone_of_item(zone, item);
}

bool run_evacuate_worker(Zone& zone, const BatchFate& fate) {
  const bool fresh = zone.queue().running == 0;
  const uint32_t item = current_item(zone);
  if (item == 0) return false;
  const BlockIndex b = block_of_item(zone, item);
  if (fresh && zone.list_type(b) == MIGRATE_MOVABLE) {
    finish(zone, item, EvacuateEnd::movable_again);
    return true;
  }
  const Pfn end = zone.geometry().first_page(b + 1);
  Pfn cursor(zone.queue().cursor - 1);
  Batch batch;
  if (!fate.isolation_fails) batch = isolate_migratepages(zone, cursor, end);
  reclaim_clean_pages(zone, batch, fate.clean);
  const bool failed = migrate_batch(zone, batch, fate);
  if (failed || batch.count == 0 || cursor >= end) {
    finish(zone, item, end_of(fate, failed));
  } else {
    Mutate::set_evacuate_cursor(zone, cursor);
  }
  return true;
}

}  // namespace spb
