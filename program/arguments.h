// SPDX-License-Identifier: GPL-2.0-only
// The arguments of operations as the text has them, and their ranges; which kind has which is a row
// of model/operation/operation.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/operation/operation.h"
#include "model/words/geometry.h"

namespace spb {

struct ArgumentInfo {
  std::string_view key;  ///< of `key=value`; the word itself; empty for an argument in place
  bool required;
};
const ArgumentInfo& info(Argument argument);
/// The argument is a word that stands by itself.
constexpr bool is_word(Argument argument) {
  return argument == Argument::tail || argument == Argument::error || argument == Argument::force;
}

/// False of what is 0 on every machine like this one: which zone, which node, which CPU.
bool is_said(Argument argument, const MachineShape& machine);

inline constexpr MachineShape one_zone{};
/// The value that the argument can have at most in such a zone of such a machine (a pfn: relative
/// to the base; a batch: from the first slot on).
uint32_t max_value(Argument argument, const Geometry& geometry,
                   const MachineShape& machine = one_zone);

/// The slots that an operation writes: its own, and of a batch those that follow.
constexpr uint32_t nr_slots_written(const Operation& op) {
  return op.kind == OpKind::bulk ? op.flags : 1;
}

}  // namespace spb
