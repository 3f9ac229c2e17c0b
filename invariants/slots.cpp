// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/slots.h"

namespace spb {

void check_slot(const Raw& raw, uint32_t index, Findings& findings) {
  const Slot& slot = raw.zone.slot(index);
  if (slot.page == 0) {
    const uint32_t rest = slot.order | slot.type | slot.zero;
    if (rest != 0) findings.add(clauses::slot_empty, at_slot(index), 0, rest);
    return;
  }
  const uint32_t pfn = slot.page - 1;
  if (slot.order > raw.max_order || pfn >= raw.span || pfn + (1U << slot.order) > raw.span) {
    findings.add(clauses::slot_chunk, at_slot(index), raw.span, slot.page);
    return;
  }
  const auto state = static_cast<uint8_t>(page_state::allocated | page_state::owned | slot.type);
  for (uint32_t i = 0; i < 1U << slot.order; ++i) {
    if (raw.pages[pfn + i] != state) {
      findings.add(clauses::slot_chunk, at_slot(index), state, raw.pages[pfn + i]);
    }
  }
  if (raw.links[pfn].next != index + 1) {
    findings.add(clauses::slot_owner, at_slot(index), index + 1, raw.links[pfn].next);
  }
}

}  // namespace spb
