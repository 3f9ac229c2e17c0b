// SPDX-License-Identifier: GPL-2.0-only
#include "model/state/machine.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "model/words/must.h"

namespace spb {

namespace {

// Above this, a second image costs more than setting up again.
constexpr std::size_t pristine_bytes_max = 1U << 20;

/// Room for the operation that reports most: a largest buddy freed pageblock by pageblock with a
/// retag at every merge, or a batch, each page of which may refuse a claim at every order and then
/// claim a largest buddy.
uint32_t events_max(const Geometry& g) {
  constexpr uint32_t batch = 64;
  const uint32_t blocks_of_largest = 1U << (g.max_page_order - g.pageblock_order);
  return 512 + batch * 8 * g.max_page_order + blocks_of_largest * (8 + batch + g.max_page_order);
}

uint32_t pool_of(const Parameters& parameters) {
  return parameters[ParameterId::claim_evacuates] ? parameters[ParameterId::evacuate_items] : 0;
}

}  // namespace

// ---- arena

/// Offsets of the arrays, a zone's widest records first, so that nothing but a zone's end needs
/// padding. What the machine has once stands among the arrays of the first zone: digests are over
/// bytes, and those of a machine of one zone are to stay what they are.
struct Machine::Layout {
  std::array<Zone::Places, zones_max> zones{};
  std::size_t evacuate_free = 0, queues = 0, item_counts = 0, slots = 0, items = 0, bytes = 0;

  Layout(const Geometry& first, bool own_lists, uint32_t pool, const MachineShape& shape) {
    for (uint32_t z = 0; z < shape.nr_zones(); ++z) {
      const Geometry& g = shape.geometry_of(first, z);
      const std::size_t nr_areas = own_lists ? g.most_superpageblocks() : 1;
      Zone::Places& at = zones[z];
      bytes = (bytes + 3) / 4 * 4;
      at.state = reserve(1, sizeof(ZoneState));
      at.hints = reserve(shape.cpus, sizeof(HintState));
      if (z == 0) reserve_pool(shape.nr_nodes());
      at.size = reserve(g.grows_by > 0 ? 1 : 0, sizeof(uint32_t));
      at.spbs = reserve(g.most_superpageblocks(), sizeof(SpbState));
      at.areas = reserve(nr_areas, sizeof(FreeAreaState));
      at.heads = reserve(nr_areas * g.nr_page_orders() * MIGRATE_TYPES, sizeof(ListHead));
      at.counts = reserve(nr_areas * g.nr_page_orders(), sizeof(uint32_t));
      at.links = reserve(g.span(), sizeof(PageLinks));
      if (z == 0) slots = reserve(g.slots, sizeof(Slot));
      if (z == 0) items = reserve(pool, sizeof(EvacuateItem));
      at.blocks = reserve(g.nr_blocks(), sizeof(BlockState));
      at.pages = reserve(g.span(), sizeof(uint8_t));
    }
  }

 private:
  std::size_t reserve(std::size_t count, std::size_t size) {
    const std::size_t offset = bytes;
    bytes += count * size;
    return offset;
  }
  void reserve_pool(uint32_t nodes) {
    evacuate_free = reserve(1, sizeof(uint32_t));
    queues = reserve(nodes, sizeof(EvacuateQueue));
    item_counts = reserve(nr_item_places, sizeof(uint32_t));
  }
};
static_assert(sizeof(FreeAreaState) % 4 == 0 && sizeof(ZoneState) % 4 == 0 &&
              sizeof(EvacuateItem) == 8 && sizeof(Slot) == 8);

std::size_t Machine::arena_bytes(const Geometry& first, const Policy<Concrete>& policy,
                                 const Parameters& resolved, const MachineShape& shape) {
  return Layout(first, policy.lists_per_superpageblock, pool_of(resolved), shape).bytes;
}

Machine::Machine(const Geometry& first, const Policy<Concrete>& policy, const Parameters& resolved,
                 const MachineShape& shape)
    : shape_(shape),
      is_single_(shape.nr_zones() == 1 && shape.cpus == 1),
      pool_size_(pool_of(resolved)) {
  uint32_t most_events = 0;
  for (uint32_t z = 0; z < shape.nr_zones(); ++z) {
    const Geometry& geometry = shape.geometry_of(first, z);
    zones_.emplace_back(new Zone(*this, z, geometry, policy, resolved));
    most_events = std::max(most_events, events_max(geometry));
  }
  events.set_capacity(most_events);
  place(Layout(first, policy.lists_per_superpageblock, pool_size_, shape));
  set_up();
  if (arena_bytes_ <= pristine_bytes_max) pristine_.assign(image().begin(), image().end());
}

void Machine::place(const Layout& layout) {
  arena_bytes_ = layout.bytes;
  arena_.reset(static_cast<std::byte*>(std::calloc(layout.bytes, 1)));
  if (!arena_) throw std::bad_alloc();
  for (const auto& zone : zones_)
    place(*zone, layout);
}

void Machine::place(Zone& zone, const Layout& layout) {
  const auto put = [this](std::size_t offset, auto*& array) {
    array = reinterpret_cast<std::remove_reference_t<decltype(array)>>(arena_.get() + offset);
  };
  const Zone::Places& at = layout.zones[zone.index_];
  put(at.state, zone.state_);
  put(at.hints, zone.hints_);
  zone.hints_now_ = zone.hints_;
  if (zone.geometry_.grows_by > 0) put(at.size, zone.size_);
  put(at.spbs, zone.spbs_);
  put(at.areas, zone.areas_);
  put(at.heads, zone.heads_);
  put(at.counts, zone.counts_);
  put(at.links, zone.links_);
  put(at.blocks, zone.blocks_);
  put(at.pages, zone.pages_);
  put(layout.slots, zone.slots_);
  put(layout.items, zone.items_);
  put(layout.evacuate_free, zone.evacuate_free_);
  put(layout.queues + zone.node_ * sizeof(EvacuateQueue), zone.queue_);
  put(layout.item_counts, zone.item_counts_);
}

// ---- reset

void Machine::reset() {
  if (!pristine_.empty()) return restore(pristine_);
  std::memset(arena_.get(), 0, arena_bytes_);
  set_up();
  forget();
}

void Machine::restore(std::span<const std::byte> image) {
  SPB_MUST(image.size() == arena_bytes_);
  std::memcpy(arena_.get(), image.data(), arena_bytes_);
  forget();
}

void Machine::forget() {
  events.clear();
  for (const auto& zone : zones_) {
    zone->dirty.clear();
    if (zone->size_ != nullptr) zone->follow_size();
  }
  look_who_waits();
}

void Machine::look_who_waits() {
  waits_ = std::any_of(zones_.begin(), zones_.end(),
                       [](const auto& zone) { return zone->state().waits(); });
}

// ---- zones

Zone& Machine::first_zone_of(uint32_t node) {
  uint32_t z = 0;
  while (zones_[z]->node_ != node)
    ++z;
  return *zones_[z];
}

void Machine::add(Observer& observer) {
  for (const auto& zone : zones_)
    zone->observers.add(observer);
}

void Machine::remove(Observer& observer) {
  for (const auto& zone : zones_)
    zone->observers.remove(observer);
}

}  // namespace spb
