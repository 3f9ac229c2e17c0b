// SPDX-License-Identifier: GPL-2.0-only
// What the fields of an operation mean, kind by kind: one table for the normaliser, the parser, the
// printer and the container. A field that a kind does not use is 0.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "model/operation/operation.h"
#include "model/words/geometry.h"

namespace spb {

enum class Argument : uint8_t {
  none,         ///< no further argument
  result,       ///< slot, written as `x = ...`
  slot,         ///< slot, in place
  order,        ///< order=N
  gfp,          ///< gfp=NAME|NAME
  reclaim,      ///< reclaim=slot; stored as slot + 1
  compact,      ///< compact=slot; stored as slot + 1
  migratetype,  ///< mt=TYPE
  alloc_flags,  ///< flags=NAME|NAME
  block,        ///< pageblock, in place
  tag,          ///< TYPE, in place
  pfn,          ///< pfn=N, a multiple of 2^order
  clean,        ///< clean=BITS
  fail,         ///< fail=BITS
  chunks,       ///< count=N, from 1
  page_type,    ///< mt=TYPE of pages, HIGHATOMIC and CMA too
  tail,         ///< the word `tail`
  error,        ///< the word `error`
  force,        ///< the word `force`
  count
};

struct ArgumentInfo {
  std::string_view key;  ///< of `key=value`; the word itself; empty for an argument in place
  bool required;
};
const ArgumentInfo& info(Argument argument);
/// The argument is a word that stands by itself.
constexpr bool is_word(Argument argument) {
  return argument == Argument::tail || argument == Argument::error || argument == Argument::force;
}

struct OperationInfo {
  OpKind kind;
  std::array<Argument, 5> arguments;  ///< in the order of the text; Argument::none ends them
  std::string_view syntax;
  std::string_view claim;
};
/// In the order of OpKind.
std::span<const OperationInfo> operation_infos();
const OperationInfo& info(OpKind kind);

uint32_t get(const Operation& op, Argument argument);
/// Writes the argument's own bits and no others.
void set(Operation& op, Argument argument, uint32_t value);

/// The value that the argument can have at most on such a zone (a pfn: relative to the base; a
/// batch: from the first slot on).
uint32_t max_value(Argument argument, const Geometry& geometry);

/// The slots that an operation writes: its own, and of a batch those that follow.
constexpr uint32_t nr_slots_written(const Operation& op) {
  return op.kind == OpKind::bulk ? op.flags : 1;
}

}  // namespace spb
