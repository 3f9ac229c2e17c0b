// SPDX-License-Identifier: GPL-2.0-only
// One line of ftrace text: `comm-pid [cpu] flags time: event: name=value name=value ...`.
//
// Fields are found by name: kernels add, drop and reorder them. Events and fields that are not
// listed here are tolerated. The flags may be missing (an option of ftrace), and so may `page=`.
#pragma once

#include <cstdint>
#include <string_view>

#include "trace/input.h"

namespace spb::trace {

enum class EventKind : uint8_t {
  other,  ///< an event that says nothing about buddy lists
  mm_page_alloc,
  mm_page_free,
  mm_page_free_batched,
  mm_page_alloc_zone_locked,
  mm_page_pcpu_drain,
  mm_page_alloc_extfrag,
};

/// Bits of Event::fields, one a field.
enum Field : uint32_t {
  FIELD_PFN = 1U << 0,
  FIELD_ORDER = 1U << 1,
  FIELD_MIGRATETYPE = 1U << 2,
  FIELD_PERCPU_REFILL = 1U << 3,
  FIELD_GFP_FLAGS = 1U << 4,
  FIELD_ALLOC_ORDER = 1U << 5,
  FIELD_FALLBACK_ORDER = 1U << 6,
  FIELD_PAGEBLOCK_ORDER = 1U << 7,
  FIELD_ALLOC_MIGRATETYPE = 1U << 8,
  FIELD_FALLBACK_MIGRATETYPE = 1U << 9,
  FIELD_FRAGMENTING = 1U << 10,
  FIELD_CHANGE_OWNERSHIP = 1U << 11,
};

/// One event. A number is meaningful only where its bit in `fields` is set; views point into the
/// line.
struct Event {
  EventKind kind = EventKind::other;
  std::string_view comm;  ///< as printed: may hold blanks, dashes and colons
  std::string_view pid;
  uint32_t cpu = 0;
  std::string_view time;  ///< as printed: its unit depends on the trace clock
  std::string_view name;
  std::string_view gfp_flags;  ///< names joined by a bar

  uint32_t fields = 0;
  uint64_t pfn = 0;  ///< 0: the allocation failed
  uint32_t order = 0;
  uint32_t migratetype = 0;  ///< a number of the recorded kernel, as all types here
  uint32_t percpu_refill = 0;
  uint32_t alloc_order = 0;
  uint32_t fallback_order = 0;
  uint32_t pageblock_order = 0;
  uint32_t alloc_migratetype = 0;
  uint32_t fallback_migratetype = 0;
  uint32_t fragmenting = 0;
  uint32_t change_ownership = 0;

  bool has(uint32_t wanted) const { return (fields & wanted) == wanted; }
};

enum class LineKind : uint8_t {
  event,
  comment,      ///< empty, or # in the first column (a comm is printed further right)
  lost_events,  ///< `CPU:1 [LOST 12 EVENTS]`
  malformed,
};

/// Reads one line. An event of a known kind has all the fields that its kind needs. For a malformed
/// line, `complaint` says what was found and expected.
LineKind parse_line(std::string_view line, Event& event, Complaint& complaint);

}  // namespace spb::trace
