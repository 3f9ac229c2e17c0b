// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/invariant.h"

#include <algorithm>
#include <array>

#include "invariants/clauses.h"
#include "model/words/gfp.h"

namespace spb {

namespace {

using Id = InvariantId;

constexpr std::array<InvariantInfo, static_cast<std::size_t>(Id::count)> infos{{
    {Id::isolated_untouched, "isolated-untouched", Kind::step,
     "No isolated pageblock is claimed, borrowed from, stolen from or allocated from.",
     "series v2 06/40; mainline, where its free pages are on no list that is searched"},
    {Id::borrow, "borrow", Kind::step,
     "Taking without relabelling (PASS_2C, PASS_2D, steal) changes no tag, leaves the splits on "
     "the "
     "source list and sets PB_has_<request>.",
     "series v1 31/45, 42/45; mainline __rmqueue_steal()"},
    {Id::counter_balance, "counter-balance", Kind::state,
     "nr_free, nr_unmovable, nr_reclaimable and nr_movable equal the pageblocks with the bit, none "
     "passes total_pageblocks, nr_reserved counts holes, and the bits agree with the pages.",
     "series v2 07/40, 08/40, 11/40; the bound is spb_debug_check() of v2 22/40"},
    {Id::free_lists, "free-lists", Kind::state,
     "Every free page is in one chunk, on the one list that isolation, superpageblock or zone, tag "
     "and order call for.",
     "series v2 14/40; mainline"},
    {Id::merged_buddies, "merged-buddies", Kind::state, "Free buddies that merge have merged.",
     "mainline __free_one_page()"},
    {Id::conservation, "conservation", Kind::state,
     "Free and allocated pages are all pages, every sum of free pages is right, and an operation "
     "changes them by what its outcome says.",
     "series v2 08/40; mainline account_freepages()"},
    {Id::highatomic_reserve, "highatomic-reserve", Kind::state,
     "The counters of the HIGHATOMIC reserve are what its lists and tags say, and it grows only "
     "below "
     "its limit.",
     "mainline reserve_highatomic_pageblock(), account_freepages()"},
    {Id::spb_lists, "spb-lists", Kind::state,
     "Each superpageblock is on the one list that its counters call for: category and fullness, "
     "spb_empty, or spb_isolated.",
     "series v2 10/40, 17/40"},
    {Id::evacuation_items, "evacuation-items", Kind::state,
     "Each work item of the evacuation pool is in one place: free, pending, queued, or held by the "
     "worker.",
     "series v2 06/40"},
    {Id::slots, "slots", Kind::state,
     "A name of the program stands for an allocated chunk whose owner it is.",
     "ours: the register file of programs"},
    {Id::marked_changes, "marked-changes", Kind::step,
     "Every change is on the dirty list, so that checks of what was touched find what full checks "
     "find.",
     "ours: incremental checks rest on it"},
    {Id::conformance, "conformance", Kind::step,
     "The chunk taken satisfies its pass, comes first in the order of its walk, and no earlier "
     "pass "
     "had a candidate.",
     "the policy's own predicates over the whole state (series v2 14/40, 20/40, 40/40)"},
    {Id::stated_rules, "stated-rules", Kind::step,
     "What the policy says of a request, superpageblock, pageblock or order is what its source "
     "states.",
     "series v2 14/40, 20/40, 23/40, 24/40, 40/40; mainline __rmqueue(), try_to_claim_block()"},
    {Id::slow_path, "slow-path", Kind::step,
     "A caller that may not wait climbs the atomic ladder: its flags at each try, and where it "
     "gives "
     "up, are those that the series states.",
     "series v1 19/45, 33/45, v2 18/40, 35/40; only where superpageblocks have their own free "
     "lists"},
    {Id::evacuation_steps, "evacuation-steps", Kind::step,
     "A step of evacuation takes the item that is due, moves the pages of one batch, and goes on "
     "behind them or ends.",
     "series v2 06/40; mainline migrate_pages_batch()"},
    {Id::page_types, "page-types", Kind::step,
     "Only movable pages migrate, only these and reclaimable ones are reclaimed, and a tag decides "
     "the type of the pages from before the program.",
     "mainline isolate_migratepages_block(); ours: what a recording's pages are"},
    {Id::reentry, "reentry", Kind::progress,
     "The search that a claim of part of a pageblock re-enters hands out a page, within the bound.",
     "mainline try_to_claim_block(); the series' recursion has no bound"},
    {Id::fall_through, "fall-through", Kind::step,
     "A search leaves the tainted superpageblocks only where none has a usable chunk on the "
     "request's own list, whatever serves then.",
     "series v2 40/40: n_tainted_with_buddy of spb_alloc_fall_through is 0"},
    {Id::mix_by_borrow, "mix-by-borrow", Kind::step,
     "UNMOVABLE and RECLAIMABLE content share a pageblock only by a borrow (PASS_2C, PASS_2D).",
     "series v1 26/45, v2 24/40 against claim and steal; v1 31/45, 42/45 borrow on purpose; only "
     "where superpageblocks have their own free lists"},
    {Id::nofragment_atomic, "nofragment-atomic", Kind::step,
     "No attempt of an atomic request under ALLOC_NOFRAGMENT taints a clean superpageblock.",
     "series v1 19/45, v2 18/40; only where superpageblocks have their own free lists"},
    {Id::nofragment_any, "nofragment-any", Kind::step,
     "No attempt of any request under ALLOC_NOFRAGMENT taints a clean superpageblock.",
     "series v1 21/45, v2 20/40; only where superpageblocks have their own free lists"},
    {Id::nofragment_kept, "nofragment-kept", Kind::step,
     "A caller that may wait loses ALLOC_NOFRAGMENT only after reclaim and compaction.",
     "series v1 21/45, v2 20/40; only where superpageblocks have their own free lists"},
    {Id::order_0_served, "order-0-served", Kind::progress,
     "An order-0 allocation of a caller that may wait gets a page while one is free outside "
     "isolated pageblocks.",
     "mainline: own list, claim and steal together read every list"},
    {Id::claim_serves_from_claimed_block, "claim-serves-from-claimed-block", Kind::step,
     "After a claim of part of a pageblock the page comes from that pageblock.",
     "mainline try_to_claim_block(), where the request's other lists are empty by then"},
    {Id::free_pageblocks, "free-pageblocks", Kind::step,
     "An operation leaves no pageblock that it touched wholly free without PB_all_free, or with a "
     "PB_has bit.",
     "series v2 mark_pageblock_free(); pageblocks that the zone's border cuts are never marked"},
    {Id::hint_category, "hint-category", Kind::step,
     "A hint serves only from a superpageblock that PASS_1 would come to for the request.",
     "series v2 14/40, 31/40; only where superpageblocks have their own free lists"},
    {Id::optional_refusal, "optional-refusal", Kind::step,
     "A request with ALLOC_HIGHORDER_OPTIONAL is refused only while a tainted superpageblock has a "
     "free page that its type can use.",
     "series v2 26/40; only where superpageblocks have their own free lists"},
}};

constexpr std::array clause_table{
    clauses::handed_out,
    clauses::handed_out_behind,
    clauses::stolen,
    clauses::relabelled,
    clauses::relabelled_behind,
    clauses::tag_kept,
    clauses::splits_listed,
    clauses::borrow_content,
    clauses::nr_reserved,
    clauses::above_total,
    clauses::total_pageblocks,
    clauses::nr_free,
    clauses::nr_unmovable,
    clauses::nr_reclaimable,
    clauses::nr_movable,
    clauses::all_free,
    clauses::not_all_free,
    clauses::content,
    clauses::uncovered,
    clauses::interrupted,
    clauses::unaligned,
    clauses::mixed_types,
    clauses::wrong_list,
    clauses::chunk_links,
    clauses::list_ends,
    clauses::unlisted,
    clauses::nonempty,
    clauses::area_count,
    clauses::dead_links,
    clauses::sub_block,
    clauses::whole_block,
    clauses::page_state,
    clauses::spb_free_pages,
    clauses::zone_free_pages,
    clauses::zone_free_blocks,
    clauses::zone_free_cma,
    clauses::zone_allocated,
    clauses::outcome,
    clauses::free_highatomic,
    clauses::reserved_highatomic,
    clauses::reserve_limit,
    clauses::spb_list,
    clauses::spb_links,
    clauses::spb_ends,
    clauses::spb_unlisted,
    clauses::item_place,
    clauses::item_count,
    clauses::item_counted,
    clauses::item_block,
    clauses::item_last,
    clauses::item_cursor,
    clauses::slot_chunk,
    clauses::slot_owner,
    clauses::slot_orphan,
    clauses::slot_outcome,
    clauses::slot_empty,
    clauses::page_unmarked,
    clauses::links_unmarked,
    clauses::block_unmarked,
    clauses::spb_unmarked,
    clauses::stale,
    clauses::missed,
    clauses::mode_order,
    clauses::batch_mode,
    clauses::gate,
    clauses::earlier_pass,
    clauses::missed_pass,
    clauses::source,
    clauses::spb_filter,
    clauses::chunk_filter,
    clauses::list_read,
    clauses::head_read,
    clauses::order_range,
    clauses::fuller_bin,
    clauses::earlier_order,
    clauses::served_by,
    clauses::refused_claim,
    clauses::claim_due,
    clauses::fallback_step,
    clauses::fallback_bin,
    clauses::fallback_list,
    clauses::pass_rule,
    clauses::claim_rule,
    clauses::mode_rule,
    clauses::ladder_flags,
    clauses::ladder_reserve,
    clauses::ladder_gives_up,
    clauses::ladder_goes_on,
    clauses::worker_batch,
    clauses::worker_page,
    clauses::worker_end,
    clauses::item_order,
    clauses::reclaimed_type,
    clauses::migrated_type,
    clauses::retyped,
    clauses::no_page_after_claim,
    clauses::bound,
    clauses::own_list,
    clauses::mixed_content,
    clauses::atomic_taints,
    clauses::any_taints,
    clauses::tries,
    clauses::unserved,
    clauses::elsewhere,
    clauses::unmarked,
    clauses::has_content,
    clauses::category,
    clauses::nothing_usable,
};

static_assert(clause_table.size() <= nr_clauses_max);

const Clause* find_clause(const Violation& violation) {
  const auto* it = std::find_if(clause_table.begin(), clause_table.end(), [&](const Clause& c) {
    return c.id == violation.id && c.name == violation.clause;
  });
  return it == clause_table.end() ? nullptr : it;
}

std::string hex_pfn(uint64_t pfn) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), digits[pfn & 15U]);
    pfn >>= 4;
  } while (pfn != 0);
  return "0x" + text;
}

