// SPDX-License-Identifier: GPL-2.0-only
#include "explore/zone_image.h"

#include <numeric>

#include "model/words/must.h"

namespace spb {

uint32_t nr_items(const Zone& zone) {
  const auto& items = zone.state().evacuate_items;
  return std::accumulate(std::begin(items), std::end(items), 0U);
}

ZoneImage::ZoneImage(const Zone& zone, std::vector<std::byte>& bytes) {
  SPB_MUST(bytes.size() == zone.image().size());
  const auto place = [&](const auto& record, auto*& there) {
    const auto offset = reinterpret_cast<const std::byte*>(&record) - zone.image().data();
    there = reinterpret_cast<std::remove_reference_t<decltype(there)>>(bytes.data() + offset);
  };
  place(zone.state(), state);
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
