// SPDX-License-Identifier: GPL-2.0-only
// How well a replay of a recording under `mainline` agrees with what the kernel did.
#pragma once

#include <cstdint>
#include <string>

#include "model/state/zone.h"
#include "trace/import.h"

namespace spb::trace {

struct Share {
  uint64_t part = 0;
  uint64_t whole = 0;
  void count(bool is_part) {
    part += is_part;
    ++whole;
  }
};

/// The rows, summed over zones.
struct Yardstick {
  Share heads;  ///< zone_locked pages that are the head of a known free block
  Share agree;  ///< free pages at the end that agree with the second snapshot
  Share seen;   ///< frees of a page whose allocation was seen
  Share tags;   ///< departures whose block had the tag that the event says
  bool has_after = false;

  Yardstick& operator+=(const Yardstick& other);
};

/// The rows as text, one a line, under their names.
std::string to_text(const Yardstick& yardstick);

/// Measures one zone's frames program while it runs.
class YardstickMeter {
 public:
  YardstickMeter(const RecordedZone& recorded, bool has_after)
      : recorded_(recorded), has_after_(has_after) {}

  /// To be called before each step is applied to `zone`.
  void before(const Zone& zone, const ImportStep& step);
  /// To be called at the end.
  Yardstick finish(const Zone& zone);

 private:
  void departure(const Zone& zone, const Entry& entry);

  const RecordedZone& recorded_;
  bool has_after_;
  Yardstick result_;
  const Entry* last_entry_ = nullptr;
};

}  // namespace spb::trace
