// SPDX-License-Identifier: GPL-2.0-only
#include "trace/proc_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "trace/text.h"

namespace spb::trace {

namespace {

/// Fewer than any kernel has, more than a line needs: what bounds the memory of a damaged file.
constexpr std::size_t columns_max = 64;
constexpr std::size_t zones_max = 4096;

constexpr std::string_view block_order_heading = "Page block order:";
constexpr std::string_view block_size_heading = "Pages per block:";
constexpr std::string_view free_heading = "Free pages count per migrate type at order";
constexpr std::string_view pageblocks_heading = "Number of blocks type";
constexpr std::string_view mixed_heading = "Number of mixed blocks";

uint64_t number_or_refuse(const LineReader& reader, std::string_view word) {
  uint64_t number = 0;
  if (!parse_number(word, 10, number) || number >> 40 != 0)
    reader.refuse({quoted(word), "a count in decimal"});
  return number;
}

/// `Node    0, zone   Normal`, cut off the line. A zone's name ends with the comma before `type`.
ZoneLabel zone_label(const LineReader& reader, std::string_view& line) {
  const std::string_view whole = line;
  ZoneLabel zone;
  const bool is_node = next_word(line) == "Node";
  std::string_view node = next_word(line);
  if (!is_node || !node.ends_with(',') || next_word(line) != "zone")
    reader.refuse({quoted(whole), "`Node N, zone NAME`"});
  node.remove_suffix(1);
  if (!parse_number(node, 10, zone.node)) reader.refuse({quoted(node), "the number of a node"});
  std::string_view name = next_word(line);
  if (name.ends_with(',')) name.remove_suffix(1);
  if (!is_plain_name(name)) reader.refuse({quoted(whole), "the name of a zone"});
  zone.name = name;
  return zone;
}

std::vector<std::string_view> words(const LineReader& reader, std::string_view line) {
  std::vector<std::string_view> result;
  for (auto word = next_word(line); !word.empty(); word = next_word(line)) {
    result.push_back(word);
    if (result.size() > columns_max)
      reader.refuse({"more than " + std::to_string(columns_max) + " columns", "fewer"});
  }
  return result;
}

std::vector<uint64_t> counts(const LineReader& reader, std::string_view line) {
  std::vector<uint64_t> result;
  for (const std::string_view word : words(reader, line))
    result.push_back(number_or_refuse(reader, word));
  return result;
}

std::vector<FreeCount> free_counts(const LineReader& reader, std::string_view line) {
  std::vector<FreeCount> result;
  for (std::string_view word : words(reader, line)) {
    const bool at_least = word.starts_with('>');
    if (at_least) word.remove_prefix(1);
    result.push_back({number_or_refuse(reader, word), at_least});
  }
  return result;
}

/// Reads one line of pagetypeinfo after the other.
class PageTypesReader {
 public:
  explicit PageTypesReader(LineReader& reader) : reader_(reader) {}

  PageTypes read() {
    std::string_view line;
    while (reader_.next(line))
      take(line);
    check_whole();
    return std::move(info_);
  }

 private:
  enum class Section : uint8_t { none, free, pageblocks, mixed };

  void take(std::string_view line) {
    std::string_view rest = line;
    if (next_word(rest).empty() || line.starts_with('#')) return;
    if (line.starts_with(block_order_heading)) return take_block_order(line);
    if (line.starts_with(block_size_heading)) return;
    if (line.starts_with(free_heading)) return take_orders(line);
    if (line.starts_with(pageblocks_heading)) return take_types(line);
    if (line.starts_with(mixed_heading)) {
      section_ = Section::mixed;
    } else if (section_ == Section::free) {
      take_free(line);
    } else if (section_ == Section::pageblocks) {
      take_pageblocks(line);
    } else if (section_ == Section::none) {
      reader_.refuse({quoted(line), "`Page block order: N`, as /proc/pagetypeinfo begins"});
    }
  }

  void take_block_order(std::string_view line) {
    const uint64_t order = number_or_refuse(reader_, last_word(line));
    if (order >= 32) reader_.refuse({"pageblocks of order " + std::to_string(order), "below 32"});
    info_.pageblock_order = static_cast<uint32_t>(order);
    has_block_order_ = true;
  }

  void take_orders(std::string_view line) {
    line.remove_prefix(free_heading.size());
    const std::vector<uint64_t> orders = counts(reader_, line);
    for (std::size_t i = 0; i < orders.size(); ++i) {
      if (orders[i] != i) reader_.refuse({quoted(line), "the orders 0, 1, 2 ..."});
    }
    nr_orders_ = orders.size();
    section_ = Section::free;
  }

  /// A node's types stand in each of its lines; the headings below repeat them.
  void take_types(std::string_view line) {
    line.remove_prefix(pageblocks_heading.size());
    std::vector<std::string> types;
    for (const std::string_view word : words(reader_, line))
      types.emplace_back(word);
    if (!std::equal(info_.types.begin(), info_.types.end(), types.begin(), types.end()))
      reader_.refuse({quoted(line), "the types of the lines above it, in their order"});
    section_ = Section::pageblocks;
  }

  std::size_t type_index(std::string_view name) {
    const auto known = std::find(info_.types.begin(), info_.types.end(), name);
    if (!is_plain_name(name)) reader_.refuse({quoted(name), "the name of a migratetype"});
    if (known == info_.types.end() && info_.types.size() == columns_max)
      reader_.refuse({"more than 64 types", "fewer"});
    if (known == info_.types.end()) return info_.types.emplace_back(name), info_.types.size() - 1;
    return static_cast<std::size_t>(known - info_.types.begin());
  }

