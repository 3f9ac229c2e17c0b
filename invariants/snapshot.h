// SPDX-License-Identifier: GPL-2.0-only
// A copy of the machine before an operation on one of its zones, to see what changed without a
// mark. For tests: it costs the whole machine each time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

/// What changes without a mark, and who looks at it instead.
struct Exemption {
  std::string_view what;
  std::string_view reason;
};
inline constexpr Exemption unmarked_by_design[]{
    {"slots", "an operation names those that it changes, and they are checked by that"},
    {"owners", "the link of an allocated page goes with the slot that it names"},
};

class Snapshot {
 public:
  /// Does nothing at all unless `wanted`.
  Snapshot(const Zone& zone, bool wanted);
  void copy() {
    if (wanted_) copy_.assign(image().begin(), image().end());
  }
  /// Every byte of the arena that changed since copy(), and that no mark of the zone covers.
  void compare(Violations& violations) {
    if (wanted_ && !raw_.zone.dirty.overflow()) compare_all(violations);
  }

 private:
  std::span<const std::byte> image() const { return raw_.zone.machine().image(); }
  template <class Record>
  std::size_t offset_of(const Record* record) const {
    return static_cast<std::size_t>(reinterpret_cast<const std::byte*>(record) - image().data());
  }
  /// The records may have changed.
  template <class Record>
  void cover(const Record* first, std::size_t count = 1) {
    std::fill_n(covered_.begin() + static_cast<std::ptrdiff_t>(offset_of(first)),
                count * sizeof(Record), uint8_t{1});
  }
  void compare_all(Violations& violations);
  void cover_marked();
  void cover_waits();
  void cover_lists(uint32_t a, uint32_t order);
  /// The first byte from this one on that changed, or the end.
  std::size_t next_change(std::size_t at) const;
  bool is_in(const uint32_t* word, std::size_t at) const {
    return at - offset_of(word) < sizeof *word;
  }
  bool is_marked_link(std::size_t at) const;
  bool is_marked_neighbour(std::size_t at) const;
  bool is_owner(std::size_t at) const;
  bool was_and_is_owned(const Raw& raw, uint32_t pfn) const;
  void report(std::size_t at, Violations& violations) const;

  Raw raw_;
  bool wanted_;
  std::vector<Raw> others_;  ///< zones of the machine
  std::vector<std::byte> copy_;
  std::vector<uint8_t> covered_;       ///< 1 for each byte of the arena that may have changed
  std::vector<uint8_t> marked_links_;  ///< 1 for each page whose links may have changed
};

}  // namespace spb
