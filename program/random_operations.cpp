// SPDX-License-Identifier: GPL-2.0-only
#include "program/random_operations.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <numeric>

#include "model/words/gfp.h"
#include "program/bytes.h"
#include "program/normalise.h"

namespace spb {

namespace {

using Weights = std::array<uint32_t, static_cast<std::size_t>(OpKind::count)>;

/// In the order of OpKind; a kind that has no weight here is as rare as the rarest.
constexpr Weights usual_weights() {
  constexpr uint32_t named[]{30, 20, 40, 4, 4, 3, 6, 3, 3, 2, 5, 2};
  Weights weights;
  weights.fill(2);
  std::copy(std::begin(named), std::end(named), weights.begin());
  return weights;
}
constexpr std::size_t first_rare_kind = static_cast<std::size_t>(OpKind::isolate);

constexpr std::array<uint32_t, 8> callers{
    GFP_KERNEL,
    GFP_KERNEL | __GFP_RECLAIMABLE,
    GFP_ATOMIC,
    GFP_ATOMIC | __GFP_RECLAIMABLE,
    GFP_NOWAIT,
    GFP_NOWAIT | __GFP_NORETRY,
    GFP_NOWAIT | __GFP_NOFAIL,
    GFP_NOFS | __GFP_NORETRY,
};
constexpr std::array<uint32_t, 3> movable_callers{GFP_HIGHUSER_MOVABLE, GFP_TRANSHUGE_LIGHT,
                                                  GFP_TRANSHUGE};

constexpr std::array<uint32_t, 6> usual_flags{
    0,
    ALLOC_NOFRAGMENT,
    ALLOC_NOFRAGMENT | ALLOC_NON_BLOCK,
    ALLOC_NOFRAGMENT | ALLOC_NOFRAG_TAINTED_OK,
    ALLOC_NOFRAGMENT | ALLOC_NOFRAG_TAINTED_OK | ALLOC_NON_BLOCK,
    ALLOC_NON_BLOCK,
};
constexpr std::array<uint32_t, 4> more_flags{ALLOC_HIGHATOMIC | ALLOC_NON_BLOCK, ALLOC_HIGHATOMIC,
                                             ALLOC_CMA, ALLOC_HIGHORDER_OPTIONAL};

/// Whether any zone of the machine may.
bool may_grow(const Machine& machine) {
  uint32_t z = 0;
  while (z < machine.nr_zones() && machine.zone(z).geometry().grows_by == 0)
    ++z;
  return z < machine.nr_zones();
}

/// Kinds that do nothing in most zones are left out of these.
bool can_matter(OpKind kind, const Zone& zone) {
  if (kind == OpKind::grow) return may_grow(zone.machine());
  return kind != OpKind::wait || intervals_outlast_operations(zone.parameters());
}

/// Each of `count` is on or off; all of them are, once in a while or where none would be.
uint32_t some_of(Random& random, uint32_t count) {
  const uint32_t all = (1U << count) - 1;
  const uint32_t on = random.below(all + 1);
  return on == 0 || random.one_in(4) ? all : on;
}

}  // namespace

RandomOperations::RandomOperations(const Zone& zone, uint64_t seed,
                                   std::span<const Operation> preferred)
    : zone_(&zone), preferred_(preferred), random_(seed), weights_(usual_weights()) {
  for (std::size_t kind = 0; kind < weights_.size(); ++kind) {
    if (!can_matter(static_cast<OpKind>(kind), zone)) {
      weights_[kind] = 0;
      continue;
    }
    const bool off = kind >= first_rare_kind && one_in(3);
    weights_[kind] = off ? 0 : weights_[kind] * (1 + below(4));
  }
  weight_ = std::accumulate(weights_.begin(), weights_.end(), 0U);
  level_ = 4 + below(13);
  order_max_ = below(zone.geometry().max_page_order + 1);
  order_0_ = below(4);
  movable_ = below(9);
  callers_on_ = some_of(random_, callers.size());
  flags_on_ = some_of(random_, usual_flags.size());
  more_flags_on_ = some_of(random_, more_flags.size());
}

/// One of the values whose bit is set.
template <class Values>
auto RandomOperations::one_of(const Values& values, uint32_t on) {
  for (uint32_t skip = below(static_cast<uint32_t>(std::popcount(on))); skip > 0; --skip)
    on &= on - 1;
  return values[static_cast<std::size_t>(std::countr_zero(on))];
}

OpKind RandomOperations::kind() {
  const bool full = zone_->state().nr_allocated * 16 > level_ * zone_->geometry().zone_pages();
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
    index = below(zone_->geometry().slots);
    if ((zone_->slot(index).page != 0) == live) break;
  }
  return index;
}

uint8_t RandomOperations::order() {
  if (below(4) < order_0_) return 0;
  const uint32_t max = one_in(8) ? zone_->geometry().max_page_order : order_max_;
  return static_cast<uint8_t>(below(max + 1));
}

uint32_t RandomOperations::migratetype() {
  if (below(8) < movable_) return MIGRATE_MOVABLE;
  return one_in(2) ? MIGRATE_UNMOVABLE : MIGRATE_RECLAIMABLE;
}

uint32_t RandomOperations::alloc_flags() {
  const uint32_t flags = one_of(usual_flags, flags_on_);
  return one_in(3) ? flags | one_of(more_flags, more_flags_on_) : flags;
}

