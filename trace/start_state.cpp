// SPDX-License-Identifier: GPL-2.0-only
#include "trace/start_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "program/words.h"
#include "trace/import.h"
#include "trace/tags.h"

namespace spb::trace {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, MIGRATE_TYPES> kernel_names = {
    "Unmovable", "Movable", "Reclaimable", "HighAtomic", "CMA", "Isolate"};

/// `1/Normal` where there are several nodes.
ZoneLabel label_of(const std::string& name) {
  const std::size_t slash = name.find('/');
  ZoneLabel label{0, name};
  if (slash == std::string::npos) return label;
  std::from_chars(name.data(), name.data() + slash, label.node);
  label.name = name.substr(slash + 1);
  return label;
}

uint8_t index_of_type(const Kernel& kernel, Migratetype type) {
  const auto* const end = kernel.migratetypes.begin() + kernel.nr_migratetypes;
  const auto* const found = std::find(kernel.migratetypes.begin(), end, type);
  return static_cast<uint8_t>(found - kernel.migratetypes.begin());
}

/// Types by events; the frames that the recording does not mention lie outside their span.
StartZone start_of_zone(const Recording& recording, const RecordedZone& zone, uint64_t& known) {
  const uint32_t order = recording.kernel.pageblock_order;
  StartZone start{label_of(zone.name),
                  zone.start_pfn,
                  uint64_t{zone.start_pfn} >> order << order,
                  {},
                  zone.free_before};
  const uint64_t blocks = ((zone.end_pfn() - 1) >> order) - (start.first_block_pfn >> order) + 1;
  start.types.assign(blocks, index_of_type(recording.kernel, MIGRATE_MOVABLE));
  const ImportSource source(recording, zone, {});
  const Geometry& geometry = source.geometry();
  const TagEvidence evidence = tag_evidence(recording.kernel, zone, geometry);
  for (uint64_t b = 0; b < evidence.first.size(); ++b) {
    const uint64_t pfn = geometry.base_pfn + (b << order);
    if (evidence.first[b] == unknown_type || pfn < start.first_block_pfn) continue;
    const uint64_t place = (pfn - start.first_block_pfn) >> order;
    if (place >= blocks) break;
    start.types[place] =
        index_of_type(recording.kernel, static_cast<Migratetype>(evidence.first[b]));
    ++known;
  }
  return start;
}

/// `pagetypeinfo.before`, or as a bug report names it.
fs::path either(const fs::path& folder, const std::string& name) {
  const fs::path before = plain_or_xz(folder, name + ".before");
  return before.empty() ? plain_or_xz(folder, name) : before;
}

/// As the kernel does, which holds the zone's lock meanwhile.
void stop_counting(FreeCount& count) {
  constexpr uint64_t blocks_max = 100'000;
  if (count.blocks >= blocks_max) count = {blocks_max, true};
}

StartState read_made_up(const fs::path& folder) {
  const fs::path types = either(folder, "pagetypeinfo");
  if (types.empty()) {
    throw InputError(folder.string(), 0,
                     {"neither freeblocks.before nor pagetypeinfo.before",
                      "a recording, or a folder with pagetypeinfo and buddyinfo"});
  }
  LineReader type_reader(types);
  const PageTypes info = read_pagetypeinfo(type_reader);
  std::vector<BuddyCounts> buddies;
  if (const fs::path file = either(folder, "buddyinfo"); !file.empty()) {
    LineReader reader(file);
    buddies = read_buddyinfo(reader);
  }
  return made_up(info, buddies, types.string());
}

}  // namespace

StartState start_of(const Recording& recording) {
  const Kernel& kernel = recording.kernel;
  StartState state{kernel.pageblock_order, kernel.max_page_order, {}, {}, {}};
  for (uint32_t i = 0; i < kernel.nr_migratetypes; ++i)
    state.types.emplace_back(kernel_names[kernel.migratetypes[i]]);
  uint64_t known = 0;
  uint64_t blocks = 0;
  for (const RecordedZone& zone : recording.zones) {
    state.zones.push_back(start_of_zone(recording, zone, known));
    blocks += state.zones.back().types.size();
  }
  state.remarks.push_back(
      fmt::format("free blocks as in freeblocks.before; the types of {} of {} pageblocks are told "
                  "by events, the others are taken for Movable",
                  known, blocks));
  return state;
}

StartState read_start_state(const fs::path& folder) {
  if (!plain_or_xz(folder, "freeblocks.before").empty()) return start_of(load_recording(folder));
  return read_made_up(folder);
}

std::vector<BuddyCounts> buddyinfo_of(const StartState& state) {
  std::vector<BuddyCounts> zones;
  for (const StartZone& zone : state.zones) {
    BuddyCounts counts{zone.label, std::vector<uint64_t>(state.max_page_order + 1)};
    for (const FreeBlock& block : zone.free)
      ++counts.blocks[block.order];
    zones.push_back(std::move(counts));
  }
  return zones;
}

PageTypes pagetypeinfo_of(const StartState& state) {
  PageTypes info{state.pageblock_order, state.types, {}};
  const std::vector<FreeCount> none(state.max_page_order + 1);
  for (const StartZone& zone : state.zones) {
    TypedCounts counts{zone.label, {}, std::vector<uint64_t>(state.types.size())};
    counts.free.assign(state.types.size(), none);
    for (const FreeBlock& block : zone.free) {
      const uint64_t place = (block.pfn - zone.first_block_pfn) >> state.pageblock_order;
      ++counts.free[zone.types[place]][block.order].blocks;
    }
    for (std::vector<FreeCount>& type : counts.free)
      std::for_each(type.begin(), type.end(), stop_counting);
    for (const uint8_t type : zone.types)
      ++counts.pageblocks[type];
    info.zones.push_back(std::move(counts));
  }
  return info;
}

}  // namespace spb::trace
