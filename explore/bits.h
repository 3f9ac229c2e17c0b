// SPDX-License-Identifier: GPL-2.0-only
// Numbers of a few bits each, one behind the other in words.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace spb {

/// Bits that hold every number from 0 to `most`.
constexpr uint32_t width_of(uint32_t most) {
  return static_cast<uint32_t>(std::bit_width(most));
}

/// Writes into words that somebody else has; they need not be 0 before. The last one is written by
/// finish().
class BitWriter {
 public:
  explicit BitWriter(uint64_t* words) : word_(words) {}

  /// `value` is below 2^width, and `width` from 0 to 32.
  void put(uint32_t value, uint32_t width) {
    bits_ |= uint64_t{value} << used_;
    used_ += width;
    if (used_ < 64) return;
    *word_++ = bits_;
    used_ -= 64;
    bits_ = used_ == 0 ? 0 : uint64_t{value} >> (width - used_);
  }
  /// What is left, and 0 in all words up to `end`.
  void finish(const uint64_t* end) {
    for (; word_ != end; bits_ = 0)
      *word_++ = bits_;
  }

 private:
  uint64_t* word_;
  uint64_t bits_ = 0;
  uint32_t used_ = 0;
};

class BitReader {
 public:
  explicit BitReader(const uint64_t* words) : words_(words) {}

  uint32_t get(uint32_t width) {
    if (width == 0) return 0;
    const std::size_t word = at_ / 64;
    const uint32_t from = at_ % 64;
    uint64_t bits = words_[word] >> from;
    if (from + width > 64) bits |= words_[word + 1] << (64 - from);
    at_ += width;
    return static_cast<uint32_t>(bits & ((uint64_t{1} << width) - 1));
  }

 private:
  const uint64_t* words_;
  uint32_t at_ = 0;
};

}  // namespace spb
