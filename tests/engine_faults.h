// SPDX-License-Identifier: GPL-2.0-only
// Split, merge, list insertion, claim and steal are the same functions under mainline and under the
// series: a fault in each of them has to show in the kernel's golden vectors and in scenarios of
// the series alike.
#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "model/state/fault.h"
#include "program/planted.h"

namespace spb::test {

inline constexpr std::array engine_faults{Fault::split_half_lost, Fault::merge_keeps_tag,
                                          Fault::insert_ignores_merge,
                                          Fault::claim_without_half_rule, Fault::steal_relabels};

// As a part of a test's name.
inline std::string test_name_of(Fault fault) {
  std::string name(name_of(fault));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace spb::test
