// SPDX-License-Identifier: GPL-2.0-only
// alloc_flags, as a request carries them: the one list of bits and fields.
#pragma once

#include <array>
#include <cstdint>
#include <tuple>

#include "model/policy/views.h"
#include "model/words/gfp.h"

namespace spb {

template <class D>
struct RequestFlag {
  AllocFlag bit;
  typename D::Bool Request<D>::*field;
};

/// A flag's place in this list is its bit in Event::c, where eight bits are theirs (walk_flags()).
template <class D>
inline constexpr std::array<RequestFlag<D>, 6> request_flags{{
    {ALLOC_NOFRAGMENT, &Request<D>::nofragment},
    {ALLOC_NOFRAG_TAINTED_OK, &Request<D>::tainted_ok},
    {ALLOC_NON_BLOCK, &Request<D>::non_block},
    {ALLOC_HIGHATOMIC, &Request<D>::highatomic},
    {ALLOC_HIGHORDER_OPTIONAL, &Request<D>::highorder_optional},
    {ALLOC_CMA, &Request<D>::cma},
}};

/// f(flag, place) for each, written out by the compiler.
template <class F>
constexpr void for_each_request_flag(F f) {
  uint32_t place = 0;
  std::apply([&](const auto&... flag) { (f(flag, place++), ...); }, request_flags<Concrete>);
}

inline void set_alloc_flags(Request<Concrete>& request, uint32_t alloc_flags) {
  for_each_request_flag(
      [&](const auto& flag, uint32_t) { request.*flag.field = (alloc_flags & flag.bit) != 0; });
}

inline uint32_t alloc_flags_of(const Request<Concrete>& request) {
  uint32_t bits = 0;
  for_each_request_flag(
      [&](const auto& flag, uint32_t) { bits |= request.*flag.field ? flag.bit : 0U; });
  return bits;
}

/// A request's flags as an event carries them: a bit for each by its place in the list above.
inline uint8_t walk_flags(const Request<Concrete>& request) {
  uint32_t bits = 0;
  for_each_request_flag([&](const auto& flag, uint32_t place) {
    bits |= static_cast<uint32_t>(request.*flag.field) << place;
  });
  return static_cast<uint8_t>(bits);
}
constexpr uint32_t alloc_flags_of_walk(uint8_t walk_flags) {
  uint32_t bits = 0;
  for_each_request_flag(
      [&](const auto& flag, uint32_t place) { bits |= walk_flags >> place & 1U ? flag.bit : 0U; });
  return bits;
}

}  // namespace spb
