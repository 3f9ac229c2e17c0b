// SPDX-License-Identifier: GPL-2.0-only
// The records of a machine's one zone in a copy of the image, where they may be written: for states
// that are made, not reached. A Zone itself is changed by operations alone.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "model/state/machine.h"

namespace spb {

struct ZoneImage {
  ZoneState* state;
  HintState* hints;  ///< of the one CPU
  uint32_t* evacuate_free;
  EvacuateQueue* queue;
  uint32_t* item_counts;
  SpbState* spbs;
  FreeAreaState* areas;
  ListHead* heads;   ///< area by area, order by order, a type each
  uint32_t* counts;  ///< area by area, an order each
  PageLinks* links;
  Slot* slots;
  EvacuateItem* items;  ///< null where there is no pool
  BlockState* blocks;
  uint8_t* pages;

  /// Of `bytes`, which are as long as the machine's own image.
  ZoneImage(const Zone& zone, std::vector<std::byte>& bytes);
};

/// Work items of the zone's evacuation pool.
uint32_t nr_items(const Zone& zone);

}  // namespace spb
