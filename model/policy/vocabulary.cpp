// SPDX-License-Identifier: GPL-2.0-only
#include "model/policy/vocabulary.h"

#include <array>
#include <cstddef>

namespace spb {

namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(PassId::count)> pass_names{
    "NO_PAGE", "PASS_1",  "PASS_2",   "PASS_2B", "PASS_2C", "PASS_3", "PASS_4",
    "ZONE_FB", "PASS_2D", "SMALLEST", "CLAIM",   "STEAL",   "HINT"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Refusal::count)> refusal_names{
    "ISOLATE", "CMA", "ZONE_BOUNDARY", "CROSS_TYPE_NOT_FREE", "INSUFFICIENT_COMPAT"};
constexpr std::array<std::string_view, static_cast<std::size_t>(IsolateRefusal::count)>
    isolate_refusal_names{"already", "cma", "unmovable", "edge"};
constexpr std::array<std::string_view, static_cast<std::size_t>(LadderStep::count)> ladder_names{
    "NORETRY_SKIP", "ADD_TAINTED_OK", "DROP_NOFRAGMENT", "NOWARN_LOWER_ORDER"};
constexpr std::array<std::string_view, static_cast<std::size_t>(Mode::count)> mode_names{
    "NORMAL", "CLAIM", "STEAL", "HIGHATOMIC", "CMA_BALANCE", "CMA", "HIGHATOMIC_RESCUE"};

constexpr std::array<std::string_view, static_cast<std::size_t>(DriverStep::count)> driver_names{
    "ATOMIC_LADDER", "DIRECT_RECLAIM", "DIRECT_COMPACTION", "DROP_NOFRAGMENT"};
constexpr std::array<std::string_view, static_cast<std::size_t>(ItemStep::count)> item_step_names{
    "QUEUE", "IRQ_WORK", "START", "FINISH"};

constexpr std::array<PassInfo, 11> passes{{
    {PassId::SMALLEST, "The request's own lists of the zone, smallest order first.", "mainline"},
    {PassId::HINT,
     "The superpageblock where PASS_1 last found a chunk of this order and type, whatever it has "
     "become.",
     "series v2 31/40"},
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
     "Own type in empty superpageblocks; their pageblocks are MOVABLE, but for isolated ones.",
     "series v2 __rmqueue_smallest()"},
    {PassId::PASS_4,
     "A movable request takes from tainted superpageblocks above their reserve, smallest first.",
     "series v2 __rmqueue_smallest()"},
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
