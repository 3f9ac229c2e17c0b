// SPDX-License-Identifier: GPL-2.0-only
#include "trace/yardstick.h"

#include <fmt/format.h>

#include <unordered_set>

#include "trace/list_types.h"

namespace spb::trace {

namespace {

Share& operator+=(Share& sum, const Share& other) {
  sum.part += other.part;
  sum.whole += other.whole;
  return sum;
}

/// Rounded towards zero, so that 100% means all; none of nothing is no share.
std::string row(std::string_view name, const Share& share) {
  if (share.whole == 0) return fmt::format("{}: none to compare\n", name);
  const uint64_t thousandths = share.part * 100'000 / share.whole;
  return fmt::format("{}: {} of {} ({}.{:03}%)\n", name, share.part, share.whole,
                     thousandths / 1000, thousandths % 1000);
}

bool is_free(const Zone& zone, uint32_t pfn) {
  return !(zone.page(Pfn(pfn - zone.geometry().base_pfn)) & page_state::not_free_mask);
}

Share agreement(const Zone& zone, const RecordedZone& recorded) {
  Share share;
  for (const FreeBlock& block : recorded.free_after) {
    for (uint32_t i = 0; i < 1U << block.order; ++i)
      share.count(is_free(zone, block.pfn + i));
  }
  return share;
}

Share allocations_seen(const RecordedZone& recorded) {
  Share share;
  std::unordered_set<uint32_t> seen;
  for (const Entry& entry : recorded.entries) {
    if (entry.kind == EntryKind::allocated) seen.insert(entry.pfn);
    if (entry.kind == EntryKind::freed) share.count(seen.erase(entry.pfn) != 0);
  }
  return share;
}

}  // namespace

Yardstick& Yardstick::operator+=(const Yardstick& other) {
  heads += other.heads;
  agree += other.agree;
  seen += other.seen;
  tags += other.tags;
  has_after = has_after || other.has_after;
  return *this;
}

std::string to_text(const Yardstick& yardstick) {
  std::string text =
      row("zone_locked pages that are the head of a known free block", yardstick.heads);
  if (yardstick.has_after) {
    text += row("free pages at the end that agree with the second snapshot", yardstick.agree);
  }
  text += row("frees of a page whose allocation was seen", yardstick.seen);
  text += row("pages that left a block of the tag that the event says", yardstick.tags);
  return text;
}

void YardstickMeter::before(const Zone& zone, const ImportStep& step) {
  // Only the first step of an event sees what was known before it.
  if (step.entry == last_entry_) return;
  last_entry_ = step.entry;
  if (step.entry && step.entry->kind == EntryKind::leaves) departure(zone, *step.entry);
}

void YardstickMeter::departure(const Zone& zone, const Entry& entry) {
  const Pfn pfn(entry.pfn - zone.geometry().base_pfn);
  if (entry.zone_locked) result_.heads.count(zone.is_free_head(pfn));
  if (entry.by_caller) return;
  const uint8_t said =
      entry.fallback == Fallback::none ? entry.migratetype : entry.found_migratetype;
  result_.tags.count(zone.list_type(pfn) == tag_of_type(said));
}

Yardstick YardstickMeter::finish(const Zone& zone) {
  result_.has_after = has_after_;
  if (has_after_) result_.agree = agreement(zone, recorded_);
  result_.seen = allocations_seen(recorded_);
  return result_;
}

}  // namespace spb::trace
