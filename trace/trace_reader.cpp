// SPDX-License-Identifier: GPL-2.0-only
#include "trace/trace_reader.h"

#include <algorithm>
#include <string>
#include <utility>

#include "model/words/gfp.h"
#include "trace/refills.h"
#include "trace/text.h"

namespace spb::trace {

namespace {

constexpr uint32_t cpus_max = 8192;
constexpr uint32_t free_order_max = 20;  // gigantic pages come back whole

/// Without pagetypeinfo numbers from here on are CMA or ISOLATE, as the kernel was configured.
constexpr uint32_t first_unnamed_type = 4;
constexpr uint32_t last_unnamed_type = 5;

constexpr std::string_view trace_cmd_magic = "\x17\x08\x44tracing";
constexpr std::string_view perf_magic = "PERFILE2";

constexpr bool is_departure(EventKind kind) {
  return kind == EventKind::mm_page_alloc_zone_locked || kind == EventKind::mm_page_alloc_extfrag;
}
constexpr bool is_of_lists(EventKind kind) {
  return is_departure(kind) || kind == EventKind::mm_page_pcpu_drain;
}

const char* name_of(FrameForm form) {
  return form == FrameForm::decimal ? "decimal" : "hexadecimal";
}

class TraceReader {
 public:
  TraceReader(LineReader& reader, Recording& recording, ZoneMap& map,
              const RecordingOptions& options, const RecordingLimits& limits)
      : reader_(reader),
        recording_(recording),
        counts_(recording.counts),
        map_(map),
        options_(options),
        limits_(limits),
        has_cma_(std::any_of(recording.zones.begin(), recording.zones.end(),
                             [](const RecordedZone& zone) { return zone.has_cma; })) {}

  void read_all() {
    std::string_view line;
    while (reader_.next(line)) {
      // A binary file may have no line end at all.
      if (++counts_.lines == 1) refuse_binary(line);
      reader_.require_whole(line);
      read_line(line);
    }
    if (!has_list_events_) stand_in_for_lists();
  }

 private:
  struct Cpu {
    Refills refills;
    uint64_t batched_pfn = 0;  ///< of an mm_pagevec_free right before
  };

  void read_line(std::string_view line) {
    Complaint complaint;
    switch (parse_line(line, event_, complaint)) {
      case LineKind::event:
        return read_event();
      case LineKind::comment:
        return read_comment(line);
      case LineKind::stack:
        ++counts_.stack_lines;
        return;
      case LineKind::lost_events:
        return read_lost_events(line);
      case LineKind::unreadable:
        has_list_events_ |= is_of_lists(event_.kind);
        counts_.unreadable.add(counts_.lines, complaint.found);
        return;
      case LineKind::malformed:
        reader_.refuse(complaint);
    }
  }

  void refuse_binary(std::string_view line) const {
    if (line.starts_with(trace_cmd_magic)) {
      reader_.refuse({"a trace.dat of trace-cmd, which is not read",
                      "text: trace-cmd report trace.dat > trace.txt"});
    }
    if (line.starts_with(perf_magic)) {
      reader_.refuse(
          {"a perf.data of perf, which is not read", "text: perf script -i perf.data > trace.txt"});
    }
  }

  void read_comment(std::string_view line) {
    ++counts_.comments;
    const auto entries = buffer_entries(line);
    if (!entries) return;
    counts_.entries_in_buffer += entries->in_buffer;
    if (entries->written > entries->in_buffer) {
      counts_.lost_events += entries->written - entries->in_buffer;
    }
  }

  void read_lost_events(std::string_view line) {
    ++counts_.lost_reports;
    const auto lost = lost_events(line);
    counts_.lost_events += lost.value_or(0);
    counts_.lost_unknown |= !lost;
  }

