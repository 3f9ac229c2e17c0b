// SPDX-License-Identifier: GPL-2.0-only
// What Watch looks for while an operation runs, invariant by invariant.
#include "invariants/clauses.h"

namespace spb {

constinit const InvariantInfo invariants::isolated_untouched{
    .id = InvariantId::isolated_untouched,
    .name = "isolated-untouched",
    .kind = InvariantKind::step,
    .claim = "No isolated pageblock is claimed, borrowed from, stolen from or allocated from.",
    .source = "series v2 06/40; mainline, where its free pages are on no list that is searched",
    .clauses = {&clauses::handed_out, &clauses::handed_out_behind, &clauses::stolen,
                &clauses::relabelled, &clauses::relabelled_behind},
};

constinit const InvariantInfo invariants::borrow{
    .id = InvariantId::borrow,
    .name = "borrow",
    .kind = InvariantKind::step,
    .claim =
        "Taking without relabelling (PASS_2C, PASS_2D, steal) changes no tag, leaves the splits on "
        "the source list and sets PB_has_<request>.",
    .source = "series v1 31/45, 42/45; mainline __rmqueue_steal()",
    .clauses = {&clauses::tag_kept, &clauses::splits_listed, &clauses::borrow_content},
};

constinit const InvariantInfo invariants::split_order{
    .id = InvariantId::split_order,
    .name = "split-order",
    .kind = InvariantKind::step,
    .claim = "What a search leaves of the chunk that it took is at the head of the lists.",
    .source = "mainline expand()",
    .clauses = {&clauses::split_first},
};

constinit const InvariantInfo invariants::reentry{
    .id = InvariantId::reentry,
    .name = "reentry",
    .kind = InvariantKind::progress,
    .claim =
        "The search that a claim of part of a pageblock re-enters hands out a page, within the "
        "bound.",
    .source = "mainline try_to_claim_block(); the series' recursion has no bound",
    .clauses = {&clauses::no_page_after_claim, &clauses::bound, &clauses::reentry_flags},
};

constinit const InvariantInfo invariants::claimed_content{
    .id = InvariantId::claimed_content,
    .name = "claimed-content",
    .kind = InvariantKind::step,
    .claim =
        "A pageblock that is claimed in part has the content of its old tag, whose pages are still "
        "there, and of its new one.",
    .source = "series v2 try_to_claim_block()",
    .clauses = {&clauses::claimed_bits},
};

constinit const InvariantInfo invariants::fall_through{
    .id = InvariantId::fall_through,
    .name = "fall-through",
    .kind = InvariantKind::step,
    .claim =
        "A search leaves the tainted superpageblocks only where none has a usable chunk on the "
        "request's own list, whatever serves then.",
    .source = "series v2 40/40: n_tainted_with_buddy of spb_alloc_fall_through is 0",
    .clauses = {&clauses::own_list},
};

constinit const InvariantInfo invariants::nofragment_atomic{
    .id = InvariantId::nofragment_atomic,
    .name = "nofragment-atomic",
    .kind = InvariantKind::step,
    .claim =
        "No attempt of an atomic request under ALLOC_NOFRAGMENT taints a clean superpageblock.",
    .source = "series v1 19/45, v2 18/40; only where superpageblocks have their own free lists",
    .clauses = {&clauses::atomic_taints},
};

constinit const InvariantInfo invariants::nofragment_any{
    .id = InvariantId::nofragment_any,
    .name = "nofragment-any",
    .kind = InvariantKind::step,
    .claim = "No attempt of any request under ALLOC_NOFRAGMENT taints a clean superpageblock.",
    .source = "series v1 21/45, v2 20/40; only where superpageblocks have their own free lists",
    .clauses = {&clauses::any_taints},
};

constinit const InvariantInfo invariants::nofragment_kept{
    .id = InvariantId::nofragment_kept,
    .name = "nofragment-kept",
    .kind = InvariantKind::step,
    .claim = "A caller that may wait loses ALLOC_NOFRAGMENT only after reclaim and compaction.",
    .source = "series v1 21/45, v2 20/40; only where superpageblocks have their own free lists",
    .clauses = {&clauses::asked_before},
};

constinit const InvariantInfo invariants::claim_serves_from_claimed_block{
    .id = InvariantId::claim_serves_from_claimed_block,
    .name = "claim-serves-from-claimed-block",
    .kind = InvariantKind::step,
    .claim = "After a claim of part of a pageblock the page comes from that pageblock.",
    .source = "mainline try_to_claim_block(), where the request's other lists are empty by then",
    .clauses = {&clauses::elsewhere},
};

constinit const InvariantInfo invariants::hint_category{
    .id = InvariantId::hint_category,
    .name = "hint-category",
    .kind = InvariantKind::step,
    .claim = "A hint serves only from a superpageblock that PASS_1 would come to for the request.",
    .source = "series v2 14/40, 31/40; only where superpageblocks have their own free lists",
    .clauses = {&clauses::category},
};

constinit const InvariantInfo invariants::optional_refusal{
    .id = InvariantId::optional_refusal,
    .name = "optional-refusal",
    .kind = InvariantKind::step,
    .claim =
        "A request with ALLOC_HIGHORDER_OPTIONAL is refused only while a tainted superpageblock "
        "has a free page that its type can use.",
    .source = "series v2 26/40; only where superpageblocks have their own free lists",
    .clauses = {&clauses::nothing_usable},
};

}  // namespace spb
