// SPDX-License-Identifier: GPL-2.0-only
#include "trace/snapshot.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "trace/text.h"

namespace spb::trace {

namespace {

struct ZoneLines {
  uint64_t node = 0;
  std::string name;
  std::optional<uint64_t> spanned;
  std::optional<uint64_t> start_pfn;
  std::optional<uint64_t> present;
  uint64_t cma = 0;
  uint64_t line = 0;
};

/// A thousand nodes of four zones each.
constexpr std::size_t zones_max = 4096;

uint64_t number_or_refuse(const LineReader& reader, std::string_view word) {
  uint64_t number = 0;
  if (!parse_number(word, 10, number)) reader.refuse({quoted(word), "a decimal number"});
  return number;
}

/// `Node 0, zone   Normal`
std::optional<ZoneLines> zone_heading(const LineReader& reader, std::string_view line) {
  if (!line.starts_with("Node ")) return {};
  line.remove_prefix(5);
  std::string_view node = next_word(line);
  if (!node.ends_with(',') || next_word(line) != "zone") return {};
  node.remove_suffix(1);
  ZoneLines zone;
  zone.node = number_or_refuse(reader, node);
  const std::string_view name = next_word(line);
  if (!is_plain_name(name)) reader.refuse({quoted(name), "the name of a zone"});
  zone.name = name;
  zone.line = reader.line_number();
  return zone;
}

/// `spanned 4095` and the like, which belong to the zone above; every other line is passed over.
void read_zone_line(const LineReader& reader, std::string_view line,
                    std::vector<ZoneLines>& zones) {
  const std::string_view word = next_word(line);
  if (word != "spanned" && word != "present" && word != "start_pfn:" && word != "cma") return;
  if (zones.empty()) reader.refuse({quoted(word), "`Node N, zone NAME` before it"});
  ZoneLines& zone = zones.back();
  const uint64_t number = number_or_refuse(reader, next_word(line));
  if (word == "spanned") zone.spanned = number;
  if (word == "present") zone.present = number;
  if (word == "start_pfn:") zone.start_pfn = number;
  if (word == "cma") zone.cma = number;
}

std::vector<ZoneLines> zone_lines(LineReader& reader) {
  std::vector<ZoneLines> zones;
  std::string_view line;
  while (reader.next_whole(line)) {
    auto heading = zone_heading(reader, line);
    if (!heading) {
      read_zone_line(reader, line, zones);
      continue;
    }
    if (zones.size() == zones_max) {
      reader.refuse({"more than " + std::to_string(zones_max) + " zones", "a /proc/zoneinfo"});
    }
    zones.push_back(std::move(*heading));
  }
  return zones;
}

RecordedZone zone_from(const LineReader& reader, const ZoneLines& lines, bool several_nodes,
                       const RecordingLimits& limits) {
  const auto refuse = [&](std::string found, std::string expected) {
    throw InputError(reader.name(), lines.line, {std::move(found), std::move(expected)});
  };
  constexpr uint64_t pfn_max = uint64_t{1} << 32;
  if (!lines.start_pfn) refuse("zone " + lines.name + " without start_pfn", "`start_pfn: N`");
  if (*lines.spanned > limits.zone_pages_max) {
    refuse("zone " + lines.name + " of " + std::to_string(*lines.spanned) + " pages",
           "at most " + std::to_string(limits.zone_pages_max));
  }
  if (*lines.start_pfn >= pfn_max || *lines.start_pfn + *lines.spanned > pfn_max) {
    refuse("zone " + lines.name + " beyond pfn 2^32", "frame numbers of 32 bits");
  }
  RecordedZone zone;
  zone.name = several_nodes ? std::to_string(lines.node) + "/" + lines.name : lines.name;
  zone.start_pfn = static_cast<uint32_t>(*lines.start_pfn);
  zone.spanned_pages = static_cast<uint32_t>(*lines.spanned);
  zone.present_pages = lines.present;
  zone.has_cma = lines.cma != 0;
  if (lines.present && *lines.present > *lines.spanned) {
    refuse("zone " + lines.name + " with " + std::to_string(*lines.present) + " pages present",
           "at most the " + std::to_string(*lines.spanned) + " that it spans");
  }
  return zone;
}

/// Up to 4.3 Reserve was what HighAtomic is since: pages kept for those who may not wait.
constexpr std::array<std::pair<std::string_view, Migratetype>, 7> type_names = {{
    {"Unmovable", MIGRATE_UNMOVABLE},
    {"Movable", MIGRATE_MOVABLE},
    {"Reclaimable", MIGRATE_RECLAIMABLE},
    {"HighAtomic", MIGRATE_HIGHATOMIC},
    {"Reserve", MIGRATE_HIGHATOMIC},
    {"CMA", MIGRATE_CMA},
    {"Isolate", MIGRATE_ISOLATE},
}};

void read_types(const LineReader& reader, std::string_view names, Kernel& kernel) {
  kernel.nr_migratetypes = 0;
  kernel.types_known = true;
  for (auto name = next_word(names); !name.empty(); name = next_word(names)) {
    const auto known = std::find_if(type_names.begin(), type_names.end(),
                                    [&](const auto& entry) { return entry.first == name; });
    const auto end = kernel.migratetypes.begin() + kernel.nr_migratetypes;
    if (known == type_names.end() ||
        std::find(kernel.migratetypes.begin(), end, known->second) != end) {
      reader.refuse({"migratetype " + quoted(name),
                     "Unmovable, Movable, Reclaimable, HighAtomic, CMA and Isolate, each once"});
    }
    kernel.migratetypes[kernel.nr_migratetypes++] = known->second;
  }
  if (kernel.nr_migratetypes == 0) reader.refuse({"no migratetype", "their names in this line"});
}

uint32_t order_or_refuse(const LineReader& reader, std::string_view word, uint32_t max) {
  uint32_t order = 0;
  if (parse_number(word, 10, order) && order <= max) return order;
  reader.refuse({"order " + quoted(word), "an order from 0 to " + std::to_string(max)});
}

constexpr std::string_view block_order_heading = "Page block order:";
constexpr std::string_view free_pages_heading = "Free pages count per migrate type at order";
constexpr std::string_view block_types_heading = "Number of blocks type";

/// Lines of the file that say nothing a replay needs.
bool is_other_line_of_pagetypeinfo(std::string_view line) {
  return trimmed(line).empty() || line.starts_with("Node ") ||
         line.starts_with("Pages per block:") || line.starts_with("Number of mixed blocks");
}

/// Headings stand once for each node, and have to say the same.
class KernelReader {
 public:
  explicit KernelReader(LineReader& reader) : reader_(reader) {}

