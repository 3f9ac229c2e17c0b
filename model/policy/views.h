// SPDX-License-Identifier: GPL-2.0-only
// What a rule may look at. A rule reads these views and nothing else, so a rule is a sentence about
// them.
#pragma once

namespace spb {

/// Who asks. `migratetype` is a Migratetype, `order` an order; flags as the kernel passes them
/// down.
template <class D>
struct Request {
  typename D::Int order;
  typename D::Int migratetype;  ///< whose lists are searched: what is asked for, or for one search
                                ///< HIGHATOMIC or CMA
  typename D::Bool nofragment;  ///< ALLOC_NOFRAGMENT
  typename D::Bool tainted_ok;  ///< ALLOC_NOFRAG_TAINTED_OK
  typename D::Bool atomic;      ///< may not sleep (no __GFP_DIRECT_RECLAIM)
  typename D::Bool gives_up;    ///< fails after reclaim and compaction (gfp_gives_up())
  typename D::Bool non_block;   ///< ALLOC_NON_BLOCK: atomic without __GFP_NOMEMALLOC
  typename D::Bool highatomic;  ///< ALLOC_HIGHATOMIC
  typename D::Bool highorder_optional;  ///< ALLOC_HIGHORDER_OPTIONAL: the caller can do without
  typename D::Bool cma;                 ///< ALLOC_CMA
  typename D::Int asked;  ///< the caller's own type, which its pages have once handed out
};

/// What the whole zone counts, in pages.
template <class D>
struct ZonePages {
  typename D::Int nr_free_pages;  ///< NR_FREE_PAGES: isolated pageblocks excluded
  typename D::Int nr_free_cma;    ///< NR_FREE_CMA_PAGES
  typename D::Int nr_reserved_highatomic;
};

/// A superpageblock: counters in pageblocks, nr_free_pages in pages on its own free lists.
template <class D>
struct Spb {
  typename D::Int nr_free;
  typename D::Int nr_unmovable;
  typename D::Int nr_reclaimable;
  typename D::Int nr_movable;
  typename D::Int nr_reserved;
  typename D::Int total_pageblocks;
  typename D::Int nr_free_pages;
};

/// A pageblock: its stored tag, its bits, and what its pages are at this moment.
template <class D>
struct Block {
  typename D::Int tag;  ///< stored migratetype; isolation is a bit beside it
  typename D::Bool isolated;
  typename D::Bool all_free;  ///< PB_all_free
  typename D::Bool has_unmovable;
  typename D::Bool has_reclaimable;
  typename D::Bool has_movable;
};

/// What a walk over the pages of one pageblock counts, and where the block lies.
template <class D>
struct BlockPages {
  typename D::Int free;
  typename D::Int movable;    ///< live movable pages
  typename D::Int unmovable;  ///< live pages that cannot migrate
  typename D::Bool leaves_zone;
};

/// A free buddy: its order and the list it is on.
template <class D>
struct Chunk {
  typename D::Int order;
  typename D::Int list;               ///< migratetype of its free list
  typename D::Bool from_tainted_spb;  ///< found by PASS_2B: the half rule is waived
};

/// A caller of the atomic ladder.
template <class D>
struct Caller {
  typename D::Int order;
  typename D::Bool noretry;  ///< __GFP_NORETRY
  typename D::Bool nowarn;   ///< __GFP_NOWARN
  typename D::Bool nofail;   ///< __GFP_NOFAIL
  typename D::Bool nofragment;
  typename D::Bool tainted_ok;
  typename D::Bool
      lower_order_servable;  ///< a tainted superpageblock may serve a retry at a lower order
};

/// Sizes and named parameters of the run, as far as rules depend on them.
template <class D>
struct Limits {
  typename D::Int pageblock_order;
  typename D::Int pageblock_nr_pages;
  typename D::Int tainted_reserve_min;
  int tainted_reserve_divisor;           ///< a constant in every domain: rules stay linear
  typename D::Int whole_spb_pageblocks;  ///< pageblocks of a superpageblock that nothing cuts
  typename D::Bool many_superpageblocks;
  typename D::Bool free_block_becomes_movable;
  typename D::Int highatomic_max;  ///< pages; the reserve grows while it has fewer
};

}  // namespace spb
