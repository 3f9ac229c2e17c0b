// SPDX-License-Identifier: GPL-2.0-only
#include "model/operation/operation.h"

#include "model/deferred/evacuation.h"
#include "model/engine/buddy.h"
#include "model/engine/driver.h"
#include "model/engine/highatomic.h"
#include "model/engine/isolation.h"
#include "model/engine/resize.h"
#include "model/operation/clock.h"
#include "model/operation/frames.h"
#include "model/state/mutate.h"

namespace spb {

namespace {

using A = Argument;

Outcome done_or(Result otherwise, bool done) {
  return {.result = done ? Result::done : otherwise};
}

// ---- allocate and free

Outcome keep(Zone& zone, const Operation& op, const Taken& taken) {
  if (!taken) return {.result = Result::none, .order = op.order};
  Mutate::set_slot(zone, op.slot, taken.pfn, Order(op.order));
  return {.result = Result::page, .by = taken.by, .order = op.order, .pfn = taken.pfn};
}

/// Who names the flags directly is atomic with ALLOC_NON_BLOCK: there is no gfp that says more.
Request<Concrete> request_of(const Operation& op) {
  const uint32_t alloc_flags = get(op, A::alloc_flags);
  return request_for(Order(op.order), static_cast<Migratetype>(get(op, A::migratetype)),
                     alloc_flags, (alloc_flags & ALLOC_NON_BLOCK) != 0);
}

}  // namespace

Outcome kinds::alloc(Zone& zone, const Operation& op) {
  const uint32_t gfp = get(op, A::gfp);
  const SlowPath slow_path{.reclaim = get(op, A::reclaim), .compact = get(op, A::compact)};
  const Taken taken = alloc_pages(zone, Order(op.order), gfp, slow_path);
  zone.events.add({.kind = EventKind::mm_page_alloc,
                   .order = op.order,
                   .type = gfp_migratetype(gfp),
                   .pfn = taken.pfn,
                   .a = gfp});
  return keep(zone, op, taken);
}

Outcome kinds::rmqueue(Zone& zone, const Operation& op) {
  const Request<Concrete> request = request_of(op);
  const Taken taken = spb::rmqueue(zone, request);
  // After every success with the flag, wherever the page came from.
  if (request.highatomic && taken) reserve_highatomic_pageblock(zone, taken.pfn, Order(op.order));
  return keep(zone, op, taken);
}

Outcome kinds::bulk(Zone& zone, const Operation& op) {
  Batch batch(zone, request_of(op));
  Outcome outcome{.result = Result::none, .order = op.order};
  for (; outcome.pages < get(op, A::chunks); ++outcome.pages) {
    const Taken taken = batch.next();
    if (!taken) break;
    const uint32_t slot = (op.slot + outcome.pages) % zone.geometry().slots;
    Mutate::set_slot(zone, slot, taken.pfn, Order(op.order));
    if (outcome.pages > 0) continue;
    outcome.result = Result::page;
    outcome.by = taken.by;
    outcome.pfn = taken.pfn;
  }
  return outcome;
}

Outcome kinds::unreserve(Zone& zone, const Operation& op) {
  const auto type = static_cast<Migratetype>(get(op, A::migratetype));
  const bool force = get(op, A::force) != 0;
  return done_or(Result::nothing, unreserve_highatomic_pageblock(zone, type, force));
}

Outcome kinds::free(Zone& zone, const Operation& op) {
  const Slot slot = zone.slot(op.slot);
  if (slot.page == 0) return {.result = Result::nothing};
  const Pfn pfn(slot.page - 1);
  Mutate::forget_slot(zone, op.slot);
  zone.events.add(
      {.kind = EventKind::mm_page_free, .order = slot.order, .type = slot.type, .pfn = pfn});
  free_pages_ok(zone, pfn, Order(slot.order), get(op, A::tail) != 0);
  return {.result = Result::done, .order = slot.order, .pfn = pfn};
}

// ---- isolation

Outcome kinds::isolate(Zone& zone, const Operation& op) {
  const IsolateRefusal why = set_migratetype_isolate(zone, BlockIndex(get(op, A::block)));
  return {.result = why == IsolateRefusal::count ? Result::done : Result::refused, .why = why};
}

Outcome kinds::unisolate(Zone& zone, const Operation& op) {
  return done_or(Result::refused, unset_migratetype_isolate(zone, BlockIndex(get(op, A::block))));
}

// ---- hotplug

Outcome kinds::grow(Zone& zone, const Operation&) {
  return done_or(Result::nothing, resize_zone_superpageblocks(zone));
}

// ---- deferred work

Outcome kinds::irq_work(Zone& zone, const Operation&) {
  return done_or(Result::nothing, run_evacuate_irq_work(zone) > 0);
}

Outcome kinds::worker(Zone& zone, const Operation& op) {
  const BatchFate fate{get(op, A::clean), get(op, A::fail), get(op, A::error) != 0};
  return done_or(Result::nothing, run_evacuate_worker(zone, fate));
}

// ---- named frames

namespace {

Pfn frame_of(const Zone& zone, const Operation& op) {
  return Pfn(get(op, A::pfn) - zone.geometry().base_pfn);
}

Outcome of_frame(const Zone& zone, const Operation& op, bool done) {
  if (!done) return {.result = Result::refused};
  return {.result = Result::done, .order = op.order, .pfn = frame_of(zone, op)};
}

}  // namespace

Outcome kinds::take(Zone& zone, const Operation& op) {
  const auto type = static_cast<Migratetype>(get(op, A::page_type));
  return of_frame(zone, op, take_frame(zone, frame_of(zone, op), Order(op.order), type));
}

Outcome kinds::give(Zone& zone, const Operation& op) {
  const bool to_tail = get(op, A::tail) != 0;
  return of_frame(zone, op, give_frame(zone, frame_of(zone, op), Order(op.order), to_tail));
}

Outcome kinds::tag(Zone& zone, const Operation& op) {
  const auto type = static_cast<Migratetype>(get(op, A::tag));
  return done_or(Result::refused, tag_block(zone, BlockIndex(get(op, A::block)), type));
}

// ---- dispatch

Zone& zone_of(Machine& machine, const Operation& op) {
  if (machine.nr_zones() == 1) return machine.zone();
  switch (op.kind) {
    case OpKind::free:
      return machine.zone(machine.zone().slot(op.slot).zone);
    case OpKind::irq_work:
      return machine.first_zone_of(get(op, A::node));
    case OpKind::worker:
      return zone_of_next_batch(machine.first_zone_of(get(op, A::node)));
    default:
      return machine.zone(get(op, A::zone));
  }
}

namespace {

[[gnu::noinline]] Outcome apply_in_place(Machine& machine, const Operation& op) {
  Zone& zone = zone_of(machine, op);
  zone.run_on(op.cpu);
  Outcome outcome = apply(zone, op);
  outcome.zone = static_cast<uint8_t>(zone.index());
  return outcome;
}

}  // namespace

Outcome apply(Machine& machine, const Operation& op) {
  if (machine.is_single()) [[likely]]
    return apply(machine.zone(), op);
  return apply_in_place(machine, op);
}

Outcome apply(Zone& zone, const Operation& op) {
  zone.events.clear();
  const Outcome outcome = info(op.kind).run(zone, op);
  if (!zone.machine().waits()) [[likely]]
    return outcome;
  return after_its_time(zone, outcome);
}

std::string_view name_of(Result result) {
  static constexpr std::array<std::string_view, static_cast<std::size_t>(Result::count)> names{
      "done", "page", "none", "nothing", "refused"};
  return names[static_cast<std::size_t>(result)];
}

}  // namespace spb
