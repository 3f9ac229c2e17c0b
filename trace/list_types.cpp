// SPDX-License-Identifier: GPL-2.0-only
#include "trace/list_types.h"

#include "model/words/gfp.h"

namespace spb::trace {

std::optional<Migratetype> tag_of_type(uint8_t type) {
  if (type > MIGRATE_CMA) return {};
  return static_cast<Migratetype>(type);
}

Migratetype asked_of_type(uint8_t type) {
  if (type == MIGRATE_CMA) return MIGRATE_MOVABLE;
  return type < MIGRATE_PCPTYPES ? static_cast<Migratetype>(type) : MIGRATE_UNMOVABLE;
}

uint32_t alloc_flags_for_type(uint8_t type, uint32_t order) {
  if (type == MIGRATE_CMA) return ALLOC_CMA;
  if (type != MIGRATE_HIGHATOMIC) return 0;
  // A single page comes from the reserve only where its own lists have none.
  return order == 0 ? ALLOC_NON_BLOCK : ALLOC_NON_BLOCK | ALLOC_HIGHATOMIC;
}

bool may_serve(uint8_t type, Migratetype asked) {
  return type == MIGRATE_HIGHATOMIC || (type <= MIGRATE_CMA && asked_of_type(type) == asked);
}

void OtherTypes::count(uint8_t type) {
  highatomic += type == MIGRATE_HIGHATOMIC;
  cma += type == MIGRATE_CMA;
  isolate += type == MIGRATE_ISOLATE;
}

}  // namespace spb::trace
