// SPDX-License-Identifier: GPL-2.0-only
// The state in which a replay begins: which blocks are free and which type each pageblock is. It
// is a recording's own, or one made up from the counts that buddyinfo and pagetypeinfo give.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "trace/proc_text.h"
#include "trace/recording.h"

namespace spb::trace {

struct StartZone {
  ZoneLabel label;
  uint64_t start_pfn = 0;        ///< of the zone
  uint64_t first_block_pfn = 0;  ///< of its first pageblock, at or before start_pfn
  std::vector<uint8_t> types;    ///< of each pageblock, an index into StartState::types
  std::vector<FreeBlock> free;   ///< ascending
};

struct StartState {
  uint32_t pageblock_order = 0;
  uint32_t max_page_order = 0;
  std::vector<std::string> types;  ///< as the kernel names them
  std::vector<StartZone> zones;
  std::vector<std::string> remarks;  ///< what a reader has to know: each a sentence
};

/// What a replay begins with: the free blocks of the first snapshot, and the pageblocks' types as
/// far as events tell them, MOVABLE elsewhere.
StartState start_of(const Recording& recording);

/// A state with these counts (of buddyinfo where pagetypeinfo stopped counting). Zones follow each
/// other from pfn 0, each from a multiple of the largest block, without holes. Always the same:
/// large blocks first, each at the lowest place where it does not make a larger one with its buddy;
/// pageblocks that are not wholly free in the order of the types. Throws InputError, about `name`,
/// where no state has the counts.
StartState made_up(const PageTypes& types, const std::vector<BuddyCounts>& buddies,
                   const std::string& name);

/// The start state of a folder: of a recording, or made up where it has only pagetypeinfo and
/// buddyinfo (each with or without `.before`).
StartState read_start_state(const std::filesystem::path& folder);

/// What /proc/buddyinfo and /proc/pagetypeinfo would say.
std::vector<BuddyCounts> buddyinfo_of(const StartState& state);
PageTypes pagetypeinfo_of(const StartState& state);

}  // namespace spb::trace
