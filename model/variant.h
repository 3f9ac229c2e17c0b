// SPDX-License-Identifier: GPL-2.0-only
// A variant is a value: a policy and the defaults of the named parameters.
#pragma once

#include <span>
#include <string_view>

#include "model/domain.h"
#include "model/parameters.h"
#include "model/policy.h"
#include "model/shape.h"

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

std::string_view name_of(PassId id);
std::string_view name_of(Refusal id);
std::string_view name_of(IsolateRefusal id);
std::string_view name_of(LadderStep id);
std::string_view name_of(Mode id);
std::string_view name_of(ItemStep id);
std::string_view name_of(DriverStep id);

/// A pass in a sentence.
struct PassInfo {
  PassId id;
  std::string_view claim;
  std::string_view source;
};
std::span<const PassInfo> pass_infos();

/// A step of the driver in a sentence.
struct DriverInfo {
  DriverStep id;
  std::string_view claim;
  std::string_view source;
};
std::span<const DriverInfo> driver_infos();

}  // namespace spb
