// SPDX-License-Identifier: GPL-2.0-only
// The words of the policy: what may be served, refused, tried and done, each with its name and,
// where it is shown to a user, a sentence and its source.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace spb {

/// What served a request. The first nine are the outcome codes of the series' spb_alloc_walk event;
/// SMALLEST is mainline's plain search of the zone's lists.
enum class PassId : uint8_t {
  NO_PAGE,
  PASS_1,
  PASS_2,
  PASS_2B,
  PASS_2C,
  PASS_3,
  PASS_4,
  ZONE_FB,
  PASS_2D,
  SMALLEST,
  CLAIM,
  STEAL,
  HINT,  ///< PASS_1 to the kernel's event, in the superpageblock that served last
  count
};

/// Which free lists a search visits. `preferred` is clean for a movable request and tainted for
/// others; lists of a category are walked fullest first. `hinted` is the one superpageblock that
/// the hint for the request's order and type names.
enum class Source : uint8_t { zone, preferred, non_preferred, tainted, empty, hinted };

/// Which list of a free area a pass reads.
enum class ListOf : uint8_t { request, movable, opposite };

/// The orders a pass tries in one superpageblock, and their direction.
enum class OrderWalk : uint8_t {
  up,              ///< order .. MAX
  down,            ///< MAX .. order
  whole_then_sub,  ///< max(order, pageblock_order) .. MAX, then order .. pageblock_order - 1
  sub_then_whole,  ///< the reverse
  whole_up,        ///< max(order, pageblock_order) .. MAX
  whole_down,
  sub_down,  ///< pageblock_order - 1 .. order
  sub_up,
};

/// What happens to the chunk that was found.
enum class Effect : uint8_t {
  take,  ///< tag stays, the splits go back on the list the chunk came from; PB_has_<request> is set
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

/// Why set_migratetype_isolate() says no.
enum class IsolateRefusal : uint8_t { already, cma, unmovable, edge, count };

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

/// What a step of the ladder does.
enum class LadderAction : uint8_t { give_up, add_tainted_ok, drop_nofragment };

/// What a caller turns to, in the table's order, once its fast path found nothing. Each but the
/// first ends with another try; an atomic caller ends with its ladder.
enum class DriverStep : uint8_t {
  ATOMIC_LADDER,
  DIRECT_RECLAIM,
  DIRECT_COMPACTION,
  DROP_NOFRAGMENT,
  count
};

/// What moves a work item of the evacuation pool (series v2 06/40).
enum class ItemStep : uint8_t { QUEUE, IRQ_WORK, START, FINISH, count };

std::string_view name_of(PassId id);
std::string_view name_of(Refusal id);
std::string_view name_of(IsolateRefusal id);
std::string_view name_of(LadderStep id);
std::string_view name_of(Mode id);
std::string_view name_of(ItemStep id);
std::string_view name_of(DriverStep id);

/// A pass in a sentence.
struct PassInfo {
  PassId id;
  std::string_view claim;
  std::string_view source;
};
std::span<const PassInfo> pass_infos();

/// A step of the driver in a sentence.
struct DriverInfo {
  DriverStep id;
  std::string_view claim;
  std::string_view source;
};
std::span<const DriverInfo> driver_infos();

}  // namespace spb
