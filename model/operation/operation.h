// SPDX-License-Identifier: GPL-2.0-only
// Operations: the only way to change a machine. What the environment decides is an argument, never
// chance. A kind is an enumerator and a row here, and a function in a file of its own or of its
// like.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "model/policy/tables.h"
#include "model/state/machine.h"

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
  wait,       ///< a = milliseconds: time passes
  grow,       ///< the next superpageblock joins the zone
  count
};

inline constexpr uint16_t op_tail = 1;   ///< FPI_TO_TAIL
inline constexpr uint16_t op_error = 2;  ///< isolating the batch fails
inline constexpr uint16_t op_force = 1;  ///< the last pageblock of the reserve too
/// Pages of a batch at most: a refill of per-CPU lists of order 0 asks for 63.
inline constexpr uint32_t bulk_max = 64;
/// Milliseconds of a `wait` at most.
inline constexpr uint32_t wait_max_ms = 1000;

/// One operation. pfns are absolute (base_pfn included), pageblocks count from the zone's base pfn.
struct Operation {
  OpKind kind = OpKind::irq_work;
  uint8_t order = 0;
  uint16_t flags = 0;
  uint32_t slot = 0;
  uint32_t a = 0;
  uint32_t b = 0;
  uint8_t zone = 0;  ///< or the node, of work that a node has; a free goes where its slot's page is
  uint8_t cpu = 0;
  bool operator==(const Operation&) const = default;
};

// ---- fields

/// What the numbers of an operation mean, kind by kind. A field that a kind does not use is 0.
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
  zone,         ///< zone=N
  node,         ///< node=N
  cpu,          ///< cpu=N
  ms,           ///< ms=N
  count
};

constexpr uint16_t with_bit(uint16_t flags, uint16_t bit, uint32_t value) {
  return static_cast<uint16_t>(value != 0 ? flags | bit : flags & ~bit);
}

constexpr uint32_t get(const Operation& op, Argument argument) {
  switch (argument) {
    case Argument::result:
    case Argument::slot:
      return op.slot;
    case Argument::order:
      return op.order;
    case Argument::gfp:
    case Argument::block:
    case Argument::pfn:
    case Argument::clean:
    case Argument::ms:
      return op.a;
    case Argument::reclaim:
      return op.b & 0xffffU;
    case Argument::compact:
      return op.b >> 16U;
    case Argument::migratetype:
      return op.a;
    case Argument::page_type:
    case Argument::alloc_flags:
    case Argument::tag:
    case Argument::fail:
      return op.b;
    case Argument::tail:
      return op.flags & op_tail;
    case Argument::error:
      return (op.flags & op_error) != 0;
    case Argument::force:
      return (op.flags & op_force) != 0;
    case Argument::chunks:
      return op.flags;
    case Argument::zone:
    case Argument::node:
      return op.zone;
    case Argument::cpu:
      return op.cpu;
    case Argument::none:
    case Argument::count:
      break;
  }
  return 0;
}

/// Writes the argument's own bits and no others.
constexpr void set(Operation& op, Argument argument, uint32_t value) {
  switch (argument) {
    case Argument::result:
    case Argument::slot:
      op.slot = value;
      return;
    case Argument::order:
      op.order = static_cast<uint8_t>(value);
      return;
    case Argument::gfp:
    case Argument::block:
    case Argument::pfn:
    case Argument::clean:
    case Argument::ms:
      op.a = value;
      return;
    case Argument::reclaim:
      op.b = (op.b & 0xffff0000U) | value;
      return;
    case Argument::compact:
      op.b = (op.b & 0xffffU) | value << 16U;
      return;
    case Argument::migratetype:
      op.a = value;
      return;
    case Argument::page_type:
    case Argument::alloc_flags:
    case Argument::tag:
    case Argument::fail:
      op.b = value;
      return;
    case Argument::tail:
      op.flags = with_bit(op.flags, op_tail, value);
      return;
    case Argument::error:
      op.flags = with_bit(op.flags, op_error, value);
      return;
    case Argument::force:
      op.flags = with_bit(op.flags, op_force, value);
      return;
    case Argument::chunks:
      op.flags = static_cast<uint16_t>(value);
      return;
    case Argument::zone:
    case Argument::node:
      op.zone = static_cast<uint8_t>(value);
      return;
    case Argument::cpu:
      op.cpu = static_cast<uint8_t>(value);
      return;
    case Argument::none:
    case Argument::count:
      break;
  }
}

