// SPDX-License-Identifier: GPL-2.0-only
// Cells as a row of numbers, for files that several processes add to: what they are, of how many
// runs and operations, then how often, then in how many runs each was reached.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "program/cells.h"

namespace spb {

class CellsImage {
 public:
  static constexpr std::size_t counts = nr_variants * nr_cells;
  static constexpr std::size_t runs_at = 2;
  static constexpr std::size_t operations_at = 3;
  static constexpr std::size_t header = 4;
  static constexpr std::size_t words = header + 2 * counts;
  static constexpr uint64_t magic = 0x31736c6c65636273U;  ///< "sbcells1" in a file

  static constexpr std::size_t times_at(std::size_t variant, uint32_t cell) {
    return header + variant * nr_cells + cell;
  }
  static constexpr std::size_t runs_with_at(std::size_t variant, uint32_t cell) {
    return times_at(variant, cell) + counts;
  }

  /// The second number: of the names of variants and cells, so that none is taken for another.
  static uint64_t names();
  static std::vector<uint64_t> of(const Cells& cells);
  /// The cells of such numbers, of which there are `words`; false where they are of other names.
  static bool read(std::span<const uint64_t> image, Cells& cells);
};

}  // namespace spb
