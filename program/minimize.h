// SPDX-License-Identifier: GPL-2.0-only
// Makes a program smaller for as long as it shows the same thing: operations are taken out in
// chunks and then one by one, the zone shrinks, arguments are lowered, slots are renumbered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "program/program.h"

namespace spb {

/// After how many operations a program shows what it is minimised for; nothing where it does not.
/// Must answer the same for the same program.
using ShowsAfter = std::function<std::optional<std::size_t>(const Program&)>;

enum class Lower : uint8_t {
  operations,       ///< the zone stays as it is
  zone_operations,  ///< the zone's sizes too, and parameters back to the variant's defaults
};

/// The program must be normalised and show it. In the result no operation can be taken out, and no
/// argument lowered by one of the steps tried: to its least value, half, or one less; a flag or bit
/// at a time. The variant stays. Deterministic.
Program minimize(Program program, Lower lower, const ShowsAfter& shows_after);

}  // namespace spb
