// SPDX-License-Identifier: GPL-2.0-only
// What golden vectors of either format are made of: steps, each with its line of text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/words/geometry.h"

namespace spb::trace {

/// An operation or a state block of a vector.
struct GoldenStep {
  enum class Kind : uint8_t { alloc, free, isolate, unisolate, bulk, unreserve, state };

  Kind kind = Kind::state;
  uint8_t order = 0;         ///< alloc, free, bulk
  uint8_t type = 0;          ///< Migratetype asked for: alloc, bulk, unreserve
  uint8_t count = 0;         ///< pages asked for: bulk
  uint32_t alloc_flags = 0;  ///< AllocFlag: alloc, bulk
  bool to_tail = false;      ///< flag T: free
  bool force = false;        ///< unreserve
  uint32_t slot = 0;       ///< that the model keeps the page in, of a batch the first: alloc, bulk,
                           ///< free
  uint32_t pfn = 0;        ///< alloc: the page got, or no_index; free: the page given back
  uint32_t block = 0;      ///< isolate, unisolate
  uint64_t line = 0;       ///< its (first) line in the file, from 1
  uint64_t operation = 0;  ///< its number among the operations, from 1; state: operations before
  std::size_t begin = 0;   ///< where its text begins in GoldenSteps::text
  std::size_t length = 0;  ///< bytes; a state block has all its lines, a newline between them
  std::size_t question = 0;  ///< bytes before the answer, the arrow included; 0 for a state block
};

/// The steps of one vector, understood as a whole: sizes, pfns, orders and block numbers are within
/// the zone.
struct GoldenSteps {
  std::string name;  ///< the file, for messages
  Geometry geometry;
  uint64_t nr_operations = 0;
  uint64_t nr_states = 0;
  std::string text;
  std::vector<GoldenStep> steps;

  std::string_view text_of(const GoldenStep& step) const {
    return std::string_view(text).substr(step.begin, step.length);
  }
};

}  // namespace spb::trace
