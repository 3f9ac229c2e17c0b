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
  uint32_t follow(ItemPlace where, uint32_t first, uint32_t node = 0) {
    uint32_t last = 0;
    for (uint32_t item = first; item != 0; item = raw_.zone.item(item - 1).next) {
      if (!place(where, item, node)) return last;
      last = item;
    }
    return last;
  }
  /// Puts one item in its place; false if it is in one already or is none of the pool.
  bool place(ItemPlace where, uint32_t item, uint32_t node) {
    if (item > pool_ || seen_[item - 1]) {
      violations_.add(clauses::item_place, at_item(item - 1), 1, 2);
      return false;
    }
    seen_[item - 1] = true;
    ++found_[static_cast<std::size_t>(where)];
    const bool in_use = where != ItemPlace::free;
    const EvacuateItem& names = raw_.zone.item(item - 1);
    if (in_use ? !is_place(names, node) : (names.block | names.zone) != 0) {
      violations_.add(clauses::item_block, at_item(item - 1), in_use, names.block);
    }
    return true;
  }

  /// All are found, and as many are counted in each place.
  void check_counts() {
    const uint32_t all = std::accumulate(found_.begin(), found_.end(), 0U);
    if (all != pool_) violations_.add(clauses::item_count, at_zone(), pool_, all);
    for (std::size_t i = 0; i < nr_item_places; ++i) {
      const uint32_t counted = raw_.zone.item_counts()[i];
      if (counted != found_[i]) {
        violations_.add(clauses::item_counted, at_zone(), found_[i], counted);
      }
    }
  }

 private:
  /// It names a pageblock of a zone of the node.
  bool is_place(const EvacuateItem& names, uint32_t node) const {
    const Machine& machine = raw_.zone.machine();
    if (names.block == 0 || names.zone >= machine.nr_zones()) return false;
    const Zone& zone = machine.zone(names.zone);
    return zone.node() == node && names.block <= zone.geometry().nr_blocks();
  }

  const Raw& raw_;
  uint32_t pool_;
  Violations& violations_;
  std::bitset<evacuate_items_max> seen_;
  std::array<uint32_t, nr_item_places> found_{};
};

void check_cursor(const Raw& raw, const EvacuateQueue& queue, Violations& violations) {
  const uint32_t item = queue.running;
  const uint32_t block = item ? raw.zone.item(item - 1).block : 0;
  const uint32_t first = block ? ((block - 1) << raw.block_order) + 1 : 0;
  const uint32_t last = block ? first + raw.block_pages : 0;
  if (queue.cursor < first || queue.cursor > last) {
    violations.add(clauses::item_cursor, at_zone(), first, queue.cursor);
  }
}

/// False if the worker's item is in a place already.
bool check_queue(const Raw& raw, const Zone& zone, Items& items, Violations& violations) {
  const EvacuateQueue& queue = zone.queue();
  items.follow(ItemPlace::pending, queue.pending, zone.node());
  const uint32_t last = items.follow(ItemPlace::work, queue.work.first, zone.node());
  if (queue.work.last != last) {
    violations.add(clauses::item_last, at_zone(), last, queue.work.last);
  }
  if (queue.running && !items.place(ItemPlace::running, queue.running, zone.node())) return false;
  check_cursor(raw, queue, violations);
  return true;
}

}  // namespace

void check_items(const Raw& raw, Violations& violations) {
  const Machine& machine = raw.zone.machine();
  Items items(raw, raw.pool(), violations);
  items.follow(ItemPlace::free, raw.free_item());
  for (uint32_t z = 0; z < machine.nr_zones(); ++z) {
    const Zone& zone = machine.zone(z);
    const bool begins_node = z == 0 || zone.node() != machine.zone(z - 1).node();
    if (begins_node && !check_queue(raw, zone, items, violations)) return;
  }
  items.check_counts();
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
