// SPDX-License-Identifier: GPL-2.0-only
// Boot: what a machine is before the first operation. It needs the buddy system, so it stands here,
// above the state that it sets up.
#include <algorithm>

#include "model/engine/buddy.h"
#include "model/policy/variant.h"
#include "model/state/machine.h"
#include "model/state/mutate.h"

namespace spb {

Machine::Machine(const Geometry& first, const Variant& variant, const Parameters& chosen)
    : Machine(first, variant.policy, resolve(chosen, variant.defaults, first)) {}

namespace {

void occupy_all(Zone& zone) {
  const Geometry& g = zone.geometry();
  for (Pfn pfn = g.start(); pfn < g.end(); ++pfn) {
    hand_out(zone, pfn, Order(0), MIGRATE_MOVABLE, page_state::before);
  }
}

}  // namespace

void Zone::set_up() {
  if (size_ != nullptr) {
    *size_ = first_spbs_;
    follow_size();
  }
  std::fill(pages_, pages_ + geometry_.start().value, page_state::absent);
  std::fill(pages_ + geometry_.end().value, pages_ + geometry_.span(), page_state::absent);
  for (uint32_t s = 0; s < nr_spbs(); ++s)
    Mutate::init_superpageblock(*this, SpbIndex(s));
  if (geometry_.start_allocated) {
    occupy_all(*this);
  } else {
    free_range(*this, geometry_.start(), geometry_.end());
  }
}

void Machine::set_up() {
  const bool log = events.enabled;
  events.enabled = false;
  for (const auto& zone : zones_)
    zone->set_up();
  Mutate::fill_pool(zone(), pool_size_);
  events.enabled = log;
}

}  // namespace spb
