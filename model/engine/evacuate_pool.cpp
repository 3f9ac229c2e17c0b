// SPDX-License-Identifier: GPL-2.0-only
#include "model/engine/evacuate_pool.h"

#include <algorithm>

#include "model/state/machine.h"
#include "model/state/mutate.h"

namespace spb {

namespace {

ItemRow row_of(const Zone& zone, ItemStep step) {
  const auto& rows = zone.policy().items;
  const auto* row = std::find_if(rows.begin(), rows.end(),
                                 [step](const ItemRow& candidate) { return candidate.id == step; });
  return {step, row->from, row->to};
}

}  // namespace

void report_evacuate(Zone& zone, EventKind kind, BlockIndex b, uint32_t a) {
  const auto z = static_cast<uint8_t>(zone.index());
  zone.events.add({kind, 0, 0, z, zone.geometry().first_page(b), a, 0});
}

Zone& zone_of_item(Zone& zone, uint32_t item) {
  return zone.machine().zone(zone.item(item - 1).zone);
}

BlockIndex block_of_item(const Zone& zone, uint32_t item) {
  return BlockIndex(zone.item(item - 1).block - 1);
}

uint32_t move_item(Zone& zone, ItemStep step) {
  const uint32_t item = Mutate::move_item(zone, row_of(zone, step));
  if (item && zone.observers) zone.observers->item_moved(zone, item);
  return item;
}

void queue_pageblock_evacuate(Zone& zone, BlockIndex b) {
  if (!zone.parameters()[ParameterId::claim_evacuates]) return;
  const uint32_t item = move_item(zone, ItemStep::QUEUE);
  report_evacuate(zone, item ? EventKind::evacuate_queued : EventKind::evacuate_dropped, b);
  if (item) Mutate::set_item_block(zone, item, b);
}

}  // namespace spb
