// SPDX-License-Identifier: GPL-2.0-only
// Types of lists and pageblocks as events name them, and what they say of who asked.
#pragma once

#include <cstdint>
#include <optional>

#include "model/words/types.h"

namespace spb::trace {

/// The stored tag that such a list or pageblock has. ISOLATE, like an unknown type, says nothing
/// about it.
std::optional<Migratetype> tag_of_type(uint8_t type);

/// What a request asks for that lists of this type served, where nothing else tells: movable ones
/// turn to CMA lists; HIGHATOMIC lists serve any type, the least demanding is UNMOVABLE.
Migratetype asked_of_type(uint8_t type);

/// The alloc_flags without which no request reaches lists of this type.
uint32_t alloc_flags_for_type(uint8_t type, uint32_t order);

/// Whether a request of type `asked` may have been served by lists of this type.
bool may_serve(uint8_t type, Migratetype asked);

/// How often each type was met beside UNMOVABLE, MOVABLE and RECLAIMABLE.
struct OtherTypes {
  uint64_t highatomic = 0;
  uint64_t cma = 0;
  uint64_t isolate = 0;

  void count(uint8_t type);
  uint64_t total() const { return highatomic + cma + isolate; }
};

}  // namespace spb::trace
