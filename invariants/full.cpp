// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/full.h"

#include <algorithm>
#include <array>

#include "invariants/checker.h"
#include "invariants/items.h"
#include "invariants/raw.h"
#include "invariants/slots.h"

namespace spb {

namespace {

// ---- counter-balance

struct BlockCounters {
  uint32_t total = 0;
  uint32_t free = 0;
  uint32_t unmovable = 0;
  uint32_t reclaimable = 0;
  uint32_t movable = 0;
};

BlockCounters count_blocks(const Raw& raw, uint32_t s) {
  BlockCounters counted;
  for (uint32_t b = s * raw.spb_blocks; b < (s + 1) * raw.spb_blocks; ++b) {
    const uint8_t bits = raw.blocks[b].bits;
    counted.total += raw.pages_in_zone(b) > 0;
    counted.free += (bits & PB_all_free) != 0;
    counted.unmovable += (bits & PB_has_unmovable) != 0;
    counted.reclaimable += (bits & PB_has_reclaimable) != 0;
    counted.movable += (bits & PB_has_movable) != 0;
  }
  return counted;
}

void check_counters(const Raw& raw, uint32_t s, Findings& findings) {
  const SpbState& spb = raw.spbs[s];
  const BlockCounters counted = count_blocks(raw, s);
  const auto same = [&](const Clause& clause, uint32_t expected, uint32_t found) {
    if (expected != found) findings.add(clause, at_spb(s), expected, found);
  };
  const uint32_t total = spb.total_pageblocks;
  for (const uint32_t counter :
       {spb.nr_free, spb.nr_unmovable, spb.nr_reclaimable, spb.nr_movable}) {
    if (counter > total) findings.add(clauses::above_total, at_spb(s), total, counter);
  }
  same(clauses::nr_reserved, 0, spb.nr_reserved);
  same(clauses::total_pageblocks, counted.total, total);
  same(clauses::nr_free, counted.free, spb.nr_free);
  same(clauses::nr_unmovable, counted.unmovable, spb.nr_unmovable);
  same(clauses::nr_reclaimable, counted.reclaimable, spb.nr_reclaimable);
  same(clauses::nr_movable, counted.movable, spb.nr_movable);
}

/// PB_all_free and PB_has_* of one pageblock against its pages.
void check_bits(const Raw& raw, uint32_t b, Findings& findings) {
  const uint32_t first = b << raw.block_order;
  const uint32_t in_zone = raw.pages_in_zone(b);
  const BlockState& block = raw.blocks[b];
  uint32_t free = 0;
  for (uint32_t pfn = first; pfn < first + raw.block_pages; ++pfn) {
    const uint8_t page = raw.pages[pfn];
    free += Raw::is_free(page);
    if (!Raw::is_allocated(page)) continue;
    const uint8_t bit = lasting_bit(page & page_state::type_mask);
    if (bit & ~block.bits) findings.add(clauses::content, at_page(pfn), bit, block.bits);
  }
  const bool wholly = free == in_zone && in_zone > 0;
  if ((block.bits & PB_all_free) && !wholly) {
    findings.add(clauses::all_free, at_block(b), in_zone, free);
  }
  if (wholly && !(block.bits & (PB_all_free | any_content))) {
    findings.add(clauses::not_all_free, at_block(b), PB_all_free, block.bits);
  }
}

// ---- free-lists

void check_chunk_blocks(const Raw& raw, uint32_t head, uint32_t order, Findings& findings) {
  const uint8_t type = raw.list_type(raw.block_of(head));
  const uint32_t last = raw.block_of(head + (1U << order) - 1);
  for (uint32_t b = raw.block_of(head) + 1; b <= last; ++b) {
    if (raw.list_type(b) != type) {
      findings.add(clauses::mixed_types, at_block(b), type, raw.list_type(b));
    }
  }
}

/// The pages of one chunk; returns the page behind it, or behind what is left of it.
uint32_t check_chunk(const Raw& raw, uint32_t head, Findings& findings) {
  const uint32_t order = Raw::order_of(raw.pages[head]);
  if (order > raw.max_order || head % (1U << order) != 0 || head + (1U << order) > raw.end) {
    findings.add(clauses::unaligned, at_page(head), raw.max_order, order);
    return head + 1;
  }
  const uint32_t end = head + (1U << order);
  for (uint32_t pfn = head + 1; pfn < end; ++pfn) {
    if (raw.pages[pfn] == page_state::in_free_chunk) continue;
    findings.add(clauses::interrupted, at_page(pfn), page_state::in_free_chunk, raw.pages[pfn]);
    return pfn;
  }
  check_chunk_blocks(raw, head, order, findings);
  return end;
}

void check_cover(const Raw& raw, Findings& findings) {
  uint32_t pfn = 0;
  while (pfn < raw.span) {
    const uint8_t page = raw.pages[pfn];
    if (Raw::is_head(page)) {
      pfn = check_chunk(raw, pfn, findings);
      continue;
    }
    if (page == page_state::in_free_chunk) {
      findings.add(clauses::uncovered, at_page(pfn), page_state::free_head, page);
    }
    ++pfn;
  }
}

/// One list from its first chunk on; returns its length as far as it can be followed.
uint32_t check_list(const Raw& raw, uint32_t a, uint32_t order, uint32_t type, Findings& findings) {
  const ListHead& list = raw.list(a, order, type);
  const Where where = at_list(raw.list_index(a, order, type));
  uint32_t length = 0;
  uint32_t before = 0;
  for (uint32_t at = list.first; at != 0; at = raw.links[at - 1].next) {
    if (at > raw.span) {
      findings.add(clauses::list_ends, where, raw.span, at);
      return length;
    }
    const uint32_t pfn = at - 1;
    if (raw.pages[pfn] != Raw::head_byte(order) || raw.list_type(raw.block_of(pfn)) != type ||
        raw.area_of(pfn) != a) {
      findings.add(clauses::wrong_list, at_page(pfn), where.index,
                   raw.list_index(raw.area_of(pfn), order, raw.list_type(raw.block_of(pfn))));
      return length;
    }
    if (raw.links[pfn].prev != before) {
      findings.add(clauses::chunk_links, at_page(pfn), before, raw.links[pfn].prev);
      return length;
    }
    before = at;
    ++length;
  }
  if (list.last != before) findings.add(clauses::list_ends, where, before, list.last);
  const bool bit = (raw.zone.area(a).nonempty[type] >> order & 1U) != 0;
  if (bit != (length > 0)) findings.add(clauses::nonempty, where, length > 0, bit);
  return length;
}

using HeadCounts = std::array<uint32_t, max_nr_page_orders>;

HeadCounts count_heads(const Raw& raw, uint32_t a) {
  const uint32_t first = raw.nr_areas == 1 ? 0 : a << raw.spb_page_shift;
  const uint32_t end = raw.nr_areas == 1 ? raw.span : (a + 1) << raw.spb_page_shift;
  HeadCounts heads{};
  for (uint32_t pfn = first; pfn < end; ++pfn) {
    const uint8_t page = raw.pages[pfn];
    if (Raw::is_head(page) && Raw::order_of(page) <= raw.max_order) ++heads[Raw::order_of(page)];
  }
  return heads;
}

void check_lists(const Raw& raw, Findings& findings) {
  for (uint32_t a = 0; a < raw.nr_areas; ++a) {
    const HeadCounts heads = count_heads(raw, a);
    for (uint32_t order = 0; order <= raw.max_order; ++order) {
      uint32_t listed = 0;
      for (uint32_t type = 0; type < MIGRATE_TYPES; ++type)
        listed += check_list(raw, a, order, type, findings);
      const Where where = at_list(raw.list_index(a, order, 0));
      if (listed != heads[order]) findings.add(clauses::unlisted, where, heads[order], listed);
      const uint32_t counted = raw.zone.nr_free(a, Order(order));
      if (counted != heads[order]) findings.add(clauses::area_count, where, heads[order], counted);
    }
  }
}

void check_dead_links(const Raw& raw, Findings& findings) {
  for (uint32_t pfn = 0; pfn < raw.span; ++pfn) {
    const uint8_t page = raw.pages[pfn];
    if (Raw::is_head(page)) continue;
    const PageLinks& links = raw.links[pfn];
    const bool may_own = Raw::is_allocated(page) && (page & page_state::owned);
    if (links.prev != 0) findings.add(clauses::dead_links, at_page(pfn), 0, links.prev);
    if (!may_own && links.next != 0) findings.add(clauses::dead_links, at_page(pfn), 0, links.next);
  }
}

// ---- merged-buddies

void check_buddies(const Raw& raw, Findings& findings) {
  for (uint32_t pfn = 0; pfn < raw.span; ++pfn) {
    const uint8_t page = raw.pages[pfn];
    const uint32_t order = Raw::order_of(page);
    const uint32_t buddy = pfn ^ (1U << (order & 31U));
    if (!Raw::is_head(page) || order >= raw.max_order || buddy < pfn || buddy >= raw.span ||
        raw.pages[buddy] != page) {
      continue;
    }
    if (order < raw.block_order) {
      findings.add(clauses::sub_block, at_page(pfn), order + 1, order);
      continue;
    }
    if (types_merge(raw, raw.block_of(pfn), raw.block_of(buddy))) {
      findings.add(clauses::whole_block, at_page(pfn), order + 1, order);
    }
  }
}

// ---- conservation

struct FreePages {
  uint32_t free = 0;       ///< outside isolated pageblocks
  uint32_t in_blocks = 0;  ///< of these, in chunks of a pageblock or more
  uint32_t allocated = 0;
  uint32_t cma = 0;         ///< on CMA lists
  uint32_t highatomic = 0;  ///< on HIGHATOMIC lists
};

uint32_t pages_reserved(const Raw& raw) {
  uint32_t pages = 0;
  for (uint32_t b = 0; b < raw.nr_blocks; ++b)
    pages += raw.blocks[b].tag == MIGRATE_HIGHATOMIC ? raw.block_pages : 0;
  return pages;
}

void check_sums(const Raw& raw, Findings& findings) {
  FreePages zone;
  for (uint32_t s = 0; s < raw.nr_spbs; ++s) {
    uint32_t in_spb = 0;
    uint32_t chunk_order = 0;
    for (uint32_t pfn = s << raw.spb_page_shift; pfn < (s + 1) << raw.spb_page_shift; ++pfn) {
      const uint8_t page = raw.pages[pfn];
      zone.allocated += Raw::is_allocated(page);
      if (!Raw::is_free(page)) continue;
      if (Raw::is_head(page)) chunk_order = Raw::order_of(page);
      ++in_spb;
      const uint8_t type = raw.list_type(raw.block_of(pfn));
      if (type == MIGRATE_ISOLATE) continue;
      ++zone.free;
      zone.cma += type == MIGRATE_CMA;
      zone.highatomic += type == MIGRATE_HIGHATOMIC;
      zone.in_blocks += chunk_order >= raw.block_order;
    }
    if (raw.spbs[s].nr_free_pages != in_spb) {
      findings.add(clauses::spb_free_pages, at_spb(s), in_spb, raw.spbs[s].nr_free_pages);
    }
  }
  const ZoneState& state = raw.zone.state();
  const auto same = [&](const Clause& clause, uint32_t expected, uint32_t found) {
    if (expected != found) findings.add(clause, at_zone(), expected, found);
  };
  same(clauses::zone_free_pages, zone.free, state.nr_free_pages);
  same(clauses::zone_free_blocks, zone.in_blocks, state.nr_free_pages_blocks);
  same(clauses::zone_free_cma, zone.cma, state.nr_free_cma);
  same(clauses::zone_allocated, zone.allocated, state.nr_allocated);
  same(clauses::free_highatomic, zone.highatomic, state.nr_free_highatomic);
  same(clauses::reserved_highatomic, pages_reserved(raw), state.nr_reserved_highatomic);
}

void check_page_states(const Raw& raw, Findings& findings) {
  for (uint32_t pfn = 0; pfn < raw.span; ++pfn) {
    if (is_valid_page(raw, pfn)) continue;
    const bool inside = pfn >= raw.start && pfn < raw.end;
    findings.add(clauses::page_state, at_page(pfn), inside ? 0 : page_state::absent,
                 raw.pages[pfn]);
  }
}

// ---- spb-lists

uint32_t check_spb_list(const Raw& raw, uint32_t id, Findings& findings) {
  const ListHead& list = raw.zone.state().spb_lists[id];
  uint32_t length = 0;
  uint32_t before = 0;
  for (uint32_t at = list.first; at != 0; at = raw.spbs[at - 1].next) {
    if (at > raw.nr_spbs || raw.spbs[at - 1].on_list != id || raw.spbs[at - 1].prev != before) {
      findings.add(clauses::spb_links, at_spb(std::min(at, raw.nr_spbs) - 1), before,
                   at > raw.nr_spbs ? at : raw.spbs[at - 1].prev);
      return length;
    }
    before = at;
    ++length;
  }
  if (list.last != before) findings.add(clauses::spb_ends, at_zone(), before, list.last);
  return length;
}

void check_spb_lists(const Raw& raw, Findings& findings) {
  for (uint32_t s = 0; s < raw.nr_spbs; ++s) {
    if (is_listed_right(raw.spbs[s], raw.spb_blocks)) continue;
    findings.add(clauses::spb_list, at_spb(s), list_called_for(raw.spbs[s], raw.spb_blocks),
                 raw.spbs[s].on_list);
  }
  uint32_t listed = 0;
  for (uint32_t id = 0; id < nr_spb_lists; ++id)
    listed += check_spb_list(raw, id, findings);
  if (listed != raw.nr_spbs) findings.add(clauses::spb_unlisted, at_zone(), raw.nr_spbs, listed);
}

// ---- slots

void check_slots(const Raw& raw, Findings& findings) {
  const uint32_t nr_slots = raw.zone.geometry().slots;
  for (uint32_t i = 0; i < nr_slots; ++i)
    check_slot(raw, i, findings);
  for (uint32_t pfn = 0; pfn < raw.span; ++pfn) {
    const uint32_t owner = raw.links[pfn].next;
    if (!Raw::is_allocated(raw.pages[pfn]) || owner == 0) continue;
    const uint32_t named = owner <= nr_slots ? raw.zone.slot(owner - 1).page : 0;
    if (named != pfn + 1) findings.add(clauses::slot_orphan, at_page(pfn), pfn + 1, named);
  }
}

}  // namespace

// ---- all

void full_checks(const Zone& zone, Findings& findings) {
  const Raw raw(zone);
  for (uint32_t s = 0; s < raw.nr_spbs; ++s)
    check_counters(raw, s, findings);
  for (uint32_t b = 0; b < raw.nr_blocks; ++b)
    check_bits(raw, b, findings);
  check_cover(raw, findings);
  check_lists(raw, findings);
  check_dead_links(raw, findings);
  check_buddies(raw, findings);
  check_page_states(raw, findings);
  check_sums(raw, findings);
  check_spb_lists(raw, findings);
  check_items(raw, findings);
  check_slots(raw, findings);
}

std::optional<Violation> full_check(const Zone& zone) {
  Findings findings;
  full_checks(zone, findings);
  if (findings.empty()) return std::nullopt;
  return findings.all().front();
}

}  // namespace spb
