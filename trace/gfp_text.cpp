// SPDX-License-Identifier: GPL-2.0-only
#include "trace/gfp_text.h"

#include <algorithm>
#include <array>
#include <string>

#include "model/words/gfp.h"
#include "trace/text.h"

namespace spb::trace {

namespace {

/// Names that 7.0 does not have any more, or that only some configurations have. No bit: of no
/// concern to a free list.
constexpr std::array<FlagName, 16> other_names{{
    {"none", 0},
    {"GFP_TEMPORARY", GFP_KERNEL | __GFP_RECLAIMABLE},
    {"__GFP_WAIT", __GFP_RECLAIM},
    {"__GFP_REPEAT", __GFP_RETRY_MAYFAIL},
    {"__GFP_ATOMIC", 0},
    {"__GFP_COLD", 0},
    {"__GFP_NOTRACK", 0},
    {"__GFP_OTHER_NODE", 0},
    {"__GFP_KMEMCG", 0},
    {"__GFP_NOACCOUNT", 0},
    {"__GFP_NOLOCKDEP", 0},
    {"__GFP_NO_OBJ_EXT", 0},
    {"__GFP_SKIP_ZERO", 0},
    {"__GFP_SKIP_KASAN", 0},
    {"__GFP_SKIP_KASAN_POISON", 0},
    {"__GFP_SKIP_KASAN_UNPOISON", 0},
}};

/// __GFP_NO_KSWAPD of 3.x takes a bit away: until 4.4 every other caller woke kswapd.
constexpr std::string_view no_kswapd = "__GFP_NO_KSWAPD";

/// Huge pages were asked for without any reclaim in 4.6 and 4.7, and with direct reclaim before.
constexpr uint32_t transhuge_before_4_8(Release release) {
  constexpr uint32_t flags =
      GFP_HIGHUSER_MOVABLE | __GFP_COMP | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN;
  return flags & (release < Release{4, 6} ? ~uint32_t{__GFP_KSWAPD_RECLAIM} : ~__GFP_RECLAIM);
}

template <class Names>
std::optional<uint32_t> find_in(const Names& names, std::string_view name) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const FlagName& f) { return f.name == name; });
  if (found == names.end()) return {};
  return found->bits;
}

std::optional<uint32_t> bits_of_exact_name(std::string_view name) {
  if (const auto bits = find_in(gfp_names(), name)) return bits;
  return find_in(other_names, name);
}

/// Before 4.6 single flags were printed without their underscores.
std::optional<uint32_t> bits_of_name(std::string_view name) {
  if (const auto bits = bits_of_exact_name(name)) return bits;
  if (!name.starts_with("GFP_")) return {};
  return bits_of_exact_name("__" + std::string(name));
}

bool is_no_kswapd(std::string_view name) {
  return name == no_kswapd || name == no_kswapd.substr(2);
}

/// What the bits of a number are from a release on, lowest first; 0 for one that is of no concern.
struct Numbering {
  Release since;
  std::array<uint32_t, 29> bits;
};
constexpr uint32_t low_bits[] = {__GFP_DMA,         __GFP_HIGHMEM, __GFP_DMA32, __GFP_MOVABLE,
                                 __GFP_RECLAIMABLE, __GFP_HIGH,    __GFP_IO,    __GFP_FS};

/// The first eight bits never moved; `rest` are those from bit 8 on.
template <std::size_t Count>
constexpr Numbering numbering(Release since, const uint32_t (&rest)[Count]) {
  Numbering result{since, {}};
  std::copy(std::begin(low_bits), std::end(low_bits), result.bits.begin());
  std::copy(std::begin(rest), std::end(rest), result.bits.begin() + std::size(low_bits));
  return result;
}

/// Behind 8: COLD. 19: ATOMIC, 21: NOTRACK, 23 before 4.10: OTHER_NODE.
constexpr uint32_t since_4_4[] = {0,
                                  __GFP_NOWARN,
                                  __GFP_RETRY_MAYFAIL,
                                  __GFP_NOFAIL,
                                  __GFP_NORETRY,
                                  __GFP_MEMALLOC,
                                  __GFP_COMP,
                                  __GFP_ZERO,
                                  __GFP_NOMEMALLOC,
                                  __GFP_HARDWALL,
                                  __GFP_THISNODE,
                                  0,
                                  __GFP_ACCOUNT,
                                  0,
                                  __GFP_DIRECT_RECLAIM,
                                  0,
                                  __GFP_WRITE,
                                  __GFP_KSWAPD_RECLAIM};
