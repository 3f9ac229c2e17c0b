// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/slots.h"

#include "invariants/clauses.h"

namespace spb {

void check_slot(const Raw& raw, uint32_t index, Violations& violations) {
  const Slot& slot = raw.zone.slot(index);
  if (slot.page == 0) {
    const uint32_t rest = slot.order | slot.type | slot.zone;
    if (rest != 0) violations.add(clauses::slot_empty, at_slot(index), 0, rest);
    return;
  }
  if (slot.zone != raw.zone.index()) {
    const uint32_t nr_zones = raw.zone.machine().nr_zones();
    if (slot.zone >= nr_zones)
      violations.add(clauses::slot_zone, at_slot(index), nr_zones, slot.zone);
    return;
  }
  const uint32_t pfn = slot.page - 1;
  if (slot.order > raw.max_order || pfn >= raw.span || pfn + (1U << slot.order) > raw.span) {
    violations.add(clauses::slot_chunk, at_slot(index), raw.span, slot.page);
    return;
  }
  const auto state = static_cast<uint8_t>(page_state::allocated | page_state::owned | slot.type);
  for (uint32_t i = 0; i < 1U << slot.order; ++i) {
    if (raw.pages[pfn + i] != state) {
      violations.add(clauses::slot_chunk, at_slot(index), state, raw.pages[pfn + i]);
    }
  }
  if (raw.links[pfn].next != index + 1) {
    violations.add(clauses::slot_owner, at_slot(index), index + 1, raw.links[pfn].next);
  }
}

namespace {

void check(const Raw& raw, Violations& violations) {
  const uint32_t nr_slots = raw.zone.geometry().slots;
  for (uint32_t i = 0; i < nr_slots; ++i)
    check_slot(raw, i, violations);
  for (uint32_t pfn = 0; pfn < raw.span; ++pfn) {
    const uint32_t owner = raw.links[pfn].next;
    if (!Raw::is_allocated(raw.pages[pfn]) || owner == 0) continue;
    const bool here = owner <= nr_slots && raw.zone.slot(owner - 1).zone == raw.zone.index();
    const uint32_t named = here ? raw.zone.slot(owner - 1).page : 0;
    if (named != pfn + 1) violations.add(clauses::slot_orphan, at_page(pfn), pfn + 1, named);
  }
}

}  // namespace

constinit const InvariantInfo invariants::slots{
    .id = InvariantId::slots,
    .name = "slots",
    .kind = InvariantKind::state,
    .claim = "A name of the program stands for an allocated chunk whose owner it is.",
    .source = "ours: the register file of programs",
    .clauses = {&clauses::slot_chunk, &clauses::slot_owner, &clauses::slot_orphan,
                &clauses::slot_outcome, &clauses::slot_size, &clauses::slot_empty,
                &clauses::slot_zone},
    .full = check};

}  // namespace spb
