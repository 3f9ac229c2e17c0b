// SPDX-License-Identifier: GPL-2.0-only
// The faults of faults/, planted together in the copy of the model that canaries are built with:
// one runs for the lifetime of an object.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

#include "model/words/planted.h"

namespace spb::test {

class Planted {
 public:
  /// The name of a diff in faults/.
  explicit Planted(std::string_view name) {
    const auto names = planted_faults();
    const auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end()) throw std::runtime_error("found no planted fault " + std::string(name));
    planted_fault = static_cast<int>(it - names.begin()) + 1;
  }
  ~Planted() { planted_fault = 0; }
  Planted(const Planted&) = delete;
  Planted& operator=(const Planted&) = delete;
};

}  // namespace spb::test
