// SPDX-License-Identifier: GPL-2.0-only
// Scenarios under other variants than their own, and with a policy or an engine that was changed on
// purpose.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "program/run.h"

namespace spb::test {

// Whether all that the program expects and all that the options check holds under this variant, by
// its place in variants(). What the program says of parameters stays.
bool holds(const std::string& program, std::size_t variant, const RunOptions& options);

// A scenario speaks for every variant under which it holds, with conformance switched off.
std::vector<std::string> scenarios_of(std::size_t variant);

}  // namespace spb::test
