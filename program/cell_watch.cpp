// SPDX-License-Identifier: GPL-2.0-only
#include "program/cell_watch.h"

namespace spb {

namespace {

template <class Id>
constexpr uint32_t number(Id id) {
  return static_cast<uint32_t>(id);
}

}  // namespace

CellWatch::CellWatch(const Zone& zone)
    : zone_(zone),
      refusals_(zone.statistics.refusals),
      ladder_(zone.statistics.ladder),
      lists_(zone.nr_spbs()) {}

void CellWatch::attach(Zone& zone) {
  in_front_.take(zone.observer);
  for (SpbIndex s; s.value < zone.nr_spbs(); ++s)
    lists_[s.value] = zone.spb(s).on_list;
  claims_ = PassId::NO_PAGE;
  step_ = DriverStep::count;
}

// ---- passes and refusals

void CellWatch::note_pass(const Request<Concrete>& request, PassId by, uint32_t list) {
  const auto order = static_cast<uint32_t>(request.order);
  const OrderClass order_class = class_of_order(order, zone_.geometry().pageblock_order);
  cells_.reach(cell<CellKind::pass>(number(by), static_cast<uint32_t>(request.migratetype),
                                    number(order_class), list));
}

[[gnu::noinline]] void CellWatch::note_refusals() {
  const Counts<Refusal>& now = zone_.statistics.refusals;
  for (uint32_t i = 0; i < now.size(); ++i) {
    if (now[i] != refusals_[i]) cells_.reach(cell<CellKind::refusal>(i, number(claims_)));
  }
  refusals_ = now;
  claims_ = PassId::NO_PAGE;
}

void CellWatch::chosen(const Zone&, const Request<Concrete>& request, const PassRow<Concrete>& row,
                       Pfn head, Order) {
  settle_claim();
  note_pass(request, row.id, list_of(head));
  if (row.effect == Effect::claim_part) claims_ = row.id;
}

void CellWatch::fallback_chosen(const Zone&, const Request<Concrete>& request, PassId by, Pfn head,
                                Order, Migratetype) {
  settle_claim();
  note_pass(request, by, list_of(head));
  if (by == PassId::CLAIM) claims_ = by;
}

void CellWatch::search_ends(const Zone&, const Request<Concrete>& request, PassId by, Pfn page) {
  settle_claim();
  if (page == no_page) note_pass(request, by, cells::nowhere);
}

// ---- the driver

void CellWatch::attempt_ends(const Zone&, const Request<Concrete>& request, PassId by, Pfn) {
  settle_claim();
  if (step_ != DriverStep::count) {
    cells_.reach(cell<CellKind::slow_path>(number(step_), try_flags(request), number(by)));
  }
}

void CellWatch::note_step(bool served) {
  if (step_ != DriverStep::count)
    cells_.reach(cell<CellKind::driver>(number(step_), type_, served ? 1 : 0));
}

void CellWatch::note_ladder() {
  const Counts<LadderStep>& now = zone_.statistics.ladder;
  for (uint32_t i = 0; i < now.size(); ++i) {
    if (now[i] != ladder_[i]) cells_.reach(cell<CellKind::ladder>(i, type_));
  }
  ladder_ = now;
}

void CellWatch::driver_step(const Zone&, DriverStep step) {
  note_step(false);
  step_ = step;
}

void CellWatch::driver_ends(const Zone&, bool served) {
  note_step(served);
  step_ = DriverStep::count;
  note_ladder();
}

// ---- the operation as a whole

void CellWatch::note_move(SpbIndex s) {
  const uint8_t to = zone_.spb(s).on_list;
  uint8_t& from = lists_[s.value];
  if (from == to) return;
  cells_.reach(cell<CellKind::move>(from, to));
  from = to;
}

void CellWatch::note_moves() {
  const DirtyList& dirty = zone_.dirty;
  if (dirty.enabled && !dirty.overflow()) {
    for (const SpbIndex s : dirty.spbs)
      note_move(s);
    return;
  }
  for (SpbIndex s; s.value < zone_.nr_spbs(); ++s)
    note_move(s);
}

void CellWatch::finish(const Operation& op, const Outcome& outcome) {
  settle_claim();
  note_moves();
  const uint32_t blocks = zone_.geometry().pageblock_order;
  cells_.reach(cell<CellKind::operation>(number(op.kind), number(outcome.result),
                                         number(class_of_order(op.order, blocks))));
  if (outcome.why != IsolateRefusal::count)
    cells_.reach(cell<CellKind::isolation>(number(outcome.why)));
}

}  // namespace spb
