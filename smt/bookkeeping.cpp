// SPDX-License-Identifier: GPL-2.0-only
#include "smt/bookkeeping.h"

#include <algorithm>
#include <utility>

#include "model/state/accounting.h"

namespace spb::smt {

namespace {

bool on_list(const Zone& zone, uint32_t first, uint32_t item) {
  while (first != 0 && first != item)
    first = zone.item(first - 1).next;
  return first == item;
}

/// From the lists; an item that is on none is nowhere.
ItemPlace place_of(const Zone& zone, uint32_t item) {
  const EvacuateQueue& queue = zone.queue();
  if (queue.running == item) return ItemPlace::running;
  if (on_list(zone, zone.evacuate_free(), item)) return ItemPlace::free;
  if (on_list(zone, queue.pending, item)) return ItemPlace::pending;
  return on_list(zone, queue.work.first, item) ? ItemPlace::work : ItemPlace::nowhere;
}

/// What the zone's free chunks add up to, by the accounting that is proven.
bool counts_add_up(const Zone& zone) {
  using accounting::FreePages;
  const FreePages<Concrete> none = accounting::unlisted<Concrete>();
  FreePages<Concrete> sum = none;
  accounting::ApartPages<Concrete> apart{0, 0};
  std::vector<int> of_spb(zone.nr_spbs());
  for (Pfn pfn = zone.geometry().start(); pfn < zone.geometry().end(); ++pfn) {
    if (!zone.is_free_head(pfn)) continue;
    const auto order = static_cast<int>(zone.order_of(pfn).value);
    const Chunk<Concrete> chunk{order, zone.list_type(pfn), false};
    const int pages = accounting::pages_of_order<Concrete>(order);
    const auto on = accounting::listed<Concrete>(chunk, pages, zone.limits());
    apart = accounting::recount<Concrete>(apart, {0, 0},
                                          accounting::listed_apart<Concrete>(chunk, pages));
    sum = accounting::recount<Concrete>(sum, none, on);
    of_spb[zone.spb_of(pfn).value] += on.nr_free_pages;
  }
  bool same = static_cast<int>(zone.state().nr_free_pages) == sum.nr_free_pages_zone &&
              static_cast<int>(zone.state().nr_free_pages_blocks) == sum.nr_free_pages_blocks &&
              static_cast<int>(zone.state().nr_free_cma) == apart.cma &&
              static_cast<int>(zone.state().nr_free_highatomic) == apart.highatomic;
  for (uint32_t s = 0; s < zone.nr_spbs(); ++s)
    same = same && zone.view(SpbIndex(s)).nr_free_pages == of_spb[s];
  return same;
}

}  // namespace

void Bookkeeping::differs(std::string what) {
  if (!difference_) difference_ = std::move(what);
}

// ---- free pages and the driver

/// The next row that applies to the caller, if any is left.
std::optional<DriverStep> Bookkeeping::expected(Caller& caller) const {
  const auto& rows = policy_.driver;
  while (caller.next < rows.size() && !rows[caller.next].applies(caller.request))
    ++caller.next;
  if (caller.next == rows.size()) return std::nullopt;
  return rows[caller.next].id;
}

void Bookkeeping::attempt_begins(const Zone& zone, const Request<Concrete>&) {
  if (!counts_add_up(zone)) differs("the counts of free pages are not the sum of the free chunks");
}

void Bookkeeping::driver_begins(const Zone&, const Request<Concrete>& request) {
  callers_.push_back({request});
}

void Bookkeeping::driver_step(const Zone&, DriverStep step) {
  ++steps_;
  if (callers_.empty() || expected(callers_.back()) != step) {
    return differs("the driver takes another step than the next row that applies");
  }
  Caller& caller = callers_.back();
  caller.next = is_last_step(step) ? policy_.driver.size() : caller.next + 1;
  if (step == DriverStep::DROP_NOFRAGMENT) caller.request.nofragment = false;
}

void Bookkeeping::driver_ends(const Zone&, bool served) {
  if (!served && expected(callers_.back())) differs("the driver stopped before its last row");
  callers_.pop_back();
}

// ---- work items

void Bookkeeping::item_moved(const Zone& zone, uint32_t item) {
  ++moves_;
  const auto known = places_.find(item);
  const ItemPlace from = known == places_.end() ? ItemPlace::free : known->second;
  const ItemPlace to = place_of(zone, item);
  places_[item] = to;
  const auto& rows = policy_.items;
  const bool allowed = std::any_of(rows.begin(), rows.end(), [&](const ItemRow& row) {
    return row.from == from && row.to == to;
  });
  if (!allowed) differs("a work item goes a way that no row has");
}

}  // namespace spb::smt
