// SPDX-License-Identifier: GPL-2.0-only
// Three kinds of state to read the policy in. AnyNumber: superpageblocks, pageblocks and chunks are
// sorts without structure, so a proof holds for any number of them. FixedSize: so many of each,
// every field a constant, so a counterexample can be decoded. ZoneWorld: a zone of the model.
//
// Each offers: D, Spot (a ChunkView that can be told from another), request(), limits(), ground(),
// every(f), some(f), same_block(a, b) and same_spb(a, b). In the first two, some(f) invents a
// witness, so it stands for "there is" only where it is asserted, never under a negation.
#pragma once

#include <string>
#include <vector>

#include "model/state/zone.h"
#include "smt/reading.h"
#include "smt/terms.h"

namespace spb::smt {

/// What is fixed before any state is chosen: the parameters of a run, and for FixedSize its sizes.
struct Premises {
  Geometry geometry;
  Limits<Concrete> limits;
  bool isolation_moves = true;
  bool lists_per_superpageblock = true;
  bool lists_follow_tags = true;
};

/// The request that every property is about: any type but ISOLATE, any order up to the largest.
Request<Symbolic> any_request();
Symbolic::Bool request_well_formed(const Request<Symbolic>& request,
                                   const Ground<Symbolic>& ground);

// ---- any number of superpageblocks

class AnyNumber {
 public:
  using D = Symbolic;
  struct Spot : ChunkView<D> {
    Thing self;
    Thing pageblock;
    Thing superpageblock;
  };

  explicit AnyNumber(const Premises& premises);

  const Request<D>& request() const { return request_; }
  const Limits<D>& limits() const { return limits_; }
  const Ground<D>& ground() const { return ground_; }

  template <class F>
  D::Bool every(F f) const {
    const Thing chunk = a_variable(Sort::Chunk);
    return forall(chunk, f(spot(chunk)));
  }
  template <class F>
  D::Bool some(F f) const {
    return f(spot(a_thing(Terms::current().fresh("chunk"), Sort::Chunk)));
  }
  static D::Bool same_block(const Spot& a, const Spot& b) { return a.pageblock == b.pageblock; }
  static D::Bool same_spb(const Spot& a, const Spot& b) {
    return a.superpageblock == b.superpageblock;
  }

  /// What every state satisfies; assumed by each proof.
  D::Bool assumptions() const;

 private:
  Spot spot(Thing chunk) const;
  D::Bool head_is_of_this_list(Thing chunk) const;

  Premises premises_;
  Request<D> request_;
  Limits<D> limits_;
  Ground<D> ground_;
};

// ---- so many of each

class FixedSize {
 public:
  using D = Symbolic;
  struct Spot : ChunkView<D> {
    std::size_t pageblock;
    std::size_t superpageblock;
    D::Bool there;
    bool is_witness;  ///< some() looks here
  };
  /// Free chunks that a pageblock has room for here.
  static constexpr std::size_t chunks_per_block = 2;

  explicit FixedSize(const Premises& premises);

  const Request<D>& request() const { return request_; }
  const Limits<D>& limits() const { return limits_; }
  const Ground<D>& ground() const { return ground_; }

  template <class F>
  D::Bool every(F f) const {
    D::Bool all = D::truth(true);
    for (const Spot& spot : spots_)
      all = all && implies<D>(spot.there, f(spot));
    return all;
  }
  /// Whole superpageblocks are alike: a state with a witness in one of them is, renamed, a state
  /// with a witness in the first of them. So some() must not stand inside another one.
  template <class F>
  D::Bool some(F f) const {
    D::Bool any = D::truth(false);
    for (const Spot& spot : spots_) {
      if (spot.is_witness) any = any || (spot.there && f(spot));
    }
    return any;
  }
  static D::Bool same_block(const Spot& a, const Spot& b) {
    return D::truth(a.pageblock == b.pageblock);
  }
  static D::Bool same_spb(const Spot& a, const Spot& b) {
    return D::truth(a.superpageblock == b.superpageblock);
  }

  D::Bool assumptions() const;

 private:
  struct BlockTerms;
  void add_superpageblock(std::size_t spb);
  bool has_witnesses(std::size_t spb) const;
  BlockTerms block_terms(std::size_t block) const;
  D::Bool heads_are_heads() const;

  Premises premises_;
  Request<D> request_;
  Limits<D> limits_;
  Ground<D> ground_;
  std::vector<Spot> spots_;
  D::Int hint_;  ///< superpageblock that the hint for the request names
  D::Bool well_formed_;
};

/// Names of FixedSize's constants, for whoever decodes a model.
std::string block_name(std::size_t block, std::string_view field);
std::string chunk_name(std::size_t block, std::size_t chunk, std::string_view field);

// ---- a zone

class ZoneWorld {
 public:
  using D = Concrete;
  struct Spot : ChunkView<D> {
    BlockIndex pageblock;
    SpbIndex superpageblock;
    Pfn first;
  };

  ZoneWorld(const Zone& zone, const Request<Concrete>& request);

  const Request<D>& request() const { return request_; }
  const Limits<D>& limits() const { return zone_.limits(); }
  Ground<D> ground() const;
  const std::vector<Spot>& spots() const { return spots_; }

  template <class F>
  bool every(F f) const {
    for (const Spot& spot : spots_) {
      if (!f(spot)) return false;
    }
    return true;
  }
  template <class F>
  bool some(F f) const {
    for (const Spot& spot : spots_) {
      if (f(spot)) return true;
    }
    return false;
  }
  static bool same_block(const Spot& a, const Spot& b) { return a.pageblock == b.pageblock; }
  static bool same_spb(const Spot& a, const Spot& b) {
    return a.superpageblock == b.superpageblock;
  }

 private:
  const Zone& zone_;
  Request<D> request_;
  std::vector<Spot> spots_;
};

}  // namespace spb::smt
