// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/items.h"

#include <bitset>

namespace spb {

namespace {

constexpr uint32_t pool_max = 1024;  // the parameter's maximum

class Items {
 public:
  Items(const Raw& raw, uint32_t pool, Findings& findings)
      : raw_(raw), pool_(pool), findings_(findings) {}

  /// Follows a list of items; returns its last one.
  uint32_t follow(uint32_t first, bool in_use) {
    uint32_t last = 0;
    for (uint32_t item = first; item != 0; item = raw_.zone.item(item - 1).next) {
      if (!place(item, in_use)) return last;
      last = item;
    }
    return last;
  }
  /// Puts one item in its place; false if it is in one already or is none of the pool.
  bool place(uint32_t item, bool in_use) {
    if (item > pool_ || seen_[item - 1]) {
      findings_.add(clauses::item_place, at_item(item - 1), 1, 2);
      return false;
    }
    seen_[item - 1] = true;
    ++count_;
    const uint32_t block = raw_.zone.item(item - 1).block;
    if (in_use != (block != 0) || block > raw_.nr_blocks) {
      findings_.add(clauses::item_block, at_item(item - 1), in_use, block);
    }
    return true;
  }
  uint32_t count() const { return count_; }

 private:
  const Raw& raw_;
  uint32_t pool_;
  Findings& findings_;
  std::bitset<pool_max> seen_;
  uint32_t count_ = 0;
};

void check_cursor(const Raw& raw, Findings& findings) {
  const ZoneState& state = raw.zone.state();
  const uint32_t item = state.evacuate_running;
  const uint32_t block = item ? raw.zone.item(item - 1).block : 0;
  const uint32_t first = block ? ((block - 1) << raw.block_order) + 1 : 0;
  const uint32_t last = block ? first + raw.block_pages : 0;
  if (state.evacuate_cursor < first || state.evacuate_cursor > last) {
    findings.add(clauses::item_cursor, at_zone(), first, state.evacuate_cursor);
  }
}

}  // namespace

void check_items(const Raw& raw, Findings& findings) {
  const Parameters& parameters = raw.zone.parameters();
  const bool evacuates = parameters[ParameterId::claim_evacuates] != 0;
  const uint32_t pool = evacuates ? parameters[ParameterId::evacuate_items] : 0;
  const ZoneState& state = raw.zone.state();
  Items items(raw, pool, findings);
  items.follow(state.evacuate_free, false);
  items.follow(state.evacuate_pending, true);
  const uint32_t last = items.follow(state.evacuate_work.first, true);
  if (state.evacuate_work.last != last) {
    findings.add(clauses::item_last, at_zone(), last, state.evacuate_work.last);
  }
  if (state.evacuate_running && !items.place(state.evacuate_running, true)) return;
  if (items.count() != pool) findings.add(clauses::item_count, at_zone(), pool, items.count());
  check_cursor(raw, findings);
}

}  // namespace spb
