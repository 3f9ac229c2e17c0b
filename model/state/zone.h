// SPDX-License-Identifier: GPL-2.0-only
// A zone of a machine (machine.h): read access to its part of the machine's arena, and to what all
// zones share. Everything is changed through operations (operation.h), which change it through one
// layer of mutators (mutate.h).
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/policy/rows.h"
#include "model/policy/views.h"
#include "model/state/dirty.h"
#include "model/state/event.h"
#include "model/state/observer.h"
#include "model/state/records.h"
#include "model/state/statistics.h"
#include "model/words/domain.h"
#include "model/words/geometry.h"
#include "model/words/parameters.h"

namespace spb {

class Machine;

/// Made, placed and owned by its machine.
class Zone {
 public:
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;

  Machine& machine() { return machine_; }
  const Machine& machine() const { return machine_; }
  /// Its number in the machine's row of zones, and its node's.
  uint32_t index() const { return index_; }
  uint32_t node() const { return node_; }

  const Geometry& geometry() const { return geometry_; }
  const Parameters& parameters() const { return parameters_; }
  const Policy<Concrete>& policy() const { return policy_; }
  const Limits<Concrete>& limits() const { return limits_; }
  const OrderRanges& order_ranges() const { return order_ranges_; }
  /// The first row of the mode table that needs no flag.
  std::size_t first_plain_mode() const { return first_plain_mode_; }

  const ZoneState& state() const { return *state_; }
  /// Superpageblocks that it has; those that may join it behind are absent like what lies outside.
  uint32_t nr_spbs() const { return geometry_.superpageblocks; }
  /// The same as it stands in the state, of a zone that may grow.
  const uint32_t& nr_superpageblocks() const {
    return size_ != nullptr ? *size_ : geometry_.superpageblocks;
  }
  const SpbState& spb(SpbIndex s) const { return spbs_[s.value]; }
  const BlockState& block(BlockIndex b) const { return blocks_[b.value]; }
  uint8_t page(Pfn pfn) const { return pages_[pfn.value]; }
  const uint8_t* pages() const { return pages_; }
  const PageLinks& links(Pfn pfn) const { return links_[pfn.value]; }

  // What it shares with the other zones.
  const Slot& slot(uint32_t index) const { return slots_[index]; }
  const EvacuateItem& item(uint32_t index) const { return items_[index]; }
  /// First free item of the pool, newest first, as an llist.
  const uint32_t& evacuate_free() const { return *evacuate_free_; }
  /// Its node's.
  const EvacuateQueue& queue() const { return *queue_; }
  /// Items in each ItemPlace, of the whole pool.
  const uint32_t* item_counts() const { return item_counts_; }

  // Free areas: one a superpageblock, or one in all.
  uint32_t nr_areas() const { return nr_areas_; }
  AreaOwner owner_of(uint32_t area) const {
    using Kind = AreaOwner::Kind;
    return {policy_.lists_per_superpageblock ? Kind::superpageblock : Kind::zone, area};
  }
  uint32_t area_of(SpbIndex s) const { return policy_.lists_per_superpageblock ? s.value : 0; }
  uint32_t area_of(Pfn pfn) const { return area_of(spb_of(pfn)); }
  const FreeAreaState& area(uint32_t a) const { return areas_[a]; }
  const ListHead& free_list(uint32_t a, Order order, Migratetype type) const {
    return heads_[list_index(a, order, type)];
  }
  const uint32_t& nr_free(uint32_t a, Order order) const {
    return counts_[a * geometry_.nr_page_orders() + order.value];
  }

  // Where things are.
  BlockIndex block_of(Pfn pfn) const { return geometry_.block_of(pfn); }
  SpbIndex spb_of(BlockIndex b) const { return SpbIndex(b.value >> spb_block_shift_); }
  SpbIndex spb_of(Pfn pfn) const { return SpbIndex(pfn.value >> spb_page_shift_); }

