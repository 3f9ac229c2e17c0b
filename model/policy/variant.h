// SPDX-License-Identifier: GPL-2.0-only
// A variant is a value: a policy and the defaults of the named parameters.
#pragma once

#include <span>
#include <string_view>

#include "model/policy/rows.h"
#include "model/policy/shape.h"
#include "model/words/domain.h"
#include "model/words/parameters.h"

namespace spb {

struct Variant {
  std::string_view name;
  std::string_view claim;  ///< one sentence
  std::string_view source;
  Policy<Concrete> policy;
  Parameters defaults;
};

/// Every variant; the order is part of the byte form of programs, so new ones go to the end.
std::span<const Variant> variants();
/// Null if there is none of this name.
const Variant* find_variant(std::string_view name);

}  // namespace spb
