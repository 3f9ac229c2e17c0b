// SPDX-License-Identifier: GPL-2.0-only
// A copy of the zone before an operation, to see what changed without a mark. For tests: it costs
// the whole zone each time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "invariants/findings.h"
#include "invariants/raw.h"

namespace spb {

class Snapshot {
 public:
  /// Does nothing at all unless `wanted`.
  Snapshot(const Zone& zone, bool wanted);
  void take() {
    if (wanted_) copy();
  }
  /// Pages, pageblocks and superpageblocks that changed since take() and that nothing marked.
  void compare(Findings& findings) {
    if (wanted_) compare_all(findings);
  }

 private:
  void copy();
  void compare_all(Findings& findings);
  bool is_as_before(uint32_t s) const;
  void compare_pages(Findings& findings) const;

  Raw raw_;
  bool wanted_;
  std::vector<uint8_t> pages_;
  std::vector<PageLinks> links_;
  std::vector<BlockState> blocks_;
  std::vector<SpbState> spbs_;
  std::vector<uint8_t> marked_pages_;
  std::vector<uint8_t> marked_links_;
  std::vector<uint8_t> marked_blocks_;
  std::vector<uint8_t> marked_spbs_;
};

}  // namespace spb