  void read_event() {
    if (event_.kind == EventKind::other) {
      counts_.other_events.add(counts_.lines, event_.name);
      return;
    }
    if (event_.cpu >= cpus_max) {
      reader_.refuse({"CPU " + std::to_string(event_.cpu), "a CPU below 8192"});
    }
    if (event_.cpu >= cpus_.size()) cpus_.resize(event_.cpu + 1);
    has_list_events_ |= is_of_lists(event_.kind);
    check_frame_form();
    if (event_.kind == EventKind::mm_page_free_batched || is_second_note()) {
      ++counts_.batched;
    } else if (event_.pfn == 0) {
      ++counts_.failed_allocations;
    } else {
      add_entries();
    }
    if (!is_departure(event_.kind)) refills().end();
  }

  Refills& refills() { return cpus_[event_.cpu].refills; }

  /// One kernel prints one form. What is on the per-CPU lists changed in the same release.
  void check_frame_form() {
    if (event_.pfn_form == FrameForm::unknown) return;
    FrameForm& form = recording_.frames;
    if (form == FrameForm::unknown) {
      form = event_.pfn_form;
      recording_.kernel.pcp_of_single_pages = form == FrameForm::decimal;
    }
    if (form == event_.pfn_form) return;
    reader_.refuse(
        {std::string("a ") + name_of(event_.pfn_form) + " frame behind " + name_of(form) + " ones",
         "the frames of one kernel: pfn=0x... from 5.14 on, decimal before"});
  }

  /// From 2.6.36 to 3.2 the page of an mm_pagevec_free has an mm_page_free_direct behind it.
  bool is_second_note() {
    uint64_t& batched = cpus_[event_.cpu].batched_pfn;
    if (event_.name == "mm_pagevec_free") {
      batched = event_.pfn;
      return false;
    }
    const bool second = event_.name == "mm_page_free_direct" && event_.pfn == batched;
    batched = 0;
    return second;
  }

  void add_entries() {
    switch (event_.kind) {
      case EventKind::mm_page_alloc:
        return add_allocation();
      case EventKind::mm_page_free:
        return add_free();
      case EventKind::mm_page_pcpu_drain:
        add(EntryKind::returns, event_.order, type_or_unknown());
        return;
      case EventKind::mm_page_alloc_zone_locked:
        return add_zone_locked();
      case EventKind::mm_page_alloc_extfrag:
        return add_fallback();
      default:
        return;
    }
  }

  void add_allocation() {
    const GfpReading gfp = read_gfp(event_.gfp_flags, options_.gfp_of);
    const bool has_gfp = event_.has(FIELD_GFP_FLAGS);
    if (has_gfp && !gfp.known) counts_.unread_gfp.add(counts_.lines, gfp.not_read);
    if (has_gfp && gfp.known) check_type_of_caller(gfp.bits);
    RecordedZone* zone = add(EntryKind::allocated, event_.order, type_or_unknown());
    if (!zone || !has_gfp) return;
    Entry& entry = zone->entries.back();
    entry.caller = gfp.known ? Caller::known : Caller::unreadable;
    entry.gfp = gfp.bits;
    refills().allocated(event_.pfn, gfp);
  }

  /// Without pagetypeinfo the numbers are those from 4.4 on, which flags may contradict.
  void check_type_of_caller(uint32_t gfp) const {
    if (recording_.kernel.types_known || !event_.has(FIELD_MIGRATETYPE)) return;
    if ((gfp & __GFP_MOVABLE) && (gfp & __GFP_RECLAIMABLE)) return;
    const auto wanted = gfp_migratetype(gfp);
    if (event_.migratetype == wanted) return;
    reader_.refuse({"migratetype=" + std::to_string(event_.migratetype) + " of a caller whose " +
                        "gfp_flags=" + quoted(event_.gfp_flags) + " ask for " +
                        std::string(migratetype_names()[wanted]) + ", which is " +
                        std::to_string(wanted) + " from 4.4 on",
                    "pagetypeinfo.before, which says what the numbers are"});
  }

