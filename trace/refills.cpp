// SPDX-License-Identifier: GPL-2.0-only
#include "trace/refills.h"

#include <utility>

#include "model/words/gfp.h"

namespace spb::trace {

namespace {

/// A page of the refill's CPU may lie between pages of others.
void name_caller(const Refills::Refill& refill, const GfpReading& gfp) {
  const uint16_t cpu = refill.first_entry().cpu;
  for (std::size_t i = refill.first; i <= refill.last; ++i) {
    Entry& entry = refill.zone->entries[i];
    if (entry.kind != EntryKind::leaves || entry.cpu != cpu) continue;
    if (!gfp.known) {
      entry.caller = Caller::unreadable;
    } else if (!may_serve(entry.migratetype, gfp_migratetype(gfp.bits))) {
      entry.caller = Caller::contradicts;
    } else {
      entry.caller = Caller::known;
      entry.gfp = gfp.bits;
    }
  }
}

}  // namespace

void Refills::departs(RecordedZone& zone) {
  const std::size_t index = zone.entries.size() - 1;
  const Entry& entry = zone.entries[index];
  const bool goes_on = current_.zone == &zone && current_.first_entry().order == entry.order &&
                       current_.first_entry().migratetype == entry.migratetype;
  if (!goes_on) {
    end();
    current_ = {&zone, index, index};
  }
  current_.last = index;
}

void Refills::end() {
  if (!current_.zone) return;
  waiting_[next_waiting_] = std::exchange(current_, {});
  next_waiting_ = (next_waiting_ + 1) % waiting_.size();
}

Entry* Refills::under_way(uint64_t pfn) const {
  return current_.zone && current_.last_entry().pfn == pfn ? &current_.last_entry() : nullptr;
}

void Refills::allocated(uint64_t pfn, const GfpReading& gfp) {
  end();
  for (Refill& refill : waiting_) {
    if (!refill.zone || refill.first_entry().pfn != pfn) continue;
    name_caller(refill, gfp);
    refill = {};
  }
}

}  // namespace spb::trace
