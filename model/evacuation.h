// SPDX-License-Identifier: GPL-2.0-only
// Asynchronous evacuation of claimed pageblocks (series v2 06/40): a pool of items, a pending list,
// an irq_work that feeds a workqueue, and one worker.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/zone.h"

namespace spb {

/// Ask for a pageblock's movable pages to be migrated away. Dropped without a word when the pool is
/// empty.
void queue_pageblock_evacuate(Zone& zone, BlockIndex b);

/// The irq_work: every pending item, newest first, goes to the workqueue. Returns how many.
uint32_t run_evacuate_irq_work(Zone& zone);

/// What the environment decides about one batch: bit i stands for the i-th chunk that the batch
/// isolates.
struct BatchFate {
  uint32_t clean;        ///< reclaimed on the spot
  uint32_t fails;        ///< its migration fails
  bool isolation_fails;  ///< isolating the batch ends with an error other than EAGAIN
};

/// One batch of the worker; it takes the next item if it holds none. False if there was nothing to
/// do.
bool run_evacuate_worker(Zone& zone, const BatchFate& fate);

std::string_view name_of(EvacuateEnd end);

/// Move a slot's movable chunk to a page that an ordinary allocation finds. False if there is none.
bool migrate_slot(Zone& zone, uint32_t slot);

}  // namespace spb
