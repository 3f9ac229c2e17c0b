// SPDX-License-Identifier: GPL-2.0-only
#include "model/engine/resize.h"

#include <utility>

#include "model/engine/buddy.h"
#include "model/state/mutate.h"

namespace spb {

bool resize_zone_superpageblocks(Zone& zone) {
  if (zone.geometry().grows_by == 0) return false;
  const Pfn first = zone.geometry().end();
  Mutate::add_superpageblock(zone);
  Mutate::clear_hints(zone);
  // As at boot: a pageblock that comes free for the first time is no news.
  const bool log = std::exchange(zone.events.enabled, false);
  free_range(zone, first, zone.geometry().end());
  zone.events.enabled = log;
  return true;
}

}  // namespace spb
