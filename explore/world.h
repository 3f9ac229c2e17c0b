// SPDX-License-Identifier: GPL-2.0-only
// What a search goes through: states that operations lead to.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/operation/operation.h"

namespace spb {

/// What came of an operation.
enum class Step : uint8_t {
  nothing,  ///< there was nothing to do, or it does not count
  same,     ///< it was run, and led to a state like the one before
  moved,    ///< it led to another state
  left,     ///< what it led to is known to be broken, and is not looked at
  found,    ///< this is what the search is for
};

/// States have codes of words() words: equal ones for states that are alike, in which the same
/// operations lead to the same codes. A world is one thread's own.
class World {
 public:
  virtual ~World() = default;

  virtual std::size_t words() const = 0;
  /// Operations that are tried in each state.
  virtual std::size_t operations() const = 0;
  /// To the first state.
  virtual void start() = 0;
  /// To a state of this code.
  virtual void enter(const uint64_t* code) = 0;
  /// Of the state that was entered.
  virtual void pack(uint64_t* code) = 0;
  /// Runs an operation in the state that was entered, and takes it back. Where it moved, `code` is
  /// where to.
  virtual Step step(std::size_t operation, uint64_t* code) = 0;
  /// Runs it and stays there: that is the state entered now.
  virtual Operation go(std::size_t operation) = 0;
  /// Is what a symmetry says true here? Does all from another state like the one that was entered,
  /// drawn from the seed. Throws std::logic_error where that leads to other codes.
  virtual void try_alike(uint64_t seed) = 0;
};

}  // namespace spb
