// SPDX-License-Identifier: GPL-2.0-only
// Sizes of a zone: superpageblocks, pageblocks, orders, and what is cut off at both ends.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "model/words/types.h"

namespace spb {

/// The shape of one zone. Plain values, chosen by the user; `check()` says whether they fit
/// together.
struct Geometry {
  uint32_t superpageblocks = 2;  ///< count, a partial first or last one included
  uint32_t pageblocks = 4;       ///< pageblocks of a whole superpageblock, a power of two
  uint32_t pageblock_order = 3;  ///< 9 on x86_64
  uint32_t max_page_order = 4;   ///< largest buddy, 10 on x86_64
  uint32_t base_pfn = 0;         ///< where the first superpageblock begins; a multiple of its pages
  uint32_t absent_first = 0;     ///< pages of the first superpageblock outside the zone
  uint32_t absent_last = 0;      ///< likewise of the last one that there may be
  uint32_t slots = 64;           ///< names a program has for what it allocated
  bool start_allocated = false;  ///< the zone begins with every page allocated, instead of free
  uint32_t grows_by = 0;         ///< superpageblocks that may join it behind those that it has

  bool operator==(const Geometry&) const = default;

  /// What is wrong with these sizes and what would be right; nothing if they fit together.
  std::optional<std::string> check() const;

  constexpr uint32_t pageblock_nr_pages() const { return 1U << pageblock_order; }
  constexpr uint32_t superpageblock_nr_pages() const { return pageblocks << pageblock_order; }
  constexpr uint32_t nr_page_orders() const { return max_page_order + 1; }

  // What there is room for.
  constexpr uint32_t most_superpageblocks() const { return superpageblocks + grows_by; }
  constexpr uint32_t nr_blocks() const { return most_superpageblocks() * pageblocks; }
  /// Pages from the base pfn to the end of the last superpageblock, those outside the zone
  /// included.
  constexpr uint32_t span() const { return most_superpageblocks() * superpageblock_nr_pages(); }
  constexpr Pfn most_end() const { return Pfn(span() - absent_last); }

  // What there is.
  constexpr Pfn start() const { return Pfn(absent_first); }
  constexpr Pfn end() const {
    return Pfn(std::min(superpageblocks * superpageblock_nr_pages(), most_end().value));
  }
  constexpr uint32_t zone_pages() const { return end().value - absent_first; }

  constexpr bool contains(Pfn pfn) const { return pfn >= start() && pfn < end(); }
  constexpr BlockIndex block_of(Pfn pfn) const { return BlockIndex(pfn.value >> pageblock_order); }
  constexpr SpbIndex spb_of(BlockIndex block) const { return SpbIndex(block.value / pageblocks); }
  constexpr Pfn first_page(BlockIndex block) const { return Pfn(block.value << pageblock_order); }
  /// A pageblock that the zone's border cuts: it can be neither claimed in part nor isolated.
  constexpr bool leaves_zone(BlockIndex block) const {
    return first_page(block) < start() || first_page(block + 1) > end();
  }
  /// A pageblock without a single page in the zone.
  constexpr bool outside(BlockIndex block) const {
    return first_page(block + 1) <= start() || first_page(block) >= end();
  }
};

inline constexpr uint32_t zones_max = 8;
inline constexpr uint32_t cpus_max = 16;

/// A zone behind the first one. Its pageblocks, its superpageblocks and the largest buddy have the
/// first one's sizes, and the slots are the machine's.
struct FurtherZone {
  Geometry geometry;
  uint32_t node = 0;
  bool operator==(const FurtherZone&) const = default;
};

/// What a machine has beside its first zone, which is of node 0.
struct MachineShape {
  uint32_t cpus = 1;
  uint32_t nr_further = 0;
  std::array<FurtherZone, zones_max - 1> further{};  ///< by pfn; those that are not, as they are

  bool operator==(const MachineShape&) const = default;

  constexpr uint32_t nr_zones() const { return 1 + nr_further; }
  constexpr uint32_t node_of(uint32_t zone) const { return zone == 0 ? 0 : further[zone - 1].node; }
  constexpr uint32_t nr_nodes() const { return node_of(nr_further) + 1; }
  constexpr const Geometry& geometry_of(const Geometry& first, uint32_t zone) const {
    return zone == 0 ? first : further[zone - 1].geometry;
  }
};

/// What is wrong with a zone behind the one at `before`, and what would be right.
std::optional<std::string> check_behind(const FurtherZone& zone, const FurtherZone& before);

}  // namespace spb