  Kernel read() {
    std::string_view line;
    while (reader_.next_whole(line))
      take(line);
    if (block_order_ && kernel_.pageblock_order <= kernel_.max_page_order) return kernel_;
    refuse_whole();
  }

 private:
  void take(std::string_view line) {
    if (line.starts_with(block_order_heading)) {
      const std::string_view order = line.substr(block_order_heading.size());
      block_order_ = said_again(line, block_order_, order);
      kernel_.pageblock_order = order_or_refuse(reader_, trimmed(order), max_nr_page_orders - 1);
    } else if (line.starts_with(free_pages_heading)) {
      const std::string_view orders = line.substr(free_pages_heading.size());
      orders_ = said_again(line, orders_, orders);
      kernel_.max_page_order = order_or_refuse(reader_, last_word(orders), max_nr_page_orders - 1);
    } else if (line.starts_with(block_types_heading)) {
      const std::string_view types = line.substr(block_types_heading.size());
      types_ = said_again(line, types_, types);
      read_types(reader_, types, kernel_);
    } else if (!is_other_line_of_pagetypeinfo(line)) {
      reader_.refuse({quoted(line),
                      "a line of /proc/pagetypeinfo; leave the file out where it "
                      "could not be read (since 5.4 root alone may)"});
    }
  }

  std::string said_again(std::string_view line, const std::optional<std::string>& before,
                         std::string_view now) const {
    now = trimmed(now);
    if (before && *before != now) {
      const std::string_view above = *before;
      reader_.refuse({quoted(line), "what the heading of its kind above says, " + quoted(above) +
                                        ": one snapshot of one kernel"});
    }
    return std::string(now);
  }

  [[noreturn]] void refuse_whole() const {
    if (!block_order_) {
      throw InputError(reader_.name(), 0,
                       {"no line `Page block order: N`", "/proc/pagetypeinfo, or no such file"});
    }
    throw InputError(reader_.name(), 0,
                     {"pageblocks of order " + std::to_string(kernel_.pageblock_order) +
                          " above the largest buddy, " + std::to_string(kernel_.max_page_order),
                      "pageblocks no larger than the largest buddy"});
  }

  LineReader& reader_;
  Kernel kernel_;
  std::optional<std::string> block_order_;
  std::optional<std::string> orders_;
  std::optional<std::string> types_;
};

}  // namespace

std::vector<RecordedZone> read_zones(LineReader& reader, const RecordingLimits& limits) {
  const std::vector<ZoneLines> lines = zone_lines(reader);
  const bool several_nodes = std::any_of(
      lines.begin(), lines.end(), [&](const ZoneLines& z) { return z.node != lines.front().node; });
  std::vector<RecordedZone> zones;
  for (const ZoneLines& zone : lines) {
    if (zone.spanned.value_or(0) == 0 || zone.present.value_or(1) == 0) continue;
    zones.push_back(zone_from(reader, zone, several_nodes, limits));
  }
  std::sort(zones.begin(), zones.end(),
            [](const auto& a, const auto& b) { return a.start_pfn < b.start_pfn; });
  if (!zones.empty()) return zones;
  throw InputError(reader.name(), 0, {"no zone with pages", "`Node N, zone NAME` and `spanned N`"});
}

Kernel read_kernel(LineReader& reader) {
  return KernelReader(reader).read();
}

uint64_t read_snapshot(LineReader& reader, const Kernel& kernel, ZoneMap& zones, BlockList list) {
  uint64_t shared = 0;
  uint64_t next_pfn = 0;
  std::string_view line;
  while (reader.next_whole(line)) {
    std::string_view rest = line;
    uint64_t pfn = 0;
    const std::string_view pfn_word = next_word(rest);
    if (pfn_word.empty() || pfn_word.starts_with('#')) continue;
    if (!parse_hex(pfn_word, pfn)) reader.refuse({quoted(line), "`HEXPFN ORDER`"});
    const uint32_t order = order_or_refuse(reader, next_word(rest), kernel.max_page_order);
    if (pfn < next_pfn) {
      reader.refuse(
          {"block " + hex_text(pfn) + " before the end of the one above it, " + hex_text(next_pfn),
           "blocks in ascending order, without pages in common"});
    }
    next_pfn = pfn + (uint64_t{1} << order);
    const ZoneMap::Owner owner = zones.find(reader, pfn, order);
    shared += owner.shared;
    if (owner.shared) continue;
    if (!owner.zone) {
      reader.refuse({"block " + hex_text(pfn) + " in no zone of zoneinfo", "a frame of a zone"});
    }
    (owner.zone->*list).push_back({static_cast<uint32_t>(pfn), static_cast<uint8_t>(order)});
  }
  return shared;
}

}  // namespace spb::trace
