// SPDX-License-Identifier: GPL-2.0-only
// What one operation's checks found: the first violation of each invariant.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "invariants/clauses.h"
#include "invariants/invariant.h"

namespace spb {

class Findings {
 public:
  bool empty() const { return count_ == 0; }
  void clear() { count_ = 0; }
  std::span<const Violation> all() const { return {list_.data(), count_}; }
  bool has(InvariantId id) const {
    const auto found = all();
    return std::any_of(found.begin(), found.end(), [id](const Violation& v) { return v.id == id; });
  }

  /// Keeps the first of each invariant, in the order of InvariantId.
  [[gnu::cold, gnu::noinline]] void add(const Clause& clause, Where where, int64_t expected,
                                        int64_t found) {
    std::size_t at = 0;
    while (at < count_ && list_[at].id < clause.id)
      ++at;
    if (at < count_ && list_[at].id == clause.id) return;
    for (std::size_t i = count_; i > at; --i)
      list_[i] = list_[i - 1];
    list_[at] = {clause.id, clause.name, where, expected, found};
    ++count_;
  }
  void merge(const Findings& other) {
    for (const Violation& v : other.all())
      add({v.id, v.clause, {}}, v.where, v.expected, v.found);
  }

 private:
  std::array<Violation, static_cast<std::size_t>(InvariantId::count)> list_{};
  std::size_t count_ = 0;
};

constexpr Where at_zone() {
  return {Where::Kind::zone, 0};
}
constexpr Where at_spb(uint32_t s) {
  return {Where::Kind::superpageblock, s};
}
constexpr Where at_block(uint32_t b) {
  return {Where::Kind::pageblock, b};
}
constexpr Where at_page(uint32_t pfn) {
  return {Where::Kind::page, pfn};
}
constexpr Where at_list(uint32_t index) {
  return {Where::Kind::list, index};
}
constexpr Where at_item(uint32_t index) {
  return {Where::Kind::item, index};
}
constexpr Where at_slot(uint32_t index) {
  return {Where::Kind::slot, index};
}

}  // namespace spb
