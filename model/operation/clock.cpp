// SPDX-License-Identifier: GPL-2.0-only
#include "model/operation/clock.h"

#include "model/state/mutate.h"

namespace spb {

/// Nothing comes of it where nothing waits.
Outcome kinds::wait(Zone& zone, const Operation& op) {
  const uint32_t ms = get(op, Argument::ms);
  if (ms == 0 || !zone.machine().waits()) return {.result = Result::nothing};
  Mutate::pass_time(zone.machine(), ms);
  return {.result = Result::done};
}

[[gnu::noinline]] Outcome after_its_time(Zone& zone, Outcome outcome) {
  Mutate::pass_time(zone.machine(), zone.parameters()[ParameterId::operation_ms]);
  return outcome;
}

}  // namespace spb
