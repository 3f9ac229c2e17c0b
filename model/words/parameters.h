// SPDX-License-Identifier: GPL-2.0-only
// Named parameters: the series' constants, and every question that its posted mails leave open.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace spb {

struct Geometry;

enum class ParameterId : uint8_t {
  isolation,
  free_block_tag,
  spb_list_update,
  pass_triggers,
  tainted_reserve_min,
  tainted_reserve_divisor,
  aggressive_threshold,
  nofragment_drop,
  claim_evacuates,
  evacuate_items,
  compact_cluster,
  reentry_bound,
  without,
  fix,
  evacuation_clears,
  evacuation_interval,
  operation_ms,
  count
};
inline constexpr std::size_t nr_parameters = static_cast<std::size_t>(ParameterId::count);

// Values of the parameters that are a choice between words, in the order of ParameterInfo::words.
enum class Isolation : uint16_t { moves_free_pages, bit_only };
enum class FreeBlockTag : uint16_t { keep, reset_to_movable };
enum class SpbListUpdate : uint16_t { every_call, bucket_change };
enum class NofragmentDrop : uint16_t { before_reclaim, after_compaction };

/// One value per parameter. `unset` stands for the variant's default, which may depend on the
/// geometry.
struct Parameters {
  static constexpr uint16_t unset = 0xffff;
  std::array<uint16_t, nr_parameters> values;

  constexpr Parameters() : values{} { values.fill(unset); }
  constexpr uint16_t& operator[](ParameterId id) { return values[static_cast<std::size_t>(id)]; }
  constexpr uint16_t operator[](ParameterId id) const {
    return values[static_cast<std::size_t>(id)];
  }
  template <class Word>
  constexpr bool is(ParameterId id, Word word) const {
    return (*this)[id] == static_cast<uint16_t>(word);
  }
  bool operator==(const Parameters&) const = default;
};

/// Whether an interval that one operation begins may last when the next one begins.
constexpr bool intervals_outlast_operations(const Parameters& parameters) {
  return parameters[ParameterId::operation_ms] < parameters[ParameterId::evacuation_interval];
}

/// What a parameter's default rests on.
enum class Standing : uint8_t {
  settled,  ///< the posted source, or mainline's: another value asks what if
  open,     ///< a mail, or a reading of one: the code of that patch was not to be had
  ours,     ///< it is the model's own
};

/// How a parameter is called, what it may be, and where it comes from.
struct ParameterInfo {
  ParameterId id;
  std::string_view name;
  uint16_t min;
  uint16_t max;
  uint16_t standard;  ///< mainline's default; model/policy/variant.cpp has those of the series
  std::array<std::string_view, 2> words{};  ///< names of 0 and 1; empty for a number
  std::string_view claim;                   ///< one sentence
  std::string_view source;
  Standing standing;
  uint16_t key;  ///< its number in the byte form of programs: never 0, never used again for another
};

inline constexpr uint16_t any_value = 0xfffe;
// Arrays have these sizes.
inline constexpr uint16_t evacuate_items_max = 1024;
inline constexpr uint16_t compact_cluster_max = 32;
inline constexpr uint16_t reentry_bound_max = 64;
/// What is left of an interval is a byte of the state.
inline constexpr uint16_t interval_max_ms = 255;

