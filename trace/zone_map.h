// SPDX-License-Identifier: GPL-2.0-only
// Which zone a frame belongs to.
//
// Spans may overlap: nodes interleave, and since 4.13 memory that is plugged in goes to Normal or
// Movable wherever it lies. zoneinfo says how many pages of a span are present, which settles some
// frames: a zone owns all that is left of its span where as many pages are present. A frame that
// several zones may own after that is shared, and belongs to none unless one is preferred.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "trace/input.h"

namespace spb::trace {

struct RecordedZone;

class ZoneMap {
 public:
  /// Throws InputError in the name of `file` where spans and present pages contradict each other.
  /// `preferred` is an index, or zones.size() for none; it gets the frames that stay shared.
  ZoneMap(std::vector<RecordedZone>& zones, std::size_t preferred, const std::string& file);

  struct Owner {
    RecordedZone* zone = nullptr;  ///< null: of no zone, or shared
    bool shared = false;
  };
  /// The zone of a block. One that is unaligned or leaves its zone is refused as an error in the
  /// line that `reader` gave last. Neighbours in a trace are most often of the same zone.
  Owner find(const LineReader& reader, uint64_t pfn, uint32_t order);

  /// Frames that several zones may own.
  uint64_t shared_pages() const;

 private:
  /// Frames [start, start of the next) of one owner.
  struct Interval {
    uint64_t start;
    uint32_t owner;
  };
  static constexpr uint32_t no_owner = 0xffffffffU;
  static constexpr uint32_t shared = 0xfffffffeU;

  struct Range {
    std::size_t first, end;
  };
  Range range_of(const RecordedZone& zone) const;
  uint64_t pages_left(std::size_t zone) const;
  void own(std::size_t zone, uint32_t from);
  bool settle(std::vector<bool>& settled, const std::string& file);
  void share(const std::vector<bool>& settled);
  std::size_t interval_of(uint64_t pfn);

  std::vector<RecordedZone>& zones_;
  std::vector<Interval> intervals_;  ///< ascending; the last one begins at the end of all zones
  std::size_t last_ = 0;
};

}  // namespace spb::trace
