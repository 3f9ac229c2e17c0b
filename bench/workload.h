// SPDX-License-Identifier: GPL-2.0-only
// The workload of the benchmarks: uniform random free and allocate in a zone that stays 70 % full,
// orders mostly 0.
#pragma once

#include <cstdint>

#include "model/operation/operation.h"
#include "model/words/gfp.h"

namespace spb::bench {

/// xorshift64*: the cheapest generator that is random enough, so that the model is what is
/// measured.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545F4914F6CDD1DULL;
  }
  uint32_t below(uint32_t n) { return static_cast<uint32_t>((next() >> 32) * n >> 32); }

 private:
  uint64_t state_;
};

struct Shape {
  uint32_t superpageblocks;
  uint32_t pageblocks;
  uint32_t pageblock_order;
};

inline Geometry geometry_of(const Shape& shape) {
  Geometry g;
  g.superpageblocks = shape.superpageblocks;
  g.pageblocks = shape.pageblocks;
  g.pageblock_order = shape.pageblock_order;
  g.max_page_order = shape.pageblock_order + 1;
  g.slots = g.zone_pages() / 10 * 7;
  return g;
}

inline Operation free_of(uint32_t slot) {
  Operation op{.kind = OpKind::free};
  set(op, Argument::slot, slot);
  return op;
}

inline Operation random_alloc(Random& random, uint32_t slot) {
  constexpr Migratetype types[8] = {MIGRATE_MOVABLE,   MIGRATE_MOVABLE,    MIGRATE_MOVABLE,
                                    MIGRATE_MOVABLE,   MIGRATE_MOVABLE,    MIGRATE_UNMOVABLE,
                                    MIGRATE_UNMOVABLE, MIGRATE_RECLAIMABLE};
  const uint32_t draw = random.below(64);
  const uint32_t order = draw < 56 ? 0 : draw < 62 ? 1 : 2;
  Operation op{.kind = OpKind::rmqueue};  // one by one: a list would be in every figure
  set(op, Argument::result, slot);
  set(op, Argument::order, order);
  set(op, Argument::migratetype, types[random.below(8)]);
  return op;
}

/// Allocate until 70 % of the pages are taken; returns how many slots that took.
inline uint32_t fill(Zone& zone, Random& random) {
  const uint32_t wanted = zone.geometry().zone_pages() / 10 * 7;
  uint32_t slot = 0;
  while (zone.state().nr_allocated < wanted && slot < zone.geometry().slots) {
    apply(zone, random_alloc(random, slot++));
  }
  return slot;
}

}  // namespace spb::bench