/// A row a parameter, in the order of ParameterId.
inline constexpr std::array<ParameterInfo, nr_parameters> parameter_table{{
    {.id = ParameterId::isolation,
     .name = "isolation",
     .min = 0,
     .max = 1,
     .standard = static_cast<uint16_t>(Isolation::moves_free_pages),
     .words = {"moves-free-pages", "bit-only"},
     .claim =
         "Isolating a pageblock moves its free pages to the ISOLATE lists, or only sets the bit.",
     .source = "series v2 40/40 as mainline; bit-only is what its checks seem to assume",
     .standing = Standing::settled,
     .key = 1},
    {.id = ParameterId::free_block_tag,
     .name = "free-block-tag",
     .min = 0,
     .max = 1,
     .standard = static_cast<uint16_t>(FreeBlockTag::keep),
     .words = {"keep", "reset-to-movable"},
     .claim = "A pageblock that becomes wholly free keeps its tag, or turns MOVABLE again.",
     .source = "mainline keeps; series v2 mark_pageblock_free() resets",
     .standing = Standing::settled,
     .key = 2},
    {.id = ParameterId::spb_list_update,
     .name = "spb-list-update",
     .min = 0,
     .max = 1,
     .standard = static_cast<uint16_t>(SpbListUpdate::bucket_change),
     .words = {"every-call", "bucket-change"},
     .claim = "A superpageblock goes to its list's tail at every update, or only where category or "
              "fullness changed.",
     .source = "series v2 spb_update_list(); what v1 43/45 says of the code before it",
     .standing = Standing::open,
     .key = 21},
    {.id = ParameterId::pass_triggers,
     .name = "pass-triggers",
     .min = 0,
     .max = 1,
     .standard = 0,
     .words = {"no", "yes"},
     .claim =
         "A pass that leaves a tainted superpageblock low on free pages asks for shrinking and "
         "defragmentation, and a search that leaves the tainted ones asks for all of them.",
     .source = "series v1 32/45, 43/45, v2 28/40",
     .standing = Standing::settled,
     .key = 23},
    {.id = ParameterId::tainted_reserve_min,
     .name = "tainted-reserve-min",
     .min = 0,
     .max = any_value,
     .standard = 4,
     .claim = "SPB_TAINTED_RESERVE_MIN: free pageblocks of a tainted superpageblock that movable "
              "requests leave alone; 4, or a quarter of a small superpageblock.",
     .source = "series v1 24/45",
     .standing = Standing::settled,
     .key = 10},
    {.id = ParameterId::tainted_reserve_divisor,
     .name = "tainted-reserve-divisor",
     .min = 1,
     .max = any_value,
     .standard = 32,
     .claim = "The same reserve as a share of total_pageblocks (16 of 512).",
     .source = "series v1 24/45; the helper itself could not be read",
     .standing = Standing::open,
     .key = 11},
    {.id = ParameterId::aggressive_threshold,
     .name = "aggressive-threshold",
     .min = 0,
     .max = any_value,
     .standard = 8,
     .claim = "SPB_AGGRESSIVE_THRESHOLD: with more superpageblocks, the whole-pageblock floor of "
              "ALLOC_NOFRAGMENT is lifted in the preferred category.",
     .source = "series v1 20/45",
     .standing = Standing::settled,
     .key = 12},
    {.id = ParameterId::nofragment_drop,
     .name = "nofragment-drop",
     .min = 0,
     .max = 1,
     .standard = static_cast<uint16_t>(NofragmentDrop::before_reclaim),
     .words = {"before-reclaim", "after-compaction"},
     .claim = "When a waiting caller's ALLOC_NOFRAGMENT is dropped.",
     .source = "mainline; series v1 21/45",
     .standing = Standing::settled,
     .key = 13},
    {.id = ParameterId::claim_evacuates,
     .name = "claim-evacuates",
     .min = 0,
     .max = 1,
     .standard = 0,
     .words = {"no", "yes"},
     .claim = "A claim of part of a MOVABLE pageblock queues its evacuation.",
     .source = "series v2 06/40, dropped by 15/40",
     .standing = Standing::settled,
     .key = 14},
    {.id = ParameterId::evacuate_items,
     .name = "evacuate-items",
     .min = 0,
     .max = evacuate_items_max,
     .standard = 64,
     .claim = "NR_EVACUATE_ITEMS: size of the pool of work items.",
     .source = "series v2 06/40",
     .standing = Standing::settled,
     .key = 15},
    {.id = ParameterId::compact_cluster,
     .name = "compact-cluster",
     .min = 1,
     .max = compact_cluster_max,
     .standard = 32,
     .claim = "COMPACT_CLUSTER_MAX: pages in one batch of the worker.",
     .source = "mainline; series v2 06/40",
     .standing = Standing::settled,
     .key = 16},
    {.id = ParameterId::reentry_bound,
     .name = "reentry-bound",
     .min = 1,
     .max = reentry_bound_max,
     .standard = 4,
     .claim =
         "How often a claim may re-enter the search for one request before the model gives up.",
     .source = "the posted recursion has no bound",
     .standing = Standing::ours,
     .key = 17},
    {.id = ParameterId::without,
     .name = "without",
     .min = 0,
     .max = any_value,
     .standard = 0,
     .claim = "Passes taken out of the table, by name, joined by a bar.",
     .source = "to see what each pass buys",
     .standing = Standing::ours,
     .key = 18},
    {.id = ParameterId::fix,
     .name = "fix",
     .min = 0,
     .max = any_value,
     .standard = 0,
     .claim = "Defects of the posted series that are taken out, by name, joined by a bar.",
     .source = "what each costs: compare a run with the same run without it",
     .standing = Standing::ours,
     .key = 24},
    {.id = ParameterId::evacuation_clears,
     .name = "evacuation-clears",
     .min = 0,
     .max = 1,
     .standard = 0,
     .words = {"nothing", "has-movable"},
     .claim = "An evacuation that leaves no movable page in its pageblock clears PB_has_movable, "
              "or leaves it set.",
     .source = "series v2 clears it after a full scan; v2 06/40 comes before the bits",
     .standing = Standing::settled,
     .key = 20},
    {.id = ParameterId::evacuation_interval,
     .name = "evacuation-interval",
     .min = 0,
     .max = interval_max_ms,
     .standard = 10,
     .claim = "Milliseconds from one queued request for the evacuation of tainted superpageblocks "
              "to the next of the same zone and type.",
     .source = "series v2 40/40, queue_spb_evacuate(): HZ / 100",
     .standing = Standing::settled,
     .key = 25},
    {.id = ParameterId::operation_ms,
     .name = "operation-ms",
     .min = 0,
     .max = interval_max_ms,
     .standard = 10,
     .claim = "Milliseconds that each operation takes, whatever it does: by default so many that "
              "one operation holds back nothing of the next.",
     .source = "the kernel's operations take what they take",
     .standing = Standing::ours,
     .key = 26},
}};

constexpr std::span<const ParameterInfo, nr_parameters> parameter_infos() {
  return parameter_table;
}
constexpr const ParameterInfo& info(ParameterId id) {
  return parameter_table[static_cast<std::size_t>(id)];
}

std::string_view name_of(Standing standing);

/// `chosen` where set, else `defaults`, with thresholds scaled down for small superpageblocks: a
/// minimum reserve of 4 pageblocks would switch PASS_4 off where a superpageblock has only 4.
Parameters resolve(const Parameters& chosen, const Parameters& defaults, const Geometry& geometry);

}  // namespace spb
