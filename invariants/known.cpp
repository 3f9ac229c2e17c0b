// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/known.h"

#include <algorithm>
#include <array>

namespace spb {

namespace {

constexpr std::array<Known, 0> known{};

}  // namespace

std::span<const Known> known_violations() {
  return known;
}

const Known* known_violation(const Zone& zone, std::string_view variant,
                             const Violation& violation) {
  const auto expects = [&](const Known& entry) {
    return entry.variant == variant && entry.id == violation.id &&
           (entry.clause.empty() || entry.clause == violation.clause) && entry.applies(zone);
  };
  const auto it = std::find_if(known.begin(), known.end(), expects);
  return it == known.end() ? nullptr : &*it;
}

}  // namespace spb
