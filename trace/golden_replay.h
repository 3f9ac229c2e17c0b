// SPDX-License-Identifier: GPL-2.0-only
// Replays golden vectors on the model and compares all that a line answers.
#pragma once

#include "model/policy/tables.h"
#include "model/words/domain.h"
#include "trace/golden.h"
#include "trace/golden_comparison.h"

namespace spb::trace {

/// Replay up to the first difference. The page, the tracepoint of a fallback, refused claims,
/// changed tags and list insertions of each operation are compared, and counters, tags, isolation
/// and every list, in order, of each state. Throws InputError at a line that frees what no earlier
/// line allocated.
GoldenResult replay_golden(const GoldenVector& vector, const Policy<Concrete>& policy);
/// With the policy of variant `mainline`.
GoldenResult replay_golden(const GoldenVector& vector);

/// Whether what was changed on purpose, the policy or the model, shows.
bool golden_differs(const GoldenVector& vector, const Policy<Concrete>& policy);

}  // namespace spb::trace