  TypedCounts& zone(const ZoneLabel& label) {
    const auto known = std::find_if(info_.zones.rbegin(), info_.zones.rend(),
                                    [&](const TypedCounts& z) { return z.zone == label; });
    if (known != info_.zones.rend()) return *known;
    if (info_.zones.size() == zones_max) reader_.refuse({"more than 4096 zones", "fewer"});
    return info_.zones.emplace_back(TypedCounts{label, {}, {}});
  }

  /// `Node    0, zone   Normal, type    Unmovable      6      0 ...`
  void take_free(std::string_view line) {
    const std::string_view whole = line;
    TypedCounts& counts = zone(zone_label(reader_, line));
    const bool has_type = next_word(line) == "type";
    const std::size_t type = type_index(next_word(line));
    const std::vector<FreeCount> row = free_counts(reader_, line);
    if (!has_type || type != counts.free.size() || row.size() != nr_orders_) {
      reader_.refuse({quoted(whole), "`Node N, zone NAME, type TYPE` and a count for each of " +
                                         std::to_string(nr_orders_) + " orders, each type once"});
    }
    counts.free.push_back(row);
  }

  void take_pageblocks(std::string_view line) {
    const std::string_view whole = line;
    TypedCounts& zone_counts = zone(zone_label(reader_, line));
    zone_counts.pageblocks = counts(reader_, line);
    if (zone_counts.pageblocks.size() == info_.types.size()) return;
    reader_.refuse({quoted(whole), "`Node N, zone NAME` and a count for each type"});
  }

  void check_whole() const {
    const auto refuse = [&](std::string found, std::string expected) {
      throw InputError(reader_.name(), 0, {std::move(found), std::move(expected)});
    };
    if (!has_block_order_ || info_.zones.empty() || info_.types.empty())
      refuse("no `Page block order:` or no zone", "the text of /proc/pagetypeinfo");
    for (const TypedCounts& zone : info_.zones) {
      if (zone.free.size() == info_.types.size() && !zone.pageblocks.empty()) continue;
      refuse("zone " + zone.zone.name + " cut short",
             "a line for each type, and its number of blocks");
    }
  }

  LineReader& reader_;
  PageTypes info_;
  Section section_ = Section::none;
  std::size_t nr_orders_ = 0;
  bool has_block_order_ = false;
};

std::string capped(const FreeCount& count) {
  return fmt::format("{}{:6} ", count.at_least ? ">" : "", count.blocks);
}

/// The zones of one node, which pagetypeinfo prints under one header.
std::string node_text(const PageTypes& info, const TypedCounts* first, const TypedCounts* end) {
  std::string text = fmt::format("Page block order: {}\nPages per block:  {}\n\n{:<43} ",
                                 info.pageblock_order, 1U << info.pageblock_order, free_heading);
  for (std::size_t order = 0; order < first->free.front().size(); ++order)
    text += fmt::format("{:6} ", order);
  text += '\n';
  for (const TypedCounts* zone = first; zone != end; ++zone) {
    for (std::size_t type = 0; type < info.types.size(); ++type) {
      text += fmt::format("Node {:4}, zone {:>8}, type {:>12} ", zone->zone.node, zone->zone.name,
                          info.types[type]);
      for (const FreeCount& count : zone->free[type])
        text += capped(count);
      text += '\n';
    }
  }
  text += fmt::format("\n{:<23}", pageblocks_heading);
  for (const std::string& type : info.types)
    text += fmt::format("{:>12} ", type);
  text += '\n';
  for (const TypedCounts* zone = first; zone != end; ++zone) {
    text += fmt::format("Node {}, zone {:>8} ", zone->zone.node, zone->zone.name);
    for (const uint64_t count : zone->pageblocks)
      text += fmt::format("{:12} ", count);
    text += '\n';
  }
  return text;
}

}  // namespace

uint64_t BuddyCounts::pages() const {
  uint64_t total = 0;
  for (std::size_t order = 0; order < blocks.size(); ++order)
    total += blocks[order] << order;
  return total;
}

std::vector<BuddyCounts> read_buddyinfo(LineReader& reader) {
  std::vector<BuddyCounts> zones;
  std::string_view line;
  while (reader.next(line)) {
    std::string_view rest = line;
    if (next_word(rest).empty() || line.starts_with('#')) continue;
    if (zones.size() == zones_max) reader.refuse({"more than 4096 zones", "fewer"});
    rest = line;
    BuddyCounts zone{zone_label(reader, rest), counts(reader, rest)};
    const bool alike = zones.empty() || zones.front().blocks.size() == zone.blocks.size();
    if (zone.blocks.empty() || !alike)
      reader.refuse({quoted(line), "`Node N, zone NAME` and a count for each order"});
    zones.push_back(std::move(zone));
  }
  if (!zones.empty()) return zones;
  throw InputError(reader.name(), 0, {"no zone", "the text of /proc/buddyinfo"});
}

PageTypes read_pagetypeinfo(LineReader& reader) {
  return PageTypesReader(reader).read();
}

std::string to_text(const std::vector<BuddyCounts>& zones) {
  std::string text;
  for (const BuddyCounts& zone : zones) {
    text += fmt::format("Node {}, zone {:>8} ", zone.zone.node, zone.zone.name);
    for (const uint64_t count : zone.blocks)
      text += fmt::format("{:6} ", count);
    text += '\n';
  }
  return text;
}

std::string to_text(const PageTypes& info) {
  std::string text;
  const TypedCounts* const end = info.zones.data() + info.zones.size();
  for (const TypedCounts* first = info.zones.data(); first != end;) {
    const TypedCounts* const next = std::find_if(
        first, end, [&](const TypedCounts& z) { return z.zone.node != first->zone.node; });
    text += node_text(info, first, next);
    first = next;
  }
  return text;
}

}  // namespace spb::trace
