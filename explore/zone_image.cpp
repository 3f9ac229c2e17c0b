// SPDX-License-Identifier: GPL-2.0-only
#include "explore/zone_image.h"

#include <numeric>

#include "model/words/must.h"

namespace spb {

uint32_t nr_items(const Zone& zone) {
  const uint32_t* items = zone.item_counts();
  return std::accumulate(items, items + nr_item_places, 0U);
}

ZoneImage::ZoneImage(const Zone& zone, std::vector<std::byte>& bytes) {
  SPB_MUST(bytes.size() == zone.machine().image().size());
  const auto place = [&](const auto& record, auto*& there) {
    const auto offset = reinterpret_cast<const std::byte*>(&record) - zone.machine().image().data();
    there = reinterpret_cast<std::remove_reference_t<decltype(there)>>(bytes.data() + offset);
  };
  place(zone.state(), state);
  place(zone.hints(0), hints);
  place(zone.evacuate_free(), evacuate_free);
  place(zone.queue(), queue);
  place(zone.item_counts()[0], item_counts);
  place(zone.spb(SpbIndex(0)), spbs);
  place(zone.area(0), areas);
  place(zone.free_list(0, Order(0), MIGRATE_UNMOVABLE), heads);
  place(zone.nr_free(0, Order(0)), counts);
  place(zone.links(Pfn(0)), links);
  place(zone.slot(0), slots);
  place(zone.block(BlockIndex(0)), blocks);
  place(zone.pages()[0], pages);
  items = nullptr;
  if (nr_items(zone) > 0) place(zone.item(0), items);
}

}  // namespace spb
