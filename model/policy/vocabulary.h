// SPDX-License-Identifier: GPL-2.0-only
// The words of the policy: what may be served, refused, tried and done, each with its name and,
// where it is shown to a user, a sentence and its source.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace spb {

/// A word with its meaning. A list shows those that have a sentence.
template <class Id>
struct Named {
  Id id;
  std::string_view name;
  std::string_view claim{};
  std::string_view source{};
  std::string_view event{};  ///< what the kernel's own event calls it, where that differs
};

/// What served a request. Up to PASS_2D they are the outcome codes of the series' spb_alloc_walk
/// event; SMALLEST is mainline's plain search of the zone's lists.
enum class PassId : uint8_t {
  NO_PAGE,
  PASS_1,
  PASS_2,
  PASS_2B,
  PASS_2C,
  PASS_3,
  PASS_4,
  PASS_2D = 8,  ///< 7: the zone's own lists, of pages outside superpageblocks; there are none here
  SMALLEST,
  CLAIM,
  STEAL,
  HINT,  ///< PASS_1 to the kernel's event, in the superpageblock that served last
  count
};

inline constexpr Named<PassId> pass_names[]{
    {PassId::NO_PAGE, "NO_PAGE"},
    {PassId::SMALLEST, "SMALLEST", "The request's own lists of the zone, smallest order first.",
     "mainline"},
    {PassId::HINT, "HINT",
     "The superpageblock where PASS_1 last found a chunk of this order and type, whatever it has "
     "become.",
     "series v2 31/40", "PASS_1"},
    {PassId::PASS_1, "PASS_1",
     "Own type in the preferred category, fullest first; whole pageblocks before smaller chunks.",
     "series v1 21/45"},
    {PassId::PASS_2, "PASS_2",
     "A non-movable request claims a whole MOVABLE pageblock of a tainted superpageblock.",
     "series v2 14/40"},
    {PassId::PASS_2B, "PASS_2B",
     "A non-movable request claims part of a MOVABLE pageblock of a tainted superpageblock, "
     "without the half rule.",
     "series v1 25/45"},
    {PassId::PASS_2C, "PASS_2C",
     "UNMOVABLE borrows from RECLAIMABLE lists of tainted superpageblocks and the reverse; no tag "
     "changes.",
     "series v1 31/45"},
    {PassId::PASS_2D, "PASS_2D",
     "A non-movable request borrows from MOVABLE lists of tainted superpageblocks; no tag changes.",
     "series v1 42/45"},
    {PassId::PASS_3, "PASS_3",
     "Own type in empty superpageblocks; their pageblocks are MOVABLE, but for isolated ones.",
     "series v2 __rmqueue_smallest()"},
    {PassId::PASS_4, "PASS_4",
     "A movable request takes from tainted superpageblocks above their reserve, smallest first.",
     "series v2 __rmqueue_smallest()"},
    {PassId::CLAIM, "CLAIM", "__rmqueue_claim(): largest fallback chunk first, with relabelling.",
     "mainline; categories from series v1 27/45"},
    {PassId::STEAL, "STEAL", "__rmqueue_steal(): smallest fallback chunk, without relabelling.",
     "mainline; no crossing of U and R from series v1 26/45"},
};

/// Which free lists a search visits. `preferred` is clean for a movable request and tainted for
/// others; lists of a category are walked fullest first. `hinted` is the one superpageblock that
/// the hint for the request's order and type names.
enum class Source : uint8_t { zone, preferred, non_preferred, tainted, empty, hinted };

/// Which list of a free area a pass reads.
enum class ListOf : uint8_t { request, movable, opposite };

/// Orders from the one asked for on: all, those of a pageblock or more, or those below it.
enum class OrderRange : uint8_t { none, every, whole, part };

/// From the lowest of its orders up, or from the highest down.
struct OrderLeg {
  OrderRange range = OrderRange::none;
  bool up = true;
  constexpr bool operator==(const OrderLeg&) const = default;
};

/// The orders a pass tries in one superpageblock, and their direction: a leg, then perhaps another.
struct OrderWalk {
  OrderLeg first;
  OrderLeg then{};
  constexpr bool operator==(const OrderWalk&) const = default;

  static const OrderWalk up, down, whole_then_sub, whole_up, sub_down;
};
inline constexpr OrderWalk OrderWalk::up{{OrderRange::every, true}};
inline constexpr OrderWalk OrderWalk::down{{OrderRange::every, false}};
inline constexpr OrderWalk OrderWalk::whole_then_sub{{OrderRange::whole, true},
                                                     {OrderRange::part, true}};
