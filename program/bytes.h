// SPDX-License-Identifier: GPL-2.0-only
// Programs as fixed-width bytes, for fuzzers. Every byte string is a program: missing bytes are 0,
// so the last operation may be short, and what is out of range is brought into it (normalise.h).
// decode(encode(p)) == p for a normalised p.
//
// The header has bytes_header_size bytes:
//    0  0xff, with 0xffff at 10: a wide record follows the header; else the zone is small, as this
//       table says; 0xfe of a small one that grows
//    1  variant, modulo their number
//    2  bit 0: start=allocated; bits 1-2: the base pfn, in superpageblocks
//    3  superpageblocks - 1, modulo 16
//    4  log2 of the pageblocks of a superpageblock, modulo 4
//    5  pageblock_order - 1, modulo 4
//    6  max_page_order - pageblock_order, modulo 4
//    7  absent_first, 8 absent_last; 0 where they exceed a superpageblock
//    9  slots - 1
//   10  0 (u16); of a small zone that grows the superpageblocks that may join it, 16 in all
//   12  rows of parameters, modulo 16
//   13  where 0xffff (u16) is at 14, a machine: its further zones in bits 0 to 2, its CPUs - 1 from
//       bit 4 on; else 0, as is 14
// The wide record has 32 bytes: superpageblocks, base_pfn, absent_first, absent_last, slots,
// grows_by as u32, 8 bytes of 0; bytes 4 to 6 of the header then count in full. Then come the
// further zones, 32 bytes each: superpageblocks (1 to 16, grows_by included, but in the wide form),
// base_pfn, absent_first, absent_last as u32, bit 0 for start=allocated, node, 2 bytes of 0,
// grows_by as u32, 8 bytes of 0. Then come the rows of parameters, four in each: the key of one
// (ParameterInfo::key) and its value as u16; a key that no parameter has says nothing, so a program
// outlives the parameters it does not set. An operation has 16 bytes: kind, order, flags (u16),
// slot, a, b (u32); of a machine the flags are the lower byte, then come four bits of the zone or
// node and four of the CPU. All numbers are little-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "program/program.h"

namespace spb {

inline constexpr std::size_t bytes_header_size = 16;
inline constexpr std::size_t bytes_parameters_size = 16;  ///< a row of four
inline constexpr std::size_t bytes_wide_size = 32;
inline constexpr std::size_t bytes_further_size = 32;
inline constexpr std::size_t bytes_operation_size = 16;

/// The result is normalised. `program` keeps its vector's memory; nothing else is allocated.
void decode_bytes(std::span<const uint8_t> bytes, Program& program);
/// The program must be normalised.
std::vector<uint8_t> encode_bytes(const Program& program);

/// The operation whose bytes are these two numbers, one after the other; any bytes are one. The
/// result is normalised.
Operation operation_of(uint64_t head, uint64_t rest, const ZoneSpec& zone);
/// On a machine of one zone and one CPU.
Operation operation_of(uint64_t head, uint64_t rest, const Geometry& geometry);

/// What comes before the operations at most.
inline constexpr std::size_t bytes_before_operations_max = bytes_header_size + bytes_wide_size +
                                                           (zones_max - 1) * bytes_further_size +
                                                           15 * bytes_parameters_size;

/// Whether these bytes are of a machine, whose operations have zones and CPUs.
bool has_places(std::span<const uint8_t> bytes);
/// Where the operations begin in these bytes.
std::size_t operations_offset(std::span<const uint8_t> bytes);

/// Bytes of state that the program's machine takes, without building it.
std::size_t state_bytes(const ZoneSpec& zone);

}  // namespace spb
