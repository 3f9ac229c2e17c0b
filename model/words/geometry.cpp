// SPDX-License-Identifier: GPL-2.0-only
#include "model/words/geometry.h"

#include <bit>
#include <string>

namespace spb {

std::optional<std::string> Geometry::check() const {
  const auto range = [](const char* name, uint64_t value, uint64_t low, uint64_t high) {
    return std::string(name) + " is " + std::to_string(value) + ", expected " +
           std::to_string(low) + " to " + std::to_string(high);
  };
  if (pageblock_order < 1 || pageblock_order >= max_nr_page_orders) {
    return range("pageblock_order", pageblock_order, 1, max_nr_page_orders - 1);
  }
  if (max_page_order < pageblock_order || max_page_order >= max_nr_page_orders) {
    return range("max_page_order", max_page_order, pageblock_order, max_nr_page_orders - 1);
  }
  if (!std::has_single_bit(pageblocks) || pageblocks > 32768) {
    return "pageblocks is " + std::to_string(pageblocks) +
           ", expected a power of two up to 32768: buddies must not cross a superpageblock's "
           "border";
  }
  if (superpageblock_nr_pages() < (1U << max_page_order)) {
    return "a superpageblock has " + std::to_string(superpageblock_nr_pages()) +
           " pages, expected at least one buddy of max_page_order, " +
           std::to_string(1U << max_page_order);
  }
  const uint64_t most = uint64_t{superpageblocks} + grows_by;
  const uint64_t pages = most * superpageblock_nr_pages();
  if (superpageblocks < 1 || most > 65536 || pages > (1U << 30)) {
    return range("the number of pages", pages, 1, 1U << 30);
  }
  if (absent_first >= superpageblock_nr_pages() || absent_last >= superpageblock_nr_pages() ||
      uint64_t{absent_first} + absent_last >= pages) {
    return "absent_first and absent_last are " + std::to_string(absent_first) + " and " +
           std::to_string(absent_last) +
           ", expected less than a superpageblock each and a page left between them";
  }
  if (base_pfn % superpageblock_nr_pages() != 0) {
    return "base_pfn is " + std::to_string(base_pfn) + ", expected a multiple of " +
           std::to_string(superpageblock_nr_pages()) + ", the pages of a superpageblock";
  }
  if (uint64_t{base_pfn} + pages > 0xffffffffULL) {
    return "base_pfn is " + std::to_string(base_pfn) + ", expected pfns below 2^32";
  }
  if (slots < 1 || slots > (1U << 30)) return range("slots", slots, 1, 1U << 30);
  return std::nullopt;
}

std::optional<std::string> check_behind(const FurtherZone& zone, const FurtherZone& before) {
  if (const auto wrong = zone.geometry.check()) return wrong;
  const Geometry& g = before.geometry;
  const uint64_t end = uint64_t{g.base_pfn} + g.most_end().value;
  const uint64_t start = uint64_t{zone.geometry.base_pfn} + zone.geometry.absent_first;
  if (start < end) {
    return "its first page is " + std::to_string(start) + ", expected " + std::to_string(end) +
           " or more, behind the zone before it";
  }
  if (zone.node != before.node && zone.node != before.node + 1) {
    return "node is " + std::to_string(zone.node) + ", expected " + std::to_string(before.node) +
           ", the node of the zone before it, or the next one";
  }
  return std::nullopt;
}

}  // namespace spb
