// SPDX-License-Identifier: GPL-2.0-only
#include "program/container.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <istream>
#include <ostream>
#include <string_view>

#include "model/policy/variant.h"
#include "program/arguments.h"
#include "program/normalise.h"
#include "program/words.h"

namespace spb {

namespace {

constexpr std::array<char, 8> magic{'S', 'P', 'B', 'P', 'R', 'O', 'G', '\n'};
constexpr uint32_t version = 1;
constexpr std::size_t payload_max = 64 * 1024;
// The longest operation has a kind and seven varints.
constexpr std::size_t operation_max = 1 + 7 * 5;

/// FNV-1a: finds damage, not malice.
uint32_t checksum(const std::vector<uint8_t>& bytes) {
  uint32_t hash = 2166136261U;
  for (const uint8_t byte : bytes)
    hash = (hash ^ byte) * 16777619U;
  return hash;
}

std::array<char, 4> little_endian(uint32_t value) {
  std::array<char, 4> bytes{};
  for (std::size_t i = 0; i < 4; ++i)
    bytes[i] = static_cast<char>(value >> 8 * i & 0xffU);
  return bytes;
}

uint32_t from_little_endian(const std::array<char, 4>& bytes) {
  uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])) << 8 * i;
  return value;
}

void put_varint(std::vector<uint8_t>& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7U)
    out.push_back(static_cast<uint8_t>(value | 0x80U));
  out.push_back(static_cast<uint8_t>(value));
}

/// Distances in both directions as small numbers.
uint32_t zigzag(uint32_t difference) {
  return difference << 1U ^ (0U - (difference >> 31U));
}
uint32_t unzigzag(uint32_t value) {
  return value >> 1U ^ (0U - (value & 1U));
}

void write(std::ostream& out, const char* bytes, std::size_t size) {
  out.write(bytes, static_cast<std::streamsize>(size));
}

void write_block(std::ostream& out, const std::vector<uint8_t>& payload) {
  write(out, little_endian(static_cast<uint32_t>(payload.size())).data(), 4);
  write(out, little_endian(checksum(payload)).data(), 4);
  write(out, reinterpret_cast<const char*>(payload.data()), payload.size());
}

constexpr std::array<uint32_t Geometry::*, 8> geometry_fields{
    &Geometry::superpageblocks, &Geometry::pageblocks, &Geometry::pageblock_order,
    &Geometry::max_page_order,  &Geometry::base_pfn,   &Geometry::absent_first,
    &Geometry::absent_last,     &Geometry::slots};

// Behind the parameters, where there is more than one zone and one CPU.
constexpr std::string_view cpus_name = "cpus";
constexpr std::string_view zone_name = "zone";
// Of the zone that came last, where it may grow.
constexpr std::string_view growth_name = "grows_by";

constexpr std::array<uint32_t Geometry::*, 4> further_fields{
    &Geometry::superpageblocks, &Geometry::base_pfn, &Geometry::absent_first,
    &Geometry::absent_last};

/// Variant and parameters go by name, so that a file outlives their order.
void put_text(std::vector<uint8_t>& out, std::string_view text) {
  put_varint(out, text.size());
  out.insert(out.end(), text.begin(), text.end());
}

void put_growth(std::vector<uint8_t>& out, const Geometry& geometry) {
  if (geometry.grows_by == 0) return;
  put_text(out, growth_name);
  put_varint(out, geometry.grows_by);
}

void put_machine(std::vector<uint8_t>& out, const MachineShape& machine) {
  if (machine.cpus > 1) {
    put_text(out, cpus_name);
    put_varint(out, machine.cpus);
  }
  for (uint32_t i = 0; i < machine.nr_further; ++i) {
    const FurtherZone& zone = machine.further[i];
    put_text(out, zone_name);
    for (const auto size : further_fields)
      put_varint(out, zone.geometry.*size);
    put_varint(out, zone.geometry.start_allocated);
    put_varint(out, zone.node);
    put_growth(out, zone.geometry);
  }
}

std::vector<uint8_t> zone_payload(const ZoneSpec& zone) {
  std::vector<uint8_t> payload;
  for (const auto size : geometry_fields)
    put_varint(payload, zone.geometry.*size);
  put_varint(payload, zone.geometry.start_allocated);
  put_text(payload, variants()[zone.variant].name);
  for (std::size_t i = 0; i < nr_parameters; ++i) {
    if (zone.parameters.values[i] == Parameters::unset) continue;
    put_text(payload, parameter_infos()[i].name);
    put_varint(payload, zone.parameters.values[i]);
  }
  put_growth(payload, zone.geometry);
  put_machine(payload, zone.machine);
  return payload;
}

}  // namespace

// ---- writing

ContainerWriter::ContainerWriter(std::ostream& out, const ZoneSpec& zone)
    : out_(out), machine_(zone.machine) {
  write(out_, magic.data(), magic.size());
  write(out_, little_endian(version).data(), 4);
  write_block(out_, zone_payload(zone));
  block_.reserve(payload_max);
}

