// SPDX-License-Identifier: GPL-2.0-only
// Moving a movable chunk to another page (mainline migrate_pages(), as far as a zone sees it).
#pragma once

#include "model/state/zone.h"

namespace spb {

/// The page that a movable slot's chunk migrates to, or no_page. Until it moves, nobody owns it.
Pfn migration_target(Zone& zone, const Slot& slot);
void move_to_target(Zone& zone, uint32_t slot, Pfn to);
/// Move a slot's movable chunk to a page that an ordinary allocation finds. False if there is none.
bool migrate_slot(Zone& zone, uint32_t slot);

}  // namespace spb
