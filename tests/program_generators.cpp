// SPDX-License-Identifier: GPL-2.0-only
#include "tests/program_generators.h"

#include <algorithm>

#include "model/policy/variant.h"
#include "model/words/gfp.h"
#include "program/arguments.h"
#include "program/normalise.h"
#include "program/readings.h"
#include "program/text.h"
#include "program/zone_line.h"

namespace spb {

void showValue(const ZoneSpec& zone, std::ostream& out) {
  for (uint32_t z = 0; z < zone.machine.nr_zones(); ++z)
    out << (z == 0 ? "" : "\n") << zone_line(zone, z);
}
void showValue(const Operation& op, std::ostream& out) {
  out << operation_text(op, {});
}

}  // namespace spb

namespace spb::test {

using rc::Gen;
using rc::gen::element;
using rc::gen::inRange;
using rc::gen::just;
using rc::gen::weightedElement;
using rc::gen::weightedOneOf;

// ---- commands

namespace {

bool allocates(const Operation& op) {
  return op.kind == OpKind::alloc || op.kind == OpKind::rmqueue || op.kind == OpKind::bulk;
}

/// Of those that the operation writes, whether any is in use.
bool any_used(const Names& names, const Operation& op) {
  const auto first = names.used.begin() + static_cast<std::ptrdiff_t>(op.slot);
  return std::find(first, first + static_cast<std::ptrdiff_t>(nr_slots_written(op)), true) !=
         first + static_cast<std::ptrdiff_t>(nr_slots_written(op));
}

}  // namespace

void Step::checkPreconditions(const Names& names) const {
  if (allocates(op_)) RC_PRE(!any_used(names, op_));
  if (op_.kind == OpKind::free) RC_PRE(bool{names.used[op_.slot]});
  if (op_.kind == OpKind::isolate) RC_PRE(!names.isolated[op_.a]);
  if (op_.kind == OpKind::unisolate) RC_PRE(bool{names.isolated[op_.a]});
}

void Step::apply(Names& names) const {
  for (uint32_t i = 0; allocates(op_) && i < nr_slots_written(op_); ++i)
    names.used[op_.slot + i] = true;
  if (op_.kind == OpKind::free) names.used[op_.slot] = false;
  if (op_.kind == OpKind::isolate) names.isolated[op_.a] = true;
  if (op_.kind == OpKind::unisolate) names.isolated[op_.a] = false;
}

void Step::run(const Names&, Program& program) const {
  program.operations.push_back(op_);
}

void Step::show(std::ostream& out) const {
  showValue(op_, out);
}

// ---- zones

namespace {

Gen<Parameters> any_parameters() {
  return rc::gen::exec([] {
    Parameters parameters;
    for (int changes = *weightedElement<int>({{4, 0}, {3, 1}, {1, 2}}); changes > 0; --changes) {
      const auto i = *inRange<std::size_t>(0, nr_parameters);
      const ParameterInfo& range = parameter_infos()[i];
      const int most = std::min<int>(range.max, range.min + 8);
      parameters.values[i] = static_cast<uint16_t>(*inRange<int>(range.min, most + 1));
    }
    return parameters;
  });
}

/// Mostly none; else up to a superpageblock, which the normaliser sees to.
Gen<uint32_t> any_absence(uint32_t most) {
  return weightedOneOf<uint32_t>({{3, just(0U)}, {1, inRange<uint32_t>(0, most)}});
}

/// Now and then a second CPU, and a zone as large as the first.
Gen<MachineShape> any_machine(const Geometry& first) {
  return rc::gen::exec([first] {
    MachineShape machine;
    machine.cpus = *weightedElement<uint32_t>({{7, 1}, {1, 2}});
    machine.nr_further = *weightedElement<uint32_t>({{7, 0}, {1, 1}});
    if (machine.nr_further == 0) return machine;
    machine.further[0].geometry.superpageblocks = first.superpageblocks;
    machine.further[0].node = *inRange(0U, 2U);
    return machine;
  });
}

}  // namespace

Gen<ZoneSpec> any_zone() {
  return rc::gen::exec([] {
    ZoneSpec zone;
    Geometry& g = zone.geometry;
    g.superpageblocks = *inRange(1U, 5U);
    g.grows_by = *weightedElement<uint32_t>({{3, 0}, {1, 1}, {1, 2}});
    g.pageblocks = *element(1U, 2U, 4U, 4U);
    g.pageblock_order = *inRange(1U, 4U);
    g.max_page_order = g.pageblock_order + *inRange(0U, 3U);
    g.absent_first = *any_absence(g.superpageblock_nr_pages());
    g.absent_last = *any_absence(g.superpageblock_nr_pages());
    g.base_pfn = *element(0U, 0U, 2U) * g.superpageblock_nr_pages();
    g.start_allocated = *weightedElement<bool>({{7, false}, {1, true}});
    g.slots = spare_slot + 1;
    zone.variant = *inRange(0U, static_cast<uint32_t>(variants().size()));
    zone.parameters = *any_parameters();
    zone.machine = *any_machine(g);
    zone = normalised(zone);
    const ReadingSet readings = readings_from_environment(ReadingSet::all);
    if (!bring_into(readings, zone)) {
      zone.variant = 0;
      bring_into(readings, zone);
    }
    return zone;
  });
}

// ---- operations

namespace {

/// Pages, halves of a pageblock, pageblocks, and what several of them merge into.
Gen<uint8_t> any_order(const Geometry& g) {
  const auto order = [&g](uint32_t value) {
    return static_cast<uint8_t>(std::min(value, g.max_page_order));
  };
  return weightedElement<uint8_t>({{6, order(0)},
                                   {2, order(1)},
                                   {3, order(g.pageblock_order - 1)},
                                   {3, order(g.pageblock_order)},
                                   {2, order(g.pageblock_order + 1)},
                                   {1, order(g.max_page_order)}});
}

Gen<uint32_t> any_gfp() {
  return weightedElement<uint32_t>({{4, GFP_KERNEL},
                                    {3, GFP_KERNEL | __GFP_RECLAIMABLE},
                                    {4, GFP_HIGHUSER_MOVABLE},
                                    {3, GFP_ATOMIC},
                                    {2, GFP_ATOMIC | __GFP_RECLAIMABLE},
                                    {1, GFP_NOWAIT},
                                    {1, GFP_TRANSHUGE_LIGHT},
                                    {1, GFP_KERNEL | __GFP_NORETRY},
                                    {1, GFP_KERNEL | __GFP_NOFAIL}});
}

Gen<uint32_t> any_alloc_flags() {
  return element<uint32_t>(0U, 0U, ALLOC_NOFRAGMENT, ALLOC_NOFRAGMENT | ALLOC_NON_BLOCK,
                           ALLOC_NOFRAGMENT | ALLOC_NOFRAG_TAINTED_OK,
                           ALLOC_NOFRAGMENT | ALLOC_NOFRAG_TAINTED_OK | ALLOC_NON_BLOCK,
                           ALLOC_NON_BLOCK, ALLOC_HIGHATOMIC, ALLOC_HIGHATOMIC | ALLOC_NON_BLOCK,
                           ALLOC_CMA, ALLOC_CMA | ALLOC_NOFRAGMENT,
                           ALLOC_HIGHORDER_OPTIONAL | ALLOC_NOFRAGMENT);
}

Gen<uint32_t> any_type() {
  return element<uint32_t>(MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE);
}

/// Of a pageblock, or of pages from any list.
Gen<uint32_t> any_tag() {
  return weightedElement<uint32_t>({{3, MIGRATE_UNMOVABLE},
                                    {3, MIGRATE_MOVABLE},
                                    {3, MIGRATE_RECLAIMABLE},
                                    {2, MIGRATE_HIGHATOMIC},
                                    {2, MIGRATE_CMA}});
}

Gen<uint32_t> any_block(const Geometry& g) {
  return inRange(0U, g.nr_blocks());
}

/// One of the slots whose bit is as wanted; any of them where there is none.
Gen<uint32_t> one_of(const std::vector<bool>& bits, bool wanted, uint32_t end) {
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < end; ++i) {
    if (bits[i] == wanted) found.push_back(i);
  }
  return found.empty() ? inRange(0U, end) : rc::gen::elementOf(found);
}

Gen<uint32_t> slot_or_none(const Names& names) {
  return weightedOneOf<uint32_t>({{2, just(0U)},
                                  {1, rc::gen::map(one_of(names.used, true, spare_slot),
                                                   [](uint32_t slot) { return slot + 1; })}});
}

Gen<uint32_t> any_bits() {
  return weightedOneOf<uint32_t>({{3, just(0U)}, {1, just(0xffffffffU)}, {2, inRange(0U, 256U)}});
}

Gen<uint32_t> any_pfn(const Geometry& g) {
  return rc::gen::map(inRange(0U, g.span()), [g](uint32_t page) { return g.base_pfn + page; });
}

using Kind = OpKind;

/// A batch whose slots are empty; of one page where no two empty ones stand side by side.
Gen<Operation> any_batch(const Names& names) {
  return rc::gen::exec([names] {
    Operation op;
    op.kind = Kind::bulk;
    op.slot = *one_of(names.used, false, spare_slot);
    uint32_t room = 1;
    while (room < 6 && op.slot + room < spare_slot && !names.used[op.slot + room])
      ++room;
    op.flags = static_cast<uint16_t>(*inRange(1U, room + 1));
    op.order = *any_order(names.zone.geometry);
    op.a = *any_type();
    op.b = *any_alloc_flags();
    return op;
  });
}

/// In one of the zones, on one of the CPUs; what is known of isolation is the first zone's.
Gen<Operation> placed(const Operation& operation, const ZoneSpec& zone) {
  return rc::gen::exec([operation, zone] {
    Operation op = operation;
    const bool stays = op.kind == Kind::isolate || op.kind == Kind::unisolate;
    if (!stays) op.zone = static_cast<uint8_t>(*inRange(0U, zone.machine.nr_zones()));
    op.cpu = static_cast<uint8_t>(*inRange(0U, zone.machine.cpus));
    const bool names_pfn = op.kind == Kind::take || op.kind == Kind::give;
    if (names_pfn) op.a += zone.geometry_of(op.zone).base_pfn - zone.geometry.base_pfn;
    return normalised(op, zone);
  });
}

Gen<Operation> operation_of(Kind kind, const Names& names) {
  return rc::gen::exec([kind, names] {
    const Geometry& g = names.zone.geometry;
    Operation op;
    op.kind = kind;
    switch (kind) {
      case Kind::alloc:
        op.slot = *one_of(names.used, false, spare_slot);
        op.order = *any_order(g);
        op.a = *any_gfp();
        op.b = *slot_or_none(names) | *slot_or_none(names) << 16U;
        break;
      case Kind::rmqueue:
        op.slot = *one_of(names.used, false, spare_slot);
        op.order = *any_order(g);
        op.a = *any_type();
        op.b = *any_alloc_flags();
        break;
      case Kind::free:
        op.slot = *one_of(names.used, true, spare_slot);
        op.flags = *element<uint16_t>(0, 0, op_tail);
        break;
      case Kind::isolate:
        op.a = *one_of(names.isolated, false, g.nr_blocks());
        break;
      case Kind::unisolate:
        op.a = *one_of(names.isolated, true, g.nr_blocks());
        break;
      case Kind::worker:
        op.a = *any_bits();
        op.b = *any_bits();
        op.flags = *weightedElement<uint16_t>({{7, 0}, {1, op_error}});
        break;
      case Kind::take:
        op.order = *any_order(g);
        op.a = *any_pfn(g);
        op.b = *any_tag();
        break;
      case Kind::give:
        op.order = *any_order(g);
        op.a = *any_pfn(g);
        op.flags = *element<uint16_t>(0, op_tail);
        break;
      case Kind::tag:
        op.a = *any_block(g);
        op.b = *any_tag();
        break;
      case Kind::bulk:
        op = *any_batch(names);
        break;
      case Kind::unreserve:
        op.a = *any_type();
        op.flags = *element<uint16_t>(0, op_force);
        break;
      case Kind::wait:
        op.a = *inRange<uint32_t>(0, wait_max_ms + 1);
        break;
      default:
        break;
    }
    return *placed(op, names.zone);
  });
}

bool any_of(const std::vector<bool>& bits, bool wanted, std::size_t end) {
  return std::find(bits.begin(), bits.begin() + static_cast<std::ptrdiff_t>(end), wanted) !=
         bits.begin() + static_cast<std::ptrdiff_t>(end);
}

/// The kinds that are possible here, as often as they should come.
std::vector<Kind> kinds_for(const Names& names) {
  std::vector<Kind> kinds{Kind::irq_work, Kind::worker, Kind::worker, Kind::take,
                          Kind::give,     Kind::tag,    Kind::tag,    Kind::unreserve};
  const auto add = [&kinds](bool possible, std::size_t weight, Kind kind) {
    if (possible) kinds.insert(kinds.end(), weight, kind);
  };
  const bool room = any_of(names.used, false, spare_slot);
  add(room, 8, Kind::alloc);
  add(room, 8, Kind::rmqueue);
  add(room, 3, Kind::bulk);
  add(any_of(names.used, true, spare_slot), 8, Kind::free);
  add(any_of(names.isolated, false, names.isolated.size()), 2, Kind::isolate);
  add(any_of(names.isolated, true, names.isolated.size()), 2, Kind::unisolate);
  add(names.zone.geometry.grows_by > 0, 1, Kind::grow);
  return kinds;
}

}  // namespace

