// SPDX-License-Identifier: GPL-2.0-only
// A random run with every check, until it finds what its variant is not known for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "invariants/checker.h"
#include "model/policy/variant.h"
#include "model/state/zone.h"

namespace spb::test {

struct News {
  InvariantId id;
  std::string text;  ///< the violation, and after which operation of which seed
};

/// The first violation that no cause of the reading explains, within this many operations. A run
/// ends without news where a state invariant breaks by one.
std::optional<News> hunt(Zone& zone, const Variant& variant, Checks checks, uint64_t seed,
                         uint32_t operations);

}  // namespace spb::test
