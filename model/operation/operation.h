// SPDX-License-Identifier: GPL-2.0-only
// Operations: the only way to change a zone. What the environment decides is an argument, never
// chance.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/policy/tables.h"
#include "model/state/zone.h"

namespace spb {

/// The order is part of the byte form of programs, so new kinds go to the end.
enum class OpKind : uint8_t {
  alloc,      ///< slot order; a = gfp, b = (compact slot + 1) << 16 | (reclaim slot + 1): the whole
              ///< driver
  rmqueue,    ///< slot order; a = Migratetype, b = alloc flags: one rmqueue_buddy()
  free,       ///< slot; flags: op_tail
  isolate,    ///< a = pageblock
  unisolate,  ///< a = pageblock
  irq_work,   ///< runs the pending evacuation irq_work
  worker,     ///< a = clean bits, b = failing bits; flags: op_error: one batch of the evacuation
              ///< worker
  take,       ///< order; a = pfn, b = Migratetype: a named frame leaves the free lists
  give,       ///< order; a = pfn; flags: op_tail: a named frame comes back
  tag,        ///< a = pageblock, b = Migratetype: the stored tag is set, free chunks move
  bulk,       ///< slot order; flags = pages asked for, a = Migratetype, b = alloc flags: one batch,
              ///< its pages in `slot` and those that follow
  unreserve,  ///< a = Migratetype; flags: op_force: a pageblock leaves the HIGHATOMIC reserve
  count
};

inline constexpr uint16_t op_tail = 1;   ///< FPI_TO_TAIL
inline constexpr uint16_t op_error = 2;  ///< isolating the batch fails
inline constexpr uint16_t op_force = 1;  ///< the last pageblock of the reserve too
/// Pages of a batch at most: a refill of per-CPU lists of order 0 asks for 63.
inline constexpr uint32_t bulk_max = 64;

/// One operation. pfns are absolute (base_pfn included), pageblocks count from the base pfn.
struct Operation {
  OpKind kind = OpKind::irq_work;
  uint8_t order = 0;
  uint16_t flags = 0;
  uint32_t slot = 0;
  uint32_t a = 0;
  uint32_t b = 0;
  bool operator==(const Operation&) const = default;
};
static_assert(sizeof(Operation) == 16);

enum class Result : uint8_t {
  done,     ///< it happened
  page,     ///< an allocation got `pfn`
  none,     ///< an allocation got nothing
  nothing,  ///< there was nothing to do: an empty slot, no pending work
  refused,  ///< it may not happen: isolation said no (`why`), or the named frame is not there
  count
};

struct Outcome {
  Result result = Result::done;
  PassId by = PassId::NO_PAGE;                 ///< what served an allocation
  IsolateRefusal why = IsolateRefusal::count;  ///< why isolation refused
  uint8_t order = 0;
  Pfn pfn = no_page;   ///< the page got, freed, taken or given; of a batch the first
  uint32_t pages = 0;  ///< a batch got, each of 2^order
};

/// Run one operation. Arguments must lie in the zone's ranges (program/normalise.h brings them
/// there).
Outcome apply(Zone& zone, const Operation& op);

std::string_view name_of(OpKind kind);
std::string_view name_of(Result result);

}  // namespace spb