std::string list_name(const Zone& zone, uint32_t index) {
  const uint32_t orders = zone.geometry().max_page_order + 1;
  const uint32_t type = index % MIGRATE_TYPES;
  const uint32_t order = index / MIGRATE_TYPES % orders;
  const uint32_t area = index / MIGRATE_TYPES / orders;
  const std::string owner = zone.policy().lists_per_superpageblock
                                ? "superpageblock " + std::to_string(area)
                                : std::string("the zone");
  const auto types = migratetype_names();
  const std::string type_name =
      type < types.size() ? std::string(types[type]) : "type " + std::to_string(type);
  return "the " + type_name + " list of order " + std::to_string(order) + " of " + owner;
}

std::string place(const Where& where, const Zone& zone) {
  std::string number = std::to_string(where.index);
  switch (where.kind) {
    case Where::Kind::zone:
      return "the zone";
    case Where::Kind::superpageblock:
      return "superpageblock " + number;
    case Where::Kind::pageblock:
      return "pageblock " + number;
    case Where::Kind::page:
      return "pfn " + hex_pfn(uint64_t{zone.geometry().base_pfn} + where.index);
    case Where::Kind::list:
      return list_name(zone, where.index);
    case Where::Kind::item:
      return "evacuation item " + number;
    case Where::Kind::slot:
      return "slot " + number;
  }
  return number;
}

}  // namespace

std::span<const InvariantInfo> invariant_infos() {
  return infos;
}

const InvariantInfo& info(InvariantId id) {
  return infos[static_cast<std::size_t>(id)];
}

const InvariantInfo* find_invariant(std::string_view name) {
  const auto* it = std::find_if(infos.begin(), infos.end(),
                                [&](const InvariantInfo& i) { return i.name == name; });
  return it == infos.end() ? nullptr : it;
}

std::string_view name_of(Kind kind) {
  constexpr std::array<std::string_view, 3> names{"state", "step", "progress"};
  return names[static_cast<std::size_t>(kind)];
}

std::span<const Clause> invariant_clauses() {
  return clause_table;
}

std::string describe(const Violation& violation, const Zone& zone) {
  const Clause* clause = find_clause(violation);
  std::string text(info(violation.id).name);
  text += " (" + std::string(violation.clause) + ") at " + place(violation.where, zone);
  text += ": expected " + std::to_string(violation.expected);
  text += ", found " + std::to_string(violation.found);
  if (clause) text += "; " + std::string(clause->claim);
  return text;
}

}  // namespace spb
