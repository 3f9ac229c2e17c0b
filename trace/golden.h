// SPDX-License-Identifier: GPL-2.0-only
// Golden vectors: sequences of operations with the answers that the kernel's own allocator gave,
// and the state of its lists in between. Text, format 1, plain or xz; tests/data/golden/README.md
// describes it.
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

/// What a vector exercises beyond plain allocation and freeing (`base`), as its header says.
enum class GoldenFeature : uint8_t { isolate, cma, highatomic, bulk, count };
std::string_view name_of(GoldenFeature feature);

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
  std::size_t begin = 0;   ///< where its text begins in GoldenVector::text
  std::size_t length = 0;  ///< bytes; a state block has all its lines, a newline between them
  std::size_t question = 0;  ///< bytes before the answer, the arrow included; 0 for a state block
};

/// Pageblocks of the zone, from `first` to before `end`.
struct BlockRange {
  uint32_t first = 0;
  uint32_t end = 0;
};

/// One vector, understood as a whole: sizes, pfns, orders and block numbers are within the zone.
struct GoldenVector {
  std::string name;       ///< the file, for messages
  Geometry geometry;      ///< superpageblocks are of no account: one that covers the zone
  uint8_t features = 0;   ///< bit by GoldenFeature
  BlockRange cma_blocks;  ///< CMA's from the start
  uint64_t nr_operations = 0;
  uint64_t nr_states = 0;
  std::string text;
  std::vector<GoldenStep> steps;

  bool has(GoldenFeature feature) const {
    return (features >> static_cast<unsigned>(feature) & 1U) != 0;
  }
  std::string_view text_of(const GoldenStep& step) const {
    return std::string_view(text).substr(step.begin, step.length);
  }
};

/// Read a vector to its end. Throws InputError where it is damaged, truncated, not understood, or
/// of a zone that the model cannot represent.
GoldenVector read_golden(const std::filesystem::path& file);
/// The same for text in memory.
GoldenVector parse_golden(std::string_view text, std::string name);

/// The vectors that a path stands for: the file itself, or, of a folder and those in it, every file
/// that ends in .txt or .txt.xz, sorted. Throws InputError if there is none.
std::vector<std::filesystem::path> golden_files(const std::filesystem::path& path);

}  // namespace spb::trace
