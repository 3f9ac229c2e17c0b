// SPDX-License-Identifier: GPL-2.0-only
// Zones broken on purpose, at least one for each clause of each invariant. What the model would
// have touched is marked; where the model would call its observer, the wound does.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "invariants/invariant.h"
#include "model/operation/operation.h"
#include "model/state/machine.h"

namespace spb::test {

/// Under which checks a wound shows.
enum class Seen : uint8_t { everywhere, incrementally_alone, by_both_alone, before_operations };

struct Wound {
  const Clause* clause;
  std::string_view how;  ///< in a few words, unique for the clause
  std::unique_ptr<Machine> (*machine)();
  void (*inflict)(Zone& zone);             ///< the first one
  Operation op{.kind = OpKind::irq_work};  ///< that it pretends to happen in, with this outcome
  Outcome outcome{.result = Result::nothing};
  Seen seen = Seen::everywhere;
};

std::span<const Wound> wounds();

}  // namespace spb::test
