// SPDX-License-Identifier: GPL-2.0-only
// A random run with every check, until it finds what its variant is not known for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "invariants/checker.h"
#include "model/state/zone.h"

namespace spb::test {

struct News {
  InvariantId id;
  std::string text;  ///< the violation, and after which operation of which seed
};

/// The first violation that is not known, within this many operations. A run ends without news
/// where a state invariant breaks as is known.
std::optional<News> hunt(Zone& zone, std::string_view variant, Checks checks, uint64_t seed,
                         uint32_t operations);

}  // namespace spb::test
