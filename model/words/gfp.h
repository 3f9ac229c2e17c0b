// SPDX-License-Identifier: GPL-2.0-only
// Gfp flags and allocation flags under the kernel's names and bits, and what the kernel derives
// from them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/words/types.h"

namespace spb {

/// Bits of gfp_t (include/linux/gfp_types.h of 6.18).
enum Gfp : uint32_t {
  __GFP_DMA = 1U << 0,
  __GFP_HIGHMEM = 1U << 1,
  __GFP_DMA32 = 1U << 2,
  __GFP_MOVABLE = 1U << 3,
  __GFP_RECLAIMABLE = 1U << 4,
  __GFP_HIGH = 1U << 5,
  __GFP_IO = 1U << 6,
  __GFP_FS = 1U << 7,
  __GFP_ZERO = 1U << 8,
  __GFP_DIRECT_RECLAIM = 1U << 10,
  __GFP_KSWAPD_RECLAIM = 1U << 11,
  __GFP_WRITE = 1U << 12,
  __GFP_NOWARN = 1U << 13,
  __GFP_RETRY_MAYFAIL = 1U << 14,
  __GFP_NOFAIL = 1U << 15,
  __GFP_NORETRY = 1U << 16,
  __GFP_MEMALLOC = 1U << 17,
  __GFP_COMP = 1U << 18,
  __GFP_NOMEMALLOC = 1U << 19,
  __GFP_HARDWALL = 1U << 20,
  __GFP_THISNODE = 1U << 21,
  __GFP_ACCOUNT = 1U << 22,
  __GFP_ZEROTAGS = 1U << 23,

  __GFP_RECLAIM = __GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM,
  GFP_ATOMIC = __GFP_HIGH | __GFP_KSWAPD_RECLAIM,
  GFP_KERNEL = __GFP_RECLAIM | __GFP_IO | __GFP_FS,
  GFP_KERNEL_ACCOUNT = GFP_KERNEL | __GFP_ACCOUNT,
  GFP_NOWAIT = __GFP_KSWAPD_RECLAIM | __GFP_NOWARN,
  GFP_NOIO = __GFP_RECLAIM,
  GFP_NOFS = __GFP_RECLAIM | __GFP_IO,
  GFP_USER = __GFP_RECLAIM | __GFP_IO | __GFP_FS | __GFP_HARDWALL,
  GFP_HIGHUSER = GFP_USER | __GFP_HIGHMEM,
  GFP_HIGHUSER_MOVABLE = GFP_HIGHUSER | __GFP_MOVABLE,
  GFP_TRANSHUGE_LIGHT =
      (GFP_HIGHUSER_MOVABLE | __GFP_COMP | __GFP_NOMEMALLOC | __GFP_NOWARN) & ~__GFP_RECLAIM,
  GFP_TRANSHUGE = GFP_TRANSHUGE_LIGHT | __GFP_DIRECT_RECLAIM,
};

/// Flags that ask for a zone below Normal. The model's one zone is Normal, which does not serve
/// such requests.
inline constexpr uint32_t lower_zone_gfp_bits = __GFP_DMA | __GFP_DMA32;

/// Bits of alloc_flags (mm/internal.h); the last two are the series' own and have no readable
/// value.
enum AllocFlag : uint32_t {
  ALLOC_NON_BLOCK = 0x10,
  ALLOC_CMA = 0x80,
  ALLOC_NOFRAGMENT = 0x100,
  ALLOC_HIGHATOMIC = 0x200,
  ALLOC_NOFRAG_TAINTED_OK = 0x8000,
  ALLOC_HIGHORDER_OPTIONAL = 0x10000,
};

/// A name and its bits, composite names before single ones.
struct FlagName {
  std::string_view name;
  uint32_t bits;
};
std::span<const FlagName> gfp_names();
std::span<const FlagName> alloc_flag_names();
std::span<const std::string_view> migratetype_names();  ///< UNMOVABLE, MOVABLE, ... by number

/// Every bit that a request to the zone Normal may carry; others are no gfp flags, or
/// lower_zone_gfp_bits.
uint32_t known_gfp_bits();
uint32_t known_alloc_flag_bits();

/// The type a caller asks for. The kernel warns when both mobility bits are set; a program has one
/// at most.
constexpr Migratetype gfp_migratetype(uint32_t gfp) {
  if (gfp & __GFP_MOVABLE) return MIGRATE_MOVABLE;
  return gfp & __GFP_RECLAIMABLE ? MIGRATE_RECLAIMABLE : MIGRATE_UNMOVABLE;
}

/// A caller that may not sleep.
constexpr bool gfp_is_atomic(uint32_t gfp) {
  return !(gfp & __GFP_DIRECT_RECLAIM);
}

/// Orders above this one are costly to serve.
inline constexpr uint32_t PAGE_ALLOC_COSTLY_ORDER = 3;

/// Of callers that may sleep, one that fails once reclaim and compaction found nothing: it asks not
/// to be retried, or for a costly order without __GFP_RETRY_MAYFAIL, or without __GFP_IO, which
/// compaction needs. With __GFP_NOFAIL no one fails (__alloc_pages_slowpath()).
constexpr bool gfp_gives_up(uint32_t gfp, uint32_t order) {
  if (gfp & __GFP_NOFAIL) return false;
  const uint32_t persists = __GFP_RETRY_MAYFAIL | __GFP_IO;
  const bool is_costly = order > PAGE_ALLOC_COSTLY_ORDER && (gfp & persists) != persists;
  return is_costly || (gfp & __GFP_NORETRY) != 0;
}

/// Flags of the fast path. The model's zone is Normal above a lower zone, where the kernel sets
/// ALLOC_NOFRAGMENT for everyone (alloc_flags_nofragment()).
constexpr uint32_t fast_path_alloc_flags(uint32_t gfp) {
  return ALLOC_NOFRAGMENT | (gfp_migratetype(gfp) == MIGRATE_MOVABLE ? ALLOC_CMA : 0U);
}

/// What the slow path adds to them (gfp_to_alloc_flags()).
constexpr uint32_t slow_path_alloc_flags(uint32_t gfp) {
  const bool non_block = gfp_is_atomic(gfp) && !(gfp & __GFP_NOMEMALLOC);
  return non_block ? ALLOC_NON_BLOCK : 0U;
}

}  // namespace spb
