// SPDX-License-Identifier: GPL-2.0-only
// The clauses of the invariants: each way in which one can break, with a name and a sentence.
#pragma once

#include "invariants/invariant.h"

namespace spb::clauses {

using enum InvariantId;

// ---- isolated-untouched, borrow
inline constexpr Clause handed_out{
    isolated_untouched, "handed-out",
    "no pass or claim hands out a page of an isolated pageblock where a chunk begins"};
inline constexpr Clause handed_out_behind{
    isolated_untouched, "handed-out-behind",
    "nor of one that the chunk covers behind its first pageblock"};
inline constexpr Clause stolen{isolated_untouched, "stolen",
                               "no steal hands out a page of an isolated pageblock"};
inline constexpr Clause relabelled{
    isolated_untouched, "relabelled",
    "no claim changes the tag of an isolated pageblock where a chunk begins"};
inline constexpr Clause relabelled_behind{
    isolated_untouched, "relabelled-behind",
    "nor of one that the chunk covers behind its first pageblock"};
inline constexpr Clause tag_kept{borrow, "tag-kept",
                                 "every pageblock of a borrowed or stolen chunk keeps its tag"};
inline constexpr Clause splits_listed{
    borrow, "splits-listed",
    "what a borrow or steal splits off is free at its order, on the list the chunk came from"};
inline constexpr Clause borrow_content{borrow, "content",
                                       "a borrow or steal sets PB_has_<request>"};

// ---- counter-balance
inline constexpr Clause nr_reserved{counter_balance, "nr-reserved",
                                    "nr_reserved is 0: the model has no holes inside a zone"};
inline constexpr Clause above_total{counter_balance, "above-total",
                                    "no counter is above total_pageblocks, so none underflows"};
inline constexpr Clause total_pageblocks{
    counter_balance, "total-pageblocks",
    "total_pageblocks is the number of pageblocks with a page in the zone"};
inline constexpr Clause nr_free{counter_balance, "nr-free",
                                "nr_free is the number of pageblocks with PB_all_free"};
inline constexpr Clause nr_unmovable{counter_balance, "nr-unmovable",
                                     "nr_unmovable is the number with PB_has_unmovable"};
inline constexpr Clause nr_reclaimable{counter_balance, "nr-reclaimable",
                                       "nr_reclaimable is the number with PB_has_reclaimable"};
inline constexpr Clause nr_movable{counter_balance, "nr-movable",
                                   "nr_movable is the number with PB_has_movable"};
inline constexpr Clause all_free{counter_balance, "all-free",
                                 "all pages of a pageblock with PB_all_free are free"};
inline constexpr Clause not_all_free{
    counter_balance, "not-all-free",
    "a wholly free pageblock lacks PB_all_free only where a PB_has bit is left: of a chunk that "
    "was taken apart beside it, or at the zone's edge"};
inline constexpr Clause content{counter_balance, "content",
                                "the pageblock of an allocated page has the bit of its type"};

// ---- free-lists
inline constexpr Clause uncovered{free_lists, "uncovered", "every free page is part of one chunk"};
inline constexpr Clause interrupted{free_lists, "interrupted",
                                    "every page of a chunk but the first is free and heads none"};
inline constexpr Clause unaligned{
    free_lists, "unaligned", "a chunk has an order up to the largest and is aligned to its size"};
inline constexpr Clause mixed_types{free_lists, "mixed-types",
                                    "the pageblocks of one chunk call for the same list"};
inline constexpr Clause wrong_list{
    free_lists, "wrong-list", "a list holds free chunks of its own area, order and type alone"};
inline constexpr Clause chunk_links{free_lists, "links",
                                    "the links of neighbours on a list name each other, pfn + 1"};
inline constexpr Clause list_ends{free_lists, "list-ends",
                                  "a list's first and last are the chunks at its ends, pfn + 1"};
inline constexpr Clause unlisted{free_lists, "unlisted",
                                 "every free chunk is on its list, once; counts chunks"};
inline constexpr Clause nonempty{free_lists, "nonempty",
                                 "the nonempty bit of an order is set where its list has a chunk"};
inline constexpr Clause area_count{free_lists, "nr-free",
                                   "nr_free of an area's orders counts their chunks"};
inline constexpr Clause dead_links{free_lists, "dead-links",
                                   "a page that heads no chunk and has no owner has no links"};

// ---- merged-buddies
inline constexpr Clause sub_block{merged_buddies, "sub-block",
                                  "no free chunk below a pageblock has a free buddy"};
inline constexpr Clause whole_block{merged_buddies, "whole-block",
                                    "from a pageblock up no two free buddies are of types that "
                                    "merge, unless one was isolated, or free "
                                    "pageblocks changed to or from HIGHATOMIC or CMA before"};

// ---- conservation
inline constexpr Clause page_state{
    conservation, "page-state",
    "a page is outside the zone, allocated with a type, or free; nothing else"};
inline constexpr Clause spb_free_pages{conservation, "spb-nr-free-pages",
                                       "nr_free_pages of a superpageblock counts its free pages"};
inline constexpr Clause zone_free_pages{
    conservation, "nr-free-pages",
    "NR_FREE_PAGES counts the free pages outside isolated pageblocks"};
inline constexpr Clause zone_free_blocks{
    conservation, "nr-free-pages-blocks",
    "NR_FREE_PAGES_BLOCKS counts those in chunks of a pageblock or more"};
inline constexpr Clause zone_free_cma{conservation, "nr-free-cma",
                                      "NR_FREE_CMA_PAGES counts those on CMA lists"};
inline constexpr Clause zone_allocated{conservation, "nr-allocated",
                                       "allocated and free pages are all pages of the zone"};
inline constexpr Clause outcome{
    conservation, "outcome", "allocated pages change by exactly what the operation's outcome says"};
inline constexpr Clause other_zone{conservation, "other-zone",
                                   "an operation touches one zone, the one that it names, that of "
                                   "the slot it frees or of the item it works on",
                                   "zone", "touched"};

// ---- highatomic-reserve
inline constexpr Clause free_highatomic{highatomic_reserve, "nr-free-highatomic",
                                        "nr_free_highatomic counts the pages on HIGHATOMIC lists"};
inline constexpr Clause reserved_highatomic{
    highatomic_reserve, "nr-reserved-highatomic",
    "nr_reserved_highatomic counts the pages of HIGHATOMIC pageblocks"};
inline constexpr Clause reserve_limit{highatomic_reserve, "limit",
                                      "a request adds to the reserve only while it has less than 1 "
                                      "% of the zone, in whole pageblocks",
                                      "limit", "pages before"};

// ---- spb-lists
inline constexpr Clause spb_list{spb_lists, "list",
                                 "a superpageblock is on the list that its counters call for, but "
                                 "that what was borrowed waits for the next update"};
inline constexpr Clause spb_links{spb_lists, "links",
                                  "neighbours on a list name each other, index + 1"};
inline constexpr Clause spb_ends{spb_lists, "list-ends",
                                 "a list's first and last are those at its ends, index + 1"};
inline constexpr Clause served_last{
    spb_lists, "served-last",
    "with `spb-list-update` at every call the superpageblock that served is the last of its list"};
inline constexpr Clause spb_unlisted{spb_lists, "unlisted",
                                     "every superpageblock is on a list, once"};

// ---- evacuation-items
inline constexpr Clause item_place{evacuation_items, "place",
                                   "an item is in one place: free, pending, queued, or running"};
inline constexpr Clause item_count{evacuation_items, "count",
                                   "the items in all places are the pool"};
inline constexpr Clause item_counted{evacuation_items, "counted",
                                     "each place's count is the number of items found there"};
inline constexpr Clause item_block{
    evacuation_items, "block",
    "an item in use names a pageblock, index + 1, and a free one names none"};
inline constexpr Clause item_last{evacuation_items, "last",
                                  "the workqueue's last item is the one without a successor"};
inline constexpr Clause item_cursor{
    evacuation_items, "cursor", "the worker's next page, pfn + 1, lies in the pageblock it holds"};

// ---- slots
inline constexpr Clause slot_chunk{slots, "chunk",
                                   "every page of a slot's chunk is allocated, owned, of its type"};
inline constexpr Clause slot_owner{slots, "owner",
                                   "the first page of a slot's chunk names the slot, index + 1"};
inline constexpr Clause slot_orphan{slots, "orphan",
                                    "a page that names a slot is the first of that slot's chunk"};
inline constexpr Clause slot_outcome{
    slots, "outcome",
    "a slot stands for the page that its allocation got, pfn + 1, and after a free "
    "for none"};
inline constexpr Clause slot_size{slots, "size",
                                  "the slots that a request fills have the request's order"};
inline constexpr Clause slot_empty{slots, "empty",
                                   "an empty slot has no order, no type and no zone"};
inline constexpr Clause slot_zone{slots, "zone", "a slot's page is in a zone of the machine",
                                  "zones", "zone"};

// ---- marked-changes
inline constexpr Clause page_unmarked{marked_changes, "page",
                                      "a page whose state changed was marked", "byte", "now"};
inline constexpr Clause links_unmarked{marked_changes, "links",
                                       "a page whose links changed was marked", "byte", "now"};
inline constexpr Clause block_unmarked{
    marked_changes, "pageblock", "a pageblock whose tag or bits changed was marked", "byte", "now"};
inline constexpr Clause spb_unmarked{marked_changes, "superpageblock",
                                     "a superpageblock that changed was marked", "byte", "now"};
inline constexpr Clause list_unmarked{
    marked_changes, "free-list",
    "a list's ends, nr_free and the nonempty bits change where a chunk of the order was marked",
    "byte", "now"};
inline constexpr Clause zone_unmarked{
    marked_changes, "zone", "a part of the zone's record that changed was marked", "part", "mark"};
inline constexpr Clause stale{
    marked_changes, "stale",
    "every clause that the incremental checks see broken is broken from the pages up",
    "clauses broken", "clauses they see"};
inline constexpr Clause missed{
    marked_changes, "missed",
    "every clause that the full checks see broken the incremental ones see too", "clauses broken",
    "clauses they see"};

// ---- conformance
inline constexpr Clause mode_order{
    conformance, "mode",
    "modes run in the table's order, each once the ones before it had nothing"};
inline constexpr Clause batch_mode{conformance, "batch-mode",
                                   "a page of a batch begins with the mode that the last one left"};
inline constexpr Clause gate{conformance, "gate", "the request may enter the pass or category"};
inline constexpr Clause earlier_pass{conformance, "earlier-pass",
                                     "no earlier pass of the table has a candidate"};
inline constexpr Clause missed_pass{conformance, "missed-pass",
                                    "a search that finds nothing leaves no pass with a candidate"};
inline constexpr Clause source{conformance, "source",
                               "the superpageblock is one that the pass visits"};
inline constexpr Clause spb_filter{conformance, "superpageblock-filter",
                                   "the superpageblock satisfies the pass"};
inline constexpr Clause chunk_filter{conformance, "chunk-filter",
                                     "the chunk and its pageblock satisfy the pass"};
inline constexpr Clause list_read{conformance, "list", "the chunk is on the list the pass reads"};
inline constexpr Clause head_read{conformance, "head", "the chunk is the first of its list"};
inline constexpr Clause order_range{conformance, "order-range",
                                    "the chunk's order is one that the pass tries"};
inline constexpr Clause fuller_bin{conformance, "fuller-bin",
                                   "no fuller superpageblock of the source has a candidate", "bin",
                                   "bin of the one taken"};
inline constexpr Clause earlier_order{
    conformance, "earlier-order",
    "the superpageblock has no candidate at an order that the pass tries before"};
inline constexpr Clause served_by{conformance, "served-by",
                                  "a search names the pass whose chunk it took"};
inline constexpr Clause refused_claim{conformance, "refused",
                                      "a chunk that a refusal rules out is not claimed"};
inline constexpr Clause claim_due{
    conformance, "claim-due",
    "a chunk that no refusal rules out is claimed, with every pageblock it covers"};
inline constexpr Clause fallback_step{
    conformance, "fallback-step",
    "claim and steal try categories and orders in turn, leaving none out"};
inline constexpr Clause fallback_bin{
    conformance, "fallback-bin",
    "within a category they try the fullest superpageblock that has one"};
inline constexpr Clause fallback_list{conformance, "fallback-list",
                                      "and there the first fallback type that has one"};

// ---- stated-rules
inline constexpr Clause pass_rule{
    stated_rules, "pass",
    "a pass is open to this request, and takes from this superpageblock or pageblock, or not"};
inline constexpr Clause pass_order{
    stated_rules, "order", "no pass that a search comes to before this one has a candidate"};
inline constexpr Clause claim_rule{
    stated_rules, "claim",
    "a claim or steal takes such an order or type, or from here, or not, or is refused"};
inline constexpr Clause mode_rule{stated_rules, "mode",
                                  "a mode runs, or goes to a category, for this request, or not"};
inline constexpr Clause mode_sequence{stated_rules, "mode-order",
                                      "modes come in this order: HIGHATOMIC, CMA_BALANCE, NORMAL, "
                                      "CMA, CLAIM, STEAL, HIGHATOMIC_RESCUE"};

inline constexpr Clause mode_lists{
    stated_rules, "mode-lists",
    "a mode searches the HIGHATOMIC lists, CMA's, or those of the type that is asked for",
    "expected", "searched"};
inline constexpr Clause counted{stated_rules, "reentry",
                                "no search is re-entered more often than `reentry-bound` allows"};
inline constexpr Clause stated_row{
    stated_rules, "row",
    "a table has every row that the variant's patches brought, where they put it"};
inline constexpr Clause stated_content{
    stated_rules, "content",
    "a row reads, does and leads to what its patch states (numbers: a work item's step)"};

// ---- set-up
inline constexpr Clause first_tag{set_up, "tag", "every pageblock of a new zone is MOVABLE"};
inline constexpr Clause first_page{
    set_up, "page", "every page of a new zone is free, or, where it begins full, movable", "byte",
    "now"};

// ---- try-flags
inline constexpr Clause try_type{
    try_flags, "type", "a caller's try is for its gfp mask's type, one for a target for MOVABLE"};
inline constexpr Clause try_cma{try_flags, "cma",
                                "a try has ALLOC_CMA where it is for MOVABLE, and else not"};
inline constexpr Clause try_non_block{
    try_flags, "non-block",
    "tries after the first of a caller that may not wait have ALLOC_NON_BLOCK, but for "
    "__GFP_NOMEMALLOC, and no others"};

// ---- slow-path
inline constexpr Clause ladder_flags{
    slow_path, "flags",
    "the tries of a caller that may not wait have ALLOC_NOFRAGMENT, then ALLOC_NOFRAG_TAINTED_OK "
    "besides, then neither (numbers: 1 and 2)"};
inline constexpr Clause ladder_gives_up{
    slow_path, "gives-up",
    "a caller that comes back with a lower order, or is not to retry, gives up (numbers: tries)"};
inline constexpr Clause ladder_goes_on{
    slow_path, "goes-on", "any other loses ALLOC_NOFRAGMENT before it fails (numbers: tries)"};
inline constexpr Clause waiter_keeps{
    slow_path, "waiter-keeps",
    "a caller that may wait and is not to retry, or does not insist on a costly order, has "
    "ALLOC_NOFRAGMENT at each try"};
inline constexpr Clause waiter_drops{
    slow_path, "waiter-drops",
    "any other that may wait loses ALLOC_NOFRAGMENT before it fails (numbers: tries without it)"};

inline constexpr Clause driver_steps{
    slow_path, "steps",
    "a caller that is not served comes to each step that is there for it, and no caller to others "
    "(numbers: a bit each, by DriverStep)"};

inline constexpr Clause reclaims{
    slow_path, "reclaims",
    "direct reclaim frees the page that is named for it, if it can be reclaimed, where the caller "
    "comes to it"};

// ---- free-path, split-order
inline constexpr Clause free_end{
    free_path, "end",
    "a chunk that was freed is last of its list where it goes to the tail or its pair's neighbour "
    "is free, else first (numbers: pfn + 1)"};
inline constexpr Clause free_tag{free_path, "tag",
                                 "a pageblock that becomes wholly free turns MOVABLE in the "
                                 "series, unless it is isolated or CMA's"};
inline constexpr Clause split_first{split_order, "first",
                                    "each half that a search leaves of the chunk it took is the "
                                    "first of its list (numbers: pfn + 1)"};

// ---- isolation-answers
inline constexpr Clause isolate_answer{
    isolation_answers, "isolate",
    "the first reason against isolating it, in the kernel's order, is the answer (numbers: "
    "IsolateRefusal)"};
inline constexpr Clause isolated_bit{
    isolation_answers, "bit", "a pageblock is isolated once that is done, and else as it was"};
inline constexpr Clause unisolate_answer{isolation_answers, "unisolate",
                                         "only an isolated pageblock is given back"};

// ---- moved-chunks
inline constexpr Clause moved_last{moved_chunks, "last",
                                   "the highest moved chunk of an order is the last of its list "
                                   "(numbers: pfn + 1)"};

inline constexpr Clause moved_unmerged{
    moved_chunks, "unmerged",
    "that buddies may be left unmerged is noted where a chunk of a pageblock or more moves to or "
    "from HIGHATOMIC or CMA, and nowhere else"};

// ---- reserve-steps
inline constexpr Clause reserve_joins{reserve_steps, "joins",
                                      "the pageblock of a page that ALLOC_HIGHATOMIC got joins the "
                                      "reserve, if it may; no other does"};
inline constexpr Clause reserve_leaves{
    reserve_steps, "leaves",
    "a reserved chunk leaves while there is more than a pageblock, or by force"};
inline constexpr Clause reserve_leaver{
    reserve_steps, "leaver",
    "it is the pageblock of the smallest reserved chunk, and gets the type that is asked for"};

// ---- evacuation-steps
inline constexpr Clause worker_batch{
    evacuation_steps, "batch",
    "a step leaves the pages alone that are not of its batch (numbers: pfn + 1)"};
inline constexpr Clause worker_page{
    evacuation_steps, "page",
    "of a batch clean pages go, those that fail stay, and others move until there is no room "
    "(numbers: pfn + 1)"};
inline constexpr Clause worker_room{
    evacuation_steps, "room", "there is no room for a page only where a try for a target says so",
    "tries in vain", "of the last"};
inline constexpr Clause worker_content{
    evacuation_steps, "content",
    "PB_has_movable goes where the pageblock is finished and no movable page is left, or where it "
    "becomes wholly free"};
inline constexpr Clause worker_end{
    evacuation_steps, "end",
    "the worker holds the item, and goes on behind the batch, until the pageblock ends or a page "
    "fails (numbers: item, or pfn + 1)"};
inline constexpr Clause item_order{
    evacuation_steps, "item",
    "the newest free and pending item goes first, the oldest of the workqueue, each to its place"};

// ---- page-types
inline constexpr Clause reclaimed_type{
    page_types, "reclaimed", "direct reclaim takes movable and reclaimable pages (a page's type)"};
inline constexpr Clause migrated_type{page_types, "migrated",
                                      "direct compaction moves movable pages (a page's type)"};
inline constexpr Clause retyped{
    page_types, "retyped",
    "pages from before the program have the type of their pageblock's new tag"};

inline constexpr Clause handed_type{
    page_types, "handed-out",
    "a page has the type of its request, and whether it came from the HIGHATOMIC or CMA lists"};
inline constexpr Clause tagged_bits{
    page_types, "tagged",
    "a pageblock that is tagged has the content of its pages, or, without any, of its tag"};

// ---- answers
inline constexpr Clause answer{answers, "answer",
                               "what is done had something to do, and what has is done"};
inline constexpr Clause tries{
    answers, "tries",
    "an allocation makes a try, a batch one for each page and for the one that it lacks"};

// ---- growth
inline constexpr Clause grown{
    growth, "size", "growth that is done adds one superpageblock, and nothing else adds one"};
inline constexpr Clause joins{growth, "joins",
                              "the superpageblock that joins is free, its pageblocks are MOVABLE"};
inline constexpr Clause hints_cleared{growth, "hints",
                                      "no hint names anything after growth (superpageblock + 1)"};

// ---- hint-left
inline constexpr Clause hint{hint_left, "hint",
                             "the hint for this order and type names where PASS_1 served last "
                             "(numbers: superpageblock + 1)"};

// ---- evacuation-queued
inline constexpr Clause queued{evacuation_queued, "queued",
                               "a claim queues the evacuation of its pageblock, or none (numbers: "
                               "pageblock + 1)"};

// ---- evacuation-throttle
inline constexpr Clause throttle_early{
    evacuation_throttle, "early",
    "none is queued within the interval of the last one that was, of this zone and type"};
inline constexpr Clause throttled_idle{
    evacuation_throttle, "idle",
    "one is throttled only within the interval of one of this zone and type that was queued"};
inline constexpr Clause throttle_pool{
    evacuation_throttle, "pool",
    "one within no interval is queued, unless a tainted superpageblock has a chunk of just this "
    "order and type, and no other is turned away for that"};
inline constexpr Clause throttle_left{
    evacuation_throttle, "left",
    "after each operation a type waits for what is left of its interval (numbers: milliseconds)"};

// ---- evacuation-asked
inline constexpr Clause asked_claim{
    evacuation_asked, "claim",
    "a non-movable claim outside the tainted superpageblocks asks before, and no other claim or "
    "steal"};
inline constexpr Clause asked_walk{
    evacuation_asked, "walk",
    "an optional request's search that leaves the tainted superpageblocks asks once, and for "
    "shrinking too, where one is low on pageblocks, and no other search"};

// ---- shrink-asked
inline constexpr Clause shrink_low{
    shrink_asked, "low",
    "a pass up to PASS_2D asks where it leaves a tainted superpageblock with fewer free pages than "
    "its reserve of pageblocks has, and nowhere else"};
inline constexpr Clause shrink_taints{
    shrink_asked, "taints",
    "a non-movable claim outside the tainted superpageblocks asks before, and no other claim"};

// ---- told
inline constexpr Clause told_block{
    told, "pageblock",
    "a bit or tag that turns is told once, from what it was, with whether its superpageblock has "
    "no other (numbers: first_or_last)"};
inline constexpr Clause told_search{
    told, "search",
    "what a search, claim or steal came to is told once (numbers: events of that kind)"};
inline constexpr Clause told_asked{
    told, "asked",
    "what is asked for is told once, and what a walk saw as it is (numbers: events, or "
    "superpageblocks)"};
inline constexpr Clause told_page{
    told, "page",
    "the pages that come, go and move are told once (numbers: events, pfn + 1, or pages)"};

// ---- claimed-content
inline constexpr Clause claimed_bits{
    claimed_content, "bits",
    "a claim of part of a pageblock sets the bits of its old and new tag, and clears none"};

// ---- of one invariant each
inline constexpr Clause no_page_after_claim{reentry, "no-page",
                                            "the search that a claim re-enters hands out a page"};
inline constexpr Clause bound{reentry, "bound",
                              "a claim does not re-enter the search beyond the bound"};
inline constexpr Clause reentry_flags{
    reentry, "flags", "the search that a claim re-enters has none of the caller's flags"};
inline constexpr Clause own_list{
    fall_through, "own-list",
    "no tainted superpageblock has this chunk on the list that PASS_1 reads"};
inline constexpr Clause mixed_content{
    mix_by_borrow, "content",
    "of UNMOVABLE and RECLAIMABLE content in a pageblock one was borrowed", "UNMOVABLE",
    "RECLAIMABLE"};
inline constexpr Clause asked_before{nofragment_kept, "asked-before",
                                     "a try without the flag comes after reclaim and compaction"};
inline constexpr Clause unserved{order_0_served, "page", "this free page serves the allocation"};
inline constexpr Clause atomic_taints{
    nofragment_atomic, "taints",
    "an attempt of a caller that may not wait taints no clean superpageblock under "
    "ALLOC_NOFRAGMENT"};
inline constexpr Clause any_taints{
    nofragment_any, "taints", "an attempt taints no clean superpageblock under ALLOC_NOFRAGMENT"};
inline constexpr Clause elsewhere{claim_serves_from_claimed_block, "elsewhere",
                                  "the page comes from the pageblock that was claimed for it",
                                  "pageblock", "another"};

// ---- free-pageblocks, hint-category, optional-refusal
inline constexpr Clause unmarked{free_pageblocks, "unmarked",
                                 "a wholly free pageblock has PB_all_free"};
inline constexpr Clause has_content{free_pageblocks, "content",
                                    "a wholly free pageblock has no PB_has bit"};
inline constexpr Clause category{
    hint_category, "category",
    "the hinted superpageblock is clean and not empty for a movable request, tainted for others"};
inline constexpr Clause nothing_usable{
    optional_refusal, "nothing-usable",
    "a tainted superpageblock has a page on an UNMOVABLE, MOVABLE or RECLAIMABLE list"};

}  // namespace spb::clauses
