// SPDX-License-Identifier: GPL-2.0-only
#include "program/normalise.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "model/policy/variant.h"
#include "model/words/gfp.h"
#include "program/arguments.h"

namespace spb {

// ---- the zone

namespace {

constexpr uint32_t pages_max = 1U << 30;
constexpr uint32_t pageblock_order_max = max_nr_page_orders - 1;
constexpr uint32_t pageblocks_order_max = 15;

/// The order of the largest power of two that is not above this number.
uint32_t order_below(uint32_t number, uint32_t max) {
  const auto width = static_cast<uint32_t>(std::bit_width(number));
  return std::min(std::max(width, 1U) - 1, max);
}

}  // namespace

Geometry normalised(const Geometry& geometry) {
  Geometry g = geometry;
  g.pageblock_order = std::clamp(g.pageblock_order, 1U, pageblock_order_max);
  const uint32_t pageblocks_order = order_below(g.pageblocks, pageblocks_order_max);
  const uint32_t superpageblock_order = g.pageblock_order + pageblocks_order;
  g.pageblocks = 1U << pageblocks_order;
  g.max_page_order = std::clamp(g.max_page_order, g.pageblock_order,
                                std::min(superpageblock_order, max_nr_page_orders - 1));
  const uint32_t most = std::min(65536U, pages_max >> superpageblock_order);
  g.superpageblocks = std::clamp(g.superpageblocks, 1U, most);
  g.grows_by = std::min(g.grows_by, most - g.superpageblocks);
  const uint32_t inside = g.superpageblock_nr_pages() - 1;
  const uint32_t highest_base = (0xffffffffU - g.span()) & ~inside;
  g.base_pfn = std::min(g.base_pfn & ~inside, highest_base);
  g.absent_first &= inside;
  g.absent_last &= inside;
  if (g.absent_first + g.absent_last >= g.span()) g.absent_last = 0;
  g.slots = std::clamp(g.slots, 1U, 1U << 30U);
  return g;
}

uint16_t removable_passes() {
  static const uint16_t bits = [] {
    uint32_t set = 0;
    for (const Variant& variant : variants()) {
      for (const PassRow<Concrete>& row : variant.policy.passes)
        set |= uint32_t{!row.finds_claims} << static_cast<uint32_t>(row.id);
    }
    return static_cast<uint16_t>(set);
  }();
  return bits;
}

Parameters normalised(const Parameters& parameters) {
  Parameters result;
  for (std::size_t i = 0; i < nr_parameters; ++i) {
    const ParameterInfo& range = parameter_infos()[i];
    const uint16_t value = parameters.values[i];
    const bool in_range = value >= range.min && value <= range.max;
    result.values[i] = in_range ? value : Parameters::unset;
  }
  uint16_t& without = result[ParameterId::without];
  if (without != Parameters::unset) without &= removable_passes();
  uint16_t& fix = result[ParameterId::fix];
  if (fix != Parameters::unset) fix &= all_fixes;
  return result;
}

namespace {

/// Behind `before`, whose end it may share a superpageblock with; nothing where pfns end.
std::optional<FurtherZone> behind(const FurtherZone& zone, const FurtherZone& before) {
  const Geometry& last = before.geometry;
  FurtherZone result = zone;
  Geometry& g = result.geometry;
  g.pageblocks = last.pageblocks;
  g.pageblock_order = last.pageblock_order;
  g.max_page_order = last.max_page_order;
  g.slots = last.slots;
  g = normalised(g);
  result.node = std::clamp(zone.node, before.node, before.node + 1);
  if (!check_behind(result, before)) return result;
  const uint64_t base = uint64_t{last.base_pfn} + last.span();
  if (base + g.span() > no_index) return {};
  g.base_pfn = static_cast<uint32_t>(base);
  return result;
}

}  // namespace

MachineShape normalised(const MachineShape& machine, const Geometry& first) {
  MachineShape result;
  result.cpus = std::clamp(machine.cpus, 1U, cpus_max);
  FurtherZone before{first, 0};
  for (uint32_t i = 0; i < std::min(machine.nr_further, zones_max - 1); ++i) {
    const auto zone = behind(machine.further[i], before);
    if (!zone) break;
    before = result.further[result.nr_further++] = *zone;
  }
  return result;
}

ZoneSpec normalised(const ZoneSpec& zone) {
  const Geometry geometry = normalised(zone.geometry);
  return {geometry, zone.variant % static_cast<uint32_t>(variants().size()),
          normalised(zone.parameters), normalised(zone.machine, geometry)};
}

// ---- operations

namespace {

/// A caller asks for one mobility at most.
uint32_t with_one_mobility(uint32_t gfp) {
  constexpr uint32_t both = __GFP_MOVABLE | __GFP_RECLAIMABLE;
  return (gfp & both) == both ? gfp & ~uint32_t{__GFP_RECLAIMABLE} : gfp;
}

uint32_t aligned_pfn(uint32_t pfn, uint32_t order, const Geometry& g) {
  const uint32_t offset = pfn - g.base_pfn;
  const uint32_t inside = offset < g.span() ? offset : offset % g.span();
  return g.base_pfn + (inside >> order << order);
}

uint32_t wrapped(uint32_t value, uint32_t max) {
  return value <= max ? value : value % (max + 1);
}

/// A batch fits into the slots from its own on.
uint32_t count_in_range(const Operation& op, uint32_t max, const Geometry& g) {
  const uint32_t most = std::min(max, g.slots - wrapped(op.slot, g.slots - 1));
  return (std::max(get(op, Argument::chunks), 1U) - 1) % most + 1;
}

uint32_t in_range(const Operation& op, Argument argument, const Geometry& g,
                  const MachineShape& machine) {
  const uint32_t value = get(op, argument);
  const uint32_t max = max_value(argument, g, machine);
  if (argument == Argument::gfp) return with_one_mobility(value & max);
  if (argument == Argument::alloc_flags) return value & max;
  if (argument == Argument::chunks) return count_in_range(op, max, g);
  if (argument == Argument::pfn) return aligned_pfn(value, wrapped(op.order, g.max_page_order), g);
  return wrapped(value, max);
}

Operation normalised(const Operation& op, const Geometry& first, const MachineShape& machine) {
  Operation from = op;
  from.kind = static_cast<OpKind>(
      wrapped(static_cast<uint32_t>(op.kind), static_cast<uint32_t>(OpKind::count) - 1));
  const Geometry& g = machine.geometry_of(first, wrapped(op.zone, machine.nr_further));
  Operation result;
  result.kind = from.kind;
  for (const Argument argument : info(result.kind).arguments) {
    if (argument == Argument::none) break;
    set(result, argument, in_range(from, argument, g, machine));
  }
  return result;
}

}  // namespace

Operation normalised(const Operation& op, const ZoneSpec& zone) {
  return normalised(op, zone.geometry, zone.machine);
}

Operation normalised(const Operation& op, const Geometry& geometry) {
  return normalised(op, geometry, one_zone);
}

Program normalised(Program program) {
  program.zone = normalised(program.zone);
  for (Operation& op : program.operations)
    op = normalised(op, program.zone);
  return program;
}

}  // namespace spb
