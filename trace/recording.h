// SPDX-License-Identifier: GPL-2.0-only
// A recording of a real page allocator: snapshots of its free blocks and a trace in between, split
// by zone and brought to the level of the buddy lists.
//
// A recording is a folder; each file may be plain or .xz (docs/recordings.md has all of it):
//   trace.txt            a trace with the kmem events: see trace/ftrace.h
//   freeblocks.before    one free block a line, `hexpfn order`, ascending
//   freeblocks.after     likewise, at the end; optional
//   zoneinfo.before      /proc/zoneinfo: names, spans and present pages of the zones
//   pagetypeinfo.before  /proc/pagetypeinfo: orders and numbers of the migratetypes; optional, see
//   Kernel
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/words/types.h"
#include "program/printable.h"
#include "trace/ftrace.h"
#include "trace/gfp_text.h"
#include "trace/input.h"
#include "trace/list_types.h"

namespace spb::trace {

/// A free buddy of a snapshot: the largest aligned decomposition of the free pages, by absolute
/// pfn.
struct FreeBlock {
  uint32_t pfn;
  uint8_t order;
};

enum class EntryKind : uint8_t {
  leaves,     ///< pages left the buddy lists (mm_page_alloc_zone_locked, mm_page_alloc_extfrag)
  returns,    ///< pages came back to them (mm_page_pcpu_drain; mm_page_free past the per-CPU lists)
  allocated,  ///< a caller got pages (mm_page_alloc), most often from a per-CPU list
  freed,      ///< a caller gave pages back (mm_page_free)
};

/// How a request was served, as far as the trace tells.
enum class Fallback : uint8_t {
  none,   ///< from the lists of its own type
  claim,  ///< from a block that changed its type (change_ownership=1)
  steal,  ///< from a block that kept its type
};

inline constexpr uint8_t unknown_type = 0xff;

/// What is known of who caused a departure.
enum class Caller : uint8_t {
  unseen,       ///< no mm_page_alloc of its first page followed
  known,        ///< Entry::gfp
  unreadable,   ///< its gfp flags could not be read
  contradicts,  ///< its gfp flags ask for another type than the departure's
};

/// What one event did. Types are the model's, whatever numbers the recorded kernel used.
struct Entry {
  uint32_t pfn;   ///< absolute
  uint32_t line;  ///< of the trace, from 1
  EntryKind kind;
  uint8_t order;
  uint8_t migratetype;  ///< of the request; of the block for a return; or unknown_type
  Fallback fallback = Fallback::none;
  uint8_t found_migratetype = unknown_type;  ///< of the block before a fallback took from it
  uint8_t found_order = 0;                   ///< of the chunk that the fallback found
  uint16_t cpu = 0;
  bool zone_locked = false;  ///< a departure with an mm_page_alloc_zone_locked of its own
  bool by_caller = false;    ///< see Recording::by_callers
  Caller caller = Caller::unseen;
  /// What a departure's caller asked with, 0 unless it is known. A refill of a per-CPU list runs
  /// under the flags of the request that found it empty, and that request gets the first page: the
  /// mm_page_alloc of that page tells.
  uint32_t gfp = 0;
};

struct RecordedZone {
  std::string name;  ///< Normal; with its node in front where there are several: 1/Normal
  uint32_t start_pfn = 0;
  uint32_t spanned_pages = 0;
  std::optional<uint64_t> present_pages;
  bool has_cma = false;  ///< zoneinfo says so: kernels from 5.12 on print it
  std::vector<FreeBlock> free_before;
  std::vector<FreeBlock> free_after;
  std::vector<Entry> entries;  ///< in the order of the lines, which is the order under zone->lock

  uint64_t end_pfn() const { return uint64_t{start_pfn} + spanned_pages; }
};

/// What the recorded kernel was configured to. The defaults are x86-64 without CMA.
struct Kernel {
  uint32_t pageblock_order = 9;
  uint32_t max_page_order = 10;
  /// The model's name of each number that events print; the first nr_migratetypes are valid.
  std::array<Migratetype, MIGRATE_TYPES> migratetypes = {
      MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_HIGHATOMIC, MIGRATE_ISOLATE};
  uint32_t nr_migratetypes = 5;
  bool types_known = false;  ///< pagetypeinfo says what the numbers are
  /// From 5.14 on, when frames became hexadecimal, per-CPU lists hold pages up to
  /// PAGE_ALLOC_COSTLY_ORDER and huge pages, which have a pageblock's order here; before, single
  /// pages.
  bool pcp_of_single_pages = false;

