// SPDX-License-Identifier: GPL-2.0-only
#include "model/operation.h"

#include <algorithm>
#include <array>

#include "model/buddy.h"
#include "model/driver.h"
#include "model/evacuation.h"
#include "model/isolation.h"
#include "model/mutate.h"

namespace spb {

namespace {

// ---- allocate and free
// ---------------------------------------------------------------------------

Outcome keep(Zone& zone, const Operation& op, const Taken& taken, Migratetype type) {
  if (!taken) return {Result::none, PassId::NO_PAGE, IsolateRefusal::count, op.order, no_page};
  Mutate::set_slot(zone, op.slot, taken.pfn, Order(op.order), type);
  return {Result::page, taken.by, IsolateRefusal::count, op.order, taken.pfn};
}

Outcome run_alloc(Zone& zone, const Operation& op) {
  const SlowPath slow_path{op.b & 0xffffU, op.b >> 16};
  const Migratetype type = gfp_migratetype(op.a);
  const Taken taken = alloc_pages(zone, Order(op.order), op.a, slow_path);
  zone.events.add({EventKind::mm_page_alloc, op.order, type, 0, taken.pfn, op.a, 0});
  return keep(zone, op, taken, type);
}

Outcome run_rmqueue(Zone& zone, const Operation& op) {
  // Who names the flags directly is atomic with ALLOC_NON_BLOCK: there is no gfp that says more.
  const bool non_block = (op.b & ALLOC_NON_BLOCK) != 0;
  const Request<Concrete> request{op.order,
                                  static_cast<int>(op.a),
                                  (op.b & ALLOC_NOFRAGMENT) != 0,
                                  (op.b & ALLOC_NOFRAG_TAINTED_OK) != 0,
                                  non_block,
                                  non_block};
  return keep(zone, op, rmqueue(zone, request), static_cast<Migratetype>(op.a));
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
// -----------------------------------------------------------------------------------

Outcome run_isolate(Zone& zone, const Operation& op) {
  const IsolateRefusal why = set_migratetype_isolate(zone, BlockIndex(op.a));
  return {why == IsolateRefusal::count ? Result::done : Result::refused, PassId::NO_PAGE, why};
}

Outcome run_unisolate(Zone& zone, const Operation& op) {
  return {unset_migratetype_isolate(zone, BlockIndex(op.a)) ? Result::done : Result::refused};
}

// ---- deferred work
// -------------------------------------------------------------------------------

Outcome run_irq_work(Zone& zone, const Operation&) {
  return {run_evacuate_irq_work(zone) > 0 ? Result::done : Result::nothing};
}

Outcome run_worker(Zone& zone, const Operation& op) {
  const BatchFate fate{op.a, op.b, (op.flags & op_error) != 0};
  return {run_evacuate_worker(zone, fate) ? Result::done : Result::nothing};
}

// ---- named frames
// --------------------------------------------------------------------------------

bool in_zone(const Zone& zone, Pfn pfn, uint32_t pages) {
  return zone.geometry().contains(pfn) && zone.geometry().contains(pfn + (pages - 1));
}

bool all_free(const Zone& zone, Pfn pfn, uint32_t pages) {
  const uint8_t* page = zone.pages() + pfn.value;
  return std::all_of(page, page + pages,
                     [](uint8_t state) { return !(state & page_state::not_free_mask); });
}

bool may_be_given(const Zone& zone, Pfn pfn, uint32_t pages) {
  using namespace page_state;
  const uint8_t* page = zone.pages() + pfn.value;
  return std::all_of(page, page + pages,
                     [](uint8_t state) { return (state & (allocated | owned)) == allocated; });
}

/// Take [pfn, pfn + 2^order) out of the free chunk that covers it; the other parts stay on its
/// list.
void carve(Zone& zone, Pfn head, Pfn pfn, Order order) {
  const Migratetype type = zone.type_of(head);
  Order high = zone.order_of(head);
  Mutate::del_page_from_free_list(zone, head, high, type);
  while (high > order) {
    --high;
    const Pfn upper = head + nr_pages(high);
    const bool keep_upper = pfn >= upper;
    Mutate::add_to_free_list(zone, keep_upper ? head : upper, high, type, false);
    if (keep_upper) head = upper;
  }
}

Outcome run_take(Zone& zone, const Operation& op) {
  const Pfn pfn(op.a - zone.geometry().base_pfn);
  const uint32_t pages = nr_pages(Order(op.order));
  if (!in_zone(zone, pfn, pages) || !all_free(zone, pfn, pages)) return {Result::refused};
  for (Pfn at = pfn; at < pfn + pages;) {
    const Pfn head = zone.chunk_of(at);
    const Order order = std::min(zone.order_of(head), Order(op.order));
    carve(zone, head, at, order);
    at = at + nr_pages(order);
  }
  hand_out(zone, pfn, Order(op.order), static_cast<Migratetype>(op.b), 0);
  return {Result::done, PassId::NO_PAGE, IsolateRefusal::count, op.order, pfn};
}

Outcome run_give(Zone& zone, const Operation& op) {
  const Pfn pfn(op.a - zone.geometry().base_pfn);
  const uint32_t pages = nr_pages(Order(op.order));
  if (!in_zone(zone, pfn, pages) || !may_be_given(zone, pfn, pages)) return {Result::refused};
  free_pages_ok(zone, pfn, Order(op.order), (op.flags & op_tail) != 0);
  return {Result::done, PassId::NO_PAGE, IsolateRefusal::count, op.order, pfn};
}

/// The bits as the pageblock's live pages alone would set them.
Block<Concrete> with_bits_of_pages(const Zone& zone, BlockIndex b) {
  Block<Concrete> block = zone.view(b);
  block.has_unmovable = block.has_reclaimable = block.has_movable = false;
  const uint8_t* page = zone.pages() + zone.geometry().first_page(b).value;
  for (uint32_t i = 0; i < zone.geometry().pageblock_nr_pages(); ++i) {
    if (!(page[i] & page_state::allocated)) continue;
    block = accounting::with_content<Concrete>(block, page[i] & page_state::type_mask);
  }
  block.all_free = !(block.has_unmovable || block.has_reclaimable || block.has_movable);
  return block;
}

void set_tag(Zone& zone, BlockIndex b, Migratetype type) {
  Mutate::retype_pages_before(zone, b, type);
  Block<Concrete> block = with_bits_of_pages(zone, b);
  block.tag = type;
  update_block(zone, b, block);
}

/// A free chunk larger than a pageblock has one tag: all that it covers is set with it.
void set_tags_of_chunk(Zone& zone, Pfn head, Migratetype type) {
  const Order order = zone.order_of(head);
  const Migratetype from = zone.type_of(head);
  const BlockIndex end = zone.block_of(head + nr_pages(order));
  for (BlockIndex b = zone.block_of(head); b < end; ++b)
    set_tag(zone, b, type);
  Mutate::move_to_free_list(zone, head, order, from, type);
}

Outcome run_tag(Zone& zone, const Operation& op) {
  const BlockIndex b(op.a);
  const auto type = static_cast<Migratetype>(op.b);
  const bool resets =
      zone.parameters().is(ParameterId::free_block_tag, FreeBlockTag::reset_to_movable);
  if (zone.is_isolated(b) || zone.geometry().outside(b)) return {Result::refused};
  const bool stays_movable = resets && with_bits_of_pages(zone, b).all_free;
  if (stays_movable && type != MIGRATE_MOVABLE) return {Result::refused};
  const Migratetype from = zone.type_of(b);
  const Pfn head = zone.chunk_of(zone.geometry().first_page(b));
  if (head != no_page && zone.order_of(head).value > zone.geometry().pageblock_order) {
    set_tags_of_chunk(zone, head, type);
    return {Result::done};
  }
  set_tag(zone, b, type);
  move_freepages_block(zone, b, from, type);
  return {Result::done};
}

// ---- dispatch
// ------------------------------------------------------------------------------------

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
