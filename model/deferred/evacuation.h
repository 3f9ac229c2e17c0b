// SPDX-License-Identifier: GPL-2.0-only
// Asynchronous evacuation of claimed pageblocks (series v2 06/40): each node has an irq_work that
// feeds its workqueue from its pending items, and one worker. A zone stands for its node.
#pragma once

#include <cstdint>

#include "model/state/zone.h"

namespace spb {

/// The irq_work: every pending item, newest first, goes to the workqueue. Returns how many.
uint32_t run_evacuate_irq_work(Zone& zone);

/// What the environment decides about one batch: bit i stands for the i-th chunk that the batch
/// isolates.
struct BatchFate {
  uint32_t clean;        ///< reclaimed on the spot
  uint32_t fails;        ///< its migration fails
  bool isolation_fails;  ///< isolating the batch ends with an error other than EAGAIN
};

/// The zone whose pageblock the worker goes on with; this one if there is none.
Zone& zone_of_next_batch(Zone& zone);
/// One batch of the worker, in that zone; it takes the next item if it holds none. False if there
/// was nothing to do.
bool run_evacuate_worker(Zone& zone, const BatchFate& fate);

}  // namespace spb
