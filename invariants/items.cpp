// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/items.h"

#include <array>
#include <bitset>
#include <numeric>

namespace spb {

namespace {

class Items {
 public:
  Items(const Raw& raw, uint32_t pool, Violations& violations)
      : raw_(raw), pool_(pool), violations_(violations) {}

  /// Follows the list of a place; returns its last item.
  uint32_t follow(ItemPlace where, uint32_t first) {
    uint32_t last = 0;
    for (uint32_t item = first; item != 0; item = raw_.zone.item(item - 1).next) {
      if (!place(where, item)) return last;
      last = item;
    }
    return last;
  }
  /// Puts one item in its place; false if it is in one already or is none of the pool.
  bool place(ItemPlace where, uint32_t item) {
    if (item > pool_ || seen_[item - 1]) {
      violations_.add(clauses::item_place, at_item(item - 1), 1, 2);
      return false;
    }
    seen_[item - 1] = true;
    ++found_[static_cast<std::size_t>(where)];
    const bool in_use = where != ItemPlace::free;
    const uint32_t block = raw_.zone.item(item - 1).block;
    if (in_use != (block != 0) || block > raw_.nr_blocks) {
      violations_.add(clauses::item_block, at_item(item - 1), in_use, block);
    }
    return true;
  }

  /// All are found, and the zone has counted as many in each place.
  void check_counts() {
    const uint32_t all = std::accumulate(found_.begin(), found_.end(), 0U);
    if (all != pool_) violations_.add(clauses::item_count, at_zone(), pool_, all);
    for (std::size_t i = 0; i < nr_item_places; ++i) {
      const uint32_t counted = raw_.zone.state().evacuate_items[i];
      if (counted != found_[i]) {
        violations_.add(clauses::item_counted, at_zone(), found_[i], counted);
      }
    }
  }

 private:
  const Raw& raw_;
  uint32_t pool_;
  Violations& violations_;
  std::bitset<evacuate_items_max> seen_;
  std::array<uint32_t, nr_item_places> found_{};
};

void check_cursor(const Raw& raw, Violations& violations) {
  const ZoneState& state = raw.zone.state();
  const uint32_t item = state.evacuate_running;
  const uint32_t block = item ? raw.zone.item(item - 1).block : 0;
  const uint32_t first = block ? ((block - 1) << raw.block_order) + 1 : 0;
  const uint32_t last = block ? first + raw.block_pages : 0;
  if (state.evacuate_cursor < first || state.evacuate_cursor > last) {
    violations.add(clauses::item_cursor, at_zone(), first, state.evacuate_cursor);
  }
}

}  // namespace

void check_items(const Raw& raw, Violations& violations) {
  const ZoneState& state = raw.zone.state();
  Items items(raw, raw.pool(), violations);
  items.follow(ItemPlace::free, state.evacuate_free);
  items.follow(ItemPlace::pending, state.evacuate_pending);
  const uint32_t last = items.follow(ItemPlace::work, state.evacuate_work.first);
  if (state.evacuate_work.last != last) {
    violations.add(clauses::item_last, at_zone(), last, state.evacuate_work.last);
  }
  if (state.evacuate_running && !items.place(ItemPlace::running, state.evacuate_running)) return;
  items.check_counts();
  check_cursor(raw, violations);
}

constinit const InvariantInfo invariants::evacuation_items{
    .id = InvariantId::evacuation_items,
    .name = "evacuation-items",
    .kind = InvariantKind::state,
    .claim =
        "Each work item of the evacuation pool is in one place: free, pending, queued, or held by "
        "the worker.",
    .source = "series v2 06/40",
    .clauses = {&clauses::item_place, &clauses::item_count, &clauses::item_counted,
                &clauses::item_block, &clauses::item_last, &clauses::item_cursor},
    .full = check_items};

}  // namespace spb
