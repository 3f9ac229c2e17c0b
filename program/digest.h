// SPDX-License-Identifier: GPL-2.0-only
// Digests: FNV-1a with 64 bits. They tell states and findings apart; they do not withstand malice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/state/machine.h"

namespace spb {

uint64_t digest(std::span<const std::byte> bytes);
uint64_t digest(std::string_view text);
/// Of the machine's whole state, whose padding is 0: the same in every build.
uint64_t digest(const Machine& machine);

/// Of a sequence: the digest so far and the next one.
uint64_t combined(uint64_t so_far, uint64_t next);

/// The first `digits` of its 16 hexadecimal digits.
std::string digest_text(uint64_t digest, std::size_t digits = 16);

}  // namespace spb
