// SPDX-License-Identifier: GPL-2.0-only
// Writes to a zone's records without the mutators: tests break a zone on purpose with it.
#pragma once

#include "model/state/machine.h"

namespace spb {

struct Surgery {
  static ZoneState& state(Zone& zone) { return *zone.state_; }
  static SpbState& spb(Zone& zone, uint32_t s) { return zone.spbs_[s]; }
  static BlockState& block(Zone& zone, uint32_t b) { return zone.blocks_[b]; }
  static uint8_t& page(Zone& zone, uint32_t pfn) { return zone.pages_[pfn]; }
  static PageLinks& links(Zone& zone, uint32_t pfn) { return zone.links_[pfn]; }
  static FreeAreaState& area(Zone& zone, uint32_t a) { return zone.areas_[a]; }
  static ListHead& list(Zone& zone, uint32_t a, uint32_t order, Migratetype type) {
    return zone.heads_[zone.list_index(a, Order(order), type)];
  }
  static uint32_t& nr_free(Zone& zone, uint32_t a, uint32_t order) {
    return zone.counts_[a * zone.geometry().nr_page_orders() + order];
  }
  static HintState& hints(Zone& zone) { return *zone.hints_now_; }
  static uint32_t& evacuate_free(Zone& zone) { return *zone.evacuate_free_; }
  static EvacuateQueue& queue(Zone& zone) { return *zone.queue_; }
  static uint32_t& item_count(Zone& zone, ItemPlace place) {
    return zone.item_counts_[static_cast<std::size_t>(place)];
  }
  static Slot& slot(Zone& zone, uint32_t index) { return zone.slots_[index]; }
  static EvacuateItem& item(Zone& zone, uint32_t index) { return zone.items_[index]; }

  // What a mutator marks.
  static void mark_pages(Zone& zone, uint32_t pfn, uint32_t order) {
    zone.dirty.pages.add({Pfn(pfn), Order(order)});
  }
  static void mark_links(Zone& zone, uint32_t pfn) { zone.dirty.links.add(Pfn(pfn)); }
  static void mark_block(Zone& zone, uint32_t b) { zone.dirty.blocks.add(BlockIndex(b)); }
  static void mark_zone(Zone& zone, ZonePart part) { zone.dirty.zone |= bit(part); }
  static void mark_spb(Zone& zone, uint32_t s) { zone.dirty.spbs.add(SpbIndex(s)); }
};

}  // namespace spb
