// SPDX-License-Identifier: GPL-2.0-only
// Golden vectors: sequences of operations with the answers that the kernel's own allocator gave,
// and the state of its lists in between. Text, format 1, plain or xz; tests/data/golden/README.md
// describes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "trace/golden_line.h"
#include "trace/golden_step.h"
#include "trace/input.h"

namespace spb::trace {

/// What a vector exercises beyond plain allocation and freeing (`base`), as its header says.
enum class GoldenFeature : uint8_t { isolate, cma, highatomic, bulk, count };
std::string_view name_of(GoldenFeature feature);

/// CMA's pageblocks of the zone, from `first` to before `end`.
struct CmaBlocks {
  uint32_t first = 0;
  uint32_t end = 0;
};

/// A vector of mainline. Its superpageblocks are of no account: one that covers the zone.
struct GoldenVector : GoldenSteps {
  uint8_t features = 0;  ///< bit by GoldenFeature
  CmaBlocks cma_blocks;  ///< CMA's from the start

  bool has(GoldenFeature feature) const {
    return (features >> static_cast<unsigned>(feature) & 1U) != 0;
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
