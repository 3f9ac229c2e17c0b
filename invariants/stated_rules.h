// SPDX-License-Identifier: GPL-2.0-only
// The rules of passes, claims and modes as their sources state them, said a second time over the
// raw state: nothing here calls or shares a line with the policy. What the policy says of a request
// is compared with it wherever conformance asks.
#pragma once

#include <cstdint>

#include "invariants/raw.h"
#include "model/policy/rows.h"
#include "model/words/domain.h"

namespace spb {

class StatedRules {
 public:
  using Req = Request<Concrete>;

  explicit StatedRules(const Raw& raw);

  // ---- passes

  /// The pass is one that a source states; what follows says nothing of others.
  bool states(PassId pass) const { return (stated_ >> static_cast<unsigned>(pass) & 1U) != 0; }
  /// The request may enter the pass.
  bool enters(PassId pass, const Req& request) const;
  /// The pass takes what it finds in this superpageblock, given that it is of a category that the
  /// pass goes through.
  bool visits(PassId pass, const Req& request, uint32_t s) const;
  /// The pass takes a chunk that begins in this pageblock.
  bool uses(PassId pass, uint32_t b) const;
  /// A search comes to the one pass before the other.
  static bool comes_before(PassId pass, PassId other);

  // ---- claims

  /// What a walk over the pageblock counts before a claim of part of it.
  struct Walked {
    uint32_t free;
    uint32_t movable;
    uint32_t unmovable;
    bool leaves_zone;
  };
  bool refuses(Refusal why, const Req& request, uint32_t b, bool part, bool in_2b,
               const Walked& walked) const;
  /// The request may claim a chunk of this order, in its preferred category or elsewhere.
  bool may_claim(const Req& request, uint32_t order, bool preferred) const;
  bool may_steal(const Req& request, uint32_t list) const;
  /// Claim or steal go through this category.
  bool goes_to(Mode mode, Source category, const Req& request) const;
  /// They take what this superpageblock has, given that they go through its category.
  bool takes_from(const Req& request, uint32_t s) const;

  // ---- modes

  /// The mode runs for this request, given that the request has the flag that the mode needs, if
  /// any.
  bool runs(Mode mode, const Req& request) const;
  /// The mode's place in the order in which they come.
  static int place_of(Mode mode);

 private:
  bool has_many() const { return raw_.nr_spbs() > many_above_; }
  bool spares_reserve(const Req& request, uint32_t s) const;

  Raw raw_;
  uint32_t stated_;  ///< passes, a bit each
  uint32_t reserve_min_;
  uint32_t reserve_divisor_;
  uint32_t many_above_;  ///< superpageblocks
  bool mends_d5_;
  bool mends_d6_;
};

}  // namespace spb
