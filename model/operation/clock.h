// SPDX-License-Identifier: GPL-2.0-only
// Time. The state has no date: what waits for time knows how much of it is left, which is 0 where
// nothing waits, so that states are as many as without a clock.
#pragma once

#include "model/operation/operation.h"

namespace spb {

/// What came of an operation, once its time has passed in every zone: `operation-ms`.
[[gnu::cold]] Outcome after_its_time(Zone& zone, Outcome outcome);

}  // namespace spb
