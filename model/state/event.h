// SPDX-License-Identifier: GPL-2.0-only
// What an operation did, as data: the kernel's tracepoints, the series' own, and list insertions.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "model/policy/vocabulary.h"
#include "model/words/types.h"

namespace spb {

enum class EventKind : uint8_t {
  mm_page_alloc,              ///< pfn order type; a = gfp
  mm_page_free,               ///< pfn order type
  mm_page_alloc_zone_locked,  ///< pfn order type
  mm_page_alloc_extfrag,      ///< pfn order type; a = fallback order, b = fallback type, c =
                              ///< change_ownership
  spb_pb_taint,               ///< pfn of the block, type; a = 1 set, 0 clear, b = first_or_last
  spb_claim_block_refused,    ///< pfn, order of the chunk, type asked; a = Refusal, b = type of its
                              ///< list
  spb_alloc_atomic_relax,     ///< order, type; a = LadderStep
  spb_alloc_walk,  ///< pfn, order, type; a = PassId, b = superpageblocks visited, c = walk_flags()
  spb_alloc_fall_through,  ///< order, type; a = tainted superpageblocks and, from bit
                           ///< walk_saw_shift on, WalkSaw bits, b = those with a buddy for it, c =
                           ///< walk_flags()
  retag,                   ///< pfn of the block, type = new tag; a = old tag
  list_insert,             ///< free path: pfn order type; a = 1 tail, 0 head
  block_pages,             ///< counted for a claim: pfn of the block; a = free, b = movable
  evacuate_queued,         ///< pfn of the block; c = its zone, here and in the three that follow
  evacuate_dropped,        ///< pfn of the block; the pool was empty
  evacuate_work_queued,    ///< pfn of the block: irq_work handed it to the workqueue
  evacuate_done,           ///< pfn of the block; a = EvacuateEnd
  page_migrated,           ///< pfn order type; a = new pfn
  page_reclaimed,          ///< pfn order type: a clean page freed on the spot
  highatomic_reserved,     ///< pfn order of the page, type; a = pages in the reserve since
  highatomic_unreserved,   ///< pfn order of the chunk, type = new tag; a = pages in the reserve
                           ///< since
  all_free,                ///< pfn of the block; a = 1 PB_all_free set, 0 cleared
  hint_used,               ///< order type; a = superpageblock, b = its nr_free, c = Category then
  highorder_refused,       ///< order type: ALLOC_HIGHORDER_OPTIONAL ends the request
  defrag_requested,        ///< a = superpageblock
  evacuation_requested,    ///< order type; a = EvacuationAnswer
  shrink_requested,        ///< of slab, for the zone
  count
};

/// What the tainted superpageblocks had all the same (series: struct spb_tainted_walk).
enum WalkSaw : uint8_t {
  SAW_FREE_PAGES = 1U << 0,
  SAW_FREE_PAGEBLOCK = 1U << 1,
  SAW_BELOW_RESERVE = 1U << 2,
};
inline constexpr uint32_t walk_saw_shift = 24;

/// Why the worker let go of a pageblock.
enum class EvacuateEnd : uint8_t {
  movable_again,     ///< its tag is MOVABLE, so nothing was done
  finished,          ///< its end was reached, or no movable page was left
  migration_failed,  ///< of a page of the last batch
  isolation_failed,  ///< of the last batch, with an error other than EAGAIN
  count
};

inline constexpr Named<EvacuateEnd> evacuate_end_names[]{
    {EvacuateEnd::movable_again, "movable_again"},
    {EvacuateEnd::finished, "finished"},
    {EvacuateEnd::migration_failed, "migration_failed"},
    {EvacuateEnd::isolation_failed, "isolation_failed"},
};
constexpr std::span<const Named<EvacuateEnd>> names_of(EvacuateEnd) {
  return evacuate_end_names;
}

/// What comes of a request for the evacuation of tainted superpageblocks.
enum class EvacuationAnswer : uint8_t {
  queued,
  pool_has_chunk,  ///< a tainted superpageblock has a chunk of just this order and type
  throttled,       ///< one of this zone and type was queued within the interval
  count
};

inline constexpr Named<EvacuationAnswer> evacuation_answer_names[]{
    {EvacuationAnswer::queued, "queued"},
    {EvacuationAnswer::pool_has_chunk, "pool-has-chunk"},
    {EvacuationAnswer::throttled, "throttled"},
};
constexpr std::span<const Named<EvacuationAnswer>> names_of(EvacuationAnswer) {
  return evacuation_answer_names;
}

/// Fields that the kind does not list keep these values.
struct Event {
  EventKind kind = EventKind::count;
  uint8_t order = 0;
  uint8_t type = 0;  ///< Migratetype
  uint8_t c = 0;
  Pfn pfn = no_page;
  uint32_t a = 0;
  uint32_t b = 0;
};

/// The events of the current operation. A full log drops what comes later and says so.
struct EventLog {
  std::unique_ptr<Event[]> events;  ///< of full size from set-up on; nothing behind `count` counts
  uint32_t capacity = 0;
  uint32_t count = 0;
  bool overflow = false;
  bool enabled = true;

  void set_capacity(uint32_t nr_events) {
    events = std::make_unique<Event[]>(nr_events);
    capacity = nr_events;
  }
  void clear() {
    count = 0;
    overflow = false;
  }
  void add(const Event& event) {
    if (!enabled) return;
    if (count < capacity) [[likely]] {
      events[count++] = event;
    } else {
      overflow = true;
    }
  }
  const Event* begin() const { return events.get(); }
  const Event* end() const { return events.get() + count; }
};

}  // namespace spb