/// What gives way to a caller that waits.
uint32_t RandomOperations::gives_way() {
  uint32_t slots = 0;
  if (one_in(3)) slots = slot(true) % 0xffffU + 1;
  if (one_in(3)) slots |= (slot(true) % 0xffffU + 1) << 16;
  return slots;
}

Operation RandomOperations::alloc() {
  Operation op{.kind = OpKind::alloc, .order = order(), .slot = slot(one_in(10))};
  op.a = below(8) < movable_ ? movable_callers[below(movable_callers.size())]
                             : one_of(callers, callers_on_);
  op.b = gives_way();
  return op;
}

Operation RandomOperations::rmqueue() {
  return {.kind = OpKind::rmqueue,
          .order = order(),
          .slot = slot(one_in(10)),
          .a = migratetype(),
          .b = alloc_flags()};
}

/// Pages of a batch whose first one goes to this slot.
uint16_t RandomOperations::pages_of_batch(uint32_t slot) {
  const uint32_t room = std::min(zone_->geometry().slots - slot, bulk_max);
  return static_cast<uint16_t>(1 + below(std::min(room, one_in(4) ? 16U : 4U)));
}

Operation RandomOperations::bulk() {
  Operation op = rmqueue();
  op.kind = OpKind::bulk;
  op.flags = pages_of_batch(op.slot);
  return op;
}

/// HIGHATOMIC and CMA now and then.
uint32_t RandomOperations::any_type() {
  if (!one_in(3)) return migratetype();
  return one_in(2) ? MIGRATE_HIGHATOMIC : MIGRATE_CMA;
}

Operation RandomOperations::isolation(OpKind kind) {
  uint32_t block = below(zone_->geometry().nr_blocks());
  const bool wanted = kind == OpKind::unisolate;
  for (int tries = 0; tries < 16; ++tries) {
    if (zone_->is_isolated(BlockIndex(block)) == wanted) break;
    block = below(zone_->geometry().nr_blocks());
  }
  return {.kind = kind, .a = block};
}

Operation RandomOperations::named_frame(OpKind kind) {
  Operation op{.kind = kind, .order = order()};
  const uint32_t offset = below(zone_->geometry().span());
  op.a = zone_->geometry().base_pfn + (offset >> op.order << op.order);
  if (kind == OpKind::take) op.b = any_type();
  if (kind == OpKind::give && one_in(2)) op.flags = op_tail;
  return op;
}

Operation RandomOperations::worker() {
  return {.kind = OpKind::worker,
          .flags = one_in(10) ? op_error : uint16_t{0},
          .a = one_in(2) ? 0 : below(256),
          .b = one_in(2) ? 0 : below(16)};
}

/// Arguments of any value that they may have.
Operation RandomOperations::any_of(OpKind kind) {
  const uint64_t head = random_.next() << 8U | static_cast<uint64_t>(kind);
  return operation_of(head, random_.next(), zone_->geometry());
}

/// A request that asks for the same, whatever zone it was made for; of other kinds any operation.
Operation RandomOperations::like(Operation op) {
  const bool asks =
      op.kind == OpKind::alloc || op.kind == OpKind::rmqueue || op.kind == OpKind::bulk;
  if (!asks) return of_kind(op.kind);
  op.slot = slot(one_in(10));
  if (op.kind == OpKind::alloc) op.b = gives_way();
  if (op.kind == OpKind::bulk) op.flags = pages_of_batch(op.slot);
  return normalised(op, zone_->geometry());
}

/// In one of the zones, on one of the CPUs.
Operation RandomOperations::next() {
  const MachineShape& machine = zone_->machine().shape();
  if (machine.nr_further > 0) zone_ = &zone_->machine().zone(below(machine.nr_zones()));
  Operation op = next_here();
  for (const Argument argument : info(op.kind).arguments) {
    if (argument == Argument::zone) set(op, argument, zone_->index());
    if (argument == Argument::node) set(op, argument, zone_->node());
    if (argument == Argument::cpu && machine.cpus > 1) set(op, argument, below(machine.cpus));
  }
  return op;
}

Operation RandomOperations::next_here() {
  if (preferred_.empty() || !one_in(3)) return of_kind(kind());
  return like(preferred_[below(static_cast<uint32_t>(preferred_.size()))]);
}

Operation RandomOperations::of_kind(OpKind chosen) {
  switch (chosen) {
    case OpKind::alloc:
      return alloc();
    case OpKind::rmqueue:
      return rmqueue();
    case OpKind::free:
      return {
          .kind = chosen, .flags = one_in(4) ? op_tail : uint16_t{0}, .slot = slot(!one_in(20))};
    case OpKind::isolate:
    case OpKind::unisolate:
      return isolation(chosen);
    case OpKind::worker:
      return worker();
    case OpKind::take:
    case OpKind::give:
      return named_frame(chosen);
    case OpKind::tag:
      return {.kind = chosen, .a = below(zone_->geometry().nr_blocks()), .b = any_type()};
    case OpKind::bulk:
      return bulk();
    case OpKind::unreserve:
      return {.kind = chosen, .flags = one_in(2) ? op_force : uint16_t{0}, .a = migratetype()};
    case OpKind::wait:
      return {.kind = chosen,
              .a = below(zone_->parameters()[ParameterId::evacuation_interval] + 2U)};
    case OpKind::irq_work:
    case OpKind::grow:
      return {.kind = chosen};
    default:
      return any_of(chosen);
  }
}

}  // namespace spb
