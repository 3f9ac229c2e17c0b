// SPDX-License-Identifier: GPL-2.0-only
#include "model/words/gfp.h"

#include <array>

namespace spb {

namespace {

constexpr std::array<FlagName, 37> gfps{{
    {"GFP_TRANSHUGE", GFP_TRANSHUGE},
    {"GFP_TRANSHUGE_LIGHT", GFP_TRANSHUGE_LIGHT},
    {"GFP_HIGHUSER_MOVABLE", GFP_HIGHUSER_MOVABLE},
    {"GFP_HIGHUSER", GFP_HIGHUSER},
    {"GFP_USER", GFP_USER},
    {"GFP_KERNEL_ACCOUNT", GFP_KERNEL_ACCOUNT},
    {"GFP_KERNEL", GFP_KERNEL},
    {"GFP_NOFS", GFP_NOFS},
    {"GFP_NOIO", GFP_NOIO},
    {"GFP_ATOMIC", GFP_ATOMIC},
    {"GFP_NOWAIT", GFP_NOWAIT},
    {"GFP_DMA", __GFP_DMA},
    {"GFP_DMA32", __GFP_DMA32},
    {"__GFP_RECLAIM", __GFP_RECLAIM},
    {"__GFP_DMA", __GFP_DMA},
    {"__GFP_HIGHMEM", __GFP_HIGHMEM},
    {"__GFP_DMA32", __GFP_DMA32},
    {"__GFP_MOVABLE", __GFP_MOVABLE},
    {"__GFP_RECLAIMABLE", __GFP_RECLAIMABLE},
    {"__GFP_HIGH", __GFP_HIGH},
    {"__GFP_IO", __GFP_IO},
    {"__GFP_FS", __GFP_FS},
    {"__GFP_ZERO", __GFP_ZERO},
    {"__GFP_DIRECT_RECLAIM", __GFP_DIRECT_RECLAIM},
    {"__GFP_KSWAPD_RECLAIM", __GFP_KSWAPD_RECLAIM},
    {"__GFP_WRITE", __GFP_WRITE},
    {"__GFP_NOWARN", __GFP_NOWARN},
    {"__GFP_RETRY_MAYFAIL", __GFP_RETRY_MAYFAIL},
    {"__GFP_NOFAIL", __GFP_NOFAIL},
    {"__GFP_NORETRY", __GFP_NORETRY},
    {"__GFP_MEMALLOC", __GFP_MEMALLOC},
    {"__GFP_COMP", __GFP_COMP},
    {"__GFP_NOMEMALLOC", __GFP_NOMEMALLOC},
    {"__GFP_HARDWALL", __GFP_HARDWALL},
    {"__GFP_THISNODE", __GFP_THISNODE},
    {"__GFP_ACCOUNT", __GFP_ACCOUNT},
    {"__GFP_ZEROTAGS", __GFP_ZEROTAGS},
}};

constexpr std::array<FlagName, 6> alloc_flags{{
    {"ALLOC_NOFRAGMENT", ALLOC_NOFRAGMENT},
    {"ALLOC_NOFRAG_TAINTED_OK", ALLOC_NOFRAG_TAINTED_OK},
    {"ALLOC_NON_BLOCK", ALLOC_NON_BLOCK},
    {"ALLOC_HIGHATOMIC", ALLOC_HIGHATOMIC},
    {"ALLOC_HIGHORDER_OPTIONAL", ALLOC_HIGHORDER_OPTIONAL},
    {"ALLOC_CMA", ALLOC_CMA},
}};

constexpr std::array<std::string_view, MIGRATE_TYPES> types{"UNMOVABLE",  "MOVABLE", "RECLAIMABLE",
                                                            "HIGHATOMIC", "CMA",     "ISOLATE"};

template <class Names>
constexpr uint32_t all_bits(const Names& names) {
  uint32_t bits = 0;
  for (const FlagName& flag : names)
    bits |= flag.bits;
  return bits;
}

}  // namespace

std::span<const FlagName> gfp_names() {
  return gfps;
}
std::span<const FlagName> alloc_flag_names() {
  return alloc_flags;
}
std::span<const std::string_view> migratetype_names() {
  return types;
}
uint32_t known_gfp_bits() {
  return all_bits(gfps) & ~lower_zone_gfp_bits;
}
uint32_t known_alloc_flag_bits() {
  return all_bits(alloc_flags);
}

}  // namespace spb