struct Field {
  Argument argument;
  uint32_t value;
};
/// operation(OpKind::take, {{Argument::pfn, 8}, {Argument::order, 1}})
constexpr Operation operation(OpKind kind, std::initializer_list<Field> fields) {
  Operation op;
  op.kind = kind;
  for (const Field& field : fields)
    set(op, field.argument, field.value);
  return op;
}

// ---- what comes of it

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
  uint8_t zone = 0;    ///< where it happened
};

// ---- kinds

/// What each does. Arguments must lie in the zone's ranges (program/normalise.h brings them there).
namespace kinds {
Outcome alloc(Zone& zone, const Operation& op);
Outcome rmqueue(Zone& zone, const Operation& op);
Outcome free(Zone& zone, const Operation& op);
Outcome isolate(Zone& zone, const Operation& op);
Outcome unisolate(Zone& zone, const Operation& op);
Outcome irq_work(Zone& zone, const Operation& op);
Outcome worker(Zone& zone, const Operation& op);
Outcome take(Zone& zone, const Operation& op);
Outcome give(Zone& zone, const Operation& op);
Outcome tag(Zone& zone, const Operation& op);
Outcome bulk(Zone& zone, const Operation& op);
Outcome unreserve(Zone& zone, const Operation& op);
Outcome wait(Zone& zone, const Operation& op);
Outcome grow(Zone& zone, const Operation& op);
}  // namespace kinds

/// A kind of operation: all that is said of it.
struct OperationInfo {
  OpKind kind;
  std::string_view name;  ///< the word of the text
  Outcome (*run)(Zone&, const Operation&);
  std::array<Argument, 7> arguments{};  ///< in the order of the text; Argument::none ends them
  std::string_view syntax;
  std::string_view claim;
  Result otherwise = Result::nothing;  ///< how it ends where nothing comes of it; else it ends with
                                       ///< done, or with page where this is none
  int pages = 0;                ///< with Result::done, allocated pages change by this times 2^order
  bool places_content = false;  ///< it may leave content in a pageblock that no policy placed there
};

