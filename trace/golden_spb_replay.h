// SPDX-License-Identifier: GPL-2.0-only
// Replays golden vectors of the superpageblock series on the model and compares all that a line
// answers.
#pragma once

#include "model/policy/variant.h"
#include "trace/golden_replay.h"
#include "trace/golden_spb.h"

namespace spb::trace {

/// Replay up to the first difference. Of each operation the page is compared, who served it, the
/// superpageblocks that each search visited, refusals, tags and bits in their order, insertions,
/// hints, and what was asked for as deferred work; of each state every counter, tag, bit and hint,
/// and every list in order. `chosen` parameters stand for those of rfc-v2. Throws InputError at a
/// line that frees what no earlier line allocated.
GoldenResult replay_golden_spb(const SpbVector& vector, const Policy<Concrete>& policy,
                               const Parameters& chosen = {});
/// With the policy of variant `rfc-v2`.
GoldenResult replay_golden_spb(const SpbVector& vector);

/// Whether what was changed on purpose, the policy, a parameter or the model, shows.
bool golden_spb_differs(const SpbVector& vector, const Policy<Concrete>& policy,
                        const Parameters& chosen = {});

}  // namespace spb::trace
