// SPDX-License-Identifier: GPL-2.0-only
// Where free lists begin, by the pages and by the links of the chunks that these say: a chunk that
// has none before it. Asked for again and again while the state stays as it is, an area's pages are
// gone through once for each order.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "invariants/raw.h"

namespace spb {

class ListStarts {
 public:
  /// Allocates; nothing else here does.
  explicit ListStarts(const Raw& raw)
      : raw_(raw),
        areas_(raw.nr_areas),
        heads_(std::size_t{raw.nr_areas} * raw.orders * MIGRATE_TYPES) {}

  /// The state is not the one any more that was looked at.
  void forget() { ++look_; }

  /// The orders at which lists of these types in area a begin with a chunk that is accepted. Types
  /// and orders are sets of bits.
  template <class Accept>
  uint32_t orders(uint32_t a, uint32_t types, uint32_t orders, Accept accept) {
    look_at(a, orders);
    if (areas_[a].twice) [[unlikely]]
      return orders_page_by_page(a, types, orders, accept);
    uint32_t found = 0;
    for (; types != 0; types &= types - 1) {
      const auto type = static_cast<uint32_t>(std::countr_zero(types));
      for (uint32_t left = areas_[a].begun[type] & orders & ~found; left != 0; left &= left - 1) {
        const auto order = static_cast<uint32_t>(std::countr_zero(left));
        if (accept(heads_[raw_.list_index(a, order, type)], order)) found |= 1U << order;
      }
    }
    return found;
  }

 private:
  struct Area {
    uint64_t look = 0;
    uint32_t known = 0;                           ///< orders that were looked for
    std::array<uint32_t, MIGRATE_TYPES> begun{};  ///< orders of the lists that have a chunk
    bool twice = false;  ///< two chunks begin one list: it is broken, and either is looked at
  };

  static constexpr uint32_t small_orders = 7U;  ///< of less than eight pages

  uint32_t first_page(uint32_t a) const { return raw_.own_lists ? a << raw_.spb_page_shift : 0; }
  uint32_t page_behind(uint32_t a) const {
    return raw_.own_lists ? (a + 1) << raw_.spb_page_shift : raw_.span;
  }

  /// Calls begin(head, order, type) for each chunk of these orders that no other of its list comes
  /// before. A chunk begins at a multiple of its size.
  template <class Begin>
  void for_each_start(uint32_t a, uint32_t orders, Begin begin) const {
    const auto visit = [&](uint32_t head) {
      const uint32_t order = Raw::order_of(raw_.pages[head]) & 31U;
      if (!(orders >> order & 1U) || raw_.links[head].prev != 0) return;
      begin(head, order, raw_.list_type(raw_.block_of(head)));
    };
    const uint32_t least = 1U << std::countr_zero(orders);
    if (orders & small_orders) return for_each_head(raw_, first_page(a), page_behind(a), visit);
    for (uint32_t pfn = first_page(a); pfn < page_behind(a); pfn += least) {
      if (Raw::is_head(raw_.pages[pfn])) visit(pfn);
    }
  }

  void look_at(uint32_t a, uint32_t orders) {
    Area& area = areas_[a];
    if (area.look != look_) area = {.look = look_};
    const uint32_t unknown = ~area.known & ((1U << raw_.orders) - 1);
    // Whoever looks for the small ones comes by the others.
    const uint32_t missing = orders & unknown & small_orders ? unknown : orders & unknown;
    if (missing == 0) return;
    area.known |= missing;
    for_each_start(a, missing, [&](uint32_t head, uint32_t order, uint32_t type) {
      area.twice = area.twice || (area.begun[type] >> order & 1U) != 0;
      area.begun[type] |= 1U << order;
      heads_[raw_.list_index(a, order, type)] = head;
    });
  }

  template <class Accept>
  [[gnu::cold]] uint32_t orders_page_by_page(uint32_t a, uint32_t types, uint32_t orders,
                                             Accept accept) const {
    uint32_t found = 0;
    for_each_start(a, orders, [&](uint32_t head, uint32_t order, uint32_t type) {
      if ((found >> order & 1U) || !(types >> type & 1U)) return;
      if (accept(head, order)) found |= 1U << order;
    });
    return found;
  }

  Raw raw_;
  uint64_t look_ = 1;
  std::vector<Area> areas_;
  std::vector<uint32_t> heads_;  ///< first pages, by list, where the area's list has a chunk
};

}  // namespace spb