/// A row a kind, in the order of OpKind.
inline constexpr std::array<OperationInfo, static_cast<std::size_t>(OpKind::count)> kind_table{{
    {.kind = OpKind::alloc,
     .name = "alloc",
     .run = kinds::alloc,
     .arguments = {Argument::result, Argument::order, Argument::gfp, Argument::reclaim,
                   Argument::compact, Argument::zone, Argument::cpu},
     .syntax = "x = alloc order=N gfp=FLAGS [reclaim=y] [compact=z] [zone=N] [cpu=N]",
     .claim = "An allocation through the whole driver; reclaim frees y, compaction migrates z.",
     .otherwise = Result::none},
    {.kind = OpKind::rmqueue,
     .name = "rmqueue",
     .run = kinds::rmqueue,
     .arguments = {Argument::result, Argument::order, Argument::migratetype, Argument::alloc_flags,
                   Argument::zone, Argument::cpu},
     .syntax = "x = rmqueue order=N mt=TYPE [flags=FLAGS] [zone=N] [cpu=N]",
     .claim =
         "One rmqueue_buddy() of this type and these alloc_flags, without the driver around it.",
     .otherwise = Result::none},
    {.kind = OpKind::free,
     .name = "free",
     .run = kinds::free,
     .arguments = {Argument::slot, Argument::tail},
     .syntax = "free x [tail]",
     .claim = "What x stands for is freed, to the tail of its list if asked (FPI_TO_TAIL)."},
    {.kind = OpKind::isolate,
     .name = "isolate",
     .run = kinds::isolate,
     .arguments = {Argument::block, Argument::zone},
     .syntax = "isolate BLOCK [zone=N]",
     .claim = "set_migratetype_isolate() on a pageblock.",
     .otherwise = Result::refused},
    {.kind = OpKind::unisolate,
     .name = "unisolate",
     .run = kinds::unisolate,
     .arguments = {Argument::block, Argument::zone},
     .syntax = "unisolate BLOCK [zone=N]",
     .claim = "unset_migratetype_isolate() on a pageblock.",
     .otherwise = Result::refused},
    {.kind = OpKind::irq_work,
     .name = "irq_work",
     .run = kinds::irq_work,
     .arguments = {Argument::node},
     .syntax = "irq_work [node=N]",
     .claim = "The node's pending evacuation irq_work runs: its items go to the workqueue."},
    {.kind = OpKind::worker,
     .name = "worker",
     .run = kinds::worker,
     .arguments = {Argument::clean, Argument::fail, Argument::error, Argument::node, Argument::cpu},
     .syntax = "worker [clean=BITS] [fail=BITS] [error] [node=N] [cpu=N]",
     .claim =
         "One batch of the node's evacuation worker; bit i is the batch's page i: clean, or it "
         "fails to migrate."},
    {.kind = OpKind::take,
     .name = "take",
     .run = kinds::take,
     .arguments = {Argument::pfn, Argument::order, Argument::page_type, Argument::zone},
     .syntax = "take pfn=N order=N mt=TYPE [zone=N]",
     .claim = "These pages leave the free lists, whatever chunks they are in.",
     .otherwise = Result::refused,
     .pages = 1,
     .places_content = true},
    {.kind = OpKind::give,
     .name = "give",
     .run = kinds::give,
     .arguments = {Argument::pfn, Argument::order, Argument::tail, Argument::zone},
     .syntax = "give pfn=N order=N [tail] [zone=N]",
     .claim = "Allocated pages that no slot owns come back; a part of what was taken may.",
     .otherwise = Result::refused,
     .pages = -1},
    {.kind = OpKind::tag,
     .name = "tag",
     .run = kinds::tag,
     .arguments = {Argument::block, Argument::tag, Argument::zone},
     .syntax = "tag BLOCK TYPE [zone=N]",
     .claim = "The pageblock's stored tag is set and its free chunks move to that type's lists.",
     .otherwise = Result::refused,
     .places_content = true},
    {.kind = OpKind::bulk,
     .name = "bulk",
     .run = kinds::bulk,
     .arguments = {Argument::result, Argument::order, Argument::chunks, Argument::migratetype,
                   Argument::alloc_flags, Argument::zone, Argument::cpu},
     .syntax = "x = bulk order=N count=N mt=TYPE [flags=FLAGS] [zone=N] [cpu=N]",
     .claim = "One rmqueue_bulk(): up to so many pages, in x, x.1, x.2 and so on, by __rmqueue() "
              "with one mode.",
     .otherwise = Result::none},
    {.kind = OpKind::unreserve,
     .name = "unreserve",
     .run = kinds::unreserve,
     .arguments = {Argument::migratetype, Argument::force, Argument::zone},
     .syntax = "unreserve mt=TYPE [force] [zone=N]",
     .claim = "unreserve_highatomic_pageblock(): a pageblock of the reserve becomes TYPE; the last "
              "one only by force.",
     .places_content = true},
    {.kind = OpKind::wait,
     .name = "wait",
     .run = kinds::wait,
     .arguments = {Argument::ms},
     .syntax = "wait ms=N",
     .claim = "So many milliseconds pass, in every zone, besides the `operation-ms` that each "
              "operation takes."},
    {.kind = OpKind::grow,
     .name = "grow",
     .run = kinds::grow,
     .arguments = {Argument::zone},
     .syntax = "grow [zone=N]",
     .claim = "Memory hotplug: the next of the superpageblocks that a zone grows_by joins it, and "
              "its pages come free."},
}};

constexpr std::span<const OperationInfo> operation_infos() {
  return kind_table;
}
constexpr const OperationInfo& info(OpKind kind) {
  return kind_table[static_cast<std::size_t>(kind)];
}
constexpr std::string_view name_of(OpKind kind) {
  return info(kind).name;
}

/// The zone where it happens in the machine's present state: the one that it names, that of the
/// slot it frees, or of the item that a node's worker goes on with.
Zone& zone_of(Machine& machine, const Operation& op);
/// Run one operation where it belongs, on its CPU.
Outcome apply(Machine& machine, const Operation& op);
/// In this zone, whichever it names, on the CPU of the one before. It happens at once, and its time
/// passes behind it.
Outcome apply(Zone& zone, const Operation& op);

std::string_view name_of(Result result);

}  // namespace spb
