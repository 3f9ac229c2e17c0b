// SPDX-License-Identifier: GPL-2.0-only
#include "program/arguments.h"

#include <algorithm>

#include "model/words/gfp.h"

namespace spb {

namespace {

using A = Argument;

constexpr std::array<ArgumentInfo, static_cast<std::size_t>(A::count)> argument_table{{
    {"", false},        {"", true},         {"", true},       {"order", true},  {"gfp", true},
    {"reclaim", false}, {"compact", false}, {"mt", true},     {"flags", false}, {"", true},
    {"", true},         {"pfn", true},      {"clean", false}, {"fail", false},  {"count", true},
    {"mt", true},       {"tail", false},    {"error", false}, {"force", false},
}};

constexpr std::array<OperationInfo, static_cast<std::size_t>(OpKind::count)> operation_table{{
    {OpKind::alloc,
     {A::result, A::order, A::gfp, A::reclaim, A::compact},
     "x = alloc order=N gfp=FLAGS [reclaim=y] [compact=z]",
     "An allocation through the whole driver; reclaim frees y, compaction migrates z."},
    {OpKind::rmqueue,
     {A::result, A::order, A::migratetype, A::alloc_flags},
     "x = rmqueue order=N mt=TYPE [flags=FLAGS]",
     "One rmqueue_buddy() of this type and these alloc_flags, without the driver around it."},
    {OpKind::free,
     {A::slot, A::tail},
     "free x [tail]",
     "What x stands for is freed, to the tail of its list if asked (FPI_TO_TAIL)."},
    {OpKind::isolate, {A::block}, "isolate BLOCK", "set_migratetype_isolate() on a pageblock."},
    {OpKind::unisolate,
     {A::block},
     "unisolate BLOCK",
     "unset_migratetype_isolate() on a pageblock."},
    {OpKind::irq_work,
     {},
     "irq_work",
     "The pending evacuation irq_work runs: its items go to the workqueue."},
    {OpKind::worker,
     {A::clean, A::fail, A::error},
     "worker [clean=BITS] [fail=BITS] [error]",
     "One batch of the evacuation worker; bit i is the batch's page i: clean, or it fails to "
     "migrate."},
    {OpKind::take,
     {A::pfn, A::order, A::page_type},
     "take pfn=N order=N mt=TYPE",
     "These pages leave the free lists, whatever chunks they are in."},
    {OpKind::give,
     {A::pfn, A::order, A::tail},
     "give pfn=N order=N [tail]",
     "Allocated pages that no slot owns come back; a part of what was taken may."},
    {OpKind::tag,
     {A::block, A::tag},
     "tag BLOCK TYPE",
     "The pageblock's stored tag is set and its free chunks move to that type's lists."},
    {OpKind::bulk,
     {A::result, A::order, A::chunks, A::migratetype, A::alloc_flags},
     "x = bulk order=N count=N mt=TYPE [flags=FLAGS]",
     "One rmqueue_bulk(): up to so many pages, in x, x.1, x.2 and so on, by __rmqueue() with one "
     "mode."},
    {OpKind::unreserve,
     {A::migratetype, A::force},
     "unreserve mt=TYPE [force]",
     "unreserve_highatomic_pageblock(): a pageblock of the reserve becomes TYPE; the last one only "
     "by force."},
}};

uint32_t with_bit(uint32_t flags, uint32_t bit, uint32_t value) {
  return value ? flags | bit : flags & ~bit;
}

}  // namespace

const ArgumentInfo& info(Argument argument) {
  return argument_table[static_cast<std::size_t>(argument)];
}

std::span<const OperationInfo> operation_infos() {
  return operation_table;
}

const OperationInfo& info(OpKind kind) {
  return operation_table[static_cast<std::size_t>(kind)];
}

uint32_t get(const Operation& op, Argument argument) {
  switch (argument) {
    case A::result:
    case A::slot:
      return op.slot;
    case A::order:
      return op.order;
    case A::gfp:
    case A::block:
    case A::pfn:
    case A::clean:
      return op.a;
    case A::reclaim:
      return op.b & 0xffffU;
    case A::compact:
      return op.b >> 16U;
    case A::migratetype:
      return op.a;
    case A::page_type:
    case A::alloc_flags:
    case A::tag:
    case A::fail:
      return op.b;
    case A::tail:
      return op.flags & op_tail;
    case A::error:
      return (op.flags & op_error) != 0;
    case A::force:
      return (op.flags & op_force) != 0;
    case A::chunks:
      return op.flags;
    case A::none:
    case A::count:
      break;
  }
  return 0;
}

void set(Operation& op, Argument argument, uint32_t value) {
  switch (argument) {
    case A::result:
    case A::slot:
      op.slot = value;
      return;
    case A::order:
      op.order = static_cast<uint8_t>(value);
      return;
    case A::gfp:
    case A::block:
    case A::pfn:
    case A::clean:
      op.a = value;
      return;
    case A::reclaim:
      op.b = (op.b & 0xffff0000U) | value;
      return;
    case A::compact:
      op.b = (op.b & 0xffffU) | value << 16U;
      return;
    case A::migratetype:
      op.a = value;
      return;
    case A::page_type:
    case A::alloc_flags:
    case A::tag:
    case A::fail:
      op.b = value;
      return;
    case A::tail:
      op.flags = static_cast<uint16_t>(with_bit(op.flags, op_tail, value));
      return;
    case A::error:
      op.flags = static_cast<uint16_t>(with_bit(op.flags, op_error, value));
      return;
    case A::force:
      op.flags = static_cast<uint16_t>(with_bit(op.flags, op_force, value));
      return;
    case A::chunks:
      op.flags = static_cast<uint16_t>(value);
      return;
    case A::none:
    case A::count:
      break;
  }
}

uint32_t max_value(Argument argument, const Geometry& geometry) {
  switch (argument) {
    case A::result:
    case A::slot:
      return geometry.slots - 1;
    case A::reclaim:
    case A::compact:
      return std::min(geometry.slots, 0xffffU);
    case A::order:
      return geometry.max_page_order;
    case A::gfp:
      return known_gfp_bits();
    case A::alloc_flags:
      return known_alloc_flag_bits();
    case A::migratetype:
      return MIGRATE_PCPTYPES - 1;
    case A::page_type:
    case A::tag:
      return MIGRATE_CMA;
    case A::chunks:
      return std::min(geometry.slots, bulk_max);
    case A::block:
      return geometry.nr_blocks() - 1;
    case A::pfn:
      return geometry.span() - 1;
    case A::clean:
    case A::fail:
      return 0xffffffffU;
    case A::tail:
    case A::error:
    case A::force:
      return 1;
    case A::none:
    case A::count:
      break;
  }
  return 0;
}

}  // namespace spb
