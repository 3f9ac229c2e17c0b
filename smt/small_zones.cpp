// SPDX-License-Identifier: GPL-2.0-only
#include "smt/small_zones.h"

namespace spb::smt {

Geometry tiny_size() {
  Geometry size;
  size.superpageblocks = 2;
  size.pageblocks = 2;
  size.pageblock_order = 1;
  size.max_page_order = 2;
  return with_slots_for_pages(size);
}

Geometry tiniest_size() {
  Geometry size = tiny_size();
  size.pageblocks = 1;
  size.max_page_order = 1;
  return with_slots_for_pages(size);
}

std::unique_ptr<Machine> machine_of(const ZoneSpec& spec, const Policy<Concrete>& policy) {
  return std::make_unique<Machine>(
      spec.geometry, policy,
      resolve(spec.parameters, variants()[spec.variant].defaults, spec.geometry), spec.machine);
}

}  // namespace spb::smt
