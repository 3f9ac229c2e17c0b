// SPDX-License-Identifier: GPL-2.0-only
#include "model/variant.h"

#include <algorithm>
#include <array>
#include <utility>

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

constexpr std::array<std::string_view, static_cast<std::size_t>(PassId::count)> pass_names{
    "NO_PAGE", "PASS_1",  "PASS_2",  "PASS_2B",  "PASS_2C", "PASS_3",
    "PASS_4",  "ZONE_FB", "PASS_2D", "SMALLEST", "CLAIM",   "STEAL"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Refusal::count)> refusal_names{
    "ISOLATE", "CMA", "ZONE_BOUNDARY", "CROSS_TYPE_NOT_FREE", "INSUFFICIENT_COMPAT"};
constexpr std::array<std::string_view, static_cast<std::size_t>(IsolateRefusal::count)>
    isolate_refusal_names{"already", "cma", "unmovable", "edge"};
constexpr std::array<std::string_view, static_cast<std::size_t>(LadderStep::count)> ladder_names{
    "NORETRY_SKIP", "ADD_TAINTED_OK", "DROP_NOFRAGMENT", "NOWARN_LOWER_ORDER"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Mode::count)> mode_names{
    "NORMAL", "CLAIM", "STEAL"};

constexpr std::array<std::string_view, static_cast<std::size_t>(DriverStep::count)> driver_names{
    "ATOMIC_LADDER", "DIRECT_RECLAIM", "DIRECT_COMPACTION", "DROP_NOFRAGMENT"};
constexpr std::array<std::string_view, static_cast<std::size_t>(ItemStep::count)> item_step_names{
    "QUEUE", "IRQ_WORK", "START", "FINISH"};

constexpr std::array<PassInfo, 10> passes{{
    {PassId::SMALLEST, "The request's own lists of the zone, smallest order first.", "mainline"},
    {PassId::PASS_1,
     "Own type in the preferred category, fullest first; whole pageblocks before smaller chunks.",
     "series v1 21/45"},
    {PassId::PASS_2,
     "A non-movable request claims a whole MOVABLE pageblock of a tainted superpageblock.",
     "series v2 14/40"},
    {PassId::PASS_2B,
     "A non-movable request claims part of a MOVABLE pageblock of a tainted superpageblock, "
     "without the half rule.",
     "series v1 25/45"},
    {PassId::PASS_2C,
     "UNMOVABLE borrows from RECLAIMABLE lists of tainted superpageblocks and the reverse; no tag "
     "changes.",
     "series v1 31/45"},
    {PassId::PASS_2D,
     "A non-movable request borrows from MOVABLE lists of tainted superpageblocks; no tag changes.",
     "series v1 42/45"},
    {PassId::PASS_3,
     "A whole pageblock of an empty superpageblock; a non-movable request taints it.",
     "series v2 20/40, 40/40"},
    {PassId::PASS_4, "A movable request takes from tainted superpageblocks above their reserve.",
     "series v2 20/40, 40/40"},
    {PassId::CLAIM, "__rmqueue_claim(): largest fallback chunk first, with relabelling.",
     "mainline; categories from series v1 27/45"},
    {PassId::STEAL, "__rmqueue_steal(): smallest fallback chunk, without relabelling.",
     "mainline; no crossing of U and R from series v1 26/45"},
}};

constexpr std::array<DriverInfo, static_cast<std::size_t>(DriverStep::count)> driver{{
    {DriverStep::ATOMIC_LADDER, "A caller that may not wait climbs the ladder, and ends there.",
     "series v1 19/45"},
    {DriverStep::DIRECT_RECLAIM,
     "A waiting caller has a chunk reclaimed, if the operation names one, and tries again.",
     "mainline"},
    {DriverStep::DIRECT_COMPACTION,
     "A waiting caller has a chunk migrated, if the operation names one; where that works it tries "
     "again.",
     "mainline"},
    {DriverStep::DROP_NOFRAGMENT,
     "Another try without ALLOC_NOFRAGMENT: first for everyone, or last for those who may wait "
     "(nofragment-drop).",
     "mainline; series v1 21/45"},
}};

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

std::string_view name_of(PassId id) {
  return pass_names[static_cast<std::size_t>(id)];
}
std::string_view name_of(Refusal id) {
  return refusal_names[static_cast<std::size_t>(id)];
}
std::string_view name_of(IsolateRefusal id) {
  return isolate_refusal_names[static_cast<std::size_t>(id)];
}
std::string_view name_of(LadderStep id) {
  return ladder_names[static_cast<std::size_t>(id)];
}
std::string_view name_of(Mode id) {
  return mode_names[static_cast<std::size_t>(id)];
}
std::string_view name_of(ItemStep id) {
  return item_step_names[static_cast<std::size_t>(id)];
}
std::string_view name_of(DriverStep id) {
  return driver_names[static_cast<std::size_t>(id)];
}

std::span<const DriverInfo> driver_infos() {
  return driver;
}
std::span<const PassInfo> pass_infos() {
  return passes;
}

}  // namespace spb
