// SPDX-License-Identifier: GPL-2.0-only
// The words of the model: what must not be mixed up has its own type.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace spb {

/// A number of one kind. It is built and read explicitly, so a pfn never becomes an order by
/// accident.
template <class Kind>
struct Index {
  uint32_t value = 0;

  constexpr Index() = default;
  constexpr explicit Index(uint32_t v) : value(v) {}
  constexpr auto operator<=>(const Index&) const = default;
  constexpr Index& operator++() {
    ++value;
    return *this;
  }
  constexpr Index& operator--() {
    --value;
    return *this;
  }
  constexpr Index operator+(uint32_t n) const { return Index(value + n); }
  constexpr Index operator-(uint32_t n) const { return Index(value - n); }
};

/// A page, counted from the zone's base pfn (Geometry::base_pfn is added only where a pfn is
/// shown).
using Pfn = Index<struct PfnKind>;
/// A pageblock, counted from the base pfn.
using BlockIndex = Index<struct BlockKind>;
/// A superpageblock, counted from the base pfn.
using SpbIndex = Index<struct SpbKind>;
/// The order of a buddy: 2^order pages.
using Order = Index<struct OrderKind>;

constexpr uint32_t nr_pages(Order order) {
  return 1U << order.value;
}

/// Migratetypes in the kernel's order with CMA and MEMORY_ISOLATION configured.
enum Migratetype : uint8_t {
  MIGRATE_UNMOVABLE,
  MIGRATE_MOVABLE,
  MIGRATE_RECLAIMABLE,
  MIGRATE_HIGHATOMIC,
  MIGRATE_CMA,
  MIGRATE_ISOLATE,
  MIGRATE_TYPES
};
/// The types with per-CPU lists: the ones that merge with each other and fall back on each other.
inline constexpr int MIGRATE_PCPTYPES = 3;

/// Where a work item of the evacuation pool is (series v2 06/40).
enum class ItemPlace : uint8_t {
  free,
  pending,  ///< waits for the irq_work
  work,     ///< waits for the worker
  running,  ///< held by the worker
  nowhere,  ///< lost: no row of a table leads here
};
inline constexpr std::size_t nr_item_places = static_cast<std::size_t>(ItemPlace::nowhere);

inline constexpr uint32_t max_nr_page_orders = 16;
inline constexpr uint32_t no_index = 0xffffffffU;
inline constexpr Pfn no_page{no_index};

}  // namespace spb
