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
     "series v2 40/40 as mainline; bit-only is what its checks seem to assume",
     Standing::settled,
     1},
    {"free-block-tag",
     0,
     1,
     {"keep", "reset-to-movable"},
     "A pageblock that becomes wholly free keeps its tag, or turns MOVABLE again.",
     "mainline keeps; series v2 mark_pageblock_free() resets",
     Standing::settled,
     2},
    {"spb-list-update",
     0,
     1,
     {"every-call", "bucket-change"},
     "A superpageblock goes to its list's tail at every update, or only where category or fullness "
     "changed.",
     "series v2 spb_update_list(); what v1 43/45 says of the code before it",
     Standing::open,
     21},
    {"pass-triggers",
     0,
     1,
     {"no", "yes"},
     "A pass that leaves a tainted superpageblock low on free pages asks for shrinking and "
     "defragmentation, and a search that leaves the tainted ones asks for all of them.",
     "series v1 32/45, 43/45, v2 28/40",
     Standing::settled,
     23},
    {"tainted-reserve-min",
     0,
     any,
     {},
     "SPB_TAINTED_RESERVE_MIN: free pageblocks of a tainted superpageblock that movable requests "
     "leave alone; 4, or a quarter of a small superpageblock.",
     "series v1 24/45",
     Standing::settled,
     10},
    {"tainted-reserve-divisor",
     1,
     any,
     {},
     "The same reserve as a share of total_pageblocks (16 of 512).",
     "series v1 24/45; the helper itself could not be read",
     Standing::open,
     11},
    {"aggressive-threshold",
     0,
     any,
     {},
     "SPB_AGGRESSIVE_THRESHOLD: with more superpageblocks, the whole-pageblock floor of "
     "ALLOC_NOFRAGMENT is lifted in the preferred category.",
     "series v1 20/45",
     Standing::settled,
     12},
    {"nofragment-drop",
     0,
     1,
     {"before-reclaim", "after-compaction"},
     "When a waiting caller's ALLOC_NOFRAGMENT is dropped.",
     "mainline; series v1 21/45",
     Standing::settled,
     13},
    {"claim-evacuates",
     0,
     1,
     {"no", "yes"},
     "A claim of part of a MOVABLE pageblock queues its evacuation.",
     "series v2 06/40, dropped by 15/40",
     Standing::settled,
     14},
    {"evacuate-items",
     0,
     1024,
     {},
     "NR_EVACUATE_ITEMS: size of the pool of work items.",
     "series v2 06/40",
     Standing::settled,
     15},
    {"compact-cluster",
     1,
     32,
     {},
     "COMPACT_CLUSTER_MAX: pages in one batch of the worker.",
     "mainline; series v2 06/40",
     Standing::settled,
     16},
    {"reentry-bound",
     1,
     64,
     {},
     "How often a claim may re-enter the search for one request before the model gives up.",
     "the posted recursion has no bound",
     Standing::ours,
     17},
    {"without",
     0,
     any,
     {},
     "Passes taken out of the table, by name, joined by a bar.",
     "to see what each pass buys",
     Standing::ours,
     18},
    {"fix",
     0,
     any,
     {},
     "Defects of the posted series that are taken out, by name, joined by a bar.",
     "what each costs: compare a run with the same run without it",
     Standing::ours,
     24},
    {"evacuation-clears",
     0,
     1,
     {"nothing", "has-movable"},
     "An evacuation that leaves no movable page in its pageblock clears PB_has_movable, or leaves "
     "it set.",
     "series v2 clears it after a full scan; v2 06/40 comes before the bits",
     Standing::settled,
     20},
}};

}  // namespace

std::span<const ParameterInfo, nr_parameters> parameter_infos() {
  return infos;
}

std::string_view name_of(Standing standing) {
  static constexpr std::array<std::string_view, 3> names{"settled by the source", "open",
                                                         "the model's own"};
  return names[static_cast<std::size_t>(standing)];
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
