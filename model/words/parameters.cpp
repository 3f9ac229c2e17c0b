// SPDX-License-Identifier: GPL-2.0-only
#include "model/words/parameters.h"

#include <algorithm>

#include "model/words/geometry.h"

namespace spb {

namespace {

constexpr bool in_order() {
  for (std::size_t i = 0; i < nr_parameters; ++i) {
    if (parameter_table[i].id != static_cast<ParameterId>(i)) return false;
  }
  return true;
}
static_assert(in_order());

}  // namespace

std::string_view name_of(Standing standing) {
  static constexpr std::array<std::string_view, 3> names{"settled by the source", "open",
                                                         "the model's own"};
  return names[static_cast<std::size_t>(standing)];
}

Parameters resolve(const Parameters& chosen, const Parameters& defaults, const Geometry& geometry) {
  Parameters result;
  for (std::size_t i = 0; i < nr_parameters; ++i) {
    const bool given = chosen.values[i] != Parameters::unset;
    result.values[i] = given ? chosen.values[i] : defaults.values[i];
  }
  if (chosen[ParameterId::tainted_reserve_min] == Parameters::unset) {
    auto& reserve = result[ParameterId::tainted_reserve_min];
    reserve = std::min(reserve, static_cast<uint16_t>(geometry.pageblocks / 4));
  }
  return result;
}

}  // namespace spb