void ContainerWriter::add(const Operation& op) {
  if (block_.size() + operation_max > payload_max) flush();
  block_.push_back(static_cast<uint8_t>(op.kind));
  for (const Argument argument : info(op.kind).arguments) {
    if (argument == Argument::none) break;
    if (!is_said(argument, machine_)) continue;
    uint32_t value = get(op, argument);
    if (argument == Argument::pfn) {
      const uint32_t pfn = value;
      value = zigzag(pfn - last_pfn_);
      last_pfn_ = pfn;
    }
    put_varint(block_, value);
  }
  ++operations_;
}

void ContainerWriter::flush() {
  if (block_.empty()) return;
  write_block(out_, block_);
  block_.clear();
}

void ContainerWriter::finish() {
  flush();
  write_block(out_, {});
  write(out_, little_endian(static_cast<uint32_t>(operations_)).data(), 4);
  write(out_, little_endian(static_cast<uint32_t>(operations_ >> 32U)).data(), 4);
  out_.flush();
  if (!out_) throw std::runtime_error("the program could not be written: the disk may be full");
}

// ---- reading

namespace {

/// Reads numbers and names from a payload whose checksum was right; still nothing is trusted.
class Payload {
 public:
  Payload(const std::vector<uint8_t>& bytes, std::size_t& at) : bytes_(bytes), at_(at) {}

  bool at_end() const { return at_ == bytes_.size(); }

  bool varint(uint32_t& value) {
    uint64_t result = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      if (at_end()) return false;
      const uint8_t byte = bytes_[at_++];
      result |= uint64_t{byte & 0x7fU} << shift;
      if (byte & 0x80U) continue;
      value = static_cast<uint32_t>(result);
      return result <= 0xffffffffU;
    }
    return false;
  }

  bool text(std::string_view& value) {
    uint32_t size = 0;
    if (!varint(size) || size > bytes_.size() - at_) return false;
    value = {reinterpret_cast<const char*>(bytes_.data()) + at_, size};
    at_ += size;
    return true;
  }

 private:
  const std::vector<uint8_t>& bytes_;
  std::size_t& at_;
};

bool read_sizes(Payload& payload, Geometry& geometry) {
  for (const auto size : geometry_fields) {
    if (!payload.varint(geometry.*size)) return false;
  }
  uint32_t start_allocated = 0;
  if (!payload.varint(start_allocated) || start_allocated > 1) return false;
  geometry.start_allocated = start_allocated == 1;
  return !geometry.check();
}

bool read_variant(Payload& payload, uint32_t& variant) {
  std::string_view name;
  if (!payload.text(name)) return false;
  const Variant* found = find_variant(name);
  if (found == nullptr) return false;
  variant = static_cast<uint32_t>(found - variants().data());
  return true;
}

bool read_parameter(Payload& payload, std::string_view name, Parameters& parameters) {
  uint32_t value = 0;
  if (!payload.varint(value)) return false;
  for (std::size_t i = 0; i < nr_parameters; ++i) {
    const ParameterInfo& parameter = parameter_infos()[i];
    if (parameter.name != name || value < parameter.min || value > parameter.max) continue;
    parameters.values[i] = static_cast<uint16_t>(value);
    return normalised(parameters) == parameters;
  }
  return false;
}

bool read_further(Payload& payload, const Geometry& first, MachineShape& machine) {
  if (machine.nr_further == machine.further.size()) return false;
  FurtherZone& zone = machine.further[machine.nr_further++];
  zone.geometry = first;
  zone.geometry.grows_by = 0;
  for (const auto size : further_fields) {
    if (!payload.varint(zone.geometry.*size)) return false;
  }
  uint32_t start_allocated = 0;
  if (!payload.varint(start_allocated) || start_allocated > 1) return false;
  zone.geometry.start_allocated = start_allocated == 1;
  return payload.varint(zone.node);
}

bool read_growth(Payload& payload, ZoneSpec& zone) {
  MachineShape& machine = zone.machine;
  Geometry& geometry =
      machine.nr_further > 0 ? machine.further[machine.nr_further - 1].geometry : zone.geometry;
  return payload.varint(geometry.grows_by) && !geometry.check();
}

bool read_named(Payload& payload, ZoneSpec& zone) {
  std::string_view name;
  if (!payload.text(name)) return false;
  if (name == cpus_name) return payload.varint(zone.machine.cpus);
  if (name == growth_name) return read_growth(payload, zone);
  if (name == zone_name) return read_further(payload, zone.geometry, zone.machine);
  return read_parameter(payload, name, zone.parameters);
}

bool read_zone(Payload& payload, ZoneSpec& zone) {
  if (!read_sizes(payload, zone.geometry) || !read_variant(payload, zone.variant)) return false;
  while (!payload.at_end()) {
    if (!read_named(payload, zone)) return false;
  }
  return normalised(zone.machine, zone.geometry) == zone.machine;
}

