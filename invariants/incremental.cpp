// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/incremental.h"

#include <algorithm>
#include <cstring>

#include "invariants/items.h"

namespace spb {

namespace {

// ---- pages by the eight
// --------------------------------------------------------------------------

constexpr uint64_t every_byte = 0x0101010101010101U;

uint64_t load(const uint8_t* pages) {
  uint64_t word;
  std::memcpy(&word, pages, sizeof word);
  return word;
}

/// Free pages among n, a power of two.
uint32_t count_free(const uint8_t* pages, uint32_t n) {
  constexpr uint64_t even_bytes = 0x00ff00ff00ff00ffU;
  uint32_t taken = 0;
  if (n < 8) {
    for (uint32_t i = 0; i < n; ++i)
      taken += (pages[i] & page_state::not_free_mask) != 0;
    return n - taken;
  }
  while (n > 0) {
    const uint32_t part = std::min(n, 1024U);
    uint64_t sums = 0;  // bytewise: at most 128 words fit
    for (uint32_t i = 0; i < part; i += 8) {
      const uint64_t word = load(pages + i);
      sums += (word >> 6 | word >> 5) & every_byte;
    }
    const uint64_t pairs = (sums & even_bytes) + (sums >> 8 & even_bytes);
    taken += part - static_cast<uint32_t>(pairs * 0x0001000100010001U >> 48);
    pages += part;
    n -= part;
  }
  return taken;
}

/// First page in [pfn, end) whose byte is not `byte`, or end.
uint32_t find_other(const uint8_t* pages, uint32_t pfn, uint32_t end, uint8_t byte) {
  const uint64_t same = every_byte * byte;
  while (end - pfn >= 8 && load(pages + pfn) == same)
    pfn += 8;
  while (pfn < end && pages[pfn] == byte)
    ++pfn;
  return pfn;
}

}  // namespace

// ---- what is kept
// --------------------------------------------------------------------------------

Incremental::Incremental(const Zone& zone)
    : raw_(zone),
      bins_(zone.parameters()[ParameterId::fullness_bins]),
      blocks_(raw_.nr_blocks),
      spbs_(raw_.nr_spbs) {
  for (uint32_t b = 0; b < raw_.nr_blocks; ++b)
    blocks_[b].pages = static_cast<uint16_t>(raw_.pages_in_zone(b));
  rebuild();
}

void Incremental::rebuild() {
  synced_ = 0;
  free_ = free_counted_ = free_in_blocks_ = 0;
  for (SpbRecord& spb : spbs_)
    spb = {{0, 0, 0, 0}, 0, 0, 0, 0, 1};
  for (uint32_t b = 0; b < raw_.nr_blocks; ++b) {
    BlockRecord& block = blocks_[b];
    block = {0, 0, 0, 0, 0, 0, block.pages, 0, 0};
    spbs_[raw_.spb_of_block(b)].total =
        static_cast<uint16_t>(spbs_[raw_.spb_of_block(b)].total + (block.pages > 0));
    sync_block(b);
    block.changed = 0;
    block.cleared = 0;
    count_block(b);
  }
  stamp_ = 0;
  evacuation_ = evacuation();
}

void Incremental::sync_block(uint32_t b) {
  const BlockState& now = raw_.blocks[b];
  BlockRecord& block = blocks_[b];
  if (now.tag == block.tag && now.bits == block.bits) return;
  SpbRecord& spb = spbs_[raw_.spb_of_block(b)];
  constexpr uint8_t counted[4] = {PB_all_free, PB_has_unmovable, PB_has_reclaimable,
                                  PB_has_movable};
  for (uint32_t i = 0; i < 4; ++i) {
    const int change = ((now.bits & counted[i]) != 0) - ((block.bits & counted[i]) != 0);
    spb.counters[i] = static_cast<uint16_t>(spb.counters[i] + change);
  }
  spb.list_is_old = 1;
  block.cleared = static_cast<uint8_t>(block.cleared | (block.bits & ~now.bits));
  block.changed = 1;
  block.tag = now.tag;
  block.bits = now.bits;
}

/// Counts the pages of a block anew and corrects the sums by the difference.
void Incremental::count_block(uint32_t b) {
  BlockRecord& block = blocks_[b];
  const uint8_t* pages = raw_.pages + (b << raw_.block_order);
  const uint32_t free = count_free(pages, raw_.block_pages);
  const bool in_large = free == raw_.block_pages &&
                        (!Raw::is_head(pages[0]) || Raw::order_of(pages[0]) >= raw_.block_order);
  const uint32_t whole = in_large ? free : 0;
  const uint8_t type = Raw::list_type(raw_.blocks[b], raw_.isolation_moves);
  spbs_[raw_.spb_of_block(b)].free += free - block.free;
  free_ += free - block.free;
  if (block.type != MIGRATE_ISOLATE) {
    free_counted_ -= block.free;
    free_in_blocks_ -= block.whole;
  }
  if (type != MIGRATE_ISOLATE) {
    free_counted_ += free;
    free_in_blocks_ += whole;
  }
  block.free = static_cast<uint16_t>(free);
  block.whole = static_cast<uint16_t>(whole);
  block.type = type;
}

Incremental::Evacuation Incremental::evacuation() const {
  const ZoneState& state = raw_.zone.state();
  return {state.evacuate_free,      state.evacuate_pending, state.evacuate_work.first,
          state.evacuate_work.last, state.evacuate_running, state.evacuate_cursor};
}

// ---- the operation
// -------------------------------------------------------------------------------

void Incremental::check(Findings& findings) {
  const DirtyList& dirty = raw_.zone.dirty;
  findings_ = &findings;
  sync_blocks([](uint32_t) {});
  synced_ = 0;
  inside_first_ = inside_end_ = 0;
  vacated_ = ~uint64_t{0};
  ++stamp_;
  for (const DirtyPages& range : dirty.pages)
    check_range(range.pfn.value, range.order.value);
  for (const BlockIndex b : dirty.blocks)
    check_changed_block(b.value);
  for (const SpbIndex s : dirty.spbs)
    check_spb(s.value);
  if (dirty.spbs.count > 0) check_zone();
  if (const Evacuation now = evacuation(); !(now == evacuation_)) {
    check_items(raw_, findings);
    evacuation_ = now;
  }
}

// ---- ranges of pages
// -----------------------------------------------------------------------------

void Incremental::check_range(uint32_t pfn, uint32_t order) {
  const uint32_t end = pfn + (1U << order);
  if (raw_.pages[pfn] != Raw::head_byte(order)) check_vacated(pfn, order);
  for (uint32_t at = pfn; at < end;) {
    const uint8_t page = raw_.pages[at];
    if (Raw::is_head(page)) {
      at = check_head(at, end);
    } else if (page == page_state::in_free_chunk) {
      at = check_inside(at, end);
    } else {
      at = check_taken(at, end);
    }
  }
  const uint32_t last = raw_.block_of(end - 1);
  for (uint32_t b = raw_.block_of(pfn); b <= last; ++b)
    refresh_block(b);
}

/// A chunk begins here; returns the page behind it, or `end`.
uint32_t Incremental::check_head(uint32_t head, uint32_t end) {
  const uint32_t order = Raw::order_of(raw_.pages[head]);
  if (order > raw_.max_order || (head & ((1U << order) - 1)) != 0 ||
      head + (1U << order) > raw_.end || head < raw_.start) {
    findings_->add(clauses::unaligned, at_page(head), raw_.max_order, order);
    return head + 1;
  }
  check_chunk(head, order, raw_.list_type(raw_.block_of(head)));
  const uint32_t behind = std::min(head + (1U << order), end);
  check_zero(head + 1, behind);
  return behind;
}

/// A page inside a chunk that begins before it.
uint32_t Incremental::check_inside(uint32_t pfn, uint32_t end) {
  if (raw_.links[pfn].next != 0 || raw_.links[pfn].prev != 0) {
    findings_->add(clauses::dead_links, at_page(pfn), 0, raw_.links[pfn].next);
  }
  if (pfn < inside_first_ || pfn >= inside_end_) {
    const uint32_t head = raw_.covering_head(pfn);
    if (head == no_index) {
      findings_->add(clauses::uncovered, at_page(pfn), page_state::free_head, raw_.pages[pfn]);
      return pfn + 1;
    }
    check_head(head, head + 1);
    inside_first_ = head;
    inside_end_ = head + (1U << std::min(Raw::order_of(raw_.pages[head]), raw_.max_order));
  }
  const uint32_t behind = std::min(inside_end_, end);
  check_zero(pfn, behind);
  return behind;
}

void Incremental::check_zero(uint32_t pfn, uint32_t end) {
  const uint32_t other = find_other(raw_.pages, pfn, end, page_state::in_free_chunk);
  if (other == end) return;
  findings_->add(clauses::interrupted, at_page(other), page_state::in_free_chunk,
                 raw_.pages[other]);
}

/// A run of equal pages that are not free: allocated, within one chunk or several, or outside.
uint32_t Incremental::check_taken(uint32_t pfn, uint32_t end) {
  const uint8_t page = raw_.pages[pfn];
  const uint32_t behind = find_other(raw_.pages, pfn + 1, end, page);
  if (!is_valid_page(raw_, pfn) || !is_valid_page(raw_, behind - 1)) {
    findings_->add(clauses::page_state, at_page(pfn), 0, page);
    return behind;
  }
  if (!Raw::is_allocated(page)) return behind;
  const uint8_t bit = has_bit(page & page_state::type_mask);
  for (uint32_t b = raw_.block_of(pfn); b <= raw_.block_of(behind - 1); ++b) {
    if (raw_.blocks[b].bits & bit) continue;
    findings_->add(clauses::content, at_page(std::max(pfn, b << raw_.block_order)), bit,
                   raw_.blocks[b].bits);
  }
  const PageLinks& links = raw_.links[pfn];
  if (links.prev != 0 || (links.next != 0 && !(page & page_state::owned))) {
    findings_->add(clauses::dead_links, at_page(pfn), 0, links.prev ? links.prev : links.next);
  } else if (links.next != 0) {
    const uint32_t nr_slots = raw_.zone.geometry().slots;
    const uint32_t named = links.next <= nr_slots ? raw_.zone.slot(links.next - 1).page : 0;
    if (named != pfn + 1) findings_->add(clauses::slot_orphan, at_page(pfn), pfn + 1, named);
  }
  return behind;
}

// ---- chunks and their lists
// ----------------------------------------------------------------------

void Incremental::check_chunk(uint32_t head, uint32_t order, uint8_t type) {
  check_neighbours(head, order, type);
  const uint16_t nonempty = raw_.zone.area(raw_.area_of(head)).nonempty[type];
  if (!(nonempty >> order & 1U)) {
    findings_->add(clauses::nonempty, at_list(raw_.list_index(raw_.area_of(head), order, type)), 1,
                   0);
  }
  if (order > raw_.block_order) check_large(head, order, type);
  if (order < raw_.max_order && raw_.pages[head ^ (1U << order)] == raw_.pages[head]) {
    check_no_buddy(head, order);
  }
}

/// A neighbour is a chunk of the same list that points back, and where there is none the list ends.
void Incremental::check_neighbours(uint32_t head, uint32_t order, uint8_t type) {
  const uint32_t self = head + 1;
  const uint32_t a = raw_.area_of(head);
  const PageLinks& links = raw_.links[head];
  const ListHead& list = raw_.list(a, order, type);
  const auto fits = [&](uint32_t neighbour) {
    return neighbour <= raw_.span && raw_.pages[neighbour - 1] == raw_.pages[head] &&
           raw_.list_type(raw_.block_of(neighbour - 1)) == type && raw_.area_of(neighbour - 1) == a;
  };
  for (const uint32_t neighbour : {links.prev, links.next}) {
    if (neighbour == 0 || fits(neighbour)) continue;
    findings_->add(clauses::wrong_list, at_page(head), raw_.list_index(a, order, type), neighbour);
    return;
  }
  const uint32_t from_prev = links.prev ? raw_.links[links.prev - 1].next : list.first;
  const uint32_t from_next = links.next ? raw_.links[links.next - 1].prev : list.last;
  if (from_prev != self) {
    findings_->add(links.prev ? clauses::chunk_links : clauses::list_ends, at_page(head), self,
                   from_prev);
  }
  if (from_next != self) {
    findings_->add(links.next ? clauses::chunk_links : clauses::list_ends, at_page(head), self,
                   from_next);
  }
}

void Incremental::check_large(uint32_t head, uint32_t order, uint8_t type) {
  const uint32_t last = raw_.block_of(head + (1U << order) - 1);
  for (uint32_t b = raw_.block_of(head) + 1; b <= last; ++b) {
    if (raw_.list_type(b) == type) continue;
    findings_->add(clauses::mixed_types, at_block(b), type, raw_.list_type(b));
  }
}

/// Chunk and buddy are free and of one order.
void Incremental::check_no_buddy(uint32_t head, uint32_t order) {
  const uint32_t low = head & ~(1U << order);
  if (order < raw_.block_order) {
    findings_->add(clauses::sub_block, at_page(low), order + 1, order);
  } else if (types_merge(raw_, raw_.block_of(low), raw_.block_of(low | 1U << order))) {
    findings_->add(clauses::whole_block, at_page(low), order + 1, order);
  }
}

/// The chunk that was here is on no list any more: the ends of the lists it may have been on.
void Incremental::check_vacated(uint32_t pfn, uint32_t order) {
  const uint32_t b = raw_.block_of(pfn);
  const uint32_t a = raw_.area_of(pfn);
  const uint8_t type = raw_.list_type(b);
  const uint64_t lists = (uint64_t{raw_.list_index(a, order, type)} << 8) | blocks_[b].type;
  if (lists == vacated_) return;
  vacated_ = lists;
  check_list_ends(a, order, type);
  if (blocks_[b].type != type) check_list_ends(a, order, blocks_[b].type);
}

void Incremental::check_list_ends(uint32_t a, uint32_t order, uint8_t type) {
  const ListHead& list = raw_.list(a, order, type);
  const uint32_t index = raw_.list_index(a, order, type);
  const bool bit = (raw_.zone.area(a).nonempty[type] >> order & 1U) != 0;
  if (bit != (list.first != 0)) {
    findings_->add(clauses::nonempty, at_list(index), list.first != 0, bit);
  }
  if (list.first == 0 && list.last == 0) return;
  for (const uint32_t end : {list.first, list.last}) {
    const bool fits = end != 0 && end <= raw_.span &&
                      raw_.pages[end - 1] == Raw::head_byte(order) &&
                      raw_.list_type(raw_.block_of(end - 1)) == type;
    if (!fits) {
      findings_->add(clauses::list_ends, at_list(index), list.first, list.last);
      return;
    }
  }
  if (raw_.links[list.first - 1].prev != 0 || raw_.links[list.last - 1].next != 0) {
    findings_->add(clauses::list_ends, at_list(index), list.first, list.last);
  }
}

// ---- pageblocks
// ----------------------------------------------------------------------------------

void Incremental::refresh_block(uint32_t b) {
  BlockRecord& block = blocks_[b];
  if (block.stamp == stamp_) return;
  block.stamp = stamp_;
  const uint8_t type_before = block.type;
  count_block(b);
  // check_vacated() still needs the list that chunks of this pageblock were on.
  block.type = type_before;
  const bool wholly = block.free == block.pages && block.pages > 0;
  if ((block.bits & PB_all_free) && !wholly) {
    findings_->add(clauses::all_free, at_block(b), block.pages, block.free);
  }
  if (wholly && !(block.bits & (PB_all_free | has_bit(block.tag)))) {
    findings_->add(clauses::not_all_free, at_block(b), PB_all_free, block.bits);
  }
}

/// Its tag or bits changed: the lists of all its free chunks, and what the cleared bits stood for.
void Incremental::check_changed_block(uint32_t b) {
  BlockRecord& block = blocks_[b];
  if (!block.changed) return;
  refresh_block(b);
  const uint8_t type = raw_.list_type(b);
  if (type != block.type && block.free > 0) {
    const uint32_t end = (b + 1) << raw_.block_order;
    for (uint32_t at = b << raw_.block_order; at < end;)
      at = Raw::is_head(raw_.pages[at]) ? check_head(at, end) : at + 1;
    if (raw_.pages[b << raw_.block_order] == page_state::in_free_chunk) {
      check_inside(b << raw_.block_order, end);
    }
  }
  if (block.cleared && block.free < block.pages) check_content(b);
  block.type = type;
  block.cleared = 0;
  block.changed = 0;
}

void Incremental::check_content(uint32_t b) {
  const uint32_t first = b << raw_.block_order;
  for (uint32_t pfn = first; pfn < first + raw_.block_pages; ++pfn) {
    const uint8_t page = raw_.pages[pfn];
    const uint8_t bit = has_bit(page & page_state::type_mask);
    if (!Raw::is_allocated(page) || (raw_.blocks[b].bits & bit)) continue;
    findings_->add(clauses::content, at_page(pfn), bit, raw_.blocks[b].bits);
    return;
  }
}

// ---- superpageblocks and the zone
// ----------------------------------------------------------------

void Incremental::check_spb(uint32_t s) {
  SpbRecord& record = spbs_[s];
  if (record.stamp == stamp_) return;
  record.stamp = stamp_;
  const SpbState& spb = raw_.spbs[s];
  const uint16_t counters[4] = {spb.nr_free, spb.nr_unmovable, spb.nr_reclaimable, spb.nr_movable};
  const Clause* const clause[4] = {&clauses::nr_free, &clauses::nr_unmovable,
                                   &clauses::nr_reclaimable, &clauses::nr_movable};
  if (std::memcmp(counters, record.counters, sizeof counters) != 0) {
    for (int i = 0; i < 4; ++i) {
      if (counters[i] > spb.total_pageblocks) {
        findings_->add(clauses::above_total, at_spb(s), spb.total_pageblocks, counters[i]);
      }
      if (counters[i] == record.counters[i]) continue;
      findings_->add(*clause[i], at_spb(s), record.counters[i], counters[i]);
    }
  }
  if (spb.total_pageblocks != record.total) {
    findings_->add(clauses::total_pageblocks, at_spb(s), record.total, spb.total_pageblocks);
  }
  if (spb.nr_free_pages != record.free) {
    findings_->add(clauses::spb_free_pages, at_spb(s), record.free, spb.nr_free_pages);
  }
  check_spb_place(s);
  if (raw_.nr_areas > 1) check_area(s, record.free);
}

void Incremental::check_spb_place(uint32_t s) {
  SpbRecord& record = spbs_[s];
  const SpbState& spb = raw_.spbs[s];
  if (record.list_is_old || spb.on_list != record.list) {
    record.list = list_called_for(spb, bins_);
    record.list_is_old = 0;
  }
  if (spb.on_list != record.list) {
    findings_->add(clauses::spb_list, at_spb(s), record.list, spb.on_list);
  }
  if (spb.on_list >= nr_spb_lists || spb.prev > raw_.nr_spbs || spb.next > raw_.nr_spbs) return;
  const ListHead& list = raw_.zone.state().spb_lists[spb.on_list];
  const uint32_t from_prev = spb.prev ? raw_.spbs[spb.prev - 1].next : list.first;
  const uint32_t from_next = spb.next ? raw_.spbs[spb.next - 1].prev : list.last;
  if (from_prev != s + 1) {
    findings_->add(spb.prev ? clauses::spb_links : clauses::spb_ends, at_spb(s), s + 1, from_prev);
  }
  if (from_next != s + 1) {
    findings_->add(spb.next ? clauses::spb_links : clauses::spb_ends, at_spb(s), s + 1, from_next);
  }
}

/// nr_free of an area's orders, weighted by their size, is its free pages.
void Incremental::check_area(uint32_t a, uint32_t free) {
  uint32_t pages = 0;
  for (uint32_t order = 0; order <= raw_.max_order; ++order)
    pages += raw_.zone.nr_free(a, Order(order)) << order;
  if (pages != free) {
    findings_->add(clauses::area_count, at_list(raw_.list_index(a, 0, 0)), free, pages);
  }
}

void Incremental::check_zone() {
  const ZoneState& state = raw_.zone.state();
  if (state.nr_free_pages != free_counted_) {
    findings_->add(clauses::zone_free_pages, at_zone(), free_counted_, state.nr_free_pages);
  }
  if (state.nr_free_pages_blocks != free_in_blocks_) {
    findings_->add(clauses::zone_free_blocks, at_zone(), free_in_blocks_,
                   state.nr_free_pages_blocks);
  }
  const uint32_t allocated = raw_.end - raw_.start - free_;
  if (state.nr_allocated != allocated) {
    findings_->add(clauses::zone_allocated, at_zone(), allocated, state.nr_allocated);
  }
  if (raw_.nr_areas == 1) check_area(0, free_);
}

}  // namespace spb