inline constexpr OrderWalk OrderWalk::whole_up{{OrderRange::whole, true}};
inline constexpr OrderWalk OrderWalk::sub_down{{OrderRange::part, false}};

/// What happens to the chunk that was found.
enum class Effect : uint8_t {
  hand_out,  ///< tag stays, the splits go back on the list the chunk came from; PB_has_<request> is
             ///< set
  claim_whole,  ///< every covered pageblock gets the request's tag, the splits its list
  claim_part,   ///< try_to_claim_block(): refusals, relabel, move the free chunks, re-enter the
                ///< search
};

/// Reasons of spb_claim_block_refused, in the order of the series' codes.
enum class Refusal : uint8_t {
  ISOLATE,
  CMA,
  ZONE_BOUNDARY,
  CROSS_TYPE_NOT_FREE,
  INSUFFICIENT_COMPAT,
  count
};

inline constexpr Named<Refusal> refusal_names[]{
    {Refusal::ISOLATE, "ISOLATE", "The pageblock is isolated.", "series v2 06/40"},
    {Refusal::CMA, "CMA", "The pageblock is CMA's.", "series v2 40/40"},
    {Refusal::ZONE_BOUNDARY, "ZONE_BOUNDARY",
     "A pageblock that the zone's border cuts is not claimed in part.", "mainline"},
    {Refusal::CROSS_TYPE_NOT_FREE, "CROSS_TYPE_NOT_FREE",
     "UNMOVABLE and RECLAIMABLE relabel into each other only a wholly free pageblock.",
     "series v1 26/45"},
    {Refusal::INSUFFICIENT_COMPAT, "INSUFFICIENT_COMPAT",
     "Free and alike pages do not make half a pageblock; PASS_2B does not ask.",
     "mainline; series v1 25/45"},
};

/// Why set_migratetype_isolate() says no.
enum class IsolateRefusal : uint8_t { already, cma, unmovable, edge, count };

inline constexpr Named<IsolateRefusal> isolate_refusal_names[]{
    {IsolateRefusal::already, "already", "The pageblock is isolated already.", "mainline"},
    {IsolateRefusal::cma, "cma", "The pageblock is CMA's.", "mainline"},
    {IsolateRefusal::unmovable, "unmovable", "The pageblock holds a live page that cannot move.",
     "mainline"},
    {IsolateRefusal::edge, "edge", "The zone's border cuts the pageblock.", "mainline"},
};

/// What rmqueue_buddy() tries: the modes of __rmqueue(), the CMA lists that come before them where
/// much of what is free is CMA's, and the HIGHATOMIC lists at both ends.
enum class Mode : uint8_t {
  NORMAL,
  CLAIM,
  STEAL,
  HIGHATOMIC,
  CMA_BALANCE,
  CMA,
  HIGHATOMIC_RESCUE,
  count
};

inline constexpr Named<Mode> mode_names[]{
    {Mode::NORMAL, "NORMAL"},
    {Mode::CLAIM, "CLAIM"},
    {Mode::STEAL, "STEAL"},
    {Mode::HIGHATOMIC, "HIGHATOMIC"},
    {Mode::CMA_BALANCE, "CMA_BALANCE"},
    {Mode::CMA, "CMA"},
    {Mode::HIGHATOMIC_RESCUE, "HIGHATOMIC_RESCUE"},
};

/// Whose lists a mode searches.
enum class Searches : uint8_t { request, highatomic, cma };

/// Where the next page of a batch begins, once a mode served one (mainline rmqueue_bulk()).
enum class NextPage : uint8_t {
  as_before,     ///< the mode stands beside the mode variable: tried for every page
  at_normal,     ///< RMQUEUE_NORMAL
  at_this_mode,  ///< what comes before it in the table is skipped
};

/// Steps of spb_alloc_atomic_relax, numbered as there.
enum class LadderStep : uint8_t {
  NORETRY_SKIP,
  ADD_TAINTED_OK,
  DROP_NOFRAGMENT,
  NOWARN_LOWER_ORDER,
  count
};