Gen<std::shared_ptr<const Step::CommandType>> any_step(const Names& names) {
  return rc::gen::exec([names]() -> std::shared_ptr<const Step::CommandType> {
    const Kind kind = *rc::gen::elementOf(kinds_for(names));
    return std::make_shared<const Step>(*operation_of(kind, names));
  });
}

// ---- programs

namespace {

/// The chunks that take the first `pages` pages of a pageblock.
void take_pages(const Geometry& g, uint32_t block, uint32_t pages, uint32_t type,
                std::vector<Operation>& operations) {
  uint32_t pfn = g.base_pfn + block * g.pageblock_nr_pages();
  for (uint32_t order = g.pageblock_order + 1; order-- > 0;) {
    if ((pages >> order & 1U) == 0) continue;
    operations.push_back(
        {.kind = OpKind::take, .order = static_cast<uint8_t>(order), .a = pfn, .b = type});
    pfn += 1U << order;
  }
}

}  // namespace

Gen<std::vector<Operation>> any_filling(const ZoneSpec& zone) {
  return rc::gen::exec([zone] {
    const Geometry& g = zone.geometry;
    const uint32_t all = g.pageblock_nr_pages();
    const uint32_t half = all / 2;
    std::vector<Operation> operations;
    // One block in so many stays free: from a zone that is nearly full to one that is nearly free.
    const auto free_share = *inRange(0U, 5U);
    for (uint32_t block = 0; block < g.nr_blocks(); ++block) {
      const bool filled = *inRange(0U, 4U) >= free_share;
      if (!filled) continue;
      const uint32_t pages = *element(1U, half - 1, half, half + 1, all - 1, all, all);
      take_pages(g, block, pages, *any_type(), operations);
    }
    return operations;
  });
}

Gen<Operation> any_request(const ZoneSpec& zone) {
  return rc::gen::exec([zone] {
    Operation op;
    op.kind = OpKind::rmqueue;
    op.slot = spare_slot;
    op.order = *any_order(zone.geometry);
    op.a = *any_type();
    op.b = *any_alloc_flags();
    return op;
  });
}

Program any_program() {
  Program program;
  program.zone = *any_zone();
  program.operations = *any_filling(program.zone);
  const Names names(program.zone);
  const auto steps = *rc::state::gen::commands(names, any_step);
  rc::state::runAll(steps, names, program);
  return normalised(std::move(program));
}

}  // namespace spb::test
