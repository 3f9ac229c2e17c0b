// SPDX-License-Identifier: GPL-2.0-only
#include "trace/recording.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "model/words/gfp.h"
#include "trace/snapshot.h"

namespace spb::trace {

namespace {

constexpr uint32_t cpus_max = 8192;
constexpr uint32_t free_order_max = 20;  // gigantic pages come back whole

/// The bits of the names that the model knows; other names are of no concern to a free list. Each
/// zone is replayed as if it were Normal, so the modifiers that chose a lower one are left out.
uint32_t gfp_bits(std::string_view text) {
  uint32_t bits = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find('|'));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    for (const FlagName& flag : gfp_names()) {
      if (flag.name == word) bits |= flag.bits;
    }
  }
  return bits & known_gfp_bits();
}

/// Turns events into entries of their zones.
class TraceReader {
 public:
  TraceReader(LineReader& reader, Recording& recording, const RecordingLimits& limits)
      : reader_(reader), recording_(recording), limits_(limits), finder_(recording.zones) {}

  void read_all() {
    std::string_view line;
    while (reader_.next(line))
      read_line(line);
  }

 private:
  /// Departures that follow each other on one CPU: one refill of a per-CPU list, or one page past
  /// it.
  struct Refill {
    RecordedZone* zone = nullptr;  ///< null: none
    std::size_t first = 0;         ///< index of its first entry; others may lie in between
    std::size_t last = 0;
    const Entry& first_entry() const { return zone->entries[first]; }
    Entry& last_entry() const { return zone->entries[last]; }
  };

  /// The refill under way, and those whose caller's mm_page_alloc has not come yet: one, and one
  /// more for each interrupt that came in between.
  struct Cpu {
    Refill current;
    std::array<Refill, 4> waiting;
    std::size_t next_waiting = 0;
  };

  void read_line(std::string_view line) {
    ++recording_.counts.lines;
    Complaint complaint;
    switch (parse_line(line, event_, complaint)) {
      case LineKind::event:
        return read_event();
      case LineKind::comment:
        ++recording_.counts.comments;
        return;
      case LineKind::lost_events:
        ++recording_.counts.lost_reports;
        return;
      case LineKind::malformed:
        reader_.refuse(complaint);
    }
  }

  void read_event() {
    if (event_.kind == EventKind::other) {
      ++recording_.counts.other_events;
      return;
    }
    if (event_.cpu >= cpus_max) {
      reader_.refuse({"CPU " + std::to_string(event_.cpu), "a CPU below 8192"});
    }
    if (event_.cpu >= cpus_.size()) cpus_.resize(event_.cpu + 1);
    if (event_.kind == EventKind::mm_page_free_batched) {
      ++recording_.counts.batched;
    } else if (event_.pfn == 0) {
      ++recording_.counts.failed_allocations;
    } else {
      add_entries();
    }
    if (!is_departure()) end_refill();
  }

  bool is_departure() const {
    return event_.kind == EventKind::mm_page_alloc_zone_locked ||
           event_.kind == EventKind::mm_page_alloc_extfrag;
  }

  void add_entries() {
    switch (event_.kind) {
      case EventKind::mm_page_alloc:
        add(EntryKind::allocated, event_.order, optional_type());
        return find_refill();
      case EventKind::mm_page_free:
        return add_free();
      case EventKind::mm_page_pcpu_drain:
        add(EntryKind::returns, event_.order, optional_type());
        return;
      case EventKind::mm_page_alloc_zone_locked:
        if (Entry* entry = add_departure(event_.order, type(event_.migratetype))) {
          entry->zone_locked = true;
        }
        return;
      case EventKind::mm_page_alloc_extfrag:
        return add_fallback();
      default:
        return;
    }
  }

  void add_free() {
    add(EntryKind::freed, event_.order, unknown_type);
    if (!recording_.kernel.held_by_pcp(event_.order)) {
      add(EntryKind::returns, event_.order, unknown_type);
    }
  }

  /// The entry of the departure; null for a frame of no zone.
  Entry* add_departure(uint32_t order, uint8_t migratetype) {
    RecordedZone* zone = add(EntryKind::leaves, order, migratetype);
    if (!zone) return nullptr;
    Refill& refill = cpus_[event_.cpu].current;
    const std::size_t index = zone->entries.size() - 1;
    const bool goes_on = refill.zone == zone && refill.first_entry().order == order &&
                         refill.first_entry().migratetype == migratetype;
    if (!goes_on) {
      end_refill();
      refill = {zone, index, index};
    }
    refill.last = index;
    return &zone->entries.back();
  }

