// SPDX-License-Identifier: GPL-2.0-only
#include "model/state/mutate.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <utility>

#include "model/state/machine.h"
#include "model/words/must.h"

namespace spb {

namespace {

void mark(Zone& zone, SpbIndex s) {
  if (zone.dirty.enabled) zone.dirty.spbs.add(s);
}
void mark(Zone& zone, ZonePart part) {
  if (zone.dirty.enabled) zone.dirty.zone |= bit(part);
}

void report_taint(Zone& zone, BlockIndex b, Migratetype type, bool set, bool first_or_last) {
  zone.events.add({.kind = EventKind::spb_pb_taint,
                   .type = type,
                   .pfn = zone.geometry().first_page(b),
                   .a = set,
                   .b = first_or_last});
}

void report_all_free(Zone& zone, BlockIndex b, bool set) {
  zone.events.add({.kind = EventKind::all_free, .pfn = zone.geometry().first_page(b), .a = set});
}

/// A chunk of this order can begin at this page.
[[maybe_unused]] bool is_place_of_chunk(const Zone& zone, Pfn pfn, Order order) {
  const Geometry& g = zone.geometry();
  return order.value <= g.max_page_order && pfn.value % nr_pages(order) == 0 && g.contains(pfn) &&
         g.contains(pfn + (nr_pages(order) - 1));
}

/// None is below 0 or above the pageblocks that there are.
[[maybe_unused]] bool are_counts_of(const Spb<Concrete>& spb) {
  const auto in_range = [&](int counter) {
    return counter >= 0 && counter <= spb.total_pageblocks;
  };
  return in_range(spb.nr_free) && in_range(spb.nr_unmovable) && in_range(spb.nr_reclaimable) &&
         in_range(spb.nr_movable);
}

/// Every page is in this state, as far as the bits of `mask` go.
[[maybe_unused]] bool all_pages(const Zone& zone, Pfn pfn, Order order, uint8_t mask,
                                uint8_t state) {
  const uint8_t* first = zone.pages() + pfn.value;
  return std::all_of(first, first + nr_pages(order),
                     [=](uint8_t page) { return (page & mask) == state; });
}

}  // namespace

// ---- free lists

template <Mutate::Change change>
[[gnu::always_inline]] inline void Mutate::account_free(Zone& zone, Order order, Migratetype type,
                                                        Pfn pfn) {
  using accounting::FreePages;
  const SpbIndex s = zone.spb_of(pfn);
  SpbState& spb = zone.spbs_[s.value];
  ZoneState& state = *zone.state_;
  const Chunk<Concrete> chunk{static_cast<int>(order.value), type, false};
  const auto off = accounting::unlisted<Concrete>();
  const auto on =
      accounting::listed<Concrete>(chunk, static_cast<int>(nr_pages(order)), zone.limits_);
  const FreePages<Concrete> counts{static_cast<int>(spb.nr_free_pages),
                                   static_cast<int>(state.nr_free_pages),
                                   static_cast<int>(state.nr_free_pages_blocks)};
  const auto after = change == Change::listed ? accounting::recount<Concrete>(counts, off, on)
                                              : accounting::recount<Concrete>(counts, on, off);
  spb.nr_free_pages = static_cast<uint32_t>(after.nr_free_pages);
  state.nr_free_pages = static_cast<uint32_t>(after.nr_free_pages_zone);
  state.nr_free_pages_blocks = static_cast<uint32_t>(after.nr_free_pages_blocks);
  mark(zone, s);
}

/// Of the lists that few requests read.
template <Mutate::Change change>
[[gnu::noinline]] void Mutate::account_apart(Zone& zone, Order order, Migratetype type, Pfn pfn) {
  account_free<change>(zone, order, type, pfn);
  using accounting::ApartPages;
  ZoneState& state = *zone.state_;
  const auto on = accounting::listed_apart<Concrete>({static_cast<int>(order.value), type, false},
                                                     static_cast<int>(nr_pages(order)));
  const ApartPages<Concrete> off{0, 0};
  const ApartPages<Concrete> counts{static_cast<int>(state.nr_free_cma),
                                    static_cast<int>(state.nr_free_highatomic)};
  const auto after = change == Change::listed ? accounting::recount<Concrete>(counts, off, on)
                                              : accounting::recount<Concrete>(counts, on, off);
  state.nr_free_cma = static_cast<uint32_t>(after.cma);
  state.nr_free_highatomic = static_cast<uint32_t>(after.highatomic);
}

template <Mutate::Change change>
inline void Mutate::account(Zone& zone, Order order, Migratetype type, Pfn pfn) {
  if (type < MIGRATE_PCPTYPES) [[likely]] {
    account_free<change>(zone, order, type, pfn);
  } else {
    account_apart<change>(zone, order, type, pfn);
  }
}

void Mutate::add_to_free_list(Zone& zone, Pfn pfn, Order order, Migratetype type, bool tail) {
  SPB_MUST(is_place_of_chunk(zone, pfn, order));
  SPB_MUST(all_pages(zone, pfn, order, page_state::not_free_mask, 0));
  SPB_MUST_NOT(zone.is_free_head(pfn));
  SPB_MUST_NOT(type >= MIGRATE_TYPES);
  const uint32_t a = zone.area_of(pfn);
  ListHead& head = zone.heads_[zone.list_index(a, order, type)];
  PageLinks& links = zone.links_[pfn.value];
  const uint32_t self = pfn.value + 1;
  uint32_t& end = tail ? head.last : head.first;
  const uint32_t neighbour = end;
  links = tail ? PageLinks{0, neighbour} : PageLinks{neighbour, 0};
  if (neighbour != 0) {
    PageLinks& other = zone.links_[neighbour - 1];
    (tail ? other.next : other.prev) = self;
  } else {
    (tail ? head.first : head.last) = self;
    zone.areas_[a].nonempty[type] =
        static_cast<uint16_t>(zone.areas_[a].nonempty[type] | 1U << order.value);
  }
  end = self;
  ++zone.counts_[a * zone.geometry_.nr_page_orders() + order.value];
  zone.pages_[pfn.value] = static_cast<uint8_t>(page_state::free_head | order.value);
  account<Change::listed>(zone, order, type, pfn);
  touch(zone, pfn, order);
}

void Mutate::del_page_from_free_list(Zone& zone, Pfn pfn, Order order, Migratetype type) {
  const uint32_t a = zone.area_of(pfn);
  ListHead& head = zone.heads_[zone.list_index(a, order, type)];
  PageLinks& links = zone.links_[pfn.value];
  SPB_MUST(zone.is_free_head(pfn, order));
  SPB_MUST(zone.areas_[a].nonempty[type] >> order.value & 1U);
  SPB_MUST_NOT(head.first == 0);
  SPB_MUST_NOT(zone.nr_free(a, order) == 0);
  (links.prev ? zone.links_[links.prev - 1].next : head.first) = links.next;
  (links.next ? zone.links_[links.next - 1].prev : head.last) = links.prev;
  if (const uint32_t beside = links.prev ? links.prev : links.next) {
    touch_links(zone, Pfn(beside - 1));
  }
  if (head.first == 0) {
    zone.areas_[a].nonempty[type] =
        static_cast<uint16_t>(zone.areas_[a].nonempty[type] & ~(1U << order.value));
  }
  links = {0, 0};
  --zone.counts_[a * zone.geometry_.nr_page_orders() + order.value];
  zone.pages_[pfn.value] = page_state::in_free_chunk;
  account<Change::unlisted>(zone, order, type, pfn);
  touch(zone, pfn, order);
}

void Mutate::move_to_free_list(Zone& zone, Pfn pfn, Order order, Migratetype from, Migratetype to) {
  const bool isolation = from == MIGRATE_ISOLATE || to == MIGRATE_ISOLATE;
  const bool alike =
      from == to || (rules::is_mergeable<Concrete>(from) && rules::is_mergeable<Concrete>(to));
  if (order.value >= zone.geometry_.pageblock_order && !alike && !isolation) {
    zone.state_->moved_unmerged = 1;
    mark(zone, ZonePart::merging);
  }
  del_page_from_free_list(zone, pfn, order, from);
  add_to_free_list(zone, pfn, order, to, true);
}

// ---- pages

namespace {

/// Most chunks are one page: a store, not a call.
void fill_pages(uint8_t* first, Order order, uint8_t state) {
  if (order.value == 0) {
    *first = state;
  } else {
    std::memset(first, state, nr_pages(order));
  }
}

}  // namespace

void Mutate::mark_allocated(Zone& zone, Pfn pfn, Order order, uint8_t type, uint8_t extra) {
  SPB_MUST(all_pages(zone, pfn, order, 0xff, page_state::in_free_chunk));
  SPB_MUST_NOT(type & ~page_state::type_mask);
  SPB_MUST_NOT(extra & ~(page_state::owned | page_state::before));
  fill_pages(zone.pages_ + pfn.value, order,
             static_cast<uint8_t>(page_state::allocated | extra | type));
  zone.state_->nr_allocated += nr_pages(order);
  touch(zone, pfn, order);
}

void Mutate::mark_free(Zone& zone, Pfn pfn, Order order) {
  SPB_MUST(all_pages(zone, pfn, order, page_state::not_free_mask, page_state::allocated));
  SPB_MUST_NOT(zone.state_->nr_allocated < nr_pages(order));
  fill_pages(zone.pages_ + pfn.value, order, page_state::in_free_chunk);
  zone.state_->nr_allocated -= nr_pages(order);
  touch(zone, pfn, order);
}

void Mutate::retype_pages_before(Zone& zone, BlockIndex b, Migratetype type) {
  constexpr uint8_t fixed = page_state::allocated | page_state::before;
  uint8_t* page = zone.pages_ + zone.geometry_.first_page(b).value;
  for (uint32_t i = 0; i < zone.geometry_.pageblock_nr_pages(); ++i) {
    if ((page[i] & fixed) == fixed) {
      page[i] = static_cast<uint8_t>((page[i] & ~page_state::type_mask) | type);
    }
  }
  touch(zone, zone.geometry_.first_page(b), Order(zone.geometry_.pageblock_order));
}

// ---- pageblocks and superpageblocks

void Mutate::write_block(Zone& zone, BlockIndex b, const Block<Concrete>& after, BlockState next) {
  BlockState& state = zone.blocks_[b.value];
  const Block<Concrete> before = zone.view(b);
  const SpbIndex s = zone.spb_of(b);
  SpbState& spb = zone.spbs_[s.value];
  const Spb<Concrete> counted = accounting::recount<Concrete>(zone.view(s), before, after);
  SPB_MUST(are_counts_of(counted));
  SPB_MUST_NOT(zone.geometry_.outside(b));
  SPB_MUST_NOT(after.all_free &&
               (after.has_unmovable || after.has_reclaimable || after.has_movable));
  if (before.all_free && !after.all_free) report_all_free(zone, b, false);
  if (before.has_unmovable != after.has_unmovable) {
    report_taint(zone, b, MIGRATE_UNMOVABLE, after.has_unmovable,
                 spb.nr_unmovable == 0 || counted.nr_unmovable == 0);
  }
  if (before.has_reclaimable != after.has_reclaimable) {
    report_taint(zone, b, MIGRATE_RECLAIMABLE, after.has_reclaimable,
                 spb.nr_reclaimable == 0 || counted.nr_reclaimable == 0);
  }
  if (before.has_movable != after.has_movable) {
    report_taint(zone, b, MIGRATE_MOVABLE, after.has_movable,
                 spb.nr_movable == 0 || counted.nr_movable == 0);
  }
  if (!before.all_free && after.all_free) report_all_free(zone, b, true);
  if (before.tag != after.tag) {
    zone.events.add({.kind = EventKind::retag,
                     .type = next.tag,
                     .pfn = zone.geometry_.first_page(b),
                     .a = state.tag});
  }
  spb.nr_free = static_cast<uint16_t>(counted.nr_free);
  spb.nr_unmovable = static_cast<uint16_t>(counted.nr_unmovable);
  spb.nr_reclaimable = static_cast<uint16_t>(counted.nr_reclaimable);
  spb.nr_movable = static_cast<uint16_t>(counted.nr_movable);
  state = next;
  if (zone.dirty.enabled) zone.dirty.blocks.add(b);
  mark(zone, s);
}

uint8_t spb_list_for(const Zone& zone, SpbIndex s) {
  if (zone.spb(s).contig_allocated) return list_isolated;
  const Spb<Concrete> view = zone.view(s);
  if (rules::spb_is_empty<Concrete>(view)) return list_empty;
  const uint8_t category = rules::spb_is_tainted<Concrete>(view) ? SB_TAINTED : SB_CLEAN;
  return list_id(category,
                 static_cast<uint32_t>(rules::spb_fullness<Concrete>(view, zone.limits())));
}

void Mutate::spb_list_add(Zone& zone, SpbIndex s, uint8_t list) {
  ListHead& head = zone.state_->spb_lists[list];
  SpbState& spb = zone.spbs_[s.value];
  const uint32_t last = head.last;
  spb.next = 0;
  spb.prev = last;
  spb.on_list = list;
  if (last != 0) {
    zone.spbs_[last - 1].next = s.value + 1;
  } else {
    head.first = s.value + 1;
  }
  head.last = s.value + 1;
  mark(zone, ZonePart::spb_lists);
  mark(zone, s);
}

void Mutate::spb_list_del(Zone& zone, SpbIndex s) {
  SpbState& spb = zone.spbs_[s.value];
  ListHead& head = zone.state_->spb_lists[spb.on_list];
  SPB_MUST((spb.prev == 0) == (head.first == s.value + 1));
  SPB_MUST((spb.next == 0) == (head.last == s.value + 1));
  SPB_MUST_NOT(head.first == 0);
  (spb.prev ? zone.spbs_[spb.prev - 1].next : head.first) = spb.next;
  (spb.next ? zone.spbs_[spb.next - 1].prev : head.last) = spb.prev;
  mark(zone, ZonePart::spb_lists);
  // Of two that became neighbours one shows what both are.
  if (const uint32_t beside = spb.prev ? spb.prev : spb.next) mark(zone, SpbIndex(beside - 1));
}

void Mutate::spb_update_list(Zone& zone, SpbIndex s) {
  const uint8_t list = spb_list_for(zone, s);
  const SpbState& spb = zone.spbs_[s.value];
  const bool is_last = spb.next == 0;
  const bool changes = list != spb.on_list;
  if (changes || (zone.updates_rotate_ && !is_last)) {
    spb_list_del(zone, s);
    spb_list_add(zone, s, list);
  }
  if (changes || zone.updates_rotate_) maybe_start_defrag(zone, s);
}

void maybe_start_defrag(Zone& zone, SpbIndex s) {
  if (!zone.events.enabled || !zone.policy().lists_per_superpageblock) return;
  if (!rules::needs_defrag<Concrete>(zone.view(s), zone.limits())) return;
  zone.events.add({.kind = EventKind::defrag_requested, .a = s.value});
  if (zone.observers) zone.observers->defrag_requested(zone, s);
}

void Mutate::init_superpageblock(Zone& zone, SpbIndex s) {
  SpbState& spb = zone.spbs_[s.value];
  const BlockIndex first(s.value << zone.spb_block_shift_);
  for (BlockIndex b = first; b < first + zone.geometry_.pageblocks; ++b) {
    BlockState& block = zone.blocks_[b.value];
    block.tag = MIGRATE_MOVABLE;
    if (zone.dirty.enabled) zone.dirty.blocks.add(b);
    if (zone.geometry_.outside(b)) continue;
    // init_pageblock_migratetype() sets the bit of the tag, before any page is free.
    block.bits = PB_has_movable;
    ++spb.total_pageblocks;
    ++spb.nr_movable;
  }
  spb_list_add(zone, s, spb_list_for(zone, s));
}

void Mutate::add_superpageblock(Zone& zone) {
  SPB_MUST(zone.geometry_.grows_by > 0);
  const SpbIndex s(zone.nr_spbs());
  const Pfn first = zone.geometry_.end();
  ++*zone.size_;
  zone.follow_size();
  std::fill(zone.pages_ + first.value, zone.pages_ + zone.geometry_.end().value,
            page_state::in_free_chunk);
  init_superpageblock(zone, s);
  mark(zone, ZonePart::size);
}

void Mutate::set_hint(Zone& zone, Order order, Migratetype type, SpbIndex s) {
  zone.hints_now_->of[order.value][type] = s.value + 1;
  mark(zone, ZonePart::hints);
}

void Mutate::clear_hints(Zone& zone) {
  std::fill_n(zone.hints_, zone.machine_.shape().cpus, HintState{});
  mark(zone, ZonePart::hints);
}

void Mutate::throttle_evacuation(Zone& zone, Migratetype type) {
  zone.state_->evacuation_wait[type] =
      static_cast<uint8_t>(zone.parameters_[ParameterId::evacuation_interval]);
  zone.machine_.look_who_waits();
}

void Mutate::pass_time(Machine& machine, uint32_t ms) {
  for (const auto& zone : machine.zones_) {
    for (uint8_t& wait : zone->state_->evacuation_wait)
      wait = static_cast<uint8_t>(wait > ms ? wait - ms : 0);
  }
  machine.look_who_waits();
}

void Mutate::set_reserved_highatomic(Zone& zone, uint32_t pages) {
  zone.state_->nr_reserved_highatomic = pages;
  mark(zone, ZonePart::sums);
}

void Mutate::strand_free_highatomic(Zone& zone, uint32_t pages) {
  zone.state_->nr_free_highatomic += pages;
  mark(zone, ZonePart::sums);
}

// ---- slots

void Mutate::set_slot(Zone& zone, uint32_t slot, Pfn pfn, Order order) {
  SPB_MUST(slot < zone.geometry_.slots);
  SPB_MUST(zone.pages_[pfn.value] & page_state::owned);
  forget_slot(zone, slot);
  SPB_MUST_NOT(zone.links_[pfn.value].next != 0);
  const auto type = static_cast<uint8_t>(zone.pages_[pfn.value] & page_state::type_mask);
  zone.slots_[slot] = {pfn.value + 1, static_cast<uint8_t>(order.value), type,
                       static_cast<uint16_t>(zone.index_)};
  zone.links_[pfn.value].next = slot + 1;
}

void Mutate::forget_slot(Zone& zone, uint32_t slot) {
  Slot& entry = zone.slots_[slot];
  if (entry.page == 0) return;
  if (entry.zone != zone.index_) [[unlikely]]
    return forget_slot(zone.machine_.zone(entry.zone), slot);
  SPB_MUST(zone.links_[entry.page - 1].next == slot + 1);
  SPB_MUST_NOT(zone.is_free_head(Pfn(entry.page - 1)));
  zone.links_[entry.page - 1].next = 0;
  entry = {0, 0, 0, 0};
}

// ---- evacuation items

namespace {

uint32_t pop(uint32_t& stack, EvacuateItem* items) {
  const uint32_t item = stack;
  if (item == 0) return 0;
  stack = items[item - 1].next;
  items[item - 1].next = 0;
  return item;
}

void push(uint32_t& stack, EvacuateItem* items, uint32_t item) {
  items[item - 1].next = static_cast<uint16_t>(stack);
  stack = item;
}

uint32_t shift(ListHead& queue, EvacuateItem* items) {
  const uint32_t item = pop(queue.first, items);
  if (queue.first == 0) queue.last = 0;
  return item;
}

void append(ListHead& queue, EvacuateItem* items, uint32_t item) {
  if (queue.last != 0) {
    items[queue.last - 1].next = static_cast<uint16_t>(item);
  } else {
    queue.first = item;
  }
  queue.last = item;
}

}  // namespace

/// The item that is due in a place leaves it; 0 if none is there.
uint32_t Mutate::take_item(Zone& zone, ItemPlace from) {
  EvacuateQueue& queue = *zone.queue_;
  switch (from) {
    case ItemPlace::free:
      return pop(*zone.evacuate_free_, zone.items_);
    case ItemPlace::pending:
      return pop(queue.pending, zone.items_);
    case ItemPlace::work:
      return shift(queue.work, zone.items_);
    case ItemPlace::running:
      queue.cursor = 0;
      return std::exchange(queue.running, 0U);
    case ItemPlace::nowhere:
      break;
  }
  return 0;
}

void Mutate::put_item(Zone& zone, uint32_t item, ItemPlace to) {
  EvacuateQueue& queue = *zone.queue_;
  switch (to) {
    case ItemPlace::free:
      zone.items_[item - 1].block = 0;
      zone.items_[item - 1].zone = 0;
      return push(*zone.evacuate_free_, zone.items_, item);
    case ItemPlace::pending:
      return push(queue.pending, zone.items_, item);
    case ItemPlace::work:
      return append(queue.work, zone.items_, item);
    case ItemPlace::running:
      queue.running = item;
      return;
    case ItemPlace::nowhere:
      break;
  }
}

namespace {

accounting::ItemCounts<Concrete> item_counts(const uint32_t* items) {
  return {static_cast<int>(items[0]), static_cast<int>(items[1]), static_cast<int>(items[2]),
          static_cast<int>(items[3])};
}

void set_item_counts(uint32_t* items, const accounting::ItemCounts<Concrete>& counts) {
  const int in_order[nr_item_places] = {counts.free, counts.pending, counts.work, counts.running};
  std::copy(std::begin(in_order), std::end(in_order), items);
}

}  // namespace

void Mutate::fill_pool(Zone& zone, uint32_t items) {
  for (uint32_t item = items; item > 0; --item)
    put_item(zone, item, ItemPlace::free);
  zone.item_counts_[static_cast<std::size_t>(ItemPlace::free)] = items;
}

uint32_t Mutate::move_item(Zone& zone, const ItemRow& row) {
  const uint32_t item = take_item(zone, row.from);
  // Items of the other places may be in another node's.
  SPB_MUST(item != 0 || row.from != ItemPlace::free || zone.item_counts_[0] == 0);
  SPB_MUST_NOT(item != 0 && zone.item_counts_[static_cast<std::size_t>(row.from)] == 0);
  SPB_MUST_NOT(row.to == ItemPlace::running && zone.queue_->running != 0);
  if (item == 0) return 0;
  mark(zone, ZonePart::evacuation);
  put_item(zone, item, row.to);
  uint32_t* counts = zone.item_counts_;
  set_item_counts(counts, accounting::recount<Concrete>(item_counts(counts), row.from, row.to));
  return item;
}

void Mutate::set_item_block(Zone& zone, uint32_t item, BlockIndex b) {
  SPB_MUST(item != 0);
  SPB_MUST_NOT(zone.geometry_.outside(b));
  zone.items_[item - 1].block = b.value + 1;
  zone.items_[item - 1].zone = static_cast<uint16_t>(zone.index_);
  mark(zone, ZonePart::evacuation);
}

void Mutate::set_evacuate_cursor(Zone& zone, Pfn cursor) {
  zone.queue_->cursor = cursor.value + 1;
  mark(zone, ZonePart::evacuation);
}

}  // namespace spb
