// SPDX-License-Identifier: GPL-2.0-only
#include "model/words/parameters.h"

#include <algorithm>

#include "model/words/geometry.h"

namespace spb {

namespace {

constexpr uint16_t any = 0xfffe;

// In the order of ParameterId.
constexpr std::array<ParameterInfo, nr_parameters> infos{{
    {"isolation",
     0,
     1,
     {"moves-free-pages", "bit-only"},
     "Isolating a pageblock moves its free pages to the ISOLATE lists, or only sets the bit.",
     "mainline; bit-only is what the series' checks seem to assume"},
    {"free-block-tag",
     0,
     1,
     {"keep", "reset-to-movable"},
     "A pageblock that becomes wholly free keeps its tag, or turns MOVABLE again.",
     "mainline keeps; not readable in the series"},
    {"nofragment-claims",
     0,
     1,
     {"preferred-only", "any-whole-block"},
     "Under ALLOC_NOFRAGMENT a non-movable claim stays in tainted superpageblocks, or takes whole "
     "pageblocks anywhere.",
     "series v2 18/40 against v2 27/40: contradictory"},
    {"smallest-sees-flags",
     0,
     1,
     {"no", "yes"},
     "__rmqueue_smallest() is handed alloc_flags, so its passes can gate on ALLOC_NOFRAGMENT.",
     "series v1 36/45"},
    {"pass-2-waits-for",
     0,
     1,
     {"atomic", "everyone"},
     "Who may not enter PASS_2 and 2B under ALLOC_NOFRAGMENT without ALLOC_NOFRAG_TAINTED_OK.",
     "series v2 35/40 states the atomic gate; the waiting one is not readable"},
    {"pass-2b-orders",
     0,
     1,
     {"down", "up"},
     "PASS_2B tries the largest sub-pageblock order first, or the smallest.",
     "inferred from PASS_2C, series v1 31/45"},
    {"claim-search",
     0,
     1,
     {"empty-first", "non-preferred-first"},
     "After the preferred category a claim searches empty superpageblocks, or the other category.",
     "not readable in series v1 27/45"},
    {"spb-list-insert",
     0,
     1,
     {"tail", "head"},
     "Where a superpageblock enters its new category and fullness list.",
     "not readable in series v2 10/40"},
    {"fullness-bins",
     2,
     8,
     {},
     "Number of fullness bins of a category.",
     "not readable in series v2 10/40"},
    {"tainted-reserve-min",
     0,
     any,
     {},
     "SPB_TAINTED_RESERVE_MIN: free pageblocks of a tainted superpageblock that movable requests "
     "leave alone; 4, or a quarter of a small superpageblock.",
     "series v1 24/45"},
    {"tainted-reserve-divisor",
     1,
     any,
     {},
     "The same reserve as a share of total_pageblocks (16 of 512).",
     "series v1 24/45"},
    {"aggressive-threshold",
     0,
     any,
     {},
     "SPB_AGGRESSIVE_THRESHOLD: with more superpageblocks, the whole-pageblock floor of "
     "ALLOC_NOFRAGMENT is lifted in tainted ones.",
     "series v1 20/45"},
    {"nofragment-drop",
     0,
     1,
     {"before-reclaim", "after-compaction"},
     "When a waiting caller's ALLOC_NOFRAGMENT is dropped.",
     "mainline; series v1 21/45"},
    {"claim-evacuates",
     0,
     1,
     {"no", "yes"},
     "A claim of part of a MOVABLE pageblock queues its evacuation.",
     "series v2 06/40, dropped by 15/40"},
    {"evacuate-items",
     0,
     1024,
     {},
     "NR_EVACUATE_ITEMS: size of the pool of work items.",
     "series v2 06/40"},
    {"compact-cluster",
     1,
     32,
     {},
     "COMPACT_CLUSTER_MAX: pages in one batch of the worker.",
     "mainline; series v2 06/40"},
    {"reentry-bound",
     1,
     64,
     {},
     "How often a claim may re-enter the search for one request before the model gives up.",
     "ours: the posted recursion has no bound"},
    {"without",
     0,
     any,
     {},
     "Passes taken out of the table, by name, joined by a bar.",
     "ours: to see what each pass buys"},
    {"movable-search",
     0,
     1,
     {"empty-first", "tainted-first"},
     "A movable request opens an empty superpageblock before it enters a tainted one (PASS_3, then "
     "PASS_4), or after.",
     "series v2 20/40 and the codes of 40/40 say empty first; not readable for certain"},
    {"evacuation-clears",
     0,
     1,
     {"nothing", "has-movable"},
     "An evacuation that leaves no movable page in its pageblock clears PB_has_movable, or leaves "
     "it set.",
     "inferred from series v2 22/40 and 24/40; v2 06/40 comes before the bits"},
}};

}  // namespace

std::span<const ParameterInfo, nr_parameters> parameter_infos() {
  return infos;
}

const ParameterInfo& info(ParameterId id) {
  return infos[static_cast<std::size_t>(id)];
}

Parameters resolve(const Parameters& chosen, const Parameters& defaults, const Geometry& geometry) {
  Parameters result;
  for (std::size_t i = 0; i < nr_parameters; ++i) {
    const bool given = chosen.values[i] != Parameters::unset;
    result.values[i] = given ? chosen.values[i] : defaults.values[i];
  }
  if (chosen[ParameterId::tainted_reserve_min] == Parameters::unset) {
    auto& reserve = result[ParameterId::tainted_reserve_min];
    reserve = std::min(reserve, static_cast<uint16_t>(geometry.pageblocks / 4));
  }
  return result;
}

}  // namespace spb
