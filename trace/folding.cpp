// SPDX-License-Identifier: GPL-2.0-only
#include "trace/folding.h"

namespace spb::trace {

std::optional<Migratetype> folded_type(uint8_t type) {
  switch (type) {
    case MIGRATE_UNMOVABLE:
    case MIGRATE_HIGHATOMIC:
      return MIGRATE_UNMOVABLE;
    case MIGRATE_MOVABLE:
    case MIGRATE_CMA:
      return MIGRATE_MOVABLE;
    case MIGRATE_RECLAIMABLE:
      return MIGRATE_RECLAIMABLE;
    default:
      return {};
  }
}

void FoldedTypes::count(uint8_t type) {
  highatomic += type == MIGRATE_HIGHATOMIC;
  cma += type == MIGRATE_CMA;
  isolate += type == MIGRATE_ISOLATE;
}

}  // namespace spb::trace
