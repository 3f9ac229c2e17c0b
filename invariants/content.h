// SPDX-License-Identifier: GPL-2.0-only
// UNMOVABLE and RECLAIMABLE content in one pageblock: remembers how each came there, since what is
// wrong with a mix lies in the first of the two as often as in the second.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "invariants/incremental.h"
#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

class Content {
 public:
  /// Allocates; nothing else here does.
  Content(const Zone& zone, const Incremental& incremental, Violations& violations);

  void reset();
  /// Pageblocks from `first` to `last` may have got content of this type: those whose bit is new
  /// since the last look.
  [[gnu::noinline]] void came(uint32_t first, uint32_t last, uint32_t type, Arrival arrival) {
    for (uint32_t b = first; b <= last; ++b) {
      if (is_new(b, type)) note(b, type, arrival);
    }
  }
  /// It has a bit that is new since the last look.
  bool is_new(uint32_t b) const {
    return (raw_.blocks[b].bits & ~incremental_.bits_before(b)) != 0;
  }
  bool is_new(uint32_t b, uint32_t type) const {
    return (raw_.blocks[b].bits & ~incremental_.bits_before(b) & has_bit(type)) != 0;
  }
  /// A MOVABLE request claimed a pageblock.
  void left(uint32_t b);
  /// A claim took it whole: what its bits said is gone.
  void stale(uint32_t b) { arrivals_[b] = {Arrival::stale, Arrival::stale}; }
  /// The program set its tag.
  void named(uint32_t b);

 private:
  static std::size_t index(uint32_t type) { return type == MIGRATE_RECLAIMABLE; }
  void note(uint32_t b, uint32_t type, Arrival arrival);

  Raw raw_;
  const Incremental& incremental_;
  Violations& violations_;
  std::vector<std::array<Arrival, 2>> arrivals_;  ///< by pageblock: UNMOVABLE, RECLAIMABLE
};

}  // namespace spb
