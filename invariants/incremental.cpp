// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/incremental.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "invariants/items.h"

namespace spb {

namespace {

// ---- pages by the eight

constexpr uint64_t every_byte = 0x0101010101010101U;

uint64_t load(const uint8_t* pages) {
  uint64_t word;
  std::memcpy(&word, pages, sizeof word);
  return word;
}

/// Sixteen pages, compared at once. Where one is free the comparison is -1.
using Sixteen [[gnu::vector_size(16)]] = int8_t;

/// Free pages among 16 * `n`, at most 64 * 16: what two bytes of the sum count fits into one.
inline uint32_t count_free_sixteens(const uint8_t* pages, uint32_t n) {
  Sixteen sums{};
  for (uint32_t i = 0; i < n; ++i) {
    Sixteen word;
    std::memcpy(&word, pages + 16 * std::size_t{i}, sizeof word);
    sums -= (word & int8_t{page_state::not_free_mask}) == 0;
  }
  uint64_t halves[2];
  std::memcpy(halves, &sums, sizeof halves);
  constexpr uint64_t even_bytes = 0x00ff00ff00ff00ffU;
  const uint64_t both = halves[0] + halves[1];
  const uint64_t pairs = (both & even_bytes) + (both >> 8 & even_bytes);
  return static_cast<uint32_t>(pairs * 0x0001000100010001U >> 48);
}

/// Free pages among n, a power of two below 16 or above 1024.
[[gnu::noinline]] uint32_t count_free_slowly(const uint8_t* pages, uint32_t n) {
  uint32_t free = 0;
  for (uint32_t i = 0; n < 16 && i < n; ++i)
    free += (pages[i] & page_state::not_free_mask) == 0;
  for (uint32_t i = 0; n >= 16 && i < n; i += 1024)
    free += count_free_sixteens(pages + i, 64);
  return free;
}

[[gnu::always_inline]] inline uint32_t count_free(const uint8_t* pages, uint32_t n) {
  return n - 16 <= 1024 - 16 ? count_free_sixteens(pages, n / 16) : count_free_slowly(pages, n);
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

Incremental::Incremental(const Zone& zone)
    : raw_(zone),
      blocks_(raw_.nr_blocks),
      spbs_(raw_.most_spbs),
      counts_(raw_.nr_areas * raw_.orders),
      listed_(raw_.nr_areas) {
  rebuild();
}

/// How much of each pageblock and superpageblock is in the zone.
void Incremental::measure() {
  end_ = raw_.end();
  for (SpbRecord& spb : spbs_)
    spb.total = 0;
  for (uint32_t b = 0; b < raw_.nr_blocks; ++b) {
    blocks_[b].pages = static_cast<uint16_t>(raw_.pages_in_zone(b));
    uint16_t& total = spbs_[raw_.spb_of_block(b)].total;
    total = static_cast<uint16_t>(total + (blocks_[b].pages > 0));
  }
}

void Incremental::rebuild() {
  synced_ = 0;
  free_ = free_in_blocks_ = reserved_blocks_ = 0;
  free_of_type_ = {};
  for (SpbRecord& spb : spbs_)
    spb = {{0, 0, 0, 0}, 0, 0, 0, 0, 0, 1};
  measure();
  for (uint32_t b = 0; b < raw_.nr_blocks; ++b) {
    BlockRecord& block = blocks_[b];
    block = {0, 0, 0, 0, 0, 0, block.pages, 0, 0};
    sync_block(b);
    block.changed = 0;
    block.cleared = 0;
    count_block(b);
  }
  for (uint32_t a = 0; a < raw_.nr_areas; ++a) {
    for (uint32_t order = 0; order <= raw_.max_order; ++order)
      count_order(a, order);
  }
  stamp_ = 0;
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
  reserved_blocks_ += static_cast<uint32_t>(now.tag == MIGRATE_HIGHATOMIC) -
                      static_cast<uint32_t>(block.tag == MIGRATE_HIGHATOMIC);
  block.tag = now.tag;
  block.bits = now.bits;
}

/// Counts the pages of a block anew and corrects the sums by the difference; true if there is one.
[[gnu::always_inline]] inline bool Incremental::count_block(uint32_t b) {
  BlockRecord& block = blocks_[b];
  const uint8_t* pages = raw_.pages + (b << raw_.block_order);
  const uint32_t free = count_free(pages, raw_.block_pages);
  const bool in_large = free == raw_.block_pages &&
                        (!Raw::is_head(pages[0]) || Raw::order_of(pages[0]) >= raw_.block_order);
  const uint32_t whole = in_large ? free : 0;
  const uint8_t type = raw_.list_type(b);
  if (free == block.free && whole == block.whole && type == block.type) [[unlikely]]
    return false;
  const uint32_t change = free - block.free;
  spbs_[raw_.spb_of_block(b)].free += change;
  free_ += change;
  if (whole == block.whole && type == block.type) [[likely]] {
    free_of_type_[type] += change;
    block.free = static_cast<uint16_t>(free);
    return true;
  }
  free_of_type_[block.type] -= block.free;
  free_of_type_[type] += free;
  if (block.type != MIGRATE_ISOLATE) free_in_blocks_ -= block.whole;
  if (type != MIGRATE_ISOLATE) free_in_blocks_ += whole;
  block.free = static_cast<uint16_t>(free);
  block.whole = static_cast<uint16_t>(whole);
  block.type = type;
  return true;
}

/// Takes over an area's nr_free of this order.
[[gnu::always_inline]] inline void Incremental::count_order(uint32_t a, uint32_t order) {
  const uint32_t index = a * raw_.orders + order;
  const uint32_t now = raw_.counts[index];
  uint32_t& counted = counts_[index];
  listed_[a] += (now - counted) << order;
  counted = now;
}

// ---- the operation

namespace {

/// The range that is likely to hold the others: what was split comes first, what merged last.
DirtyPages holder_of(const BoundedList<DirtyPages>& pages) {
  if (pages.count == 0) return {};
  const DirtyPages& first = pages.entries[0];
  const DirtyPages& last = pages.entries[pages.count - 1];
  return first.order < last.order ? last : first;
}

bool holds(const DirtyPages& holder, const DirtyPages& range) {
  return range.order <= holder.order &&
         (holder.pfn.value ^ range.pfn.value) >> holder.order.value == 0;
}

}  // namespace

void Incremental::check(Violations& violations) {
  const DirtyList& dirty = raw_.zone.dirty;
  violations_ = &violations;
  met_whole_ = false;
  if (dirty.has_changed(ZonePart::size)) measure();
  sync_blocks([](uint32_t) {});
  synced_ = 0;
  inside_first_ = inside_end_ = 0;
  ++stamp_;
  const DirtyPages holder = holder_of(dirty.pages);
  const bool is_range = holder.order.value > 0;
  if (is_range) check_range(holder.pfn.value, holder.order.value);
  for (const DirtyPages& range : dirty.pages) {
    count_order(raw_.area_of(range.pfn.value), range.order.value);
    if (is_range && holds(holder, range)) {
      check_seen(range.pfn.value, range.order.value);
    } else if (range.order.value == 0) {
      check_page(range.pfn.value);
    } else {
      check_range(range.pfn.value, range.order.value);
    }
  }
  for (const Pfn pfn : dirty.links)
    check_links(pfn.value);
  for (const BlockIndex b : dirty.blocks)
    check_changed_block(b.value);
  for (const SpbIndex s : dirty.spbs)
    check_spb(s.value);
  if (dirty.has_changed(ZonePart::sums)) check_zone();
  if (dirty.has_changed(ZonePart::evacuation)) check_items(raw_, violations);
}

// ---- ranges of pages

/// The most frequent ranges: a page that is a chunk by itself, or allocated.
[[gnu::always_inline]] inline void Incremental::check_page(uint32_t pfn) {
  const uint8_t page = raw_.pages[pfn];
  const uint32_t b = raw_.block_of(pfn);
  if (page == Raw::head_byte(0)) {
    check_node(pfn, 0);
    refresh_block(b);
    return;
  }
  const uint8_t bit = lasting_bit(page & page_state::type_mask);
  const uint8_t type = raw_.list_type(b);
  // A chunk that still covers it shows in the area's sum.
  if (!is_allocated_page(raw_, pfn, end_) || (bit & ~raw_.blocks[b].bits) ||
      blocks_[b].type != type) [[unlikely]] {
    check_range(pfn, 0);
    return;
  }
  check_list_start(raw_.area_of(pfn), 0, type);
  check_owner(pfn);
  refresh_block(b);
}

/// The chunk that was here, if it was one, is on no list any more.
[[gnu::always_inline]] inline void Incremental::check_left_list(uint32_t pfn, uint32_t order) {
  const uint32_t b = raw_.block_of(pfn);
  const uint8_t type = raw_.list_type(b);
  check_list_start(raw_.area_of(pfn), order, type);
  if (blocks_[b].type != type) check_list_start(raw_.area_of(pfn), order, blocks_[b].type);
}

/// A part of a range that was gone through as a whole: there is left what the part was.
[[gnu::always_inline]] inline void Incremental::check_seen(uint32_t pfn, uint32_t order) {
  const uint8_t page = raw_.pages[pfn];
  if (page == Raw::head_byte(order)) return;
  check_left_list(pfn, order);
  if (Raw::is_allocated(page)) check_owner(pfn);
}

[[gnu::noinline]] void Incremental::check_range(uint32_t pfn, uint32_t order) {
  const uint32_t end = pfn + (1U << order);
  const uint32_t first = raw_.block_of(pfn);
  met_whole_ = met_whole_ || order >= raw_.block_order;
  if (raw_.pages[pfn] != Raw::head_byte(order)) check_left_list(pfn, order);
  uint32_t at = pfn;
  do {
    const uint8_t page = raw_.pages[at];
    if (Raw::is_head(page)) {
      at = check_head(at, end);
    } else if (page == page_state::in_free_chunk) {
      at = check_inside(at, end);
    } else {
      at = check_taken(at, end);
    }
  } while (at < end);
  for (uint32_t b = first; b <= raw_.block_of(end - 1); ++b)
    refresh_block(b);
}

/// A chunk begins here; returns the page behind it, or `end`.
inline uint32_t Incremental::check_head(uint32_t head, uint32_t end) {
  const uint32_t order = Raw::order_of(raw_.pages[head]);
  if (order > raw_.max_order || (head & ((1U << order) - 1)) != 0 || head + (1U << order) > end_ ||
      head < raw_.start) {
    violations_->add(clauses::unaligned, at_page(head), raw_.max_order, order);
    return head + 1;
  }
  check_chunk(head, order);
  const uint32_t behind = std::min(head + (1U << order), end);
  check_zero(head + 1, behind);
  return behind;
}

/// A page inside a chunk that begins before it.
uint32_t Incremental::check_inside(uint32_t pfn, uint32_t end) {
  if (raw_.links[pfn].next != 0 || raw_.links[pfn].prev != 0) {
    violations_->add(clauses::dead_links, at_page(pfn), 0, raw_.links[pfn].next);
  }
  if (pfn < inside_first_ || pfn >= inside_end_) {
    const uint32_t head = raw_.covering_head(pfn);
    if (head == no_index) {
      violations_->add(clauses::uncovered, at_page(pfn), page_state::free_head, raw_.pages[pfn]);
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

inline void Incremental::check_zero(uint32_t pfn, uint32_t end) {
  if (pfn >= end) return;
  const uint32_t other = find_other(raw_.pages, pfn, end, page_state::in_free_chunk);
  if (other == end) return;
  violations_->add(clauses::interrupted, at_page(other), page_state::in_free_chunk,
                   raw_.pages[other]);
}

/// Pages that are not free; returns the page behind a run of equal ones.
inline uint32_t Incremental::check_taken(uint32_t pfn, uint32_t end) {
  const uint8_t page = raw_.pages[pfn];
  const uint32_t behind = pfn + 1 == end ? end : find_other(raw_.pages, pfn + 1, end, page);
  const uint8_t bit = lasting_bit(page & page_state::type_mask);
  const bool simple = is_valid_page(raw_, pfn) && is_valid_page(raw_, behind - 1) &&
                      raw_.block_of(pfn) == raw_.block_of(behind - 1) &&
                      !(bit & ~raw_.blocks[raw_.block_of(pfn)].bits);
  if (!simple) check_run(pfn, behind);
  if (raw_.covering_head(pfn) != no_index) {
    violations_->add(clauses::interrupted, at_page(pfn), page_state::in_free_chunk, page);
  }
  if (Raw::is_allocated(page)) check_owner(pfn);
  return behind;
}

/// Equal pages that may span pageblocks, lie outside the zone, or be what they should not.
[[gnu::noinline]] void Incremental::check_run(uint32_t pfn, uint32_t end) {
  const uint8_t page = raw_.pages[pfn];
  if (!is_valid_page(raw_, pfn) || !is_valid_page(raw_, end - 1)) {
    violations_->add(clauses::page_state, at_page(pfn), 0, page);
    return;
  }
  if (!Raw::is_allocated(page)) return;
  const uint8_t bit = lasting_bit(page & page_state::type_mask);
  for (uint32_t b = raw_.block_of(pfn); b <= raw_.block_of(end - 1); ++b) {
    if (!(bit & ~raw_.blocks[b].bits)) continue;
    violations_->add(clauses::content, at_page(std::max(pfn, b << raw_.block_order)), bit,
                     raw_.blocks[b].bits);
  }
}

inline void Incremental::check_owner(uint32_t pfn) {
  const PageLinks& links = raw_.links[pfn];
  const bool owned = (raw_.pages[pfn] & page_state::owned) != 0;
  if (links.prev != 0 || (links.next != 0 && !owned)) {
    violations_->add(clauses::dead_links, at_page(pfn), 0, links.prev ? links.prev : links.next);
    return;
  }
  if (links.next == 0) return;
  const uint32_t named = links.next <= raw_.nr_slots ? raw_.slots[links.next - 1].page : 0;
  if (named != pfn + 1) violations_->add(clauses::slot_orphan, at_page(pfn), pfn + 1, named);
}

// ---- chunks and their lists

/// A chunk of the same order, on the list of the same type and area.
inline bool Incremental::is_neighbour(uint32_t pfn, uint32_t head, uint8_t type) const {
  return pfn < raw_.span && raw_.pages[pfn] == raw_.pages[head] &&
         raw_.list_type(raw_.block_of(pfn)) == type && raw_.area_of(pfn) == raw_.area_of(head);
}

/// Neighbours are chunks of the same order that point back; where there is none the list ends.
[[gnu::always_inline]] inline void Incremental::check_node(uint32_t head, uint32_t order) {
  const uint32_t self = head + 1;
  const uint32_t a = raw_.area_of(head);
  const uint8_t type = raw_.list_type(raw_.block_of(head));
  const uint8_t page = raw_.pages[head];
  const PageLinks& links = raw_.links[head];
  const ListHead& list = raw_.list(a, order, type);
  const auto is_end = [&](uint32_t end, uint32_t neighbour) {
    return neighbour == 0 ? end == self
                          : neighbour <= raw_.span && raw_.pages[neighbour - 1] == page;
  };
  bool good = is_end(list.first, links.prev) && is_end(list.last, links.next);
  if (good && links.prev) good = raw_.links[links.prev - 1].next == self;
  if (good && links.next) good = raw_.links[links.next - 1].prev == self;
  good = good && (raw_.areas[a].nonempty[type] >> order & 1U);
  if (!good) [[unlikely]]
    report_node(head, order, type);
  if (order < raw_.max_order && raw_.pages[head ^ (1U << order)] == page) [[unlikely]] {
    report_buddy(head, order);
  }
}

/// The same for a chunk whose pageblocks may have changed: its neighbours' and its own must agree.
void Incremental::check_chunk(uint32_t head, uint32_t order) {
  const uint8_t type = raw_.list_type(raw_.block_of(head));
  check_node(head, order);
  for (const uint32_t neighbour : {raw_.links[head].prev, raw_.links[head].next}) {
    if (neighbour != 0 && !is_neighbour(neighbour - 1, head, type)) report_node(head, order, type);
  }
  if (order > raw_.block_order) check_large(head, order, type);
}

[[gnu::cold]] void Incremental::report_node(uint32_t head, uint32_t order, uint8_t type) {
  const uint32_t self = head + 1;
  const uint32_t index = raw_.list_index(raw_.area_of(head), order, type);
  const ListHead& list = raw_.list(raw_.area_of(head), order, type);
  const PageLinks links = raw_.links[head];
  if (!(raw_.areas[raw_.area_of(head)].nonempty[type] >> order & 1U)) {
    violations_->add(clauses::nonempty, at_list(index), 1, 0);
  }
  for (const uint32_t neighbour : {links.prev, links.next}) {
    if (neighbour == 0 || is_neighbour(neighbour - 1, head, type)) continue;
    violations_->add(clauses::wrong_list, at_page(head), index, neighbour);
    return;
  }
  const auto same = [&](const Clause& clause, uint32_t found) {
    if (found != self) violations_->add(clause, at_page(head), self, found);
  };
  if (links.prev) same(clauses::chunk_links, raw_.links[links.prev - 1].next);
  if (links.next) same(clauses::chunk_links, raw_.links[links.next - 1].prev);
  if (!links.prev) same(clauses::list_ends, list.first);
  if (!links.next) same(clauses::list_ends, list.last);
}

void Incremental::check_large(uint32_t head, uint32_t order, uint8_t type) {
  const uint32_t last = raw_.block_of(head + (1U << order) - 1);
  for (uint32_t b = raw_.block_of(head) + 1; b <= last; ++b) {
    if (raw_.list_type(b) == type) continue;
    violations_->add(clauses::mixed_types, at_block(b), type, raw_.list_type(b));
  }
}

/// Chunk and buddy are free and of one order.
[[gnu::noinline]] void Incremental::report_buddy(uint32_t head, uint32_t order) {
  const uint32_t low = head & ~(1U << order);
  if (order < raw_.block_order) {
    violations_->add(clauses::sub_block, at_page(low), order + 1, order);
  } else if (types_merge(raw_, raw_.block_of(low), raw_.block_of(low | 1U << order))) {
    violations_->add(clauses::whole_block, at_page(low), order + 1, order);
  }
}

/// The links of a chunk changed; if it is gone by now, its pages are marked.
[[gnu::always_inline]] inline void Incremental::check_links(uint32_t pfn) {
  const uint8_t page = raw_.pages[pfn];
  if (!Raw::is_head(page)) return;
  if (Raw::order_of(page) <= raw_.max_order) {
    check_node(pfn, Raw::order_of(page));
  } else {
    violations_->add(clauses::unaligned, at_page(pfn), raw_.max_order, Raw::order_of(page));
  }
}

/// A chunk left the list. If it has others, those that were beside it are marked; if none is left,
/// its first and last say so.
[[gnu::always_inline]] inline void Incremental::check_list_start(uint32_t a, uint32_t order,
                                                                 uint8_t type) {
  const ListHead& list = raw_.list(a, order, type);
  const bool bit = (raw_.areas[a].nonempty[type] >> order & 1U) != 0;
  const bool ends = list.first == 0 ? list.last == 0
                                    : list.first <= raw_.span &&
                                          raw_.pages[list.first - 1] == Raw::head_byte(order);
  if (bit == (list.first != 0) && ends) [[likely]]
    return;
  const Where where = at_list(raw_.list_index(a, order, type));
  if (bit != (list.first != 0)) violations_->add(clauses::nonempty, where, list.first != 0, bit);
  if (!ends) violations_->add(clauses::list_ends, where, list.first, list.last);
}

// ---- pageblocks

[[gnu::always_inline]] inline void Incremental::refresh_block(uint32_t b) {
  BlockRecord& block = blocks_[b];
  if (block.stamp == stamp_ || block.changed) return;
  block.stamp = stamp_;
  if (!count_block(b)) return;
  if (block.free == block.pages || (block.bits & PB_all_free)) [[unlikely]]
    check_bits(b);
}

[[gnu::noinline]] void Incremental::check_bits(uint32_t b) {
  const BlockRecord& block = blocks_[b];
  const bool wholly = block.free == block.pages && block.pages > 0;
  if ((block.bits & PB_all_free) && !wholly) {
    violations_->add(clauses::all_free, at_block(b), block.pages, block.free);
  }
  if (wholly && !(block.bits & (PB_all_free | any_content))) {
    violations_->add(clauses::not_all_free, at_block(b), PB_all_free, block.bits);
  }
}

/// Its tag or bits changed: the lists of all its free chunks, and what the cleared bits stood for.
void Incremental::check_changed_block(uint32_t b) {
  BlockRecord& block = blocks_[b];
  if (!block.changed) return;
  const uint8_t type_before = block.type;
  block.stamp = stamp_;
  count_block(b);
  check_bits(b);
  if (block.type != type_before && block.free > 0) {
    const uint32_t end = (b + 1) << raw_.block_order;
    for (uint32_t at = b << raw_.block_order; at < end;)
      at = Raw::is_head(raw_.pages[at]) ? check_head(at, end) : at + 1;
    if (raw_.pages[b << raw_.block_order] == page_state::in_free_chunk) {
      check_inside(b << raw_.block_order, end);
    }
  }
  if (block.cleared && block.free < block.pages) check_content(b);
  block.cleared = 0;
  block.changed = 0;
}

void Incremental::check_content(uint32_t b) {
  const uint32_t first = b << raw_.block_order;
  for (uint32_t pfn = first; pfn < first + raw_.block_pages; ++pfn) {
    const uint8_t page = raw_.pages[pfn];
    const uint8_t bit = lasting_bit(page & page_state::type_mask);
    if (!Raw::is_allocated(page) || !(bit & ~raw_.blocks[b].bits)) continue;
    violations_->add(clauses::content, at_page(pfn), bit, raw_.blocks[b].bits);
    return;
  }
}

// ---- superpageblocks and the zone

[[gnu::always_inline]] inline void Incremental::check_spb(uint32_t s) {
  SpbRecord& record = spbs_[s];
  if (record.stamp == stamp_) return;
  record.stamp = stamp_;
  const SpbState& spb = raw_.spbs[s];
  // The counters come first; compared one by one they would cost more than the rest.
  static_assert(offsetof(SpbState, total_pageblocks) == 5 * sizeof(uint16_t) &&
                offsetof(SpbRecord, total) == offsetof(SpbState, total_pageblocks));
  if (std::memcmp(&spb, &record, 6 * sizeof(uint16_t)) != 0 || spb.nr_free_pages != record.free)
      [[unlikely]] {
    report_spb(s);
  }
  if (raw_.zone.dirty.has_changed(ZonePart::spb_lists) || record.list_is_old) check_spb_place(s);
  if (raw_.nr_areas > 1) check_area(s, record.free);
}

[[gnu::cold]] void Incremental::report_spb(uint32_t s) {
  const SpbRecord& record = spbs_[s];
  const SpbState& spb = raw_.spbs[s];
  const uint16_t counters[4] = {spb.nr_free, spb.nr_unmovable, spb.nr_reclaimable, spb.nr_movable};
  const Clause* const clause[4] = {&clauses::nr_free, &clauses::nr_unmovable,
                                   &clauses::nr_reclaimable, &clauses::nr_movable};
  for (const uint16_t counter : counters) {
    if (counter <= spb.total_pageblocks) continue;
    violations_->add(clauses::above_total, at_spb(s), spb.total_pageblocks, counter);
  }
  if (spb.nr_reserved != record.reserved) {
    violations_->add(clauses::nr_reserved, at_spb(s), record.reserved, spb.nr_reserved);
  }
  if (spb.total_pageblocks != record.total) {
    violations_->add(clauses::total_pageblocks, at_spb(s), record.total, spb.total_pageblocks);
  }
  for (int i = 0; i < 4; ++i) {
    if (counters[i] == record.counters[i]) continue;
    violations_->add(*clause[i], at_spb(s), record.counters[i], counters[i]);
  }
  if (spb.nr_free_pages != record.free) {
    violations_->add(clauses::spb_free_pages, at_spb(s), record.free, spb.nr_free_pages);
  }
}

[[gnu::always_inline]] inline void Incremental::check_spb_place(uint32_t s) {
  SpbRecord& record = spbs_[s];
  const SpbState& spb = raw_.spbs[s];
  if (record.list_is_old || spb.on_list != record.list) [[unlikely]] {
    record.list = list_called_for(spb, raw_.spb_blocks);
    record.list_is_old = 0;
    if (!is_listed_right(spb, raw_.spb_blocks)) {
      violations_->add(clauses::spb_list, at_spb(s), record.list, spb.on_list);
    }
  }
  if (spb.on_list >= nr_spb_lists || spb.prev > raw_.nr_spbs() || spb.next > raw_.nr_spbs()) return;
  const ListHead& list = raw_.state->spb_lists[spb.on_list];
  const uint32_t from_prev = spb.prev ? raw_.spbs[spb.prev - 1].next : list.first;
  const uint32_t from_next = spb.next ? raw_.spbs[spb.next - 1].prev : list.last;
  if (from_prev != s + 1) {
    violations_->add(spb.prev ? clauses::spb_links : clauses::spb_ends, at_spb(s), s + 1,
                     from_prev);
  }
  if (from_next != s + 1) {
    violations_->add(spb.next ? clauses::spb_links : clauses::spb_ends, at_spb(s), s + 1,
                     from_next);
  }
}

/// nr_free of an area's orders, weighted by their size, is its free pages.
[[gnu::always_inline]] inline void Incremental::check_area(uint32_t a, uint32_t free) {
  if (listed_[a] == free) return;
  violations_->add(clauses::area_count, at_list(raw_.list_index(a, 0, 0)), free, listed_[a]);
}

[[gnu::always_inline]] inline void Incremental::check_zone() {
  const ZoneState& state = *raw_.state;
  const uint32_t counted = free_ - free_of_type_[MIGRATE_ISOLATE];
  if (state.nr_free_pages != counted) {
    violations_->add(clauses::zone_free_pages, at_zone(), counted, state.nr_free_pages);
  }
  if (state.nr_free_pages_blocks != free_in_blocks_) {
    violations_->add(clauses::zone_free_blocks, at_zone(), free_in_blocks_,
                     state.nr_free_pages_blocks);
  }
  const uint32_t allocated = end_ - raw_.start - free_;
  if (state.nr_allocated != allocated) {
    violations_->add(clauses::zone_allocated, at_zone(), allocated, state.nr_allocated);
  }
  check_apart();
  if (raw_.nr_areas == 1) check_area(0, free_);
}

/// Most zones have none of them.
[[gnu::always_inline]] inline void Incremental::check_apart() {
  const ZoneState& state = *raw_.state;
  const uint32_t cma = free_of_type_[MIGRATE_CMA];
  const uint32_t highatomic = free_of_type_[MIGRATE_HIGHATOMIC];
  const uint32_t reserved = reserved_blocks_;
  if ((state.nr_free_cma | state.nr_free_highatomic | state.nr_reserved_highatomic | cma |
       highatomic | reserved) == 0) [[likely]]
    return;
  const auto same = [this](const Clause& clause, uint32_t expected, uint32_t found) {
    if (expected != found) [[unlikely]]
      violations_->add(clause, at_zone(), expected, found);
  };
  same(clauses::zone_free_cma, cma, state.nr_free_cma);
  same(clauses::free_highatomic, highatomic, state.nr_free_highatomic);
  same(clauses::reserved_highatomic, reserved * raw_.block_pages, state.nr_reserved_highatomic);
}

}  // namespace spb
