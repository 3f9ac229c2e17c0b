// SPDX-License-Identifier: GPL-2.0-only
// Every small change of a variant's policy: each gate, filter and refusal inverted, dropped and
// weakened, each source, list, order walk and effect changed, neighbouring rows swapped.
#pragma once

#include <string>
#include <vector>

#include "model/policy/variant.h"

namespace spb {

struct PolicyMutation {
  std::string name;  ///< "rfc-v2: PASS_2C gate inverted"
  Policy<Concrete> policy;
};

/// All mutations of one variant, by its place in variants().
std::vector<PolicyMutation> mutations_of(std::size_t variant);

}  // namespace spb
