// SPDX-License-Identifier: GPL-2.0-only
// Golden vectors of the superpageblock series: what its own zone-level functions answered,
// operation by operation, with every list, counter, bit, tag and hint in between. Text, format 1,
// plain or xz; tests/data/golden-spb/README.md describes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "trace/golden_line.h"
#include "trace/golden_step.h"
#include "trace/input.h"

namespace spb::trace {

/// What a vector exercises beyond plain allocation and freeing, as its header says.
enum class SpbFeature : uint8_t { isolate, nonblock, optional, highatomic, bulk, count };
std::string_view name_of(SpbFeature feature);

/// A vector of the series.
struct SpbVector : GoldenSteps {
  uint16_t reserve_min = 0;  ///< SPB_TAINTED_RESERVE_MIN
  uint8_t features = 0;      ///< bit by SpbFeature

  bool has(SpbFeature feature) const {
    return (features >> static_cast<unsigned>(feature) & 1U) != 0;
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