  void add_fallback() {
    check_pageblock_order();
    const Refill& refill = cpus_[event_.cpu].current;
    const bool repeated = refill.zone && refill.last_entry().pfn == event_.pfn &&
                          refill.last_entry().fallback == Fallback::none;
    if (repeated) ++recording_.counts.repeated;
    Entry* entry = repeated ? &refill.last_entry()
                            : add_departure(event_.alloc_order, type(event_.alloc_migratetype));
    if (!entry) return;
    entry->fallback = event_.change_ownership ? Fallback::claim : Fallback::steal;
    entry->found_migratetype = type(event_.fallback_migratetype);
    entry->found_order = checked_order(event_.fallback_order, recording_.kernel.max_page_order);
    check_found_chunk(*entry);
  }

  void check_found_chunk(const Entry& entry) {
    const uint32_t head = entry.pfn & ~((1U << entry.found_order) - 1);
    const RecordedZone* zone = finder_.find(reader_, entry.pfn, 0);
    if (finder_.find(reader_, head, entry.found_order) == zone) return;
    reader_.refuse({"a chunk of order " + std::to_string(entry.found_order) + " around pfn " +
                        hex_text(entry.pfn) + ", which leaves zone " + zone->name,
                    "pages from " + hex_text(zone->start_pfn)});
  }

  void end_refill() {
    Cpu& cpu = cpus_[event_.cpu];
    if (!cpu.current.zone) return;
    cpu.waiting[cpu.next_waiting] = std::exchange(cpu.current, {});
    cpu.next_waiting = (cpu.next_waiting + 1) % cpu.waiting.size();
  }

  /// This mm_page_alloc may tell who caused a refill.
  void find_refill() {
    end_refill();
    const uint32_t gfp = gfp_bits(event_.gfp_flags);
    if (gfp == 0) return;
    for (Refill& refill : cpus_[event_.cpu].waiting) {
      if (!refill.zone || refill.first_entry().pfn != event_.pfn) continue;
      name_caller(refill, gfp);
      refill = {};
    }
  }

  void name_caller(const Refill& refill, uint32_t gfp) {
    for (std::size_t i = refill.first; i <= refill.last; ++i) {
      Entry& entry = refill.zone->entries[i];
      if (entry.kind != EntryKind::leaves || entry.cpu != event_.cpu) continue;
      if (gfp_migratetype(gfp) != entry.migratetype) continue;
      entry.gfp = gfp;
      ++recording_.counts.callers_known;
    }
  }

  void check_pageblock_order() const {
    const uint32_t known = recording_.kernel.pageblock_order;
    if (!event_.has(FIELD_PAGEBLOCK_ORDER) || event_.pageblock_order == known) return;
    reader_.refuse({"pageblock_order=" + std::to_string(event_.pageblock_order),
                    std::to_string(known) + ", as pagetypeinfo says (9 where that is missing)"});
  }

  /// The zone of the new entry; null for a frame of no zone.
  RecordedZone* add(EntryKind kind, uint32_t order, uint8_t migratetype) {
    const bool is_free = kind == EntryKind::freed || kind == EntryKind::returns;
    const uint32_t order_max = is_free ? free_order_max : recording_.kernel.max_page_order;
    const uint8_t small_order = checked_order(order, order_max);
    RecordedZone* zone = finder_.find(reader_, event_.pfn, order);
    if (!zone) {
      ++recording_.counts.outside_zones;
      return nullptr;
    }
    if (++entries_ > limits_.entries_max) {
      reader_.refuse(
          {"more than " + std::to_string(limits_.entries_max) + " events", "a shorter recording"});
    }
    zone->entries.push_back({.pfn = static_cast<uint32_t>(event_.pfn),
                             .line = static_cast<uint32_t>(reader_.line_number()),
                             .kind = kind,
                             .order = small_order,
                             .migratetype = migratetype,
                             .cpu = static_cast<uint16_t>(event_.cpu)});
    return zone;
  }

  uint8_t checked_order(uint32_t order, uint32_t max) const {
    if (order <= max) return static_cast<uint8_t>(order);
    reader_.refuse({"order " + std::to_string(order) + " in " + std::string(event_.name),
                    "an order from 0 to " + std::to_string(max)});
  }

  uint8_t type(uint32_t number) const {
    const Kernel& kernel = recording_.kernel;
    if (number < kernel.nr_migratetypes) return kernel.migratetypes[number];
    reader_.refuse({"migratetype " + std::to_string(number),
                    "a migratetype below " + std::to_string(kernel.nr_migratetypes)});
  }

  uint8_t optional_type() const {
    return event_.has(FIELD_MIGRATETYPE) ? type(event_.migratetype) : unknown_type;
  }

  LineReader& reader_;
  Recording& recording_;
  const RecordingLimits& limits_;
  ZoneFinder finder_;
  std::vector<Cpu> cpus_;
  Event event_;
  uint64_t entries_ = 0;
};

