// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/hint_left.h"

#include "invariants/clauses.h"

namespace spb {

void HintLeft::search_ends(const Request<Concrete>& request, PassId by, Pfn page) {
  const auto type = static_cast<uint32_t>(request.migratetype);
  if (by != PassId::PASS_1 || page == no_page || type >= MIGRATE_PCPTYPES) return;
  const auto order = static_cast<uint32_t>(request.order);
  due_[cpu_ * nr_hints + order * MIGRATE_PCPTYPES + type] = raw_.spb_of(page.value) + 1;
  any_due_ = true;
}

void HintLeft::report() {
  for (uint32_t i = 0; i < due_.size(); ++i) {
    const uint32_t due = due_[i];
    const uint32_t found = first()[i];
    if (found == due) continue;
    const uint32_t order = i % nr_hints / MIGRATE_PCPTYPES;
    const uint32_t named = due != 0 ? due - 1 : found - 1;
    const uint32_t list = raw_.list_index(named, order, i % MIGRATE_PCPTYPES);
    violations_.add(clauses::hint, at_list(list), due, found);
  }
  reset();
}

constinit const InvariantInfo invariants::hint_left{
    .id = InvariantId::hint_left,
    .name = "hint-left",
    .kind = InvariantKind::step,
    .claim =
        "PASS_1 leaves a hint where it served, for the order and type that it served, and nothing "
        "else leaves one.",
    .source = "series v1 38/45, v2 31/40; only where superpageblocks have their own free lists",
    .clauses = {&clauses::hint}};

}  // namespace spb