  /// Migratetype that decides a page's list: ISOLATE in an isolated pageblock, unless isolation is
  /// the bit alone.
  Migratetype list_type(BlockIndex b) const {
    return static_cast<Migratetype>(rules::list_of_block<Concrete>(view(b), isolation_moves_));
  }
  Migratetype list_type(Pfn pfn) const { return list_type(block_of(pfn)); }
  bool isolation_moves() const { return isolation_moves_; }
  /// Pages of order `taken` are taken from a chunk of order `chunk`: the order of the part whose
  /// pageblocks' bits change. As posted it is the whole chunk, with D1 mended what was taken.
  Order marked_part(Order taken, Order chunk) const { return marks_taken_alone_ ? taken : chunk; }
  /// Superpageblock + 1 that the CPU's hint for this order and type names, 0 for none.
  uint32_t hint(Order order, Migratetype type) const {
    return type < MIGRATE_PCPTYPES ? hints_now_->of[order.value][type] : 0;
  }
  /// Milliseconds until a request for evacuation of this type may be queued again.
  uint32_t evacuation_wait(Migratetype type) const { return state_->evacuation_wait[type]; }
  /// By CPU.
  const HintState& hints(uint32_t cpu) const { return hints_[cpu]; }
  /// Operations run on this CPU from now on.
  void run_on(uint32_t cpu) { hints_now_ = hints_ + cpu; }
  bool is_isolated(BlockIndex b) const { return blocks_[b.value].bits & PB_migrate_isolate; }
  bool is_free_head(Pfn pfn) const { return pages_[pfn.value] & page_state::free_head; }
  bool is_free_head(Pfn pfn, Order order) const {
    return pages_[pfn.value] == (page_state::free_head | order.value);
  }
  Order order_of(Pfn head) const { return Order(pages_[head.value] & page_state::order_mask); }
  /// First page of the free chunk that covers this page, or no_page if it is not free.
  Pfn chunk_of(Pfn pfn) const;

  // The views that rules read.
  ZonePages<Concrete> pages_view() const {
    return {static_cast<int>(state_->nr_free_pages), static_cast<int>(state_->nr_free_cma),
            static_cast<int>(state_->nr_reserved_highatomic)};
  }
  Spb<Concrete> view(SpbIndex s) const { return view_of(spbs_[s.value]); }
  Block<Concrete> view(BlockIndex b) const { return view_of(blocks_[b.value]); }
  /// Counts the pages of a pageblock: as costly as the walk it models.
  BlockPages<Concrete> count_pages(BlockIndex b) const;

  // Beside the state; the first two are the machine's.
  EventLog& events;
  Statistics& statistics;
  Observers observers;
  DirtyList dirty;

 private:
  friend class Machine;
  friend struct Mutate;
  friend struct Surgery;  // tests break a zone on purpose with it

  /// Where its arrays begin in the machine's arena.
  struct Places {
    std::size_t state, hints, size, spbs, areas, heads, counts, links, blocks, pages;
  };

  /// Geometry and parameters have passed their checks.
  Zone(Machine& machine, uint32_t index, const Geometry& geometry, const Policy<Concrete>& policy,
       const Parameters& resolved);
  /// Frees the pages as memblock does, through the buddy system: defined in engine/boot.cpp.
  void set_up();
  /// What depends on the number of superpageblocks is as that number in the state says.
  void follow_size();
  std::size_t list_index(uint32_t a, Order order, Migratetype type) const {
    return (static_cast<std::size_t>(a) * geometry_.nr_page_orders() + order.value) *
               MIGRATE_TYPES +
           type;
  }

  Machine& machine_;
  uint32_t index_;
  uint32_t node_;
  Geometry geometry_;    ///< as large as the zone is now
  uint32_t first_spbs_;  ///< superpageblocks that it begins with
  Parameters parameters_;
  Policy<Concrete> policy_;
  Limits<Concrete> limits_;
  OrderRanges order_ranges_;
  uint32_t nr_areas_;
  uint32_t spb_block_shift_;
  uint32_t spb_page_shift_;
  bool isolation_moves_;
  bool marks_taken_alone_;
  bool updates_rotate_;
  std::size_t first_plain_mode_;

  ZoneState* state_;
  HintState* hints_;          ///< a CPU each
  HintState* hints_now_;      ///< of the CPU that the operation runs on
  uint32_t* size_ = nullptr;  ///< superpageblocks, of a zone that may grow
  SpbState* spbs_;
  FreeAreaState* areas_;
  ListHead* heads_;
  uint32_t* counts_;
  PageLinks* links_;
  BlockState* blocks_;
  uint8_t* pages_;
  // Shared with the other zones, or with those of its node.
  Slot* slots_;
  EvacuateItem* items_;
  uint32_t* evacuate_free_;
  EvacuateQueue* queue_;
  uint32_t* item_counts_;
};

}  // namespace spb
