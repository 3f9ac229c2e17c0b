// SPDX-License-Identifier: GPL-2.0-only
#include "tests/hunt.h"

#include <algorithm>

#include "invariants/reading.h"
#include "program/random_operations.h"

namespace spb::test {

std::optional<News> hunt(Zone& zone, const Variant& variant, Checks checks, uint64_t seed,
                         uint32_t operations) {
  const Reading reading{variant, zone.parameters()};
  Checker checker(zone, checks, true);
  RandomOperations random(zone, seed);
  for (uint32_t i = 0; i < operations; ++i) {
    const Operation op = random.next();
    checker.before(op);
    if (!checker.after(op, apply(zone, op))) continue;
    const auto found = checker.found();
    const auto news = std::find_if(found.begin(), found.end(), [&](const Violation& violation) {
      return !explain(reading, zone.geometry(), violation);
    });
    if (news != found.end()) {
      return News{news->id, "seed " + std::to_string(seed) + ", operation " + std::to_string(i) +
                                ": " + describe(*news, zone)};
    }
    const bool over = std::any_of(found.begin(), found.end(), [](const Violation& violation) {
      return info(violation.id).kind == InvariantKind::state;
    });
    if (over) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace spb::test
