// SPDX-License-Identifier: GPL-2.0-only
// Programs as text, a line an operation:
//
//   # comment
//   zone superpageblocks=2 pageblocks=4 pageblock_order=3 variant=rfc-v1@31
//   a = alloc order=0 gfp=GFP_KERNEL|__GFP_RECLAIMABLE  expect pass=PASS_2C tag=UNMOVABLE
//   expect spb0.nr_free=3
//   property taint-comes-last
//
// The zone's line comes first; further ones, each a zone behind the one before, come before the
// first operation:
//
//   zone superpageblocks=2 pageblocks=4 pageblock_order=3 cpus=2 variant=rfc-v2
//   zone superpageblocks=1 node=1
//   b = rmqueue order=0 mt=MOVABLE zone=1 cpu=1  expect zone1.spb0.nr_free=3
// operation_infos() lists the operations, expectation.h what may be
// expected; an `expect` line of its own is about the state after the last operation.
// `property` names the proven property that the program breaks, if it does; smt/ knows which there
// are. A name stands for a slot: s12 for slot 12, any other for the lowest slot that is left, in
// the order of first appearance. Numbers are decimal or 0x-hexadecimal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "program/expectation.h"
#include "program/program.h"

namespace spb {

/// A line of a program's text.
struct TextLine {
  enum class Kind : uint8_t { blank, zone, operation, expect, property };
  Kind kind = Kind::blank;
  uint32_t operation = 0;          ///< index, of an operation's line
  uint32_t zone = 0;               ///< index, of a zone's line
  uint32_t first_expectation = 0;  ///< index into TextProgram::expectations
  uint32_t nr_expectations = 0;
  std::string comment;  ///< from the '#' on; empty for none

  bool operator==(const TextLine&) const = default;
};

/// A program with what only its text has: names, comments, expectations.
struct TextProgram {
  Program program;
  std::vector<std::string> slot_names;  ///< by slot; empty or missing: s<slot>
  std::vector<TextLine> lines;
  std::vector<Expectation> expectations;  ///< in the order of the lines
  std::string property;                   ///< its id; empty: the text names none

  bool operator==(const TextProgram&) const = default;
};

/// What a text may be at most.
inline constexpr std::size_t text_columns_max = 4096;
inline constexpr std::size_t text_bytes_max = std::size_t{1} << 28;

/// The operations of the result are normalised. `file` is for errors. Throws InputError.
TextProgram parse_text(std::string_view text, const std::string& file);

/// A program without names, comments and expectations, ready to be printed.
TextProgram with_lines(Program program);
/// print(parse(t)) parses to the same and prints the same.
std::string print_text(const TextProgram& text);

/// One operation as its line has it.
std::string operation_text(const Operation& op, const std::vector<std::string>& slot_names);
/// The name of a slot.
std::string slot_name(uint32_t slot, const std::vector<std::string>& slot_names);
/// Names of bits joined by bars, 0 where there is none.
std::string gfp_text(uint32_t gfp);
std::string alloc_flags_text(uint32_t flags);

/// Which expectations follow an operation: those that come after `operations_before` operations and
/// before the next one are [first, last) in TextProgram::expectations.
struct ExpectationRange {
  uint32_t first = 0;
  uint32_t last = 0;
};
/// By number of operations before; one more entry than there are operations.
std::vector<ExpectationRange> expectation_ranges(const TextProgram& text);

}  // namespace spb
