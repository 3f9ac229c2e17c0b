// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/reading.h"

#include <algorithm>

namespace spb {

bool is_clean(const Reading& reading) {
  return is_in(ReadingSet::clean, reading);
}

Consequence explain(const Reading& reading, const Geometry& geometry, const Violation& violation) {
  for (const Cause& cause : causes()) {
    for (const Damage& damage : cause.damages) {
      const auto& ids = damage.invariants;
      if (std::find(ids.begin(), ids.end(), violation.id) == ids.end()) continue;
      if (cause.is_in(reading) && damage.shows(reading, geometry, violation)) {
        return {&cause, &damage};
      }
    }
  }
  return {};
}

std::optional<ReadingSet> find_reading_set(std::string_view name) {
  if (name == "clean") return ReadingSet::clean;
  if (name == "posted") return ReadingSet::posted;
  if (name == "all") return ReadingSet::all;
  return {};
}

bool is_in(ReadingSet set, const Reading& reading) {
  const auto all = causes();
  return std::none_of(all.begin(), all.end(), [&](const Cause& cause) {
    const bool allowed = set == ReadingSet::all ||
                         (set == ReadingSet::posted && cause.origin == Cause::Origin::source);
    return !allowed && cause.is_in(reading);
  });
}

}  // namespace spb
