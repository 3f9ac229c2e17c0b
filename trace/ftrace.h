// SPDX-License-Identifier: GPL-2.0-only
// One line of a trace as text. Three heads are understood, all before `event: name=value ...`:
//   comm-pid [cpu] flags time:      ftrace, and `trace-cmd report`; the flags are of any width, or
//                                   missing, and a (tgid) may stand before the CPU
//   comm-pid cpuflags time:         ftrace with its option latency-format
//   comm pid [cpu] time:            `perf script`
//
// Fields are found by name: kernels add, drop and reorder them. Fields that are not listed here are
// tolerated. An event may carry its subsystem, `kmem:`. The names of 2.6.32 to 3.2 stand for what
// they are called since (mm_page_free_direct, mm_pagevec_free).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "trace/input.h"

namespace spb::trace {

enum class EventKind : uint8_t {
  other,  ///< unknown: an event that says nothing about buddy lists
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

/// How a frame is written: kernels print pfn=0x1f from 5.14 on, pfn=31 before. Zero tells nothing.
enum class FrameForm : uint8_t { unknown, hexadecimal, decimal };

/// One event. A number is meaningful only where its bit in `fields` is set; views point into the
/// line.
struct Event {
  EventKind kind = EventKind::other;
  std::string_view comm;  ///< as printed: may hold blanks, dashes and colons
  std::string_view pid;
  uint32_t cpu = 0;
  std::string_view time;  ///< as printed: its unit depends on the trace clock
  std::string_view name;
  std::string_view gfp_flags;  ///< as printed: see trace/gfp_text.h

  uint32_t fields = 0;
  uint64_t pfn = 0;  ///< 0: the allocation failed
  FrameForm pfn_form = FrameForm::unknown;
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
  comment,      ///< empty, # in the first column (a comm is printed further right), or a heading
                ///< of trace-cmd
  stack,        ///< the heading or a frame of a stack trace, which belongs to the event above it
  lost_events,  ///< what says that events were lost: see lost_events()
  unreadable,   ///< an event of a known kind with a field that cannot be read, or without one
  malformed,    ///< none of these
};

/// Reads one line. An event of a known kind has all the fields that its kind needs. For an
/// unreadable or a malformed line, `complaint` says what was found and expected.
LineKind parse_line(std::string_view line, Event& event, Complaint& complaint);

/// How many events such a line says were lost; nothing where it does not say how many:
/// `CPU:1 [LOST 12 EVENTS]` (ftrace), `CPU:1 [12 EVENTS DROPPED]` (trace-cmd), `PERF_RECORD_LOST
/// lost 12` (perf), and `##### CPU 1 buffer started ####`, which ftrace prints only where its
/// buffers overran.
std::optional<uint64_t> lost_events(std::string_view line);

/// What ftrace's heading says: `entries-in-buffer/entries-written: 205/1342`, or `#205/1342` behind
/// `latency:`. Nothing for any other comment.
struct BufferEntries {
  uint64_t in_buffer = 0;
  uint64_t written = 0;
};
std::optional<BufferEntries> buffer_entries(std::string_view comment);

}  // namespace spb::trace
