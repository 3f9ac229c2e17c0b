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
  if (zone.observer != this) next_ = zone.observer;
  zone.observer = this;
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

void CellWatch::chosen(const Zone& zone, const Request<Concrete>& request,
                       const PassRow<Concrete>& row, Pfn head, Order order) {
  settle_claim();
  note_pass(request, row.id, list_of(head));
  if (row.effect == Effect::claim_part) claims_ = row.id;
  if (next_) next_->chosen(zone, request, row, head, order);
}

void CellWatch::fallback_chosen(const Zone& zone, const Request<Concrete>& request, PassId by,
                                Pfn head, Order order, Migratetype list) {
  settle_claim();
  note_pass(request, by, list_of(head));
  if (by == PassId::CLAIM) claims_ = by;
  if (next_) next_->fallback_chosen(zone, request, by, head, order, list);
}

void CellWatch::search_begins(const Zone& zone, const Request<Concrete>& request) {
  settle_claim();
  if (next_) next_->search_begins(zone, request);
}

void CellWatch::search_ends(const Zone& zone, const Request<Concrete>& request, PassId by,
                            Pfn page) {
  settle_claim();
  if (page == no_page) note_pass(request, by, cells::nowhere);
  if (next_) next_->search_ends(zone, request, by, page);
}

void CellWatch::mode_begins(const Zone& zone, const Request<Concrete>& request,
                            const ModeRow<Concrete>& row) {
  settle_claim();
  if (next_) next_->mode_begins(zone, request, row);
}

// ---- the driver

void CellWatch::attempt_begins(const Zone& zone, const Request<Concrete>& request) {
  if (next_) next_->attempt_begins(zone, request);
}

void CellWatch::attempt_ends(const Zone& zone, const Request<Concrete>& request, PassId by,
                             Pfn page) {
  settle_claim();
  if (step_ != DriverStep::count) {
    cells_.reach(cell<CellKind::slow_path>(number(step_), try_flags(request), number(by)));
  }
  if (next_) next_->attempt_ends(zone, request, by, page);
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

void CellWatch::driver_begins(const Zone& zone, const Request<Concrete>& request) {
  type_ = static_cast<uint32_t>(request.asked);
  if (next_) next_->driver_begins(zone, request);
}

void CellWatch::driver_step(const Zone& zone, DriverStep step) {
  note_step(false);
  step_ = step;
  if (next_) next_->driver_step(zone, step);
}

void CellWatch::driver_ends(const Zone& zone, bool served) {
  note_step(served);
  step_ = DriverStep::count;
  note_ladder();
  if (next_) next_->driver_ends(zone, served);
}

void CellWatch::item_moved(const Zone& zone, uint32_t item) {
  if (next_) next_->item_moved(zone, item);
}

void CellWatch::shrink_requested(const Zone& zone) {
  if (next_) next_->shrink_requested(zone);
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
