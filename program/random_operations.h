// SPDX-License-Identifier: GPL-2.0-only
// Random operations for a machine, the same ones for the same seed. Swarm-wise: for each seed some
// kinds of operation, callers, flags and orders are switched off and the rest weighs differently,
// and memory is held around a level that the seed chooses.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "model/operation/operation.h"
#include "model/state/zone.h"
#include "program/random.h"

namespace spb {

class RandomOperations {
 public:
  /// For the machine that the zone is of. Every third operation is like one of `preferred`, which
  /// must outlive this.
  RandomOperations(const Zone& zone, uint64_t seed, std::span<const Operation> preferred = {});

  /// The next operation; looks at its zone to name what is there.
  Operation next();

 private:
  uint32_t below(uint32_t n) { return random_.below(n); }
  bool one_in(uint32_t n) { return random_.one_in(n); }
  template <class Values>
  auto one_of(const Values& values, uint32_t on);
  Operation next_here();
  OpKind kind();
  uint32_t slot(bool live);
  uint8_t order();
  uint32_t migratetype();
  uint32_t alloc_flags();
  uint32_t gives_way();
  Operation alloc();
  Operation rmqueue();
  uint16_t pages_of_batch(uint32_t slot);
  Operation bulk();
  uint32_t any_type();
  Operation isolation(OpKind kind);
  Operation named_frame(OpKind kind);
  Operation worker();
  Operation any_of(OpKind kind);
  Operation of_kind(OpKind kind);
  Operation like(Operation op);

  const Zone* zone_;  ///< of the operation
  std::span<const Operation> preferred_;
  Random random_;
  std::array<uint32_t, static_cast<std::size_t>(OpKind::count)> weights_{};
  uint32_t weight_ = 0;
  uint32_t level_;          ///< share of pages to hold allocated, of 16
  uint32_t order_max_;      ///< of most requests
  uint32_t order_0_;        ///< share of requests for a page, of 4
  uint32_t movable_;        ///< share of movable requests, of 8
  uint32_t callers_on_;     ///< gfp masks that are not switched off, a bit each
  uint32_t flags_on_;       ///< alloc flags likewise
  uint32_t more_flags_on_;  ///< and those of few callers
};

}  // namespace spb
