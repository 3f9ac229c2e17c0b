// SPDX-License-Identifier: GPL-2.0-only
#include "program/cell_watch.h"

#include <algorithm>

namespace spb {

namespace {

template <class Id>
constexpr uint32_t number(Id id) {
  return static_cast<uint32_t>(id);
}

}  // namespace

CellWatch::CellWatch(Machine& machine)
    : machine_(machine),
      refusals_(machine.statistics.refusals),
      ladder_(machine.statistics.ladder) {
  for (uint32_t z = 0; z < machine.nr_zones(); ++z)
    lists_[z].resize(machine.zone(z).geometry().most_superpageblocks());
}

void CellWatch::attach() {
  machine_.add(*this);
  for (uint32_t z = 0; z < machine_.nr_zones(); ++z) {
    const Zone& zone = machine_.zone(z);
    // One that joins the zone comes from no list.
    std::fill(lists_[z].begin(), lists_[z].end(), list_empty);
    for (SpbIndex s; s.value < zone.nr_spbs(); ++s)
      lists_[z][s.value] = zone.spb(s).on_list;
  }
  claims_ = PassId::NO_PAGE;
  step_ = DriverStep::count;
}

// ---- passes and refusals

void CellWatch::note_pass(const Request<Concrete>& request, PassId by, uint32_t list) {
  const auto order = static_cast<uint32_t>(request.order);
  const OrderClass order_class = class_of_order(order, machine_.zone().geometry().pageblock_order);
  cells_.reach(cell<CellKind::pass>(number(by), static_cast<uint32_t>(request.migratetype),
                                    number(order_class), list));
}

[[gnu::noinline]] void CellWatch::note_refusals() {
  const Counts<Refusal>& now = machine_.statistics.refusals;
  for (uint32_t i = 0; i < now.size(); ++i) {
    if (now[i] != refusals_[i]) cells_.reach(cell<CellKind::refusal>(i, number(claims_)));
  }
  refusals_ = now;
  claims_ = PassId::NO_PAGE;
}

void CellWatch::chosen(const Zone& zone, const Request<Concrete>& request,
                       const PassRow<Concrete>& row, Pfn head, Order) {
  settle_claim();
  note_pass(request, row.id, list_of(zone, head));
  if (row.effect == Effect::claim_part) claims_ = row.id;
}

void CellWatch::fallback_chosen(const Zone& zone, const Request<Concrete>& request, PassId by,
                                Pfn head, Order, Migratetype) {
  settle_claim();
  note_pass(request, by, list_of(zone, head));
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
  const Counts<LadderStep>& now = machine_.statistics.ladder;
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

void CellWatch::note_move(const Zone& zone, SpbIndex s) {
  const uint8_t to = zone.spb(s).on_list;
  uint8_t& from = lists_[zone.index()][s.value];
  if (from == to) return;
  cells_.reach(cell<CellKind::move>(from, to));
  from = to;
}

void CellWatch::note_moves(const Zone& zone) {
  const DirtyList& dirty = zone.dirty;
  if (dirty.enabled && !dirty.overflow()) {
    for (const SpbIndex s : dirty.spbs)
      note_move(zone, s);
    return;
  }
  for (SpbIndex s; s.value < zone.nr_spbs(); ++s)
    note_move(zone, s);
}

void CellWatch::finish(const Operation& op, const Outcome& outcome) {
  settle_claim();
  note_moves(machine_.zone(outcome.zone));
  const uint32_t blocks = machine_.zone().geometry().pageblock_order;
  cells_.reach(cell<CellKind::operation>(number(op.kind), number(outcome.result),
                                         number(class_of_order(op.order, blocks))));
  if (outcome.why != IsolateRefusal::count)
    cells_.reach(cell<CellKind::isolation>(number(outcome.why)));
}

}  // namespace spb
