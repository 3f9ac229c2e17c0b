// SPDX-License-Identifier: GPL-2.0-only
// What a variant is known to break as posted: campaigns count these apart, and a test fails when
// one no longer breaks.
#pragma once

#include <span>
#include <string_view>

#include "invariants/invariant.h"

namespace spb {

struct Known {
  std::string_view variant;
  /// Whether the violation is this defect's doing: by what led to it, and the zone's geometry and
  /// parameters.
  bool (*explains)(const Zone& zone, const Violation& violation);
  InvariantId id;
  std::string_view clause;   ///< empty: every clause
  std::string_view reason;   ///< why, in a sentence
  std::string_view program;  ///< breaks it under this variant: a path from the repository's root
};

/// Every entry of every variant.
std::span<const Known> known_violations();

/// The entry that expects this violation of this variant, or null.
const Known* known_violation(const Zone& zone, std::string_view variant,
                             const Violation& violation);

}  // namespace spb