inline constexpr Named<LadderStep> ladder_names[]{
    {LadderStep::NORETRY_SKIP, "NORETRY_SKIP",
     "A __GFP_NORETRY caller gets nothing instead of relaxing.", "series v1 33/45"},
    {LadderStep::ADD_TAINTED_OK, "ADD_TAINTED_OK",
     "Another try with ALLOC_NOFRAG_TAINTED_OK: a steal may take from the preferred category.",
     "series v2 35/40, 40/40"},
    {LadderStep::DROP_NOFRAGMENT, "DROP_NOFRAGMENT",
     "Another try without ALLOC_NOFRAGMENT: a clean superpageblock may be tainted.",
     "series v1 19/45, v2 40/40"},
    {LadderStep::NOWARN_LOWER_ORDER, "NOWARN_LOWER_ORDER",
     "A __GFP_NOWARN caller that will come back with a lower order gets nothing.",
     "series v2 35/40"},
};

/// What a step of the ladder does.
enum class LadderAction : uint8_t { give_up, add_tainted_ok, drop_nofragment };

/// What a caller turns to, in the table's order, once its fast path found nothing. The ladder is
/// where an atomic caller ends, GIVE_UP where one that may wait does without a try. Each other step
/// ends with another try, compaction only where it moved a chunk.
enum class DriverStep : uint8_t {
  ATOMIC_LADDER,
  DIRECT_RECLAIM,
  DIRECT_COMPACTION,
  DROP_NOFRAGMENT,
  GIVE_UP,
  count
};

inline constexpr Named<DriverStep> driver_names[]{
    {DriverStep::ATOMIC_LADDER, "ATOMIC_LADDER",
     "A caller that may not wait climbs the ladder, and ends there.", "series v1 19/45"},
    {DriverStep::DIRECT_RECLAIM, "DIRECT_RECLAIM",
     "A waiting caller has a chunk reclaimed, if the operation names one, and tries again.",
     "mainline"},
    {DriverStep::DIRECT_COMPACTION, "DIRECT_COMPACTION",
     "A waiting caller has a chunk migrated, if the operation names one; where that works it tries "
     "again.",
     "mainline"},
    {DriverStep::DROP_NOFRAGMENT, "DROP_NOFRAGMENT",
     "Another try without ALLOC_NOFRAGMENT: first for everyone, or last for those who may wait "
     "and do not give up (nofragment-drop).",
     "mainline; series v1 21/45"},
    {DriverStep::GIVE_UP, "GIVE_UP",
     "A waiting caller gets nothing that has __GFP_NORETRY, or asks for a costly order without "
     "__GFP_RETRY_MAYFAIL and __GFP_IO; with __GFP_NOFAIL it goes on.",
     "mainline __alloc_pages_slowpath(); series v2 40/40"},
};

/// The caller's way ends with this step, served or not.
constexpr bool is_last_step(DriverStep step) {
  return step == DriverStep::ATOMIC_LADDER || step == DriverStep::GIVE_UP;
}

/// What moves a work item of the evacuation pool (series v2 06/40).
enum class ItemStep : uint8_t { QUEUE, IRQ_WORK, START, FINISH, count };

inline constexpr Named<ItemStep> item_step_names[]{
    {ItemStep::QUEUE, "QUEUE"},
    {ItemStep::IRQ_WORK, "IRQ_WORK"},
    {ItemStep::START, "START"},
    {ItemStep::FINISH, "FINISH"},
};

// ---- words by their ids

constexpr std::span<const Named<PassId>> names_of(PassId) {
  return pass_names;
}
constexpr std::span<const Named<Refusal>> names_of(Refusal) {
  return refusal_names;
}
constexpr std::span<const Named<IsolateRefusal>> names_of(IsolateRefusal) {
  return isolate_refusal_names;
}
constexpr std::span<const Named<Mode>> names_of(Mode) {
  return mode_names;
}
constexpr std::span<const Named<LadderStep>> names_of(LadderStep) {
  return ladder_names;
}
constexpr std::span<const Named<DriverStep>> names_of(DriverStep) {
  return driver_names;
}
constexpr std::span<const Named<ItemStep>> names_of(ItemStep) {
  return item_step_names;
}

template <class Id>
constexpr const Named<Id>& named(Id id) {
  for (const Named<Id>& candidate : names_of(id)) {
    if (candidate.id == id) return candidate;
  }
  return names_of(id).front();
}

/// For every enum above that has words.
template <class Id>
requires requires(Id id) {
  names_of(id);
}
constexpr std::string_view name_of(Id id) {
  return named(id).name;
}

}  // namespace spb
