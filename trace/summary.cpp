// SPDX-License-Identifier: GPL-2.0-only
#include "trace/summary.h"

#include <fmt/format.h>

namespace spb::trace {

namespace {

std::string_view frames_text(FrameForm form) {
  switch (form) {
    case FrameForm::hexadecimal:
      return "hexadecimal, as from 5.14 on";
    case FrameForm::decimal:
      return "decimal, as before 5.14: per-CPU lists hold single pages";
    case FrameForm::unknown:
      break;
  }
  return "none";
}

/// `3 of unknown events (first sched_switch, line 7)`
std::string dropped_text(const Dropped& dropped, std::string_view what) {
  std::string text = fmt::format("{} {}", dropped.count, what);
  if (dropped.count == 0) return text;
  const std::string found = dropped.first.empty() ? "one without a name" : dropped.first;
  return text + fmt::format(" (first: {}, line {})", found, dropped.first_line);
}

std::string read_text(const LineCounts& counts) {
  return fmt::format("{} in {}; {}, {} of stack traces\n", counted(counts.events(), "event"),
                     counted(counts.lines, "line"), counted(counts.comments, "comment"),
                     counted(counts.stack_lines, "line"));
}

std::string followed_text(const Recording& recording) {
  const LineCounts& counts = recording.counts;
  std::string text = fmt::format(
      "{} of the free lists, {} of callers; besides, {} of a departure told already, {} of a free "
      "told already, {} of a failed allocation\n",
      counts.of_lists, counts.of_callers, counts.repeated, counts.batched,
      counts.failed_allocations);
  if (recording.by_callers) {
    text +=
        "           no event of the free lists: what callers got and gave back stands for them, as "
        "if there were no per-CPU lists\n";
  }
  return text;
}

std::string drops_text(const LineCounts& counts) {
  std::string text =
      fmt::format("{}, {}, {}, {}", dropped_text(counts.outside_zones, "outside the zones"),
                  dropped_text(counts.shared, "in several zones"),
                  dropped_text(counts.other_events, "of unknown events"),
                  dropped_text(counts.unreadable, "with a field that cannot be read"));
  if (counts.other_zones != 0) text += fmt::format(", {} of other zones", counts.other_zones);
  if (counts.shared_blocks != 0) {
    text += fmt::format("; {} free blocks in several zones (--zone NAME takes them)",
                        counts.shared_blocks);
  }
  if (counts.outside_as_decimal != 0) {
    text += fmt::format("; {} decimal frames outside would be inside as hexadecimal ones",
                        counts.outside_as_decimal);
  }
  return text + "\n";
}

std::string callers_text(const Recording& recording) {
  const CallerCounts callers = caller_counts(recording);
  std::string text = fmt::format(
      "gfp flags of {} departures known, of {} not readable, of {} of another type, of "
      "{} not seen",
      callers.known, callers.unreadable, callers.contradicting, callers.unseen);
  const Dropped& unread = recording.counts.unread_gfp;
  if (unread.count != 0) {
    text += "; " + dropped_text(unread, "mm_page_alloc with flags that cannot be read");
  }
  return text + "\n";
}

std::string types_text(const LineCounts& counts) {
  const OtherTypes& types = counts.other_types;
  std::string text = fmt::format("{} HIGHATOMIC, {} CMA, {} ISOLATE, which says nothing of a tag",
                                 types.highatomic, types.cma, types.isolate);
  if (counts.unnamed_types != 0) {
    text += fmt::format(
        "; {} migratetypes from 4 on without pagetypeinfo: CMA where pages left, else unknown",
        counts.unnamed_types);
  }
  return text + "\n";
}

std::string lost_count(const LineCounts& counts) {
  return (counts.lost_unknown ? "at least " : "") + counted(counts.lost_events, "event");
}

std::string lost_text(const LineCounts& counts) {
  std::string text = lost_count(counts);
  const uint64_t lines = counts.events() + counts.stack_lines;
  if (counts.entries_in_buffer > lines) {
    text += fmt::format("; the heading says {} entries, {} more than the file has",
                        counts.entries_in_buffer, counts.entries_in_buffer - lines);
  }
  return text + "\n";
}

}  // namespace

CallerCounts caller_counts(const Recording& recording) {
  CallerCounts counts;
  for (const RecordedZone& zone : recording.zones) {
    for (const Entry& entry : zone.entries) {
      if (entry.kind != EntryKind::leaves) continue;
      counts.known += entry.caller == Caller::known;
      counts.unreadable += entry.caller == Caller::unreadable;
      counts.contradicting += entry.caller == Caller::contradicts;
      counts.unseen += entry.caller == Caller::unseen;
    }
  }
  return counts;
}

std::string summary_text(const Recording& recording) {
  const LineCounts& counts = recording.counts;
  return "  read     " + read_text(counts) +         //
         "  followed " + followed_text(recording) +  //
         "  dropped  " + drops_text(counts) +        //
         "  frames   " + std::string(frames_text(recording.frames)) + "\n" + "  callers  " +
         callers_text(recording) +             //
         "  types    " + types_text(counts) +  //
         "  lost     " + lost_text(counts);
}

std::optional<std::string> why_not_replayed(const Recording& recording, bool lossy) {
  const LineCounts& counts = recording.counts;
  uint64_t moves = 0;
  for (const RecordedZone& zone : recording.zones) {
    for (const Entry& entry : zone.entries)
      moves += entry.kind == EntryKind::leaves || entry.kind == EntryKind::returns;
  }
  if (moves == 0) {
    return fmt::format(
        "{}: found no event that a replay can follow: {} read, {} dropped ({} outside the zones, "
        "{} in several zones, {} of other zones, {} unknown, {} not readable); expected "
        "mm_page_alloc_zone_locked, mm_page_alloc_extfrag and mm_page_pcpu_drain, or at least "
        "mm_page_alloc and mm_page_free, in the zones of zoneinfo",
        recording.name, counts.events(), counts.dropped(), counts.outside_zones.count,
        counts.shared.count, counts.other_zones, counts.other_events.count,
        counts.unreadable.count);
  }
  if (counts.lost_any() && !lossy) {
    return fmt::format(
        "{}: found {} lost, expected none: what the free lists hold is wrong from there on. "
        "--lossy goes on; larger buffers lose fewer",
        recording.name, lost_count(counts));
  }
  return {};
}

std::string none_applied_text(uint64_t events) {
  return fmt::format(
      "found {} events of which none was applied, expected one at least: each gives back pages "
      "that are free already",
      events);
}

}  // namespace spb::trace
