// SPDX-License-Identifier: GPL-2.0-only
#include "program/cells.h"

#include <algorithm>
#include <numeric>

#include "model/words/gfp.h"

namespace spb {

namespace {

/// Packs small numbers, each into its bits.
class Packed {
 public:
  Packed& add(uint32_t value, uint32_t bits) {
    value_ = value_ << bits | (value & ((1U << bits) - 1));
    return *this;
  }
  uint32_t value() const { return value_; }

 private:
  uint32_t value_ = 0;
};

/// A page, less than a pageblock, a pageblock, more.
uint32_t class_of(uint32_t order, const Geometry& g) {
  if (order == 0) return 0;
  return order < g.pageblock_order ? 1 : 2 + (order > g.pageblock_order);
}

uint32_t type_of(const Operation& op) {
  if (op.kind == OpKind::alloc) return gfp_migratetype(get(op, Argument::gfp));
  const bool asks = op.kind == OpKind::rmqueue || op.kind == OpKind::bulk;
  return asks ? get(op, Argument::migratetype) : 0;
}

}  // namespace

uint32_t Cells::cell_of(const Zone& zone, const Operation& op, const Outcome& outcome) {
  const bool has_page = outcome.pfn != no_page && zone.geometry().contains(outcome.pfn);
  const uint32_t list = has_page ? zone.spb(zone.spb_of(outcome.pfn)).on_list : 15U;
  return Packed()
      .add(static_cast<uint32_t>(op.kind), 4)
      .add(static_cast<uint32_t>(outcome.result), 3)
      .add(static_cast<uint32_t>(outcome.by), 4)
      .add(type_of(op), 2)
      .add(class_of(op.order, zone.geometry()), 2)
      .add(list, 4)
      .value();
}

void Cells::add(const Cells& other) {
  for (uint32_t i = 0; i < count; ++i)
    seen_[i] += other.seen_[i];
}

uint64_t Cells::reached() const {
  return static_cast<uint64_t>(
      std::count_if(seen_.begin(), seen_.end(), [](uint32_t n) { return n > 0; }));
}

double Cells::chance_of_new() const {
  const auto once = std::count(seen_.begin(), seen_.end(), 1U);
  const uint64_t all = std::accumulate(seen_.begin(), seen_.end(), uint64_t{0});
  return all == 0 ? 1 : static_cast<double>(once) / static_cast<double>(all);
}

}  // namespace spb