  bool held_by_pcp(uint32_t order) const {
    if (pcp_of_single_pages) return order == 0;
    return order <= 3 || order == pageblock_order;
  }
};

/// Something that was left out, and where it was first.
struct Dropped {
  uint64_t count = 0;
  uint64_t first_line = 0;
  std::string first;  ///< what was found there, as it can be shown
  static constexpr std::size_t shown_max = 60;

  void add(uint64_t line, std::string_view found) {
    if (count++ != 0) return;
    first_line = line;
    first = printable(found.substr(0, shown_max));
    if (found.size() > shown_max) first += "...";
  }
};

/// What became of the lines of a trace: each is counted once in `comments`, `stack_lines`,
/// `lost_reports`, or in one of the kinds of events().
struct LineCounts {
  uint64_t lines = 0;
  uint64_t comments = 0;
  uint64_t stack_lines = 0;
  uint64_t lost_reports = 0;  ///< lines by which the tracer says that it lost events

  // Events that a replay follows.
  uint64_t of_lists = 0;    ///< zone_locked, extfrag, pcpu_drain
  uint64_t of_callers = 0;  ///< mm_page_alloc, mm_page_free
  uint64_t repeated = 0;    ///< extfrag and zone_locked about one page, right behind each other
  // Events that say nothing new.
  uint64_t batched = 0;  ///< second notes about a page that has an mm_page_free of its own
  uint64_t failed_allocations = 0;  ///< pfn=0
  // Events that were dropped.
  Dropped other_events;      ///< of unknown kinds
  Dropped unreadable;        ///< a field that is needed is missing or no number
  Dropped outside_zones;     ///< frames of no zone in zoneinfo
  Dropped shared;            ///< frames that several zones may own
  uint64_t other_zones = 0;  ///< of zones that were not asked for

  uint64_t outside_as_decimal = 0;  ///< of outside_zones: inside if the frame were hexadecimal
  Dropped unread_gfp;               ///< callers whose gfp flags could not be read, by mm_page_alloc
  uint64_t unnamed_types = 0;       ///< numbers from 4 on that only pagetypeinfo could tell apart
  OtherTypes other_types;           ///< of departures, of blocks they were found in, and of returns
  uint64_t shared_blocks = 0;       ///< of the snapshots, that several zones may own

  uint64_t lost_events = 0;        ///< as far as the reports say how many
  bool lost_unknown = false;       ///< a report does not say how many
  uint64_t entries_in_buffer = 0;  ///< as ftrace's heading says, 0 without one

  uint64_t dropped() const {
    return other_events.count + unreadable.count + outside_zones.count + shared.count + other_zones;
  }
  uint64_t events() const {
    return of_lists + of_callers + repeated + batched + failed_allocations + dropped();
  }
  bool lost_any() const { return lost_events != 0 || lost_unknown; }
};

struct Recording {
  std::string name;
  Kernel kernel;
  std::vector<RecordedZone> zones;  ///< ascending; those without pages are left out
  bool has_after = false;
  FrameForm frames = FrameForm::unknown;
  /// The trace has no event of the buddy lists: what callers got and gave back stands for them, as
  /// if there were no per-CPU lists.
  bool by_callers = false;
  LineCounts counts;
};

/// How a recording is to be read.
struct RecordingOptions {
  std::string zone;  ///< this zone alone, with the frames that others may own; all if empty
  std::optional<Release> gfp_of;  ///< the kernel's release, for gfp flags that are numbers
};

/// What a recording may ask for before it is refused.
struct RecordingLimits {
  uint64_t zone_pages_max = uint64_t{1} << 28;  ///< 1 TiB of pages of 4 KiB
  uint64_t entries_max = uint64_t{1} << 27;
};

/// The files of a recording as text in memory. An empty `free_after` or `pagetypeinfo` is a missing
/// file.
struct RecordingTexts {
  std::string_view trace;
  std::string_view free_before;
  std::string_view free_after;
  std::string_view zoneinfo;
  std::string_view pagetypeinfo;
};

/// The files of a recording in one text: a line `=== trace.txt` begins that file, and so on. Throws
/// InputError for a line before the first, and for a name that is none of the five.
RecordingTexts split_recording(std::string_view text);

/// Both throw InputError for anything that cannot be understood; memory is bounded by the limits.
Recording load_recording(const std::filesystem::path& folder, const RecordingOptions& options = {},
                         const RecordingLimits& limits = {});
Recording read_recording(const RecordingTexts& texts, const RecordingOptions& options = {},
                         const RecordingLimits& limits = {});

}  // namespace spb::trace
