// SPDX-License-Identifier: GPL-2.0-only
#include "model/operation/operation.h"

#include <array>

#include "model/deferred/evacuation.h"
#include "model/engine/buddy.h"
#include "model/engine/driver.h"
#include "model/engine/highatomic.h"
#include "model/engine/isolation.h"
#include "model/operation/frames.h"
#include "model/state/mutate.h"

namespace spb {

namespace {

// ---- allocate and free

Outcome keep(Zone& zone, const Operation& op, const Taken& taken) {
  if (!taken) return {Result::none, PassId::NO_PAGE, IsolateRefusal::count, op.order, no_page};
  Mutate::set_slot(zone, op.slot, taken.pfn, Order(op.order));
  return {Result::page, taken.by, IsolateRefusal::count, op.order, taken.pfn};
}

Outcome run_alloc(Zone& zone, const Operation& op) {
  const SlowPath slow_path{op.b & 0xffffU, op.b >> 16};
  const Migratetype type = gfp_migratetype(op.a);
  const Taken taken = alloc_pages(zone, Order(op.order), op.a, slow_path);
  zone.events.add({EventKind::mm_page_alloc, op.order, type, 0, taken.pfn, op.a, 0});
  return keep(zone, op, taken);
}

// Who names the flags directly is atomic with ALLOC_NON_BLOCK: there is no gfp that says more.
Request<Concrete> request_of(const Operation& op) {
  return request_for(Order(op.order), static_cast<Migratetype>(op.a), op.b,
                     (op.b & ALLOC_NON_BLOCK) != 0);
}

Outcome run_rmqueue(Zone& zone, const Operation& op) {
  const Request<Concrete> request = request_of(op);
  const Taken taken = rmqueue(zone, request);
  // After every success with the flag, wherever the page came from.
  if (request.highatomic && taken) reserve_highatomic_pageblock(zone, taken.pfn, Order(op.order));
  return keep(zone, op, taken);
}

Outcome run_bulk(Zone& zone, const Operation& op) {
  Batch batch(zone, request_of(op));
  Outcome outcome{Result::none, PassId::NO_PAGE, IsolateRefusal::count, op.order};
  for (; outcome.pages < op.flags; ++outcome.pages) {
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

Outcome run_unreserve(Zone& zone, const Operation& op) {
  const bool force = (op.flags & op_force) != 0;
  const auto type = static_cast<Migratetype>(op.a);
  return {unreserve_highatomic_pageblock(zone, type, force) ? Result::done : Result::nothing};
}

Outcome run_free(Zone& zone, const Operation& op) {
  const Slot slot = zone.slot(op.slot);
  if (slot.page == 0) return {Result::nothing};
  const Pfn pfn(slot.page - 1);
  Mutate::forget_slot(zone, op.slot);
  zone.events.add({EventKind::mm_page_free, slot.order, slot.type, 0, pfn, 0, 0});
  free_pages_ok(zone, pfn, Order(slot.order), (op.flags & op_tail) != 0);
  return {Result::done, PassId::NO_PAGE, IsolateRefusal::count, slot.order, pfn};
}

// ---- isolation

Outcome run_isolate(Zone& zone, const Operation& op) {
  const IsolateRefusal why = set_migratetype_isolate(zone, BlockIndex(op.a));
  return {why == IsolateRefusal::count ? Result::done : Result::refused, PassId::NO_PAGE, why};
}

Outcome run_unisolate(Zone& zone, const Operation& op) {
  return {unset_migratetype_isolate(zone, BlockIndex(op.a)) ? Result::done : Result::refused};
}

// ---- deferred work

Outcome run_irq_work(Zone& zone, const Operation&) {
  return {run_evacuate_irq_work(zone) > 0 ? Result::done : Result::nothing};
}

Outcome run_worker(Zone& zone, const Operation& op) {
  const BatchFate fate{op.a, op.b, (op.flags & op_error) != 0};
  return {run_evacuate_worker(zone, fate) ? Result::done : Result::nothing};
}

// ---- named frames

Pfn frame_of(const Zone& zone, const Operation& op) {
  return Pfn(op.a - zone.geometry().base_pfn);
}

Outcome of_frame(const Zone& zone, const Operation& op, bool done) {
  if (!done) return {Result::refused};
  return {Result::done, PassId::NO_PAGE, IsolateRefusal::count, op.order, frame_of(zone, op)};
}

Outcome run_take(Zone& zone, const Operation& op) {
  const auto type = static_cast<Migratetype>(op.b);
  return of_frame(zone, op, take_frame(zone, frame_of(zone, op), Order(op.order), type));
}

Outcome run_give(Zone& zone, const Operation& op) {
  const bool to_tail = (op.flags & op_tail) != 0;
  return of_frame(zone, op, give_frame(zone, frame_of(zone, op), Order(op.order), to_tail));
}

Outcome run_tag(Zone& zone, const Operation& op) {
  const bool done = tag_block(zone, BlockIndex(op.a), static_cast<Migratetype>(op.b));
  return {done ? Result::done : Result::refused};
}

// ---- dispatch

struct Kind {
  std::string_view name;
  Outcome (*run)(Zone&, const Operation&);
};

constexpr std::array<Kind, static_cast<std::size_t>(OpKind::count)> kinds{{
    {"alloc", run_alloc},
    {"rmqueue", run_rmqueue},
    {"free", run_free},
    {"isolate", run_isolate},
    {"unisolate", run_unisolate},
    {"irq_work", run_irq_work},
    {"worker", run_worker},
    {"take", run_take},
    {"give", run_give},
    {"tag", run_tag},
    {"bulk", run_bulk},
    {"unreserve", run_unreserve},
}};

constexpr std::array<std::string_view, static_cast<std::size_t>(Result::count)> result_names{
    "done", "page", "none", "nothing", "refused"};

}  // namespace

Outcome apply(Zone& zone, const Operation& op) {
  zone.events.clear();
  return kinds[static_cast<std::size_t>(op.kind)].run(zone, op);
}

std::string_view name_of(OpKind kind) {
  return kinds[static_cast<std::size_t>(kind)].name;
}
std::string_view name_of(Result result) {
  return result_names[static_cast<std::size_t>(result)];
}

}  // namespace spb
