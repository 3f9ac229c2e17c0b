// SPDX-License-Identifier: GPL-2.0-only
#include "program/random_zone.h"

namespace spb {

namespace {

/// Many superpageblocks, or many pageblocks: only from a hundred of these on the HIGHATOMIC reserve
/// may have one, and some rules ask how many superpageblocks there are.
void draw_wide(Random& random, Geometry& g) {
  g.superpageblocks = 1 + random.below(24);
  g.pageblocks = 1U << (3 + random.below(4));
  g.pageblock_order = 1 + random.below(2);
}

void draw_small(Random& random, Geometry& g) {
  g.superpageblocks = 1 + random.below(5);
  g.pageblocks = 1U << random.below(4);
  g.pageblock_order = 1 + random.below(5);
}

}  // namespace

Geometry random_geometry(Random& random) {
  Geometry g;
  random.one_in(8) ? draw_wide(random, g) : draw_small(random, g);
  g.max_page_order = g.pageblock_order + random.below(3);
  if (random.one_in(4)) g.absent_first = random.below(g.superpageblock_nr_pages());
  if (random.one_in(4)) g.absent_last = random.below(g.superpageblock_nr_pages());
  g.base_pfn = random.one_in(3) ? 2 * g.superpageblock_nr_pages() : 0;
  g.start_allocated = random.one_in(8);
  g.slots = 16U << random.below(5);
  if (random.one_in(4)) g.grows_by = 1 + random.below(3);
  return g;
}

MachineShape random_machine(Random& random) {
  MachineShape machine;
  const uint32_t what = 1 + random.below(3);
  if (what & 1U) machine.cpus = 2;
  if (!(what & 2U)) return machine;
  machine.nr_further = 1;
  FurtherZone& zone = machine.further[0];
  zone.geometry.superpageblocks = 1 + random.below(3);
  if (random.one_in(4)) zone.geometry.absent_first = random.below(8);
  zone.geometry.start_allocated = random.one_in(8);
  zone.node = random.below(2);
  if (random.one_in(4)) zone.geometry.grows_by = 1 + random.below(2);
  return machine;
}

}  // namespace spb
