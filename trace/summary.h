// SPDX-License-Identifier: GPL-2.0-only
// What a recording says and what of it a replay can follow, for whoever reads the result: nothing
// is passed over without a word.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "trace/recording.h"

namespace spb::trace {

/// Departures by what is known of their callers.
struct CallerCounts {
  uint64_t known = 0;
  uint64_t unreadable = 0;
  uint64_t contradicting = 0;
  uint64_t unseen = 0;
};
CallerCounts caller_counts(const Recording& recording);

/// Lines under a heading each: what was read, dropped by reason, known of callers, other types,
/// lost.
std::string summary_text(const Recording& recording);

/// Why a replay of this recording would say nothing, or something else than it seems to: no event
/// that it could follow, or lost events, unless `lossy` allows them. Nothing if it can be replayed.
std::optional<std::string> why_not_replayed(const Recording& recording, bool lossy);

/// The reason where events were followed and each of them asked for what was so already.
std::string none_applied_text(uint64_t events);

}  // namespace spb::trace
