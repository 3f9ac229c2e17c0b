// SPDX-License-Identifier: GPL-2.0-only
// UNMOVABLE and RECLAIMABLE content in one pageblock: remembers how each came there, since what is
// wrong with a mix lies in the first of the two as often as in the second.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "invariants/findings.h"
#include "invariants/incremental.h"
#include "invariants/raw.h"

namespace spb {

/// How PB_has_<type> came to be set; numbers in reports are these.
enum class Origin : uint8_t {
  unseen,    ///< before the checks began
  named,     ///< the program named the frame or the tag
  borrowed,  ///< or taken from the HIGHATOMIC lists
  stale,     ///< the pages are gone: the pageblock was wholly free when it was claimed
  own,       ///< from the type's own list, or by a claim
  stolen,
  left,    ///< as own; then a MOVABLE request claimed the pageblock
  beside,  ///< the pageblock is of a claimed chunk of several, and none of its pages was taken
};

class Content {
 public:
  /// Allocates; nothing else here does.
  Content(const Zone& zone, const Incremental& incremental, Findings& findings);

  void reset();
  /// Pageblocks from `first` to `last` may have got content of this type: those whose bit is new
  /// since the last look.
  [[gnu::noinline]] void came(uint32_t first, uint32_t last, uint32_t type, Origin origin) {
    for (uint32_t b = first; b <= last; ++b) {
      if (is_new(b, type)) note(b, type, origin);
    }
  }
  bool is_new(uint32_t b, uint32_t type) const {
    return (raw_.blocks[b].bits & ~incremental_.bits_before(b) & has_bit(type)) != 0;
  }
  /// A MOVABLE request claimed a pageblock.
  void left(uint32_t b);
  /// A claim took it whole: what its bits said is gone.
  void stale(uint32_t b) { origins_[b] = {Origin::stale, Origin::stale}; }
  /// The program set its tag.
  void named(uint32_t b);

 private:
  static std::size_t index(uint32_t type) { return type == MIGRATE_RECLAIMABLE; }
  void note(uint32_t b, uint32_t type, Origin origin);

  Raw raw_;
  const Incremental& incremental_;
  Findings& findings_;
  std::vector<std::array<Origin, 2>> origins_;  ///< by pageblock: UNMOVABLE, RECLAIMABLE
};

}  // namespace spb
