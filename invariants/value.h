// SPDX-License-Identifier: GPL-2.0-only
// What a clause compares: a number, or a word of the model, which a report tells by its name.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "model/policy/vocabulary.h"
#include "model/state/dirty.h"
#include "model/state/event.h"
#include "model/words/types.h"

namespace spb {

/// How a superpageblock is used, by its counters alone.
enum class Category : uint8_t { unknown, empty, clean, tainted };

/// How PB_has_<type> came to be set.
enum class Arrival : uint8_t {
  unseen,    ///< before the checks began
  named,     ///< the program named the frame or the tag
  borrowed,  ///< or taken from the HIGHATOMIC lists
  stale,     ///< the pages are gone: the pageblock was wholly free when it was claimed
  own,       ///< from the type's own list, or by a claim
  stolen,
  left,    ///< as own; then a MOVABLE request claimed the pageblock
  beside,  ///< the pageblock is of a chunk of several, and none of its pages was taken
};

/// The bits of a pageblock.
struct BitSet {
  uint8_t bits = 0;
  auto operator<=>(const BitSet&) const = default;
};

/// Where claim and steal are: superpageblocks of a category, and an order.
struct FallbackStep {
  Source category{};
  uint32_t order = 0;
  auto operator<=>(const FallbackStep&) const = default;
};

using Nothing = std::monostate;

using Value =
    std::variant<int64_t, Nothing, Migratetype, Mode, PassId, Refusal, IsolateRefusal, LadderStep,
                 DriverStep, ZonePart, Category, Arrival, BitSet, FallbackStep, EvacuationAnswer>;

/// A tag as it is stored: a damaged one is a number.
constexpr Value tag_value(uint32_t tag) {
  return tag < MIGRATE_TYPES ? Value(static_cast<Migratetype>(tag)) : Value(int64_t{tag});
}
/// 0 where it is none.
constexpr int64_t number_of(const Value& value) {
  const int64_t* number = std::get_if<int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

std::string text_of(const Value& value);

}  // namespace spb