bool read_operation(Payload& payload, const MachineShape& machine, Operation& op,
                    uint32_t& last_pfn) {
  uint32_t kind = 0;
  if (!payload.varint(kind) || kind >= static_cast<uint32_t>(OpKind::count)) return false;
  op = {};
  op.kind = static_cast<OpKind>(kind);
  for (const Argument argument : info(op.kind).arguments) {
    if (argument == Argument::none) break;
    if (!is_said(argument, machine)) continue;
    uint32_t value = 0;
    if (!payload.varint(value)) return false;
    if (argument == Argument::pfn) value = last_pfn += unzigzag(value);
    set(op, argument, value);
    if (get(op, argument) != value) return false;
  }
  return true;
}

/// The zone's block follows magic and version.
bool first_block_is_whole(std::string_view bytes) {
  const auto number_at = [bytes](std::size_t at) {
    std::array<char, 4> raw{};
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), raw.size(), raw.begin());
    return from_little_endian(raw);
  };
  constexpr std::size_t sizes_at = magic.size() + 4;
  constexpr std::size_t payload_at = sizes_at + 8;
  if (bytes.size() <= payload_at) return false;
  const uint32_t size = number_at(sizes_at);
  if (size == 0 || size > bytes.size() - payload_at) return false;
  const std::string_view payload = bytes.substr(payload_at, size);
  return checksum({payload.begin(), payload.end()}) == number_at(sizes_at + 4);
}

}  // namespace

ContainerReader::ContainerReader(std::istream& in, std::string name)
    : in_(in), name_(std::move(name)) {
  std::array<char, 8> found{};
  read(found.data(), found.size());
  if (found != magic) refuse("other bytes at its beginning", "the magic of a container");
  const uint32_t found_version = read_u32();
  if (found_version != version) {
    refuse("a container of version " + std::to_string(found_version),
           "version " + std::to_string(version));
  }
  if (!next_block()) refuse("no zone", "a block that describes it");
  Payload payload(block_, at_);
  if (!read_zone(payload, zone_)) refuse("a zone that cannot be", "sizes, variant and parameters");
}

bool ContainerReader::recognises(const char* bytes, std::size_t size) {
  return size >= magic.size() && std::memcmp(bytes, magic.data(), magic.size()) == 0;
}

bool ContainerReader::resembles(const char* bytes, std::size_t size) {
  if (size < magic.size()) return false;
  std::size_t same = 0;
  for (std::size_t i = 0; i < magic.size(); ++i)
    same += bytes[i] == magic[i];
  return same >= magic.size() / 2 || first_block_is_whole({bytes, size});
}

void ContainerReader::read(char* bytes, std::size_t size) {
  in_.read(bytes, static_cast<std::streamsize>(size));
  bytes_read_ += static_cast<uint64_t>(in_.gcount());
  if (static_cast<std::size_t>(in_.gcount()) == size) return;
  refuse("the end of the file", std::to_string(size) + " bytes more; it was cut short");
}

uint32_t ContainerReader::read_u32() {
  std::array<char, 4> bytes{};
  read(bytes.data(), bytes.size());
  return from_little_endian(bytes);
}

bool ContainerReader::next_block() {
  const uint32_t size = read_u32();
  const uint32_t sum = read_u32();
  if (size > payload_max) refuse("a block of " + std::to_string(size) + " bytes", "at most 65536");
  block_.resize(size);
  at_ = 0;
  read(reinterpret_cast<char*>(block_.data()), size);
  if (checksum(block_) != sum) refuse("a block with another checksum", "undamaged bytes");
  return size > 0;
}

bool ContainerReader::next(Operation& op) {
  if (at_ == block_.size() && (ended_ || !next_block())) {
    if (!ended_) check_end();
    return false;
  }
  Payload payload(block_, at_);
  if (!read_operation(payload, zone_.machine, op, last_pfn_))
    refuse("bytes that are none", "an operation");
  if (normalised(op, zone_) != op) {
    refuse("operation " + std::to_string(operations_ + 1) + " outside the zone's ranges",
           "an operation of this zone");
  }
  ++operations_;
  return true;
}

void ContainerReader::check_end() {
  ended_ = true;
  const uint64_t low = read_u32();
  const uint64_t count = low | uint64_t{read_u32()} << 32U;
  if (count != operations_) {
    refuse(std::to_string(operations_) + " operations", std::to_string(count));
  }
  if (in_.peek() != std::istream::traits_type::eof()) {
    refuse("bytes after the end mark", "the end of the file");
  }
}

void ContainerReader::refuse(const std::string& found, const std::string& expected) const {
  throw InputError(name_, 0, 0, found + " at byte " + std::to_string(bytes_read_), expected);
}

}  // namespace spb