  void add_free() {
    RecordedZone* zone = add(EntryKind::freed, event_.order, unknown_type);
    if (!zone || recording_.kernel.held_by_pcp(event_.order)) return;
    Entry entry = zone->entries.back();
    entry.kind = EntryKind::returns;
    append(*zone, entry);
  }

  /// Kernels that search again behind a fallback print its extfrag before the zone_locked.
  void add_zone_locked() {
    Entry* before = refills().under_way(event_.pfn);
    if (before && before->fallback != Fallback::none && !before->zone_locked) {
      before->zone_locked = true;
      ++counts_.repeated;
      return;
    }
    if (Entry* entry = add_departure(event_.order, type_of_departure(event_.migratetype))) {
      entry->zone_locked = true;
    }
  }

  /// The entry of the departure; null where it was dropped.
  Entry* add_departure(uint32_t order, uint8_t migratetype) {
    RecordedZone* zone = add(EntryKind::leaves, order, migratetype);
    if (!zone) return nullptr;
    refills().departs(*zone);
    return &zone->entries.back();
  }

  void add_fallback() {
    check_pageblock_order();
    Entry* entry = refills().under_way(event_.pfn);
    if (entry && entry->fallback == Fallback::none) {
      ++counts_.repeated;
    } else {
      entry = add_departure(event_.alloc_order, type_of_departure(event_.alloc_migratetype));
    }
    if (!entry) return;
    entry->fallback = event_.change_ownership ? Fallback::claim : Fallback::steal;
    entry->found_migratetype = type_of_departure(event_.fallback_migratetype);
    counts_.other_types.count(entry->found_migratetype);
    entry->found_order = checked_order(event_.fallback_order, recording_.kernel.max_page_order);
    check_found_chunk(*entry);
  }

  void check_found_chunk(const Entry& entry) {
    const uint32_t head = entry.pfn & ~((1U << entry.found_order) - 1);
    const RecordedZone* zone = map_.find(reader_, entry.pfn, 0).zone;
    const ZoneMap::Owner owner = map_.find(reader_, head, entry.found_order);
    if (owner.shared || owner.zone == zone) return;
    reader_.refuse({"a chunk of order " + std::to_string(entry.found_order) + " around pfn " +
                        hex_text(entry.pfn) + ", which leaves zone " + zone->name,
                    "pages from " + hex_text(zone->start_pfn)});
  }

  void check_pageblock_order() const {
    const uint32_t known = recording_.kernel.pageblock_order;
    if (!event_.has(FIELD_PAGEBLOCK_ORDER) || event_.pageblock_order == known) return;
    reader_.refuse({"pageblock_order=" + std::to_string(event_.pageblock_order),
                    std::to_string(known) + ", as pagetypeinfo says (9 where that is missing)"});
  }

  /// The zone of the new entry; null where it was dropped.
  RecordedZone* add(EntryKind kind, uint32_t order, uint8_t migratetype) {
    const bool is_free = kind == EntryKind::freed || kind == EntryKind::returns;
    const uint32_t order_max = is_free ? free_order_max : recording_.kernel.max_page_order;
    const uint8_t small_order = checked_order(order, order_max);
    const ZoneMap::Owner owner = map_.find(reader_, event_.pfn, order);
    if (!owner.zone) {
      drop(owner);
      return nullptr;
    }
    ++(is_of_lists(event_.kind) ? counts_.of_lists : counts_.of_callers);
    if (is_of_lists(event_.kind)) counts_.other_types.count(migratetype);
    append(*owner.zone, {.pfn = static_cast<uint32_t>(event_.pfn),
                         .line = static_cast<uint32_t>(reader_.line_number()),
                         .kind = kind,
                         .order = small_order,
                         .migratetype = migratetype,
                         .cpu = static_cast<uint16_t>(event_.cpu)});
    return owner.zone;
  }

