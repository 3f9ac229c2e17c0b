// SPDX-License-Identifier: GPL-2.0-only
// Random operations for a zone, the same ones for the same seed. A random subset of kinds is
// switched off for each seed, and memory is held around a level that the seed chooses.
#pragma once

#include <array>
#include <cstdint>
#include <random>

#include "model/operation/operation.h"
#include "model/state/zone.h"

namespace spb::test {

class RandomOperations {
 public:
  RandomOperations(const Zone& zone, uint64_t seed);

  /// The next operation; looks at the zone to name what is there.
  Operation next();

 private:
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(random_() % n); }
  bool one_in(uint32_t n) { return below(n) == 0; }
  OpKind kind();
  uint32_t slot(bool live);
  uint8_t order();
  uint32_t migratetype();
  Operation alloc();
  Operation rmqueue();
  Operation bulk();
  uint32_t any_type();
  Operation isolation(OpKind kind);
  Operation named_frame(OpKind kind);

  const Zone& zone_;
  std::mt19937_64 random_;
  std::array<uint32_t, static_cast<std::size_t>(OpKind::count)> weights_{};
  uint32_t weight_ = 0;
  uint32_t level_;      ///< share of pages to hold allocated, of 16
  uint32_t order_max_;  ///< of most requests
  uint32_t movable_;    ///< share of movable requests, of 8
};

}  // namespace spb::test
