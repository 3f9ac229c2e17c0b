// SPDX-License-Identifier: GPL-2.0-only
// Mutations of a program's bytes that keep its operations whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "invariants/reading.h"

namespace spb::fuzz {

/// Changes bytes in place, as libFuzzer's own mutator does; returns the new size.
using MutateBytes = std::size_t (*)(uint8_t* data, std::size_t size, std::size_t max_size);

/// Changes the program in `data`, which has room for `max_size` bytes; returns its new size. A zone
/// that it changes is one of these readings where parameters can make it one.
std::size_t mutate(uint8_t* data, std::size_t size, std::size_t max_size, uint32_t seed,
                   MutateBytes mutate_bytes, ReadingSet readings);

/// The zone and first operations of one program, then last operations of the other.
std::size_t cross_over(std::span<const uint8_t> one, std::span<const uint8_t> other,
                       std::span<uint8_t> out, uint32_t seed);

}  // namespace spb::fuzz
