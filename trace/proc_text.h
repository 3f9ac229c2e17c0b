// SPDX-License-Identifier: GPL-2.0-only
// /proc/buddyinfo and /proc/pagetypeinfo, read and printed as the kernel prints them (mm/vmstat.c).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trace/input.h"

namespace spb::trace {

/// Which zone a line is about: `Node 0, zone   Normal`.
struct ZoneLabel {
  uint32_t node = 0;
  std::string name;
  bool operator==(const ZoneLabel&) const = default;
};

/// A line of buddyinfo.
struct BuddyCounts {
  ZoneLabel zone;
  std::vector<uint64_t> blocks;  ///< free blocks of each order
  uint64_t pages() const;
};

/// How many blocks of one order are free. The kernel stops counting at 100,000 and prints a `>`.
struct FreeCount {
  uint64_t blocks = 0;
  bool at_least = false;
  bool operator==(const FreeCount&) const = default;
};

/// What pagetypeinfo says of a zone; the first index is that of the type in PageTypes::types.
struct TypedCounts {
  ZoneLabel zone;
  std::vector<std::vector<FreeCount>> free;  ///< of each type and order
  std::vector<uint64_t> pageblocks;          ///< of each type
};

struct PageTypes {
  uint32_t pageblock_order = 0;
  std::vector<std::string> types;  ///< as the kernel names them, in the order of their numbers
  std::vector<TypedCounts> zones;
};

/// Both throw InputError for anything but the kernel's format.
std::vector<BuddyCounts> read_buddyinfo(LineReader& reader);
/// The section on mixed blocks (CONFIG_PAGE_OWNER) is passed over.
PageTypes read_pagetypeinfo(LineReader& reader);

std::string to_text(const std::vector<BuddyCounts>& zones);
/// One header for each node, as the kernel has it.
std::string to_text(const PageTypes& info);

}  // namespace spb::trace
