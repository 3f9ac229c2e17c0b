// SPDX-License-Identifier: GPL-2.0-only
#include "tests/random_operations.h"

#include <algorithm>
#include <numeric>

#include "model/words/gfp.h"

namespace spb::test {

namespace {

// In the order of OpKind.
constexpr std::array<uint32_t, static_cast<std::size_t>(OpKind::count)> usual_weights{
    30, 20, 40, 4, 4, 3, 6, 3, 3, 2, 5, 2};

constexpr std::array<uint32_t, 8> callers{
    GFP_KERNEL,
    GFP_KERNEL | __GFP_RECLAIMABLE,
    GFP_ATOMIC,
    GFP_ATOMIC | __GFP_RECLAIMABLE,
    GFP_NOWAIT,
    GFP_NOWAIT | __GFP_NORETRY,
    GFP_NOWAIT | __GFP_NOFAIL,
    GFP_NOFS,
};
constexpr std::array<uint32_t, 3> movable_callers{GFP_HIGHUSER_MOVABLE, GFP_TRANSHUGE_LIGHT,
                                                  GFP_TRANSHUGE};

}  // namespace

RandomOperations::RandomOperations(const Zone& zone, uint64_t seed)
    : zone_(zone), random_(seed), weights_(usual_weights) {
  for (std::size_t kind = 3; kind < weights_.size(); ++kind) {
    if (one_in(3)) weights_[kind] = 0;
  }
  weight_ = std::accumulate(weights_.begin(), weights_.end(), 0U);
  level_ = 4 + below(13);
  order_max_ = below(zone.geometry().max_page_order + 1);
  movable_ = 1 + below(7);
}

OpKind RandomOperations::kind() {
  const bool full = zone_.state().nr_allocated * 16 > level_ * zone_.geometry().zone_pages();
  uint32_t at = below(weight_);
  std::size_t kind = 0;
  while (at >= weights_[kind])
    at -= weights_[kind++];
  const auto chosen = static_cast<OpKind>(kind);
  if (full && (chosen == OpKind::alloc || chosen == OpKind::rmqueue) && !one_in(8)) {
    return OpKind::free;
  }
  if (!full && chosen == OpKind::free && one_in(2)) return OpKind::alloc;
  return chosen;
}

/// A slot in use, or an empty one, as far as a few tries find one.
uint32_t RandomOperations::slot(bool live) {
  uint32_t index = 0;
  for (int tries = 0; tries < 16; ++tries) {
    index = below(zone_.geometry().slots);
    if ((zone_.slot(index).page != 0) == live) break;
  }
  return index;
}

uint8_t RandomOperations::order() {
  const uint32_t max = one_in(8) ? zone_.geometry().max_page_order : order_max_;
  return static_cast<uint8_t>(one_in(2) ? 0 : below(max + 1));
}

uint32_t RandomOperations::migratetype() {
  if (below(8) < movable_) return MIGRATE_MOVABLE;
  return one_in(2) ? MIGRATE_UNMOVABLE : MIGRATE_RECLAIMABLE;
}

Operation RandomOperations::alloc() {
  Operation op{OpKind::alloc, order(), 0, slot(one_in(10)), 0, 0};
  op.a = below(8) < movable_ ? movable_callers[below(movable_callers.size())]
                             : callers[below(callers.size())];
  if (one_in(3)) op.b = slot(true) % 0xffffU + 1;
  if (one_in(3)) op.b |= (slot(true) % 0xffffU + 1) << 16;
  return op;
}

Operation RandomOperations::rmqueue() {
  constexpr std::array<uint32_t, 6> flags{
      0,
      ALLOC_NOFRAGMENT,
      ALLOC_NOFRAGMENT | ALLOC_NON_BLOCK,
      ALLOC_NOFRAGMENT | ALLOC_NOFRAG_TAINTED_OK,
      ALLOC_NOFRAGMENT | ALLOC_NOFRAG_TAINTED_OK | ALLOC_NON_BLOCK,
      ALLOC_NON_BLOCK,
  };
  constexpr std::array<uint32_t, 4> more{ALLOC_HIGHATOMIC | ALLOC_NON_BLOCK, ALLOC_HIGHATOMIC,
                                         ALLOC_CMA, ALLOC_HIGHORDER_OPTIONAL};
  const uint32_t extra = one_in(3) ? more[below(more.size())] : 0;
  return {OpKind::rmqueue,  order(),       0,
          slot(one_in(10)), migratetype(), flags[below(flags.size())] | extra};
}

Operation RandomOperations::bulk() {
  Operation op = rmqueue();
  op.kind = OpKind::bulk;
  const uint32_t room = std::min(zone_.geometry().slots - op.slot, bulk_max);
  op.flags = static_cast<uint16_t>(1 + below(std::min(room, one_in(4) ? 16U : 4U)));
  return op;
}

/// HIGHATOMIC and CMA now and then.
uint32_t RandomOperations::any_type() {
  if (!one_in(3)) return migratetype();
  return one_in(2) ? MIGRATE_HIGHATOMIC : MIGRATE_CMA;
}

Operation RandomOperations::isolation(OpKind kind) {
  uint32_t block = below(zone_.geometry().nr_blocks());
  const bool wanted = kind == OpKind::unisolate;
  for (int tries = 0; tries < 16; ++tries) {
    if (zone_.is_isolated(BlockIndex(block)) == wanted) break;
    block = below(zone_.geometry().nr_blocks());
  }
  return {kind, 0, 0, 0, block, 0};
}

Operation RandomOperations::named_frame(OpKind kind) {
  Operation op{kind, order(), 0, 0, 0, 0};
  const uint32_t offset = below(zone_.geometry().span());
  op.a = zone_.geometry().base_pfn + (offset >> op.order << op.order);
  if (kind == OpKind::take) op.b = any_type();
  if (kind == OpKind::give && one_in(2)) op.flags = op_tail;
  return op;
}

Operation RandomOperations::next() {
  const OpKind chosen = kind();
  switch (chosen) {
    case OpKind::alloc:
      return alloc();
    case OpKind::rmqueue:
      return rmqueue();
    case OpKind::free:
      return {chosen, 0, one_in(4) ? op_tail : uint16_t{0}, slot(!one_in(20)), 0, 0};
    case OpKind::isolate:
    case OpKind::unisolate:
      return isolation(chosen);
    case OpKind::worker:
      return {chosen,
              0,
              one_in(10) ? op_error : uint16_t{0},
              0,
              one_in(2) ? 0 : below(256),
              one_in(2) ? 0 : below(16)};
    case OpKind::take:
    case OpKind::give:
      return named_frame(chosen);
    case OpKind::tag:
      return {chosen, 0, 0, 0, below(zone_.geometry().nr_blocks()), any_type()};
    case OpKind::bulk:
      return bulk();
    case OpKind::unreserve:
      return {chosen, 0, one_in(2) ? op_force : uint16_t{0}, 0, migratetype(), 0};
    default:
      return {chosen};
  }
}

}  // namespace spb::test
