// SPDX-License-Identifier: GPL-2.0-only
// What one operation's checks found: the first violation of each clause, by what led to it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "invariants/clauses.h"
#include "invariants/invariant.h"

namespace spb {

class Violations {
 public:
  bool empty() const { return count_ == 0; }
  void clear() { count_ = 0; }
  std::span<const Violation> all() const { return {list_.data(), count_}; }
  /// A violation of the same clause, wherever it is and whatever led to it.
  bool has(const Violation& other) const {
    const auto found = all();
    return std::any_of(found.begin(), found.end(), [&](const Violation& v) {
      return v.id == other.id && v.clause == other.clause;
    });
  }

  /// Keeps the first of each clause and context, in the order of InvariantId: one that is known
  /// must not hide another.
  [[gnu::cold, gnu::noinline]] void add(const Clause& clause, Where where, Value expected,
                                        Value found, const Context& context = {}) {
    std::size_t at = 0;
    for (; at < count_ && list_[at].id <= clause.id; ++at) {
      const Violation& v = list_[at];
      if (v.id == clause.id && v.clause == clause.name && v.context == context) return;
    }
    if (count_ == list_.size()) return;
    for (std::size_t i = count_; i > at; --i)
      list_[i] = list_[i - 1];
    list_[at] = {.id = clause.id,
                 .clause = clause.name,
                 .where = where,
                 .expected = expected,
                 .found = found,
                 .context = context};
    ++count_;
  }
  void merge(const Violations& other) {
    for (const Violation& v : other.all())
      add({v.id, v.clause, {}}, v.where, v.expected, v.found, v.context);
  }
  /// They showed after an operation of this kind.
  void happened_in(OpKind op) {
    for (std::size_t i = 0; i < count_; ++i)
      list_[i].context.op = op;
  }
  /// They are about this zone of the machine.
  void are_of(const Zone& zone) {
    for (std::size_t i = 0; i < count_; ++i)
      list_[i].zone = static_cast<uint8_t>(zone.index());
  }

 private:
  // Every clause, and as many again that differ by their context.
  std::array<Violation, 2 * nr_clauses_max> list_{};
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
