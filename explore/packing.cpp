// SPDX-License-Identifier: GPL-2.0-only
#include "explore/packing.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "model/state/accounting.h"

namespace spb {

namespace {

constexpr uint32_t list_width = width_of(nr_spb_lists - 1);
constexpr uint32_t tag_width = width_of(MIGRATE_TYPES - 1);
constexpr uint32_t block_bits_width = 5;
constexpr uint32_t type_width = 3;

/// Of what is left of an interval between operations: nothing, where one is over with the operation
/// that began it.
uint32_t width_of_wait(const Parameters& parameters) {
  if (!intervals_outlast_operations(parameters)) return 0;
  return width_of(parameters[ParameterId::evacuation_interval] -
                  parameters[ParameterId::operation_ms]);
}

}  // namespace

Packing::Packing(const Zone& zone, const Symmetry& symmetry, SlotNames names)
    : zone_(zone),
      geometry_(zone.geometry()),
      names_(names),
      series_(zone.policy().lists_per_superpageblock),
      spb_places_(!symmetry.list_places),
      items_(nr_items(zone)),
      pristine_(zone.machine().image().begin(), zone.machine().image().end()),
      bytes_(pristine_),
      to_(zone, bytes_) {
  const Geometry& g = geometry_;
  if (g.start_allocated) {
    throw std::runtime_error(
        "found start_allocated=1, expected a zone that is free at the start: a search names what "
        "it frees");
  }
  spb_ = width_of(g.superpageblocks);
  block_ = width_of(g.nr_blocks());
  page_ = width_of(g.span());
  order_ = width_of(g.max_page_order);
  slot_ = names == SlotNames::kept ? width_of(g.slots - 1) : 0;
  item_ = width_of(items_);
  wait_ = width_of_wait(zone.parameters());
  const uint32_t chunk = 1 + order_ + std::max(page_, type_width + slot_);
  const uint32_t places = spb_places_ ? spb_ : 0;
  bits_ = 1 + g.superpageblocks * (list_width + places) +
          g.nr_blocks() * (tag_width + block_bits_width) + g.zone_pages() * chunk;
  if (series_) bits_ += page_ + g.nr_page_orders() * MIGRATE_PCPTYPES * spb_;
  if (items_ > 0) bits_ += 2 * item_ + 1 + items_ * block_ + page_;
  bits_ += MIGRATE_PCPTYPES * wait_;
}

// ---- into words

void Packing::pack(const Zone& zone, const Renaming& renaming, uint64_t* code) const {
  BitWriter bits(code);
  bits.put(zone.state().moved_unmerged, 1);
  pack_spbs(zone, renaming, bits);
  pack_blocks(zone, renaming, bits);
  pack_chunks(zone, renaming, bits);
  if (series_) pack_hints(zone, renaming, bits);
  if (items_ > 0) pack_items(zone, renaming, bits);
  for (const uint8_t wait : zone.state().evacuation_wait)
    bits.put(wait, wait_);
  bits.finish(code + words());
}

void Packing::pack_spbs(const Zone& zone, const Renaming& renaming, BitWriter& bits) const {
  for (const uint32_t old : renaming.spb_from) {
    const SpbState& spb = zone.spb(SpbIndex(old));
    bits.put(spb.on_list, list_width);
    if (spb_places_) bits.put(spb.next == 0 ? 0 : renaming.spb_to[spb.next - 1] + 1, spb_);
  }
}

void Packing::pack_blocks(const Zone& zone, const Renaming& renaming, BitWriter& bits) const {
  const uint32_t order = geometry_.pageblock_order;
  for (uint32_t b = 0; b < geometry_.nr_blocks(); ++b) {
    const BlockState& block = zone.block(BlockIndex(renaming.page_from(b << order).value >> order));
    bits.put(block.tag | uint32_t{block.bits} << tag_width, tag_width + block_bits_width);
  }
}

void Packing::pack_chunks(const Zone& zone, const Renaming& renaming, BitWriter& bits) const {
  const uint32_t end = geometry_.end().value;
  for (uint32_t p = geometry_.start().value; p < end;)
    p += pack_chunk(zone, renaming, renaming.page_from(p), bits);
}

/// Returns the pages of the chunk that begins here.
inline uint32_t Packing::pack_chunk(const Zone& zone, const Renaming& renaming, Pfn pfn,
                                    BitWriter& bits) const {
  const uint32_t next = zone.links(pfn).next;
  if (zone.is_free_head(pfn)) {
    const uint32_t order = zone.order_of(pfn).value;
    const uint32_t there = next == 0 ? 0 : renaming.page_to(next - 1).value + 1;
    bits.put(order << 1U | there << (order_ + 1), order_ + 1 + page_);
    return 1U << order;
  }
  if (next == 0) [[unlikely]] {
    throw std::logic_error("a state has an allocated chunk that no name owns, at pfn " +
                           std::to_string(pfn.value));
  }
  const Slot& slot = zone.slot(next - 1);
  bits.put(1U | uint32_t{slot.order} << 1U | uint32_t{slot.type} << (order_ + 1),
           order_ + 1 + type_width);
  if (names_ == SlotNames::kept) bits.put(next - 1, slot_);
  return 1U << slot.order;
}

/// As posted, pages may be left behind in nr_free_highatomic (D3), each time more.
void Packing::pack_hints(const Zone& zone, const Renaming& renaming, BitWriter& bits) const {
  const uint32_t highatomic = zone.state().nr_free_highatomic;
  if (highatomic >> page_ != 0) [[unlikely]] {
    throw std::runtime_error("found nr_free_highatomic=" + std::to_string(highatomic) +
                             ", expected no more than a zone of " +
                             std::to_string(geometry_.zone_pages()) +
                             " pages can have: what is left behind there grows without end, so "
                             "give fix=D3, or have it checked");
  }
  bits.put(highatomic, page_);
  for (uint32_t order = 0; order <= geometry_.max_page_order; ++order) {
    for (const uint32_t hint : zone.hints(0).of[order])
      bits.put(hint == 0 ? 0 : renaming.spb_to[hint - 1] + 1, spb_);
  }
}

void Packing::pack_items(const Zone& zone, const Renaming& renaming, BitWriter& bits) const {
  const EvacuateQueue& queue = zone.queue();
  pack_chain(zone, renaming, queue.pending, bits);
  pack_chain(zone, renaming, queue.work.first, bits);
  bits.put(queue.running != 0, 1);
  if (queue.running == 0) return;
  const uint32_t order = geometry_.pageblock_order;
  const uint32_t block = zone.item(queue.running - 1).block - 1;
  bits.put(renaming.page_to(block << order).value >> order, block_);
  bits.put(queue.cursor - 1 - (block << order), page_);
}

void Packing::pack_chain(const Zone& zone, const Renaming& renaming, uint32_t first,
                         BitWriter& bits) const {
  const uint32_t order = geometry_.pageblock_order;
  uint32_t count = 0;
  for (uint32_t item = first; item != 0; item = zone.item(item - 1).next)
    ++count;
  bits.put(count, item_);
  for (uint32_t item = first; item != 0; item = zone.item(item - 1).next) {
    const uint32_t block = zone.item(item - 1).block - 1;
    bits.put(renaming.page_to(block << order).value >> order, block_);
  }
}

// ---- and back

const std::vector<std::byte>& Packing::unpacked(const uint64_t* code) {
  std::memcpy(bytes_.data(), pristine_.data(), bytes_.size());
  BitReader bits(code);
  *to_.state = {};
  *to_.hints = {};
  to_.state->moved_unmerged = static_cast<uint8_t>(bits.get(1));
  unpack_spbs(bits);
  unpack_blocks(bits);
  unpack_chunks(bits);
  link_chunks();
  if (series_) unpack_hints(bits);
  if (items_ > 0) unpack_items(bits);
  for (uint8_t& wait : to_.state->evacuation_wait)
    wait = static_cast<uint8_t>(bits.get(wait_));
  return bytes_;
}

void Packing::unpack_spbs(BitReader& bits) {
  for (uint32_t s = 0; s < geometry_.superpageblocks; ++s) {
    SpbState& spb = to_.spbs[s];
    spb.nr_free = spb.nr_unmovable = spb.nr_reclaimable = spb.nr_movable = 0;
    spb.nr_free_pages = spb.prev = spb.next = 0;
    spb.on_list = static_cast<uint8_t>(bits.get(list_width));
    if (spb_places_) spb.next = bits.get(spb_);
  }
  link_spbs();
}

void Packing::link_spbs() {
  for (uint32_t s = 0; s < geometry_.superpageblocks; ++s) {
    SpbState& spb = to_.spbs[s];
    ListHead& list = to_.state->spb_lists[spb.on_list];
    if (!spb_places_) {
      spb.prev = list.last;
      (list.last ? to_.spbs[list.last - 1].next : list.first) = s + 1;
      list.last = s + 1;
    } else if (spb.next != 0) {
      to_.spbs[spb.next - 1].prev = s + 1;
    } else {
      list.last = s + 1;
    }
  }
  for (uint32_t s = 0; s < geometry_.superpageblocks && spb_places_; ++s) {
    if (to_.spbs[s].prev == 0) to_.state->spb_lists[to_.spbs[s].on_list].first = s + 1;
  }
}

void Packing::unpack_blocks(BitReader& bits) {
  for (uint32_t b = 0; b < geometry_.nr_blocks(); ++b) {
    BlockState& block = to_.blocks[b];
    block.tag = static_cast<uint8_t>(bits.get(tag_width));
    block.bits = static_cast<uint8_t>(bits.get(block_bits_width));
    SpbState& spb = to_.spbs[geometry_.spb_of(BlockIndex(b)).value];
    const auto adds = accounting::contribution<Concrete>(view_of(block));
    const auto add = [](uint16_t& counter, int more) {
      counter = static_cast<uint16_t>(counter + more);
    };
    add(spb.nr_free, adds.free);
    add(spb.nr_unmovable, adds.unmovable);
    add(spb.nr_reclaimable, adds.reclaimable);
    add(spb.nr_movable, adds.movable);
  }
}

void Packing::unpack_chunks(BitReader& bits) {
  std::fill_n(to_.links, geometry_.span(), PageLinks{0, 0});
  std::fill_n(to_.slots, geometry_.slots, Slot{0, 0, 0, 0});
  for (uint32_t p = geometry_.start().value; p < geometry_.end().value;)
    p += unpack_chunk(p, bits);
}

uint32_t Packing::unpack_chunk(uint32_t pfn, BitReader& bits) {
  const bool taken = bits.get(1) != 0;
  const uint32_t order = bits.get(order_);
  const uint32_t pages = 1U << order;
  if (!taken) {
    std::fill_n(to_.pages + pfn, pages, page_state::in_free_chunk);
    to_.pages[pfn] = static_cast<uint8_t>(page_state::free_head | order);
    to_.links[pfn].next = bits.get(page_);
    return pages;
  }
  const auto type = static_cast<uint8_t>(bits.get(type_width));
  const uint32_t slot = names_ == SlotNames::kept ? bits.get(slot_) : pfn;
  std::fill_n(to_.pages + pfn, pages,
              static_cast<uint8_t>(page_state::allocated | page_state::owned | type));
  to_.slots[slot] = {pfn + 1, static_cast<uint8_t>(order), type, 0};
  to_.links[pfn].next = slot + 1;
  to_.state->nr_allocated += pages;
  return pages;
}

/// Free chunks onto their lists, from the link to the next one of each.
void Packing::link_chunks() {
  const uint32_t orders = geometry_.nr_page_orders();
  const uint32_t areas = zone_.nr_areas();
  std::fill_n(to_.areas, areas, FreeAreaState{});
  std::fill_n(to_.heads, std::size_t{areas} * orders * MIGRATE_TYPES, ListHead{0, 0});
  std::fill_n(to_.counts, std::size_t{areas} * orders, 0U);
  const auto is_free = [&](uint32_t p) { return (to_.pages[p] & page_state::free_head) != 0; };
  for (uint32_t p = 0; p < geometry_.span(); ++p) {
    if (is_free(p) && to_.links[p].next != 0) to_.links[to_.links[p].next - 1].prev = p + 1;
  }
  for (uint32_t p = 0; p < geometry_.span(); ++p) {
    if (is_free(p)) list_chunk(p);
  }
}

void Packing::list_chunk(uint32_t pfn) {
  const uint32_t order = to_.pages[pfn] & page_state::order_mask;
  const uint32_t a = zone_.area_of(Pfn(pfn));
  const BlockState& block = to_.blocks[geometry_.block_of(Pfn(pfn)).value];
  const auto list = static_cast<uint32_t>(
      rules::list_of_block<Concrete>(view_of(block), zone_.isolation_moves()));
  const uint32_t index = a * geometry_.nr_page_orders() + order;
  ListHead& head = to_.heads[index * MIGRATE_TYPES + list];
  const PageLinks& links = to_.links[pfn];
  if (links.prev == 0) head.first = pfn + 1;
  if (links.next == 0) head.last = pfn + 1;
  ++to_.counts[index];
  uint16_t& nonempty = to_.areas[a].nonempty[list];
  nonempty = static_cast<uint16_t>(nonempty | 1U << order);

  const Chunk<Concrete> chunk{static_cast<int>(order), static_cast<int>(list), false};
  const int pages = static_cast<int>(1U << order);
  const auto adds = accounting::listed<Concrete>(chunk, pages, zone_.limits());
  const auto apart = accounting::listed_apart<Concrete>(chunk, pages);
  ZoneState& state = *to_.state;
  to_.spbs[zone_.spb_of(Pfn(pfn)).value].nr_free_pages += static_cast<uint32_t>(adds.nr_free_pages);
  state.nr_free_pages += static_cast<uint32_t>(adds.nr_free_pages_zone);
  state.nr_free_pages_blocks += static_cast<uint32_t>(adds.nr_free_pages_blocks);
  state.nr_free_cma += static_cast<uint32_t>(apart.cma);
  state.nr_free_highatomic += static_cast<uint32_t>(apart.highatomic);
}

void Packing::unpack_hints(BitReader& bits) {
  to_.state->nr_free_highatomic = bits.get(page_);
  for (uint32_t order = 0; order <= geometry_.max_page_order; ++order) {
    for (uint32_t& hint : to_.hints->of[order])
      hint = bits.get(spb_);
  }
}

void Packing::unpack_items(BitReader& bits) {
  std::fill_n(to_.items, items_, EvacuateItem{});
  EvacuateQueue& queue = *to_.queue;
  uint32_t next = 0;
  const auto place = [&](ItemPlace at) -> uint32_t& {
    return to_.item_counts[static_cast<std::size_t>(at)];
  };
  const uint32_t pending = place(ItemPlace::pending) = bits.get(item_);
  queue.pending = unpack_chain(bits, next, pending);
  const uint32_t work = place(ItemPlace::work) = bits.get(item_);
  queue.work.first = unpack_chain(bits, next, work);
  queue.work.last = work > 0 ? next : 0;
  if (bits.get(1) != 0) {
    place(ItemPlace::running) = 1;
    const uint32_t block = bits.get(block_);
    to_.items[next] = {block + 1, 0, 0};
    queue.running = ++next;
    queue.cursor = 1 + (block << geometry_.pageblock_order) + bits.get(page_);
  }
  place(ItemPlace::free) = items_ - next;
  *to_.evacuate_free = next < items_ ? next + 1 : 0;
  for (; next + 1 < items_; ++next)
    to_.items[next].next = static_cast<uint16_t>(next + 2);
}

/// So many items from `next` on, each linked to the one behind it; the first + 1, or 0.
uint32_t Packing::unpack_chain(BitReader& bits, uint32_t& next, uint32_t count) {
  const uint32_t first = count > 0 ? next + 1 : 0;
  for (uint32_t i = 0; i < count; ++i, ++next)
    to_.items[next] = {bits.get(block_) + 1, static_cast<uint16_t>(i + 1 < count ? next + 2 : 0),
                       0};
  return first;
}

}  // namespace spb
