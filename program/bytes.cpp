// SPDX-License-Identifier: GPL-2.0-only
#include "program/bytes.h"

#include <algorithm>
#include <array>
#include <bit>

#include "model/policy/variant.h"
#include "model/state/machine.h"
#include "program/normalise.h"

namespace spb {

namespace {

// Three bytes, so that random ones hardly ever make a huge zone.
constexpr uint8_t wide_form = 0xff;
constexpr uint8_t growing_form = 0xfe;
constexpr std::size_t growth_at = 10;
constexpr uint32_t small_superpageblocks_max = 16;
constexpr uint16_t wide_mark = 0xffff;
constexpr std::size_t wide_mark_at = 10;
constexpr std::size_t rows_at = 12;
constexpr std::size_t shape_at = 13;
constexpr std::size_t machine_mark_at = 14;
constexpr uint16_t machine_mark = 0xffff;
constexpr std::size_t parameters_of_row = 4;

/// Reads little-endian numbers; beyond the end everything is 0.
class Input {
 public:
  explicit Input(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  uint8_t u8(std::size_t at) const { return at < bytes_.size() ? bytes_[at] : uint8_t{0}; }
  uint16_t u16(std::size_t at) const {
    return static_cast<uint16_t>(u8(at) | static_cast<uint32_t>(u8(at + 1)) << 8U);
  }
  uint32_t u32(std::size_t at) const { return u16(at) | static_cast<uint32_t>(u16(at + 2)) << 16U; }
  uint64_t u64(std::size_t at) const { return u32(at) | static_cast<uint64_t>(u32(at + 4)) << 32U; }

 private:
  std::span<const uint8_t> bytes_;
};

class Output {
 public:
  explicit Output(std::size_t size) : bytes_(size) {}
  void u8(std::size_t at, uint32_t value) { bytes_[at] = static_cast<uint8_t>(value); }
  void u16(std::size_t at, uint32_t value) {
    u8(at, value & 0xffU);
    u8(at + 1, value >> 8U & 0xffU);
  }
  void u32(std::size_t at, uint32_t value) {
    u16(at, value & 0xffffU);
    u16(at + 2, value >> 16U);
  }
  std::vector<uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
};

// ---- the zone

/// Of a small zone, whatever the bytes say.
uint32_t small_growth(uint32_t superpageblocks, uint32_t said) {
  return said % (small_superpageblocks_max - superpageblocks + 1);
}

void read_small(const Input& in, Geometry& g) {
  g.superpageblocks = 1U + in.u8(3) % small_superpageblocks_max;
  if (in.u8(0) == growing_form) g.grows_by = small_growth(g.superpageblocks, in.u8(growth_at));
  g.pageblocks = 1U << in.u8(4) % 4;
  g.pageblock_order = 1U + in.u8(5) % 4;
  g.max_page_order = g.pageblock_order + in.u8(6) % 4;
  g.base_pfn = (in.u8(2) >> 1U & 3U) * g.superpageblock_nr_pages();
  const auto inside = [&g](uint32_t pages) {
    return pages < g.superpageblock_nr_pages() ? pages : 0U;
  };
  g.absent_first = inside(in.u8(7));
  g.absent_last = inside(in.u8(8));
  g.slots = 1U + in.u8(9);
}

void read_wide(const Input& in, Geometry& g) {
  g.pageblocks = 1U << in.u8(4) % 16;
  g.pageblock_order = 1U + in.u8(5) % (max_nr_page_orders - 1);
  g.max_page_order = g.pageblock_order + in.u8(6) % 16;
  g.superpageblocks = in.u32(bytes_header_size);
  g.base_pfn = in.u32(bytes_header_size + 4);
  g.absent_first = in.u32(bytes_header_size + 8);
  g.absent_last = in.u32(bytes_header_size + 12);
  g.slots = in.u32(bytes_header_size + 16);
  g.grows_by = in.u32(bytes_header_size + 20);
}

bool is_small_zone(const Geometry& g) {
  return g.most_superpageblocks() <= small_superpageblocks_max && g.pageblocks <= 8 &&
         g.pageblock_order <= 4 && g.max_page_order - g.pageblock_order <= 3 &&
         g.absent_first <= 0xff && g.absent_last <= 0xff && g.slots <= 0x100 &&
         g.base_pfn <= 3 * g.superpageblock_nr_pages();
}

bool is_small(const ZoneSpec& zone) {
  const auto& further = zone.machine.further;
  return is_small_zone(zone.geometry) &&
         std::all_of(further.begin(), further.begin() + zone.machine.nr_further,
                     [](const FurtherZone& one) {
                       return one.geometry.most_superpageblocks() <= small_superpageblocks_max;
                     });
}

void write_small(Output& out, const Geometry& g) {
  out.u8(3, g.superpageblocks - 1);
  out.u8(7, g.absent_first);
  out.u8(8, g.absent_last);
  out.u8(9, g.slots - 1);
  if (g.grows_by == 0) return;
  out.u8(0, growing_form);
  out.u8(growth_at, g.grows_by);
}

void write_wide(Output& out, const Geometry& g) {
  out.u8(0, wide_form);
  out.u16(wide_mark_at, wide_mark);
  out.u32(bytes_header_size, g.superpageblocks);
  out.u32(bytes_header_size + 4, g.base_pfn);
  out.u32(bytes_header_size + 8, g.absent_first);
  out.u32(bytes_header_size + 12, g.absent_last);
  out.u32(bytes_header_size + 16, g.slots);
  out.u32(bytes_header_size + 20, g.grows_by);
}

uint32_t flags_of(const Geometry& g, bool small) {
  const uint32_t base = small ? g.base_pfn / g.superpageblock_nr_pages() : 0;
  return (g.start_allocated ? 1U : 0U) | base << 1U;
}

std::size_t nr_set(const Parameters& parameters) {
  const auto& values = parameters.values;
  return static_cast<std::size_t>(std::count_if(
      values.begin(), values.end(), [](uint16_t value) { return value != Parameters::unset; }));
}

/// Rows of four that hold the parameters that are set.
std::size_t rows_of(const Parameters& parameters) {
  return (nr_set(parameters) + parameters_of_row - 1) / parameters_of_row;
}
static_assert((nr_parameters + parameters_of_row - 1) / parameters_of_row <= 15);

void write_parameters(Output& out, std::size_t at, const Parameters& parameters) {
  out.u8(rows_at, static_cast<uint32_t>(rows_of(parameters)));
  for (std::size_t i = 0; i < nr_parameters; ++i) {
    if (parameters.values[i] == Parameters::unset) continue;
    out.u16(at, parameter_infos()[i].key);
    out.u16(at + 2, parameters.values[i]);
    at += 4;
  }
}

void read_parameters(const Input& in, std::size_t at, std::size_t rows, Parameters& parameters) {
  const auto infos = parameter_infos();
  for (const std::size_t end = at + rows * bytes_parameters_size; at < end; at += 4) {
    const uint16_t key = in.u16(at);
    for (std::size_t i = 0; i < nr_parameters; ++i) {
      if (infos[i].key == key) parameters.values[i] = in.u16(at + 2);
    }
  }
}

// ---- the machine around it

bool is_machine(const MachineShape& machine) {
  return machine.cpus > 1 || machine.nr_further > 0;
}
bool is_machine(const Input& in) {
  return in.u16(machine_mark_at) == machine_mark;
}

std::size_t further_zones_in(const Input& in) {
  return is_machine(in) ? in.u8(shape_at) % zones_max : 0;
}

void write_machine(Output& out, std::size_t at, const MachineShape& machine) {
  if (!is_machine(machine)) return;
  out.u8(shape_at, machine.nr_further | (machine.cpus - 1) << 4U);
  out.u16(machine_mark_at, machine_mark);
  for (uint32_t i = 0; i < machine.nr_further; ++i, at += bytes_further_size) {
    const FurtherZone& zone = machine.further[i];
    out.u32(at, zone.geometry.superpageblocks);
    out.u32(at + 4, zone.geometry.base_pfn);
    out.u32(at + 8, zone.geometry.absent_first);
    out.u32(at + 12, zone.geometry.absent_last);
    out.u8(at + 16, zone.geometry.start_allocated);
    out.u8(at + 17, zone.node);
    out.u32(at + 20, zone.geometry.grows_by);
  }
}

FurtherZone read_further(const Input& in, std::size_t at, bool wide) {
  FurtherZone zone;
  const uint32_t superpageblocks = in.u32(at);
  zone.geometry.superpageblocks =
      wide ? superpageblocks : 1 + (superpageblocks - 1) % small_superpageblocks_max;
  zone.geometry.base_pfn = in.u32(at + 4);
  zone.geometry.absent_first = in.u32(at + 8);
  zone.geometry.absent_last = in.u32(at + 12);
  zone.geometry.start_allocated = (in.u8(at + 16) & 1U) != 0;
  zone.node = in.u8(at + 17);
  const uint32_t growth = in.u32(at + 20);
  zone.geometry.grows_by = wide ? growth : small_growth(zone.geometry.superpageblocks, growth);
  return zone;
}

void read_machine(const Input& in, std::size_t at, bool wide, MachineShape& machine) {
  machine = {};
  if (!is_machine(in)) return;
  machine.cpus = 1U + (in.u8(shape_at) >> 4U);
  machine.nr_further = static_cast<uint32_t>(further_zones_in(in));
  for (uint32_t i = 0; i < machine.nr_further; ++i, at += bytes_further_size)
    machine.further[i] = read_further(in, at, wide);
}

void write_zone(Output& out, const ZoneSpec& zone) {
  const Geometry& g = zone.geometry;
  const bool small = is_small(zone);
  out.u8(1, zone.variant);
  out.u8(2, flags_of(g, small));
  out.u8(4, static_cast<uint32_t>(std::countr_zero(g.pageblocks)));
  out.u8(5, g.pageblock_order - 1);
  out.u8(6, g.max_page_order - g.pageblock_order);
  small ? write_small(out, g) : write_wide(out, g);
  const std::size_t at = bytes_header_size + (small ? 0 : bytes_wide_size);
  write_machine(out, at, zone.machine);
  write_parameters(out, at + zone.machine.nr_further * bytes_further_size, zone.parameters);
}

bool is_wide(const Input& in) {
  return in.u8(0) == wide_form && in.u16(wide_mark_at) == wide_mark;
}

std::size_t rows_in(const Input& in) {
  return in.u8(rows_at) % 16;
}

void read_zone(const Input& in, ZoneSpec& zone) {
  zone.variant = in.u8(1);
  zone.geometry = {};
  is_wide(in) ? read_wide(in, zone.geometry) : read_small(in, zone.geometry);
  zone.geometry.start_allocated = (in.u8(2) & 1U) != 0;
  zone.parameters = {};
  const std::size_t at = bytes_header_size + (is_wide(in) ? bytes_wide_size : 0);
  read_machine(in, at, is_wide(in), zone.machine);
  read_parameters(in, at + further_zones_in(in) * bytes_further_size, rows_in(in), zone.parameters);
  zone = normalised(zone);
}

// ---- operations

void write_operation(Output& out, std::size_t at, const Operation& op) {
  out.u8(at, static_cast<uint32_t>(op.kind));
  out.u8(at + 1, op.order);
  out.u16(at + 2, uint32_t{op.flags} | uint32_t{op.zone} << 8U | uint32_t{op.cpu} << 12U);
  out.u32(at + 4, op.slot);
  out.u32(at + 8, op.a);
  out.u32(at + 12, op.b);
}

Operation raw_operation(uint64_t head, uint64_t rest) {
  return {.kind = static_cast<OpKind>(head & 0xffU),
          .order = static_cast<uint8_t>(head >> 8U),
          .flags = static_cast<uint16_t>(head >> 16U),
          .slot = static_cast<uint32_t>(head >> 32U),
          .a = static_cast<uint32_t>(rest),
          .b = static_cast<uint32_t>(rest >> 32U)};
}

}  // namespace

Operation operation_of(uint64_t head, uint64_t rest, const Geometry& geometry) {
  return normalised(raw_operation(head, rest), geometry);
}

/// Zone and CPU stand in the upper half of the flags, of which no kind has more than eight.
Operation operation_of(uint64_t head, uint64_t rest, const ZoneSpec& zone) {
  Operation op = raw_operation(head, rest);
  if (is_machine(zone.machine)) {
    op.zone = op.flags >> 8U & 0xfU;
    op.cpu = static_cast<uint8_t>(op.flags >> 12U);
    op.flags &= 0xffU;
  }
  return normalised(op, zone);
}

bool has_places(std::span<const uint8_t> bytes) {
  return is_machine(Input(bytes));
}

std::size_t operations_offset(std::span<const uint8_t> bytes) {
  const Input in(bytes);
  return bytes_header_size + (is_wide(in) ? bytes_wide_size : 0) +
         further_zones_in(in) * bytes_further_size + rows_in(in) * bytes_parameters_size;
}

void decode_bytes(std::span<const uint8_t> bytes, Program& program) {
  const Input in(bytes);
  read_zone(in, program.zone);
  program.operations.clear();
  const std::size_t begin = operations_offset(bytes);
  if (bytes.size() <= begin) return;
  program.operations.reserve((bytes.size() - begin + bytes_operation_size - 1) /
                             bytes_operation_size);
  for (std::size_t at = begin; at < bytes.size(); at += bytes_operation_size) {
    program.operations.push_back(operation_of(in.u64(at), in.u64(at + 8), program.zone));
  }
}

std::vector<uint8_t> encode_bytes(const Program& program) {
  const std::size_t begin = bytes_header_size + (is_small(program.zone) ? 0 : bytes_wide_size) +
                            program.zone.machine.nr_further * bytes_further_size +
                            rows_of(program.zone.parameters) * bytes_parameters_size;
  Output out(begin + program.operations.size() * bytes_operation_size);
  write_zone(out, program.zone);
  std::size_t at = begin;
  for (const Operation& op : program.operations) {
    write_operation(out, at, op);
    at += bytes_operation_size;
  }
  return out.take();
}

std::size_t state_bytes(const ZoneSpec& zone) {
  const Variant& variant = variants()[zone.variant];
  return Machine::arena_bytes(zone.geometry, variant.policy,
                              resolve(zone.parameters, variant.defaults, zone.geometry),
                              zone.machine);
}

}  // namespace spb
