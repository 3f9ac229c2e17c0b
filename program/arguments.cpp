// SPDX-License-Identifier: GPL-2.0-only
#include "program/arguments.h"

#include <algorithm>
#include <array>

#include "model/words/gfp.h"

namespace spb {

namespace {

using A = Argument;

constexpr std::array<ArgumentInfo, static_cast<std::size_t>(A::count)> argument_table{{
    {"", false},        {"", true},         {"", true},       {"order", true},  {"gfp", true},
    {"reclaim", false}, {"compact", false}, {"mt", true},     {"flags", false}, {"", true},
    {"", true},         {"pfn", true},      {"clean", false}, {"fail", false},  {"count", true},
    {"mt", true},       {"tail", false},    {"error", false}, {"force", false}, {"zone", false},
    {"node", false},    {"cpu", false},     {"ms", true},
}};

}  // namespace

const ArgumentInfo& info(Argument argument) {
  return argument_table[static_cast<std::size_t>(argument)];
}

bool is_said(Argument argument, const MachineShape& machine) {
  switch (argument) {
    case A::zone:
      return machine.nr_zones() > 1;
    case A::node:
      return machine.nr_nodes() > 1;
    case A::cpu:
      return machine.cpus > 1;
    default:
      return true;
  }
}

uint32_t max_value(Argument argument, const Geometry& geometry, const MachineShape& machine) {
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
    case A::zone:
      return machine.nr_further;
    case A::node:
      return machine.nr_nodes() - 1;
    case A::cpu:
      return machine.cpus - 1;
    case A::ms:
      return wait_max_ms;
    case A::none:
    case A::count:
      break;
  }
  return 0;
}

}  // namespace spb
