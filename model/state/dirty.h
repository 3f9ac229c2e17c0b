// SPDX-License-Identifier: GPL-2.0-only
// What the current operation touched. The mutators append; a checker reads and clears. A list that
// is full says so, and the checker then looks at everything.
#pragma once

#include <cstdint>

#include "model/words/types.h"

namespace spb {

/// 2^order pages from pfn on: their state, and the links between the first and its neighbours on a
/// list.
struct DirtyPages {
  Pfn pfn;
  Order order;
  bool operator==(const DirtyPages&) const = default;
};

/// Parts of the zone's own record, in its order.
enum class ZonePart : uint8_t {
  sums,     ///< of free and allocated pages, and of the HIGHATOMIC reserve
  merging,  ///< moved_unmerged
  spb_lists,
  hints,
  evacuation,  ///< and the work items
  size,        ///< superpageblocks that the zone has
  count
};
constexpr uint8_t bit(ZonePart part) {
  return static_cast<uint8_t>(1U << static_cast<unsigned>(part));
}

/// Counts as full, and its list as overflowed, from its last place on.
template <class Entry>
struct BoundedList {
  static constexpr uint32_t places = 256;  // a power of two: one bit of `count` says it is full
  Entry entries[places];
  uint32_t count = 0;

  /// What is touched twice in a row is listed once.
  void add(Entry entry) {
    if (count > 0 && entries[count - 1] == entry) return;
    if (count < places) entries[count++] = entry;
  }
  void clear() { count = 0; }
  const Entry* begin() const { return entries; }
  const Entry* end() const { return entries + count; }
};

struct DirtyList {
  BoundedList<DirtyPages> pages;
  BoundedList<Pfn> links;  ///< chunks whose neighbours on their list changed; of two that became
                           ///< neighbours only one is here
  BoundedList<BlockIndex> blocks;
  BoundedList<SpbIndex> spbs;  ///< likewise of two that became neighbours on their list
  uint8_t zone = 0;            ///< a bit() for each part of the zone's record, beside what follows
                               ///< from the pages
  bool enabled = false;

  /// The sums need no bit where pages are marked.
  bool has_changed(ZonePart part) const {
    return (part == ZonePart::sums && pages.count > 0) || (zone & bit(part)) != 0;
  }
  bool overflow() const {
    const uint32_t any = pages.count | links.count | blocks.count | spbs.count;
    return (any & decltype(pages)::places) != 0;
  }
  void clear() {
    pages.clear();
    links.clear();
    blocks.clear();
    spbs.clear();
    zone = 0;
  }
};

}  // namespace spb