constexpr uint32_t since_4_10[] = {0,
                                   __GFP_NOWARN,
                                   __GFP_RETRY_MAYFAIL,
                                   __GFP_NOFAIL,
                                   __GFP_NORETRY,
                                   __GFP_MEMALLOC,
                                   __GFP_COMP,
                                   __GFP_ZERO,
                                   __GFP_NOMEMALLOC,
                                   __GFP_HARDWALL,
                                   __GFP_THISNODE,
                                   0,
                                   __GFP_ACCOUNT,
                                   0,
                                   __GFP_DIRECT_RECLAIM,
                                   __GFP_WRITE,
                                   __GFP_KSWAPD_RECLAIM};
constexpr uint32_t since_4_18[] = {__GFP_WRITE,    __GFP_NOWARN,         __GFP_RETRY_MAYFAIL,
                                   __GFP_NOFAIL,   __GFP_NORETRY,        __GFP_MEMALLOC,
                                   __GFP_COMP,     __GFP_ZERO,           __GFP_NOMEMALLOC,
                                   __GFP_HARDWALL, __GFP_THISNODE,       0,
                                   __GFP_ACCOUNT,  __GFP_DIRECT_RECLAIM, __GFP_KSWAPD_RECLAIM};
/// Since 5.1 the model's own bits. What lies above __GFP_ACCOUNT moves with the configuration and
/// says nothing about a free list.
constexpr uint32_t since_5_1[] = {__GFP_ZERO,           0,
                                  __GFP_DIRECT_RECLAIM, __GFP_KSWAPD_RECLAIM,
                                  __GFP_WRITE,          __GFP_NOWARN,
                                  __GFP_RETRY_MAYFAIL,  __GFP_NOFAIL,
                                  __GFP_NORETRY,        __GFP_MEMALLOC,
                                  __GFP_COMP,           __GFP_NOMEMALLOC,
                                  __GFP_HARDWALL,       __GFP_THISNODE,
                                  __GFP_ACCOUNT};

constexpr std::array<Numbering, 4> numberings{
    numbering({4, 4}, since_4_4), numbering({4, 10}, since_4_10), numbering({4, 18}, since_4_18),
    numbering({5, 1}, since_5_1)};

std::optional<uint32_t> bits_of_number(uint64_t number, Release release) {
  const Numbering* numbering = numberings.data();
  for (const Numbering& candidate : numberings) {
    if (candidate.since <= release) numbering = &candidate;
  }
  if (number >> numbering->bits.size() != 0) return {};
  uint32_t bits = 0;
  for (std::size_t bit = 0; bit < numbering->bits.size(); ++bit) {
    if (number >> bit & 1) bits |= numbering->bits[bit];
  }
  return bits;
}

std::optional<uint32_t> bits_of_part(std::string_view part, const std::optional<Release>& release) {
  if (release && *release < Release{4, 8} && part == "GFP_TRANSHUGE") {
    return transhuge_before_4_8(*release);
  }
  if (part.empty() || !is_digit(part.front())) return bits_of_name(part);
  uint64_t number = 0;
  const bool is_number =
      part.starts_with("0x") ? parse_hex(part, number) : parse_number(part, 10, number);
  if (!is_number || !release) return {};
  return bits_of_number(number, *release);
}

}  // namespace

std::optional<Release> parse_release(std::string_view text) {
  Release release;
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || !parse_number(text.substr(0, dot), 10, release.major)) {
    return {};
  }
  std::string_view rest = text.substr(dot + 1);
  std::size_t digits = 0;
  while (digits < rest.size() && is_digit(rest[digits]))
    ++digits;
  if (!parse_number(rest.substr(0, digits), 10, release.minor)) return {};
  rest.remove_prefix(digits);
  if (!rest.empty() && rest.front() != '.' && rest.front() != '-' && rest.front() != '+') return {};
  if (release < first_gfp_release || release > last_gfp_release) return {};
  return release;
}

GfpReading read_gfp(std::string_view text, const std::optional<Release>& release) {
  GfpReading reading;
  uint32_t taken_away = 0;
  std::string_view rest = text;
  for (;;) {
    const std::string_view part = rest.substr(0, rest.find('|'));
    const auto bits = bits_of_part(part, release);
    if (is_no_kswapd(part)) {
      taken_away |= __GFP_KSWAPD_RECLAIM;
    } else if (!bits) {
      return {.known = false, .bits = 0, .not_read = part};
    }
    reading.bits |= bits.value_or(0);
    if (part.size() == rest.size()) break;
    rest.remove_prefix(part.size() + 1);
  }
  reading.known = true;
  reading.bits = reading.bits & ~taken_away & known_gfp_bits();
  return reading;
}

}  // namespace spb::trace
