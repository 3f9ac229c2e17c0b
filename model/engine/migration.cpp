// SPDX-License-Identifier: GPL-2.0-only
#include "model/engine/migration.h"

#include "model/engine/buddy.h"
#include "model/engine/driver.h"
#include "model/state/mutate.h"

namespace spb {

Pfn migration_target(Zone& zone, const Slot& slot) {
  return alloc_pages(zone, Order(slot.order), GFP_HIGHUSER_MOVABLE, {}).pfn;
}

void move_to_target(Zone& zone, uint32_t index, Pfn to) {
  const Slot slot = zone.slot(index);
  const Pfn from(slot.page - 1);
  zone.events.add({.kind = EventKind::page_migrated,
                   .order = slot.order,
                   .type = slot.type,
                   .pfn = from,
                   .a = to.value});
  Mutate::set_slot(zone, index, to, Order(slot.order));
  free_pages_ok(zone, from, Order(slot.order), false);
}

bool migrate_slot(Zone& zone, uint32_t index) {
  const Slot slot = zone.slot(index);
  if (slot.page == 0 || slot.zone != zone.index()) return false;
  if (!page_state::migrates(slot.type)) return false;
  const Pfn to = migration_target(zone, slot);
  if (to != no_page) move_to_target(zone, index, to);
  return to != no_page;
}

}  // namespace spb
