// SPDX-License-Identifier: GPL-2.0-only
#include "smt/explore.h"

#include "model/gfp.h"

namespace spb::smt {

Geometry tiny_size() {
  Geometry size;
  size.superpageblocks = 2;
  size.pageblocks = 2;
  size.pageblock_order = 1;
  size.max_page_order = 2;
  size.slots = 8;
  return size;
}

std::vector<Operation> alphabet(const Geometry& size, bool isolation) {
  std::vector<Operation> all;
  const uint32_t flags[] = {0, ALLOC_NOFRAGMENT, ALLOC_NOFRAGMENT | ALLOC_NON_BLOCK,
                            ALLOC_NOFRAGMENT | ALLOC_NON_BLOCK | ALLOC_NOFRAG_TAINTED_OK};
  for (uint32_t order = 0; order <= size.max_page_order; ++order) {
    for (uint32_t type = 0; type < static_cast<uint32_t>(MIGRATE_PCPTYPES); ++type) {
      for (const uint32_t f : flags)
        all.push_back({OpKind::rmqueue, static_cast<uint8_t>(order), 0, 0, type, f});
    }
  }
  for (uint32_t slot = 0; slot < size.slots; ++slot)
    all.push_back({OpKind::free, 0, 0, slot, 0, 0});
  for (uint32_t b = 0; isolation && b < size.nr_blocks(); ++b) {
    all.push_back({OpKind::isolate, 0, 0, 0, b, 0});
    all.push_back({OpKind::unisolate, 0, 0, 0, b, 0});
  }
  return all;
}

bool fit(const Zone& zone, Operation& op) {
  if (op.kind == OpKind::free) return zone.slot(op.slot).page != 0;
  if (op.kind != OpKind::rmqueue) return true;
  for (uint32_t slot = 0; slot < zone.geometry().slots; ++slot) {
    if (zone.slot(slot).page != 0) continue;
    op.slot = slot;
    return true;
  }
  return false;
}

}  // namespace spb::smt
