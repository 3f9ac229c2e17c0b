// SPDX-License-Identifier: GPL-2.0-only
// A set of pages of one zone, one bit each.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace spb::trace {

class PageSet {
 public:
  /// Pages [start, start + pages); all calls stay within them.
  PageSet(uint32_t start, uint32_t pages) : start_(start), words_(pages / 64 + 1) {}

  bool has(uint32_t pfn) const { return word(pfn) >> bit(pfn) & 1; }

  void insert(uint32_t pfn, uint32_t pages) {
    for_words(pfn, pages, [](uint64_t& word, uint64_t mask) { word |= mask; });
  }
  void erase(uint32_t pfn, uint32_t pages) {
    for_words(pfn, pages, [](uint64_t& word, uint64_t mask) { word &= ~mask; });
  }
  uint32_t count(uint32_t pfn, uint32_t pages) {
    uint32_t total = 0;
    for_words(pfn, pages, [&](const uint64_t& word, uint64_t mask) {
      total += static_cast<uint32_t>(std::popcount(word & mask));
    });
    return total;
  }

 private:
  uint64_t word(uint32_t pfn) const { return words_[(pfn - start_) / 64]; }
  uint32_t bit(uint32_t pfn) const { return (pfn - start_) % 64; }

  template <class Function>
  void for_words(uint32_t pfn, uint32_t pages, Function function) {
    uint64_t at = pfn - start_;
    const uint64_t end = at + pages;
    while (at < end) {
      const uint64_t length = std::min(end - at, 64 - at % 64);
      const uint64_t mask = length == 64 ? ~uint64_t{0} : ((uint64_t{1} << length) - 1) << at % 64;
      function(words_[at / 64], mask);
      at += length;
    }
  }

  uint32_t start_;
  std::vector<uint64_t> words_;
};

/// Calls function(pfn, order) for the largest aligned chunks of [pfn, pfn + pages) whose pages are
/// all in the set, or all outside it, in ascending order.
template <class Function>
void for_each_chunk(PageSet& set, uint32_t pfn, uint32_t pages, bool inside, uint32_t order_max,
                    Function function) {
  const uint64_t end = uint64_t{pfn} + pages;
  for (uint64_t at = pfn; at < end;) {
    const auto first = static_cast<uint32_t>(at);
    if (set.has(first) != inside) {
      ++at;
      continue;
    }
    uint32_t order = 0;
    const auto fits = [&](uint32_t wanted) {
      const uint32_t size = 1U << wanted;
      return first % size == 0 && at + size <= end && set.count(first, size) == (inside ? size : 0);
    };
    while (order < order_max && fits(order + 1))
      ++order;
    at += uint64_t{1} << order;
    function(first, order);
  }
}

}  // namespace spb::trace
