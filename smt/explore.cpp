// SPDX-License-Identifier: GPL-2.0-only
#include "smt/explore.h"

#include <functional>
#include <string_view>

#include "model/words/gfp.h"

namespace spb::smt {

Geometry tiny_size() {
  Geometry size;
  size.superpageblocks = 2;
  size.pageblocks = 2;
  size.pageblock_order = 1;
  size.max_page_order = 2;
  return with_slots_for_pages(size, 1);
}

Geometry tiniest_size() {
  Geometry size = tiny_size();
  size.pageblocks = 1;
  size.max_page_order = 1;
  return with_slots_for_pages(size, 1);
}

Geometry with_slots_for_pages(Geometry size, uint32_t zones) {
  size.slots = zones * size.span() + 1;
  return size;
}

std::vector<Operation> alphabet(const Geometry& size, bool isolation) {
  std::vector<Operation> all;
  const uint32_t flags[] = {0, ALLOC_NOFRAGMENT, ALLOC_NOFRAGMENT | ALLOC_NON_BLOCK,
                            ALLOC_NOFRAGMENT | ALLOC_NON_BLOCK | ALLOC_NOFRAG_TAINTED_OK};
  for (uint32_t order = 0; order <= size.max_page_order; ++order) {
    for (uint32_t type = 0; type < static_cast<uint32_t>(MIGRATE_PCPTYPES); ++type) {
      for (const uint32_t f : flags)
        all.push_back(operation(
            OpKind::rmqueue,
            {{Argument::order, order}, {Argument::migratetype, type}, {Argument::alloc_flags, f}}));
    }
  }
  for (uint32_t slot = 0; slot < spare_slot(size); ++slot)
    all.push_back(operation(OpKind::free, {{Argument::slot, slot}}));
  for (uint32_t b = 0; isolation && b < size.nr_blocks(); ++b) {
    all.push_back(operation(OpKind::isolate, {{Argument::block, b}}));
    all.push_back(operation(OpKind::unisolate, {{Argument::block, b}}));
  }
  return all;
}

Zone zone_of(const ZoneSpec& spec, const Policy<Concrete>& policy) {
  return Zone(spec.geometry, policy,
              resolve(spec.parameters, variants()[spec.variant].defaults, spec.geometry));
}

uint64_t hash_of(const Zone& zone) {
  const auto image = zone.image();
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(image.data()), image.size()});
}

uint32_t spare_slot(const Geometry& size) {
  return size.slots - 1;
}

Pfn page_got(Zone& zone, Operation request) {
  request.slot = spare_slot(zone.geometry());
  return apply(zone, request).pfn;
}

}  // namespace spb::smt
