// SPDX-License-Identifier: GPL-2.0-only
#include "model/policy/variant.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/policy/tables.h"

namespace spb {

namespace {

using P = ParameterId;

template <class Word>
void set(Parameters& parameters, ParameterId id, Word word) {
  parameters[id] = static_cast<uint16_t>(word);
}

Parameters mainline_defaults() {
  Parameters p;
  set(p, P::isolation, Isolation::moves_free_pages);
  set(p, P::free_block_tag, FreeBlockTag::keep);
  set(p, P::nofragment_claims, NofragmentClaims::any_whole_block);
  set(p, P::smallest_sees_flags, 0);
  set(p, P::pass_2_waits_for, Pass2WaitsFor::atomic);
  set(p, P::pass_2b_orders, Direction::down);
  set(p, P::claim_search, ClaimSearch::empty_first);
  set(p, P::spb_list_insert, ListInsert::tail);
  set(p, P::fullness_bins, 5);
  set(p, P::tainted_reserve_min, 4);
  set(p, P::tainted_reserve_divisor, 32);
  set(p, P::aggressive_threshold, 8);
  set(p, P::nofragment_drop, NofragmentDrop::before_reclaim);
  set(p, P::claim_evacuates, 0);
  set(p, P::evacuate_items, 64);
  set(p, P::compact_cluster, 32);
  set(p, P::reentry_bound, 4);
  set(p, P::without, 0);
  set(p, P::movable_search, MovableSearch::empty_first);
  set(p, P::evacuation_clears, 0);
  return p;
}

Parameters rfc_v2_06_defaults() {
  Parameters p = mainline_defaults();
  set(p, P::claim_evacuates, 1);
  return p;
}

Parameters rfc_v1_defaults() {
  Parameters p = mainline_defaults();
  set(p, P::free_block_tag, FreeBlockTag::reset_to_movable);
  set(p, P::nofragment_claims, NofragmentClaims::preferred_only);
  set(p, P::nofragment_drop, NofragmentDrop::after_compaction);
  set(p, P::evacuation_clears, 1);
  return p;
}

Parameters rfc_v2_defaults() {
  Parameters p = rfc_v1_defaults();
  set(p, P::smallest_sees_flags, 1);
  return p;
}

const std::array<Variant, 5>& all_variants() {
  static const std::array<Variant, 5> all{{
      {"mainline", "Free lists per zone, no steering: the allocator of 7.0-rc6.", "mainline",
       tables::mainline<Concrete>(), mainline_defaults()},
      {"rfc-v2@06",
       "Mainline plus the asynchronous evacuation of claimed MOVABLE pageblocks from a pool of "
       "items.",
       "series v2 06/40", tables::rfc_v2_06<Concrete>(), rfc_v2_06_defaults()},
      {"rfc-v1@30", "Per-superpageblock lists with PASS_1, 2, 2B, 3, 4: before borrowing.",
       "series v1 up to 30/45; no defrag worker (16), contiguous allocation (18), adoption (22), "
       "evacuation by superpageblock (24, 27), refusal (29) or shrinking (30) yet",
       tables::rfc_v1_30<Concrete>(), rfc_v1_defaults()},
      {"rfc-v1@31", "The same with PASS_2C, the borrow between UNMOVABLE and RECLAIMABLE.",
       "series v1 up to 31/45, with the same parts missing", tables::rfc_v1_31<Concrete>(),
       rfc_v1_defaults()},
      {"rfc-v2",
       "The whole series as far as modelled: PASS_2D, passes that see ALLOC_NOFRAGMENT, the full "
       "ladder.",
       "series v2 up to 40/40; no hint cache, per-CPU lists, reserves worker, or "
       "HIGHORDER_OPTIONAL yet",
       tables::rfc_v2<Concrete>(), rfc_v2_defaults()},
  }};
  return all;
}

}  // namespace

std::span<const Variant> variants() {
  return all_variants();
}

const Variant* find_variant(std::string_view name) {
  const auto all = variants();
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const Variant& v) { return v.name == name; });
  return it == all.end() ? nullptr : &*it;
}

}  // namespace spb
