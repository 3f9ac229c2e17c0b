// SPDX-License-Identifier: GPL-2.0-only
#include "model/engine/highatomic.h"

#include <algorithm>
#include <bit>

#include "model/engine/buddy.h"
#include "model/engine/search.h"
#include "model/state/accounting.h"
#include "model/state/mutate.h"

namespace spb {

namespace {

/// Change the tag of every pageblock that these pages touch (mainline change_pageblock_range()).
void change_pageblock_range(Zone& zone, Pfn pfn, Order order, Migratetype type) {
  const BlockIndex last = zone.block_of(pfn + (nr_pages(order) - 1));
  for (BlockIndex b = zone.block_of(pfn); b <= last; ++b)
    Mutate::set_block(zone, b, accounting::after_relabel<Concrete>(zone.view(b), type));
}

/// Relabel the pageblock that holds a page, and its free chunks with it (mainline
/// move_freepages_block()).
void relabel_block(Zone& zone, BlockIndex b, Migratetype type) {
  move_freepages_block(zone, b, zone.list_type(b), type);
  Mutate::set_block(zone, b, accounting::after_relabel<Concrete>(zone.view(b), type));
}

void add_to_reserve(Zone& zone, uint32_t pages) {
  Mutate::set_reserved_highatomic(zone, zone.state().nr_reserved_highatomic + pages);
}

/// The first chunk of the smallest order on the HIGHATOMIC lists, in the order of the areas.
Found first_highatomic(const Zone& zone) {
  for (uint32_t orders = (2U << zone.geometry().max_page_order) - 1; orders != 0;) {
    const Order order = next_order(orders, true);
    for (uint32_t a = 0; a < zone.nr_areas(); ++a) {
      const uint32_t first = zone.free_list(a, order, MIGRATE_HIGHATOMIC).first;
      if (first != 0) return {Pfn(first - 1), order, MIGRATE_HIGHATOMIC};
    }
  }
  return {};
}

}  // namespace

void reserve_highatomic_pageblock(Zone& zone, Pfn pfn, Order order) {
  const Geometry& g = zone.geometry();
  const BlockIndex b = zone.block_of(pfn);
  const bool part = order.value < g.pageblock_order;
  if (!rules::may_reserve<Concrete>(zone.view(b), part && g.leaves_zone(b), zone.pages_view(),
                                    zone.limits())) {
    return;
  }
  if (part) {
    relabel_block(zone, b, MIGRATE_HIGHATOMIC);
  } else {
    change_pageblock_range(zone, pfn, order, MIGRATE_HIGHATOMIC);
  }
  add_to_reserve(zone, std::max(nr_pages(order), g.pageblock_nr_pages()));
  zone.events.add({.kind = EventKind::highatomic_reserved,
                   .order = static_cast<uint8_t>(order.value),
                   .type = MIGRATE_HIGHATOMIC,
                   .pfn = pfn,
                   .a = zone.state().nr_reserved_highatomic});
}

bool unreserve_highatomic_pageblock(Zone& zone, Migratetype type, bool force) {
  if (!rules::may_unreserve<Concrete>(zone.pages_view(), force, zone.limits())) return false;
  const Found found = first_highatomic(zone);
  if (!found) return false;
  const Geometry& g = zone.geometry();
  const bool warns =
      take_from_reserve(zone, std::max(nr_pages(found.order), g.pageblock_nr_pages()));
  if (found.order.value < g.pageblock_order) {
    relabel_block(zone, zone.block_of(found.head), type);
  } else {
    Mutate::move_to_free_list(zone, found.head, found.order, MIGRATE_HIGHATOMIC, type);
    change_pageblock_range(zone, found.head, found.order, type);
  }
  zone.events.add({.kind = EventKind::highatomic_unreserved,
                   .order = static_cast<uint8_t>(found.order.value),
                   .type = type,
                   .pfn = found.head,
                   .a = zone.state().nr_reserved_highatomic,
                   .b = warns});
  return true;
}

}  // namespace spb
