// SPDX-License-Identifier: GPL-2.0-only
// What an operation did, coarsely: how many different ones there were says what was reached, and
// how many of them came up just once how much is left.
#pragma once

#include <cstdint>
#include <vector>

#include "model/operation/operation.h"
#include "model/state/zone.h"

namespace spb {

/// A cell is a kind of operation, its result, what served it, the type and the class of the order,
/// and the list of the superpageblock that it ended in.
class Cells {
 public:
  static constexpr uint32_t count = 1U << 19U;

  Cells() : seen_(count) {}

  /// Of the operation that the zone has just run; below `count`.
  static uint32_t cell_of(const Zone& zone, const Operation& op, const Outcome& outcome);

  void add(uint32_t cell) { ++seen_[cell]; }
  void add(const Cells& other);

  uint64_t reached() const;
  /// The chance that the next operation reaches a cell that none has reached yet: the share of
  /// operations whose cell nothing else reached (Good and Turing). 1 where there was no operation.
  double chance_of_new() const;

 private:
  std::vector<uint32_t> seen_;  ///< operations, by cell
};

}  // namespace spb
