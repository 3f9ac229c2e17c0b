// SPDX-License-Identifier: GPL-2.0-only
// Who caused the departures of a trace: a refill of a per-CPU list runs under the flags of the
// request that found it empty, and that request gets the first page.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "trace/gfp_text.h"
#include "trace/recording.h"

namespace spb::trace {

/// The refills of one CPU: the one under way, and those whose caller's mm_page_alloc has not come
/// yet: one, and one more for each interrupt that came in between.
class Refills {
 public:
  /// Departures that follow each other on one CPU: one refill, or one page past the per-CPU lists.
  struct Refill {
    RecordedZone* zone = nullptr;  ///< null: none
    std::size_t first = 0;         ///< index of its first entry; others may lie in between
    std::size_t last = 0;
    const Entry& first_entry() const { return zone->entries[first]; }
    Entry& last_entry() const { return zone->entries[last]; }
  };

  /// The last entry of `zone` departs.
  void departs(RecordedZone& zone);
  /// Something else happened on this CPU.
  void end();
  /// The departure under way, if it is of this page; else null.
  Entry* under_way(uint64_t pfn) const;
  /// An mm_page_alloc of this page, by a caller with these flags, may tell who caused a refill.
  void allocated(uint64_t pfn, const GfpReading& gfp);

 private:
  Refill current_;
  std::array<Refill, 4> waiting_;
  std::size_t next_waiting_ = 0;
};

}  // namespace spb::trace