/// The files of a recording, each opened; null where an optional one is missing.
struct Readers {
  std::unique_ptr<LineReader> trace;
  std::unique_ptr<LineReader> free_before;
  std::unique_ptr<LineReader> free_after;
  std::unique_ptr<LineReader> zoneinfo;
  std::unique_ptr<LineReader> pagetypeinfo;
};

Recording read_all(std::string name, const Readers& files, const RecordingLimits& limits) {
  Recording recording;
  recording.name = std::move(name);
  if (files.pagetypeinfo) recording.kernel = read_kernel(*files.pagetypeinfo);
  recording.zones = read_zones(*files.zoneinfo, limits);
  read_snapshot(*files.free_before, recording.kernel, recording.zones, &RecordedZone::free_before);
  recording.has_after = files.free_after != nullptr;
  if (recording.has_after) {
    read_snapshot(*files.free_after, recording.kernel, recording.zones, &RecordedZone::free_after);
  }
  TraceReader(*files.trace, recording, limits).read_all();
  return recording;
}

std::unique_ptr<LineReader> open_optional(const std::filesystem::path& folder,
                                          std::string_view name) {
  const std::filesystem::path file = plain_or_xz(folder, name);
  return file.empty() ? nullptr : std::make_unique<LineReader>(file);
}

std::unique_ptr<LineReader> open_needed(const std::filesystem::path& folder,
                                        std::string_view name) {
  const std::filesystem::path file = plain_or_xz(folder, name);
  const bool plain = std::filesystem::is_regular_file(file) && file.extension() != ".xz";
  if (plain && std::filesystem::is_empty(file)) {
    throw InputError(file.string(), 0, {"an empty file", "a part of a recording"});
  }
  if (auto reader = open_optional(folder, name)) return reader;
  throw InputError(folder.string(), 0,
                   {"neither " + std::string(name) + " nor " + std::string(name) + ".xz",
                    "the folder of a recording: trace.txt, freeblocks.before and zoneinfo.before"});
}

std::string_view& text_named(std::string_view name, RecordingTexts& texts,
                             const LineReader& reader) {
  const std::array<std::pair<std::string_view, std::string_view*>, 5> files = {{
      {"trace.txt", &texts.trace},
      {"freeblocks.before", &texts.free_before},
      {"freeblocks.after", &texts.free_after},
      {"zoneinfo.before", &texts.zoneinfo},
      {"pagetypeinfo.before", &texts.pagetypeinfo},
  }};
  for (const auto& [file_name, file] : files) {
    if (file_name == name && file->data() == nullptr) return *file;
  }
  reader.refuse({quoted(name), "the name of a file of a recording, each once"});
}

std::unique_ptr<LineReader> over_text(std::string_view text, std::string name, bool optional) {
  if (optional && text.empty()) return nullptr;
  return std::make_unique<LineReader>(text, std::move(name));
}

}  // namespace

RecordingTexts split_recording(std::string_view text) {
  constexpr std::string_view heading = "=== ";
  RecordingTexts texts;
  std::string_view* file = nullptr;
  LineReader reader(text, "recording");
  std::string_view line;
  while (reader.next(line)) {
    if (line.starts_with(heading)) {
      file = &text_named(line.substr(heading.size()), texts, reader);
    } else if (file == nullptr) {
      reader.refuse({quoted(line), "`=== trace.txt` or another file"});
    } else {
      const char* const begin = file->data() != nullptr ? file->data() : line.data();
      *file = {begin, static_cast<std::size_t>(line.data() + line.size() - begin)};
    }
  }
  return texts;
}

Recording load_recording(const std::filesystem::path& folder, const RecordingLimits& limits) {
  Readers files;
  files.trace = open_needed(folder, "trace.txt");
  files.free_before = open_needed(folder, "freeblocks.before");
  files.free_after = open_optional(folder, "freeblocks.after");
  files.zoneinfo = open_needed(folder, "zoneinfo.before");
  files.pagetypeinfo = open_optional(folder, "pagetypeinfo.before");
  return read_all(folder.string(), files, limits);
}

Recording read_recording(const RecordingTexts& texts, const RecordingLimits& limits) {
  Readers files;
  files.trace = over_text(texts.trace, "trace.txt", false);
  files.free_before = over_text(texts.free_before, "freeblocks.before", false);
  files.free_after = over_text(texts.free_after, "freeblocks.after", true);
  files.zoneinfo = over_text(texts.zoneinfo, "zoneinfo.before", false);
  files.pagetypeinfo = over_text(texts.pagetypeinfo, "pagetypeinfo.before", true);
  return read_all("recording", files, limits);
}

}  // namespace spb::trace
