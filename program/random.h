// SPDX-License-Identifier: GPL-2.0-only
// Chance that is small, fast, and the same everywhere for the same seed (splitmix64).
#pragma once

#include <cstdint>

namespace spb {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    uint64_t z = state_;
    z = (z ^ z >> 30U) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27U) * 0x94d049bb133111ebU;
    return z ^ z >> 31U;
  }
  /// 0 to count - 1.
  uint32_t below(uint32_t count) { return static_cast<uint32_t>((next() >> 32U) * count >> 32U); }
  bool one_in(uint32_t count) { return below(count) == 0; }

 private:
  uint64_t state_;
};

}  // namespace spb
