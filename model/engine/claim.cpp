// SPDX-License-Identifier: GPL-2.0-only
// What happens to a chunk that a search found: taken as it is, or its pageblocks relabelled.
#include <algorithm>

#include "model/engine/buddy.h"
#include "model/engine/evacuate_pool.h"
#include "model/engine/search.h"
#include "model/state/mutate.h"

namespace spb {

namespace {

/// A borrowed or stolen page is of another type than its pageblock. The passes that borrow bring no
/// list up to date with it, so fullness counts it from the next update on (series v2 PASS_2C, 2D).
void note_content(Zone& zone, Pfn page, const Request<Concrete>& request) {
  const BlockIndex last = zone.block_of(page + (nr_pages(order_of(request)) - 1));
  for (BlockIndex b = zone.block_of(page); b <= last; ++b) {
    Mutate::set_block(zone, b,
                      accounting::with_content<Concrete>(zone.view(b), request.migratetype));
  }
}

}  // namespace

// Most pages are handed out here, without a call.
[[gnu::flatten]] Pfn hand_out(Zone& zone, const Request<Concrete>& request, const Found& found) {
  page_del_and_expand(zone, found.head, order_of(request), found.order, found.list);
  const Order marked = zone.marked_part(order_of(request), found.order);
  mark_taken_apart(zone, found.head, marked, found.list);
  Mutate::mark_allocated(zone, found.head, order_of(request), page_type_of(request),
                         page_state::owned);
  if (found.list != request.migratetype) note_content(zone, found.head, request);
  return found.head;
}

Pfn claim_whole_block(Zone& zone, const Request<Concrete>& request, const Found& found) {
  const Migratetype type = type_of(request);
  const BlockIndex last = zone.block_of(found.head + (nr_pages(found.order) - 1));
  const Order marked = zone.marked_part(order_of(request), found.order);
  const BlockIndex last_marked = zone.block_of(found.head + (nr_pages(marked) - 1));
  Mutate::del_page_from_free_list(zone, found.head, found.order, found.list);
  for (BlockIndex b = zone.block_of(found.head); b <= last; ++b) {
    const Block<Concrete> block = zone.view(b);
    Mutate::set_block(zone, b,
                      b <= last_marked ? accounting::after_whole_claim<Concrete>(block, type)
                                       : accounting::after_relabel<Concrete>(block, type));
  }
  Mutate::spb_update_list(zone, zone.spb_of(found.head));
  expand(zone, found.head, order_of(request), found.order, type);
  Mutate::mark_allocated(zone, found.head, order_of(request), page_type_of(request),
                         page_state::owned);
  return found.head;
}

namespace {

/// The first refusal that holds, or Refusal::count.
Refusal refused(const Zone& zone, const Request<Concrete>& request, const Chunk<Concrete>& chunk,
                BlockIndex b, const BlockPages<Concrete>& pages) {
  for (const RefusalRow<Concrete>& row : zone.policy().refusals) {
    if (row.refuses(request, chunk, zone.view(b), pages, zone.limits())) return row.id;
  }
  return Refusal::count;
}

void report_refusal(Zone& zone, const Request<Concrete>& request, const Found& found,
                    Refusal reason) {
  count_one(zone.statistics.refusals, reason);
  zone.events.add({.kind = EventKind::spb_claim_block_refused,
                   .order = static_cast<uint8_t>(found.order.value),
                   .type = type_of(request),
                   .pfn = found.head,
                   .a = static_cast<uint32_t>(reason),
                   .b = found.list});
}

/// Relabel a partly used pageblock: its free chunks move, then the search starts over on the new
/// lists.
Pfn claim_part_block(Zone& zone, const Request<Concrete>& request, BlockIndex b,
                     const BlockPages<Concrete>& pages, uint32_t depth) {
  const Migratetype from = zone.list_type(b);
  const Migratetype type = type_of(request);
  move_freepages_block(zone, b, from, type);
  update_block(zone, b,
               accounting::after_part_claim<Concrete>(zone.view(b), type, pages, zone.limits()));
  if (from == MIGRATE_MOVABLE && rules::is_non_movable<Concrete>(request)) {
    queue_pageblock_evacuate(zone, b);
  }
  Request<Concrete> without_flags = request;
  set_alloc_flags(without_flags, 0);
  return rmqueue_smallest(zone, without_flags, depth + 1).pfn;
}

}  // namespace

Refusal claim_refused(const Zone& zone, const Request<Concrete>& request, const Found& found,
                      bool from_tainted_spb) {
  const BlockIndex b = zone.block_of(found.head);
  const Chunk<Concrete> chunk{static_cast<int>(found.order.value), found.list, from_tainted_spb};
  const bool part = found.order.value < zone.geometry().pageblock_order;
  return refused(zone, request, chunk, b, part ? zone.count_pages(b) : BlockPages<Concrete>{});
}

Pfn try_to_claim_block(Zone& zone, const Request<Concrete>& request, const Found& found,
                       bool from_tainted_spb, uint32_t depth) {
  const BlockIndex b = zone.block_of(found.head);
  const Chunk<Concrete> chunk{static_cast<int>(found.order.value), found.list, from_tainted_spb};
  const bool part = found.order.value < zone.geometry().pageblock_order;
  const BlockPages<Concrete> pages = part ? zone.count_pages(b) : BlockPages<Concrete>{};
  if (part) {
    zone.events.add({.kind = EventKind::block_pages,
                     .pfn = zone.geometry().first_page(b),
                     .a = static_cast<uint32_t>(pages.free),
                     .b = static_cast<uint32_t>(pages.movable)});
  }
  const Refusal reason = refused(zone, request, chunk, b, pages);
  if (reason != Refusal::count) {
    report_refusal(zone, request, found, reason);
    return no_page;
  }
  return part ? claim_part_block(zone, request, b, pages, depth)
              : claim_whole_block(zone, request, found);
}

}  // namespace spb
