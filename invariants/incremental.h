// SPDX-License-Identifier: GPL-2.0-only
// The incremental checks: from a state that holds, what an operation touched is enough to say
// whether the next one does. Kept beside the zone is one record a pageblock and a superpageblock,
// none a page.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

class Incremental {
 public:
  /// Allocates; nothing else here does.
  explicit Incremental(const Zone& zone);

  /// The state as it is becomes the one that held: counts every pageblock.
  void rebuild();

  /// Takes over tags and bits of the pageblocks marked since the last call in this operation; for
  /// each superpageblock that turned from clean to tainted by it, `tainted(spb)`.
  template <class Tainted>
  void sync_blocks(Tainted tainted) {
    const auto& marked = raw_.zone.dirty.blocks;
    // What is marked twice in a row is listed once, so the last one may have changed again.
    for (uint32_t i = synced_ > 0 ? synced_ - 1 : 0; i < marked.count; ++i) {
      const uint32_t b = marked.entries[i].value;
      const uint32_t s = raw_.spb_of_block(b);
      const bool was = is_tainted(s);
      sync_block(b);
      if (!was && is_tainted(s)) tainted(s);
    }
    synced_ = marked.count;
  }

  /// All bits of a pageblock, as sync_blocks() took them over last.
  uint8_t bits_before(uint32_t b) const { return blocks_[b].bits; }

  /// What the dirty list says was touched. It must not have overflowed.
  void check(Violations& violations);
  /// Whether a whole pageblock was touched, or the tag or bits of one.
  bool met_blocks() const { return met_whole_ || raw_.zone.dirty.blocks.count > 0; }

 private:
  struct BlockRecord {
    uint8_t tag;
    uint8_t bits;
    uint8_t type;     ///< list that it called for when last checked
    uint8_t cleared;  ///< PB_has bits that went away since
    uint16_t free;    ///< free pages when last checked
    uint16_t whole;   ///< of these, in chunks of a pageblock or more
    uint16_t pages;   ///< in the zone
    uint16_t changed;
    uint32_t stamp;
  };
  struct SpbRecord {
    uint16_t counters[4];  ///< nr_free, nr_unmovable, nr_reclaimable, nr_movable
    uint16_t reserved;     ///< 0
    uint16_t total;
    uint32_t free;  ///< free pages
    uint32_t stamp;
    uint8_t list;  ///< that the counters call for
    uint8_t list_is_old;
  };

  bool is_tainted(uint32_t s) const {
    return spbs_[s].counters[1] != 0 || spbs_[s].counters[2] != 0;
  }
  void measure();
  void sync_block(uint32_t b);
  bool count_block(uint32_t b);
  void count_order(uint32_t a, uint32_t order);

  void check_left_list(uint32_t pfn, uint32_t order);
  void check_seen(uint32_t pfn, uint32_t order);
  void check_page(uint32_t pfn);
  void check_range(uint32_t pfn, uint32_t order);
  uint32_t check_head(uint32_t head, uint32_t end);
  uint32_t check_inside(uint32_t pfn, uint32_t end);
  uint32_t check_taken(uint32_t pfn, uint32_t end);
  void check_run(uint32_t pfn, uint32_t end);
  void check_owner(uint32_t pfn);
  void check_node(uint32_t head, uint32_t order);
  void check_chunk(uint32_t head, uint32_t order);
  bool is_neighbour(uint32_t pfn, uint32_t head, uint8_t type) const;
  void report_node(uint32_t head, uint32_t order, uint8_t type);
  void check_large(uint32_t head, uint32_t order, uint8_t type);
  void report_buddy(uint32_t head, uint32_t order);
  void check_zero(uint32_t pfn, uint32_t end);
  void check_links(uint32_t pfn);
  void check_list_start(uint32_t a, uint32_t order, uint8_t type);
  void refresh_block(uint32_t b);
  void check_bits(uint32_t b);
  void check_changed_block(uint32_t b);
  void check_content(uint32_t b);
  void check_spb(uint32_t s);
  void report_spb(uint32_t s);
  void check_spb_place(uint32_t s);
  void check_area(uint32_t a, uint32_t free);
  void check_zone();
  void check_apart();

  Raw raw_;
  uint32_t synced_ = 0;
  bool met_whole_ = false;
  uint32_t stamp_ = 0;
  uint32_t end_ = 0;                                    ///< first page behind the zone
  uint32_t free_ = 0;                                   ///< free pages of the zone
  std::array<uint32_t, MIGRATE_TYPES> free_of_type_{};  ///< of these, by the list they are on
  uint32_t reserved_blocks_ = 0;                        ///< pageblocks tagged HIGHATOMIC
  uint32_t free_in_blocks_ = 0;
  uint32_t inside_first_ = 0;  ///< the chunk found to cover the last page inside one
  uint32_t inside_end_ = 0;
  Violations* violations_ = nullptr;
  std::vector<BlockRecord> blocks_;
  std::vector<SpbRecord> spbs_;
  std::vector<uint32_t> counts_;  ///< nr_free of each area's orders, when last checked
  std::vector<uint32_t> listed_;  ///< by area: the pages that they stand for
};

}  // namespace spb