  void drop(const ZoneMap::Owner& owner) {
    (owner.shared ? counts_.shared : counts_.outside_zones)
        .add(counts_.lines, "pfn " + hex_text(event_.pfn));
    if (owner.shared || event_.pfn_form != FrameForm::decimal) return;
    uint64_t as_hex = 0;
    const bool inside = parse_hex(std::to_string(event_.pfn), as_hex) &&
                        map_.find(reader_, as_hex, 0).zone != nullptr;
    counts_.outside_as_decimal += inside;
  }

  void append(RecordedZone& zone, const Entry& entry) {
    if (++entries_ > limits_.entries_max) {
      reader_.refuse(
          {"more than " + std::to_string(limits_.entries_max) + " events", "a shorter recording"});
    }
    zone.entries.push_back(entry);
  }

  uint8_t checked_order(uint32_t order, uint32_t max) const {
    if (order <= max) return static_cast<uint8_t>(order);
    reader_.refuse({"order " + std::to_string(order) + " in " + std::string(event_.name),
                    "an order from 0 to " + std::to_string(max)});
  }

  /// Whether only pagetypeinfo could say what this number is; where zoneinfo shows that the usual
  /// numbering is not this kernel's, it has to.
  bool is_unnamed(uint32_t number) {
    if (recording_.kernel.types_known || number < first_unnamed_type ||
        number > last_unnamed_type) {
      return false;
    }
    ++counts_.unnamed_types;
    if (!has_cma_) return true;
    reader_.refuse({"migratetype " + std::to_string(number) +
                        " of a kernel with CMA, as zoneinfo " +
                        "says, where it may be CMA or ISOLATE",
                    "pagetypeinfo.before, which says what the numbers are (since 5.4 root alone "
                    "may read it)"});
  }

  /// Nobody allocates from isolated pageblocks, so what pages are allocated from is CMA.
  uint8_t type_of_departure(uint32_t number) {
    return is_unnamed(number) ? uint8_t{MIGRATE_CMA} : type(number);
  }

  uint8_t type_or_unknown() {
    if (!event_.has(FIELD_MIGRATETYPE)) return unknown_type;
    return is_unnamed(event_.migratetype) ? unknown_type : type(event_.migratetype);
  }

  uint8_t type(uint32_t number) const {
    const Kernel& kernel = recording_.kernel;
    if (number < kernel.nr_migratetypes) return kernel.migratetypes[number];
    reader_.refuse({"migratetype " + std::to_string(number),
                    "a migratetype below " + std::to_string(kernel.nr_migratetypes)});
  }

  /// Without an event of the lists, what callers get leaves them and what they give returns.
  void stand_in_for_lists() {
    for (RecordedZone& zone : recording_.zones) {
      std::vector<Entry> entries = std::exchange(zone.entries, {});
      for (const Entry& entry : entries) {
        if (entry.kind == EntryKind::returns) continue;
        Entry of_list = entry;
        of_list.by_caller = recording_.by_callers = true;
        if (of_list.caller == Caller::known &&
            !may_serve(of_list.migratetype, gfp_migratetype(of_list.gfp))) {
          of_list.caller = Caller::contradicts;
          of_list.gfp = 0;
        }
        const bool leaves = entry.kind == EntryKind::allocated;
        of_list.kind = leaves ? EntryKind::leaves : EntryKind::returns;
        if (leaves) append(zone, of_list);
        append(zone, entry);
        if (!leaves) append(zone, of_list);
      }
    }
  }

  LineReader& reader_;
  Recording& recording_;
  LineCounts& counts_;
  ZoneMap& map_;
  const RecordingOptions& options_;
  const RecordingLimits& limits_;
  bool has_cma_;
  bool has_list_events_ = false;
  std::vector<Cpu> cpus_;
  Event event_;
  uint64_t entries_ = 0;
};

}  // namespace

void read_trace(LineReader& reader, Recording& recording, ZoneMap& map,
                const RecordingOptions& options, const RecordingLimits& limits) {
  TraceReader(reader, recording, map, options, limits).read_all();
}

}  // namespace spb::trace
