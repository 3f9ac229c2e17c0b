// SPDX-License-Identifier: GPL-2.0-only
#include "trace/tags.h"

#include <algorithm>
#include <unordered_set>

#include "trace/list_types.h"

namespace spb::trace {

namespace {

BlockRange blocks_of(const Geometry& geometry, uint32_t pfn, uint32_t order) {
  const uint32_t extra = order > geometry.pageblock_order ? order - geometry.pageblock_order : 0;
  return {(pfn - geometry.base_pfn) >> geometry.pageblock_order, 1U << extra};
}

}  // namespace

BlockRange claimed_blocks(const Geometry& geometry, const Entry& entry) {
  if (entry.found_order < geometry.pageblock_order) return blocks_of(geometry, entry.pfn, 0);
  const uint32_t head = entry.pfn & ~((1U << entry.found_order) - 1);
  return blocks_of(geometry, head, entry.found_order);
}

namespace {

/// Hears the events in order. What a list says always holds; what a per-CPU list says holds unless
/// the page on it was stolen, and may be out of date, so it never corrects what is known.
class TagWitness {
 public:
  TagWitness(TagEvidence& evidence, const Kernel& kernel, const Geometry& geometry)
      : evidence_(evidence),
        kernel_(kernel),
        geometry_(geometry),
        now_(geometry.nr_blocks(), unknown_type) {
    evidence_.first = now_;
  }

  void hear(const Entry& entry) {
    switch (entry.kind) {
      case EntryKind::leaves:
        return hear_departure(entry);
      case EntryKind::returns:
        stolen_.erase(entry.pfn);
        if (entry.order > geometry_.max_page_order) return;
        return state(blocks_of(geometry_, entry.pfn, entry.order), entry.migratetype, true);
      case EntryKind::allocated:
        if (!kernel_.held_by_pcp(entry.order) || stolen_.count(entry.pfn) != 0) return;
        return state(blocks_of(geometry_, entry.pfn, entry.order), entry.migratetype, false);
      case EntryKind::freed:
        stolen_.erase(entry.pfn);
        return;
    }
  }

 private:
  void hear_departure(const Entry& entry) {
    // What a caller got may have come from a block of any type.
    if (entry.by_caller) return;
    stolen_.erase(entry.pfn);
    const BlockRange own = blocks_of(geometry_, entry.pfn, entry.order);
    if (entry.fallback == Fallback::none) return state(own, entry.migratetype, true);
    if (entry.fallback == Fallback::steal) {
      stolen_.insert(entry.pfn);
      return state(own, entry.found_migratetype, true);
    }
    const BlockRange claimed = claimed_blocks(geometry_, entry);
    state(claimed, entry.found_migratetype, true);
    std::fill_n(now_.begin() + claimed.first, claimed.count, asked_of_type(entry.migratetype));
  }

  /// Pages of CMA and HIGHATOMIC pageblocks are on the movable per-CPU lists, and a pageblock joins
  /// and leaves the HIGHATOMIC reserve without an event.
  static bool agree(uint8_t known, Migratetype said, bool by_list) {
    if (known == unknown_type || known == said) return true;
    if (known == MIGRATE_HIGHATOMIC || said == MIGRATE_HIGHATOMIC) return true;
    if (said == MIGRATE_CMA) return known == MIGRATE_MOVABLE;
    return known == MIGRATE_CMA && said == MIGRATE_MOVABLE && !by_list;
  }

  void state(BlockRange blocks, uint8_t type, bool by_list) {
    const auto tag = tag_of_type(type);
    if (!tag) return;
    for (uint32_t b = blocks.first; b < blocks.first + blocks.count; ++b) {
      const bool disagrees = !agree(now_[b], *tag, by_list);
      ++evidence_.statements;
      (by_list ? evidence_.contradictions : evidence_.outdated) += disagrees;
      uint8_t& first = evidence_.first[b];
      if (first == unknown_type && now_[b] == unknown_type) {
        first = *tag;
        ++evidence_.blocks_known;
      }
      // CMA's pageblocks are so from boot on.
      if (*tag == MIGRATE_CMA && first == MIGRATE_MOVABLE) first = MIGRATE_CMA;
      if (by_list || now_[b] == unknown_type) now_[b] = *tag;
    }
  }

  TagEvidence& evidence_;
  const Kernel& kernel_;
  const Geometry& geometry_;
  std::vector<uint8_t> now_;
  std::unordered_set<uint32_t> stolen_;  ///< away from the lists by a steal
};

}  // namespace

TagEvidence tag_evidence(const Kernel& kernel, const RecordedZone& zone, const Geometry& geometry) {
  TagEvidence evidence;
  TagWitness witness(evidence, kernel, geometry);
  for (const Entry& entry : zone.entries)
    witness.hear(entry);
  return evidence;
}

}  // namespace spb::trace
