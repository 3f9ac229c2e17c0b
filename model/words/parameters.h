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

/// What a parameter's default rests on.
enum class Standing : uint8_t {
  settled,  ///< the posted source, or mainline's: another value asks what if
  open,     ///< a mail, or a reading of one: the code of that patch was not to be had
  ours,     ///< it is the model's own
};

/// How a parameter is called, what it may be, and where it comes from.
struct ParameterInfo {
  std::string_view name;
  uint16_t min;
  uint16_t max;
  std::array<std::string_view, 2> words;  ///< names of 0 and 1; empty for a number
  std::string_view claim;                 ///< one sentence
  std::string_view source;
  Standing standing;
  uint16_t key;  ///< in the byte form of programs: never 0, never given to another parameter
};

std::string_view name_of(Standing standing);
std::span<const ParameterInfo, nr_parameters> parameter_infos();
const ParameterInfo& info(ParameterId id);

/// `chosen` where set, else `defaults`, with thresholds scaled down for small superpageblocks: a
/// minimum reserve of 4 pageblocks would switch PASS_4 off where a superpageblock has only 4.
Parameters resolve(const Parameters& chosen, const Parameters& defaults, const Geometry& geometry);

}  // namespace spb
