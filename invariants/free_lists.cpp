// SPDX-License-Identifier: GPL-2.0-only
#include <array>

#include "invariants/clauses.h"
#include "invariants/raw.h"
#include "invariants/violations.h"

namespace spb {

namespace {

void check_chunk_blocks(const Raw& raw, uint32_t head, uint32_t order, Violations& violations) {
  const uint8_t type = raw.list_type(raw.block_of(head));
  const uint32_t last = raw.block_of(head + (1U << order) - 1);
  for (uint32_t b = raw.block_of(head) + 1; b <= last; ++b) {
    if (raw.list_type(b) != type) {
      violations.add(clauses::mixed_types, at_block(b), tag_value(type),
                     tag_value(raw.list_type(b)));
    }
  }
}

/// The pages of one chunk; returns the page behind it, or behind what is left of it.
uint32_t check_chunk(const Raw& raw, uint32_t head, Violations& violations) {
  const uint32_t order = Raw::order_of(raw.pages[head]);
  if (order > raw.max_order || head % (1U << order) != 0 || head + (1U << order) > raw.end()) {
    violations.add(clauses::unaligned, at_page(head), raw.max_order, order);
    return head + 1;
  }
  const uint32_t end = head + (1U << order);
  for (uint32_t pfn = head + 1; pfn < end; ++pfn) {
    if (raw.pages[pfn] == page_state::in_free_chunk) continue;
    violations.add(clauses::interrupted, at_page(pfn), page_state::in_free_chunk, raw.pages[pfn]);
    return pfn;
  }
  check_chunk_blocks(raw, head, order, violations);
  return end;
}

void check_cover(const Raw& raw, Violations& violations) {
  uint32_t pfn = 0;
  while (pfn < raw.span) {
    const uint8_t page = raw.pages[pfn];
    if (Raw::is_head(page)) {
      pfn = check_chunk(raw, pfn, violations);
      continue;
    }
    if (page == page_state::in_free_chunk) {
      violations.add(clauses::uncovered, at_page(pfn), page_state::free_head, page);
    }
    ++pfn;
  }
}

/// One list from its first chunk on; returns its length as far as it can be followed.
uint32_t check_list(const Raw& raw, uint32_t a, uint32_t order, uint32_t type,
                    Violations& violations) {
  const ListHead& list = raw.list(a, order, type);
  const Where where = at_list(raw.list_index(a, order, type));
  uint32_t length = 0;
  uint32_t before = 0;
  for (uint32_t at = list.first; at != 0; at = raw.links[at - 1].next) {
    if (at > raw.span) {
      violations.add(clauses::list_ends, where, raw.span, at);
      return length;
    }
    const uint32_t pfn = at - 1;
    if (raw.pages[pfn] != Raw::head_byte(order) || raw.list_type(raw.block_of(pfn)) != type ||
        raw.area_of(pfn) != a) {
      violations.add(clauses::wrong_list, at_page(pfn), where.index,
                     raw.list_index(raw.area_of(pfn), order, raw.list_type(raw.block_of(pfn))));
      return length;
    }
    if (raw.links[pfn].prev != before) {
      violations.add(clauses::chunk_links, at_page(pfn), before, raw.links[pfn].prev);
      return length;
    }
    before = at;
    ++length;
  }
  if (list.last != before) violations.add(clauses::list_ends, where, before, list.last);
  const bool bit = (raw.zone.area(a).nonempty[type] >> order & 1U) != 0;
  if (bit != (length > 0)) violations.add(clauses::nonempty, where, length > 0, bit);
  return length;
}

using HeadCounts = std::array<uint32_t, max_nr_page_orders>;

HeadCounts count_heads(const Raw& raw, uint32_t a) {
  const uint32_t first = raw.nr_areas == 1 ? 0 : a << raw.spb_page_shift;
  const uint32_t end = raw.nr_areas == 1 ? raw.span : (a + 1) << raw.spb_page_shift;
  HeadCounts heads{};
  for (uint32_t pfn = first; pfn < end; ++pfn) {
    const uint8_t page = raw.pages[pfn];
    if (Raw::is_head(page) && Raw::order_of(page) <= raw.max_order) ++heads[Raw::order_of(page)];
  }
  return heads;
}

void check_lists(const Raw& raw, Violations& violations) {
  for (uint32_t a = 0; a < raw.nr_areas; ++a) {
    const HeadCounts heads = count_heads(raw, a);
    for (uint32_t order = 0; order <= raw.max_order; ++order) {
      uint32_t listed = 0;
      for (uint32_t type = 0; type < MIGRATE_TYPES; ++type)
        listed += check_list(raw, a, order, type, violations);
      const Where where = at_list(raw.list_index(a, order, 0));
      if (listed != heads[order]) violations.add(clauses::unlisted, where, heads[order], listed);
      const uint32_t counted = raw.zone.nr_free(a, Order(order));
      if (counted != heads[order])
        violations.add(clauses::area_count, where, heads[order], counted);
    }
  }
}

void check_dead_links(const Raw& raw, Violations& violations) {
  for (uint32_t pfn = 0; pfn < raw.span; ++pfn) {
    const uint8_t page = raw.pages[pfn];
    if (Raw::is_head(page)) continue;
    const PageLinks& links = raw.links[pfn];
    const bool may_own = Raw::is_allocated(page) && (page & page_state::owned);
    if (links.prev != 0) violations.add(clauses::dead_links, at_page(pfn), 0, links.prev);
    if (!may_own && links.next != 0)
      violations.add(clauses::dead_links, at_page(pfn), 0, links.next);
  }
}

void check(const Raw& raw, Violations& violations) {
  check_cover(raw, violations);
  check_lists(raw, violations);
  check_dead_links(raw, violations);
}

}  // namespace

constinit const InvariantInfo invariants::free_lists{
    .id = InvariantId::free_lists,
    .name = "free-lists",
    .kind = InvariantKind::state,
    .claim =
        "Every free page is in one chunk, on the one list that isolation, superpageblock or zone, "
        "tag and order call for.",
    .source = "series v2 14/40; mainline",
    .clauses = {&clauses::uncovered, &clauses::interrupted, &clauses::unaligned,
                &clauses::mixed_types, &clauses::wrong_list, &clauses::chunk_links,
                &clauses::list_ends, &clauses::unlisted, &clauses::nonempty, &clauses::area_count,
                &clauses::dead_links},
    .full = check};

}  // namespace spb
