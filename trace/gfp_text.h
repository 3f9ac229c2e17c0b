// SPDX-License-Identifier: GPL-2.0-only
// The gfp flags of a recorded caller, as kernels from 2.6.32 to 7.0 print them, in the model's
// bits.
//
// Flags come as names joined by a bar, as a number, or as names and a number for the bits that have
// no name. The names changed: before 4.6 single flags had no underscores (GFP_NOWARN), before 4.4
// __GFP_WAIT stood for what is __GFP_RECLAIM since; flags came and went. What a number means
// depends on the release (include/linux/gfp.h, from 6.0 on gfp_types.h).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace spb::trace {

/// A release of the kernel.
struct Release {
  uint32_t major = 0;
  uint32_t minor = 0;
  auto operator<=>(const Release&) const = default;
};

/// The releases whose numbers are known.
inline constexpr Release first_gfp_release{4, 4};
inline constexpr Release last_gfp_release{7, 0};

/// `6.10`, or what uname -r says: `6.1.0-18-amd64`. Nothing for anything else, and for a release
/// whose numbers are not known.
std::optional<Release> parse_release(std::string_view text);

struct GfpReading {
  bool known = false;         ///< otherwise nothing is known about the caller, not even a part
  uint32_t bits = 0;          ///< Gfp bits that a free list may ask about, lower zones left out
  std::string_view not_read;  ///< the first part that could not be read
};

/// Without a release a number cannot be read, and names mean what they do since 4.8.
GfpReading read_gfp(std::string_view text, const std::optional<Release>& release);

}  // namespace spb::trace
