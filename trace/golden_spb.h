// SPDX-License-Identifier: GPL-2.0-only
// Golden vectors of the superpageblock series: what its own zone-level functions answered,
// operation by operation, with every list, counter, bit, tag and hint in between. Text, format 1,
// plain or xz; tests/data/golden-spb/README.md describes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/words/geometry.h"
#include "trace/golden_line.h"
#include "trace/input.h"

namespace spb::trace {

/// What a vector exercises beyond plain allocation and freeing, as its header says.
enum class SpbFeature : uint8_t { isolate, nonblock, optional, highatomic, bulk, count };
std::string_view name_of(SpbFeature feature);

/// An operation or a state block of a vector.
struct SpbStep {
  enum class Kind : uint8_t { alloc, free, isolate, unisolate, bulk, unreserve, state };

  Kind kind = Kind::state;
  uint8_t order = 0;         ///< alloc, free, bulk
  uint8_t type = 0;          ///< Migratetype asked for: alloc, bulk, unreserve
  uint32_t alloc_flags = 0;  ///< AllocFlag bits: alloc, bulk
  bool to_tail = false;      ///< flag T: free
  bool force = false;        ///< unreserve
  uint32_t pfn = 0;          ///< alloc: the page got, or no_index; free: the page given back
  uint32_t block = 0;        ///< isolate, unisolate
  uint8_t count = 0;         ///< bulk: pages asked for
  uint32_t slot = 0;         ///< that the model keeps the page in, of a batch the first
  uint64_t line = 0;         ///< its (first) line in the file, from 1
  uint64_t operation = 0;    ///< its number among the operations, from 1; state: operations before
  std::size_t begin = 0;     ///< where its text begins in SpbVector::text
  std::size_t length = 0;    ///< bytes; a state block has all its lines, a newline between them
  std::size_t question = 0;  ///< bytes before the answer, the arrow included; 0 for a state block
};

/// One vector, understood as a whole: sizes, pfns, orders and block numbers are within the zone.
struct SpbVector {
  std::string name;  ///< the file, for messages
  Geometry geometry;
  uint16_t reserve_min = 0;  ///< SPB_TAINTED_RESERVE_MIN
  uint8_t features = 0;      ///< bit by SpbFeature
  uint64_t nr_operations = 0;
  uint64_t nr_states = 0;
  std::string text;
  std::vector<SpbStep> steps;

  bool has(SpbFeature feature) const {
    return (features >> static_cast<unsigned>(feature) & 1U) != 0;
  }
  std::string_view text_of(const SpbStep& step) const {
    return std::string_view(text).substr(step.begin, step.length);
  }
};

/// Whether the file begins as a vector of this format does. Throws InputError where it cannot be
/// read.
bool is_golden_spb(const std::filesystem::path& file);

/// Read a vector to its end. Throws InputError where it is damaged, truncated, not understood, or
/// of a zone that the model cannot represent.
SpbVector read_golden_spb(const std::filesystem::path& file);
/// The same for text in memory.
SpbVector parse_golden_spb(std::string_view text, std::string name);

}  // namespace spb::trace
