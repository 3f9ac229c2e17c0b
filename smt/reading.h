// SPDX-License-Identifier: GPL-2.0-only
// How one search step is read: the policy's rows in their order, and for each the question whether
// it takes a given free chunk. A template over the value domain, so the same reading is proven over
// terms and compared with the engine over bool and int.
//
// What is abstracted: superpageblocks and list members have no order here. A step takes any
// candidate of the first pass that has one; a pass sees only the heads of lists, and which member
// is the head is free. Claim and steal do not block each other: the engine goes on behind a refused
// chunk, so whatever holds here holds for it too.
#pragma once

#include <cstddef>
#include <vector>

#include "model/policy/rules.h"
#include "model/policy/tables.h"
#include "model/policy/views.h"
#include "model/state/accounting.h"

namespace spb::smt {

/// A free chunk and all that rules may look at around it.
template <class D>
struct ChunkView {
  Chunk<D> chunk;
  Block<D> block;  ///< of its first page
  BlockPages<D> pages;
  Spb<D> spb;
  typename D::Bool head;    ///< it is the head of its list
  typename D::Bool hinted;  ///< the hint for the request's order and type names its superpageblock
};

template <class D>
typename D::Bool implies(typename D::Bool a, typename D::Bool b) {
  return !a || b;
}

template <class D>
Block<D> choose(typename D::Bool condition, const Block<D>& yes, const Block<D>& no) {
  const auto bit = [&](typename D::Bool a, typename D::Bool b) {
    return (condition && a) || (!condition && b);
  };
  return {D::select(condition, yes.tag, no.tag),
          bit(yes.isolated, no.isolated),
          bit(yes.all_free, no.all_free),
          bit(yes.has_unmovable, no.has_unmovable),
          bit(yes.has_reclaimable, no.has_reclaimable),
          bit(yes.has_movable, no.has_movable)};
}

// ---- words of the tables, as predicates

template <class D>
typename D::Bool in_source(Source source, const Request<D>& request, const ChunkView<D>& at) {
  const Spb<D>& spb = at.spb;
  const typename D::Bool empty = rules::spb_is_empty<D>(spb);
  const typename D::Bool tainted = !empty && rules::spb_is_tainted<D>(spb);
  const typename D::Bool clean = !empty && !rules::spb_is_tainted<D>(spb);
  if (source == Source::zone) return D::truth(true);
  if (source == Source::hinted) return at.hinted;
  const Categories<D> in = categories_of<D>(source, request);
  return (in.clean && clean) || (in.tainted && tainted) || (in.empty && empty);
}

/// Whom fallbacks[] lets the request turn to.
template <class D>
typename D::Bool is_fallback(const Request<D>& request, typename D::Int list) {
  typename D::Bool found = D::truth(false);
  for (int type = 0; type < MIGRATE_PCPTYPES; ++type) {
    for (const Migratetype other : fallbacks[type]) {
      found = found ||
              (rules::is_type<D>(request, static_cast<Migratetype>(type)) && list == D::lit(other));
    }
  }
  return found;
}

// ---- the reading

template <class D>
class Reading {
 public:
  using Bool = typename D::Bool;

  /// One place in the cascade: a pass of NORMAL, or a category of CLAIM or STEAL.
  struct Step {
    Mode mode;
    std::size_t row;
    PassId id;
  };

  Reading(const Policy<D>& policy, const Request<D>& request, const Limits<D>& limits)
      : policy_(policy), request_(request), limits_(limits) {
    for (const ModeRow<D>& mode : policy_.modes) {
      // A search of HIGHATOMIC or CMA lists is read as a request of that type.
      if (mode.searches != Searches::request) continue;
      const bool normal = mode.id == Mode::NORMAL;
      const std::size_t rows = normal ? policy_.passes.size() : policy_.categories.size();
      for (std::size_t row = 0; row < rows; ++row)
        steps_.push_back({mode.id, row, id_of(mode.id, row)});
    }
  }

  const std::vector<Step>& steps() const { return steps_; }
  const Step& step(std::size_t i) const { return steps_[i]; }
  const Policy<D>& policy() const { return policy_; }
  const Request<D>& request() const { return request_; }
  const Limits<D>& limits() const { return limits_; }
  bool is_pass(std::size_t i) const { return steps_[i].mode == Mode::NORMAL; }
  const PassRow<D>& pass(std::size_t i) const { return policy_.passes[steps_[i].row]; }

  /// The step may be entered by this request at all.
  Bool open(std::size_t i) const {
    Bool mode_open = D::truth(false);
    for (const ModeRow<D>& mode : policy_.modes) {
      if (mode.id == steps_[i].mode) mode_open = mode_open || is_open(mode);
    }
    if (is_pass(i)) return mode_open && pass(i).gate(request_, limits_);
    return mode_open && category(i).gate(steps_[i].mode)(request_, limits_);
  }

  /// The step takes this chunk, if it comes to it.
  Bool takes(std::size_t i, const ChunkView<D>& at) const {
    switch (steps_[i].mode) {
      case Mode::NORMAL:
        return open(i) && pass_takes(pass(i), at);
      case Mode::CLAIM:
        return open(i) && claim_takes(category(i), at);
      case Mode::STEAL:
        return open(i) && steal_takes(category(i), at);
      case Mode::HIGHATOMIC:
      case Mode::CMA_BALANCE:
      case Mode::CMA:
      case Mode::HIGHATOMIC_RESCUE:
      case Mode::count:
        break;
    }
    return D::truth(false);
  }

  /// As takes(), but for the rules on chunk and pageblock: what the posted check is asked about.
  Bool looks_at(std::size_t i, const ChunkView<D>& at) const {
    return open(i) && pass_reaches(pass(i), at);
  }

  /// The first refusal of try_to_claim_block() that holds is some refusal that holds.
  Bool refused(const ChunkView<D>& at, bool from_tainted_spb) const {
    Bool any = D::truth(false);
    for (const RefusalRow<D>& row : policy_.refusals)
      any = any || refuses(row, at, from_tainted_spb);
    return any;
  }

  Bool refuses(const RefusalRow<D>& row, const ChunkView<D>& at, bool from_tainted_spb) const {
    const Chunk<D> chunk{at.chunk.order, at.chunk.list, D::truth(from_tainted_spb)};
    return row.refuses(request_, chunk, at.block, at.pages, limits_);
  }

  /// The claim finds this chunk, whether or not it is refused then.
  Bool claim_comes_to(std::size_t i, const ChunkView<D>& at) const {
    return open(i) && claim_finds(category(i), at);
  }

  /// The superpageblock's fullness bin.
  typename D::Int bin(const ChunkView<D>& at) const {
    return rules::spb_fullness<D>(at.spb, limits_);
  }

  bool relabels(std::size_t i) const {
    if (is_pass(i)) return pass(i).effect != Effect::hand_out;
    return steps_[i].mode == Mode::CLAIM;
  }

  /// The chunk's first pageblock once the step is done. A claim in part ends in its own pageblock:
  /// whether it does is a property of its own (inline-claim-retry, claim-retry).
  Block<D> after(std::size_t i, const ChunkView<D>& at) const {
    const typename D::Int type = request_.migratetype;
    const Block<D> lent = accounting::after_take<D>(at.block, at.chunk.list);
    if (!relabels(i)) return accounting::with_content<D>(lent, type);
    const Block<D> whole = accounting::after_whole_claim<D>(at.block, type);
    if (is_pass(i) && pass(i).effect == Effect::claim_whole) return whole;
    const Block<D> part = accounting::after_take<D>(
        accounting::after_part_claim<D>(at.block, type, at.pages, limits_), type);
    return choose<D>(rules::is_part<D>(at.chunk, limits_), part, whole);
  }

  Spb<D> spb_after(std::size_t i, const ChunkView<D>& at) const {
    return accounting::recount<D>(at.spb, at.block, after(i, at));
  }

  /// The list that the parts of a split chunk go to.
  typename D::Int split_list(std::size_t i, const ChunkView<D>& at) const {
    return relabels(i) ? request_.migratetype : at.chunk.list;
  }

  /// The same request and limits under another policy.
  Reading with(const Policy<D>& policy) const { return Reading(policy, request_, limits_); }

 private:
  /// The mode's filter on the zone is left out: those of a request's own lists have none.
  Bool is_open(const ModeRow<D>& mode) const {
    const Bool has_flag = mode.flag == nullptr ? D::truth(true) : request_.*mode.flag;
    return has_flag && mode.gate(request_, limits_);
  }

  PassId id_of(Mode mode, std::size_t row) const {
    if (mode == Mode::NORMAL) return policy_.passes[row].id;
    return mode == Mode::CLAIM ? PassId::CLAIM : PassId::STEAL;
  }

  const CategoryRow<D>& category(std::size_t i) const { return policy_.categories[steps_[i].row]; }

  Bool pass_reaches(const PassRow<D>& row, const ChunkView<D>& at) const {
    return in_source<D>(row.source, request_, at) && row.spb_filter(request_, at.spb, limits_) &&
           at.chunk.list == list_of<D>(row.list, request_) &&
           comes_to<D>(row.orders, request_, at.chunk, limits_) && at.head;
  }

  Bool pass_takes(const PassRow<D>& row, const ChunkView<D>& at) const {
    const Bool served = row.effect == Effect::claim_part ? !refused(at, true) : D::truth(true);
    return pass_reaches(row, at) && row.chunk_filter(request_, at.chunk, at.block) && served;
  }

  Bool category_reaches(const CategoryRow<D>& row, const ChunkView<D>& at) const {
    return in_source<D>(row.source, request_, at) && row.spb_filter(request_, at.spb, limits_) &&
           is_fallback<D>(request_, at.chunk.list) && at.head;
  }

  Bool claim_finds(const CategoryRow<D>& row, const ChunkView<D>& at) const {
    const Bool preferred = D::truth(row.source == Source::preferred);
    return category_reaches(row, at) &&
           at.chunk.order >= rules::min_claim_order<D>(request_, preferred, limits_) &&
           rules::order_is_worth_claiming<D>(request_, at.chunk.order, limits_);
  }

  Bool claim_takes(const CategoryRow<D>& row, const ChunkView<D>& at) const {
    return claim_finds(row, at) && !refused(at, false);
  }

  Bool steal_takes(const CategoryRow<D>& row, const ChunkView<D>& at) const {
    return category_reaches(row, at) && at.chunk.order >= request_.order &&
           policy_.may_steal(request_, at.chunk.list);
  }

  Policy<D> policy_;
  Request<D> request_;
  Limits<D> limits_;
  std::vector<Step> steps_;
};

// ---- well-formed states

/// Where a zone's rules are read: what is not in Limits.
template <class D>
struct Ground {
  typename D::Int max_page_order;
  typename D::Bool isolation_moves;
  typename D::Bool lists_follow_tags;  ///< false only to ask what a check is worth by itself
};

template <class D>
typename D::Bool spb_well_formed(const Spb<D>& spb) {
  const typename D::Int zero = D::lit(0);
  const typename D::Int usable = spb.total_pageblocks - spb.nr_reserved;
  // A wholly free pageblock has no content, so no pageblock is in nr_free and in another counter.
  return spb.nr_free >= zero && spb.nr_unmovable >= zero && spb.nr_reclaimable >= zero &&
         spb.nr_movable >= zero && spb.nr_reserved >= zero && spb.nr_free_pages >= zero &&
         usable > zero && spb.nr_free + spb.nr_unmovable <= usable &&
         spb.nr_free + spb.nr_reclaimable <= usable && spb.nr_free + spb.nr_movable <= usable;
}

/// Tags, bits and pages of one pageblock agree.
template <class D>
typename D::Bool block_well_formed(const Block<D>& block, const BlockPages<D>& pages,
                                   const Limits<D>& limits) {
  const typename D::Int zero = D::lit(0);
  const typename D::Int inside = pages.free + pages.movable + pages.unmovable;
  const typename D::Bool content =
      block.has_unmovable || block.has_reclaimable || block.has_movable;
  // A claim sets the bit with the tag, and only a wholly free pageblock loses it.
  const typename D::Bool non_movable_tag =
      block.tag == D::lit(MIGRATE_UNMOVABLE) || block.tag == D::lit(MIGRATE_RECLAIMABLE);
  return block.tag >= zero && block.tag < D::lit(MIGRATE_ISOLATE) && pages.free >= zero &&
         pages.movable >= zero && pages.unmovable >= zero && inside <= limits.pageblock_nr_pages &&
         implies<D>(!pages.leaves_zone, inside == limits.pageblock_nr_pages) &&
         implies<D>(block.all_free, !content) &&
         implies<D>(block.all_free, pages.movable == zero && pages.unmovable == zero) &&
         implies<D>(block.all_free, pages.free == limits.pageblock_nr_pages) &&
         implies<D>(pages.movable > zero, block.has_movable) &&
         implies<D>(pages.unmovable > zero, block.has_unmovable || block.has_reclaimable) &&
         implies<D>(!block.all_free && non_movable_tag,
                    block.has_unmovable || block.has_reclaimable) &&
         implies<D>(block.isolated, !pages.leaves_zone && !(block.tag == D::lit(MIGRATE_CMA)));
}

/// The superpageblock's counters know this pageblock.
template <class D>
typename D::Bool block_counted(const Block<D>& block, const BlockPages<D>& pages,
                               const Spb<D>& spb) {
  const typename D::Int one = D::lit(1);
  const typename D::Int usable = spb.total_pageblocks - spb.nr_reserved;
  // A pageblock that is in neither of two disjoint counts leaves room for itself beside both.
  const auto room = [&](typename D::Int counter, typename D::Bool bit) {
    return spb.nr_free + counter + D::select(block.all_free || bit, D::lit(0), one) <= usable;
  };
  return room(spb.nr_unmovable, block.has_unmovable) &&
         room(spb.nr_reclaimable, block.has_reclaimable) &&
         room(spb.nr_movable, block.has_movable) &&
         implies<D>(block.all_free, spb.nr_free >= one) &&
         implies<D>(block.has_unmovable, spb.nr_unmovable >= one) &&
         implies<D>(block.has_reclaimable, spb.nr_reclaimable >= one) &&
         implies<D>(block.has_movable, spb.nr_movable >= one) && spb.nr_free_pages >= pages.free;
}

/// A free chunk fits into its pageblock and is on that pageblock's list.
template <class D>
typename D::Bool chunk_well_formed(const ChunkView<D>& at, const Limits<D>& limits,
                                   const Ground<D>& ground) {
  const typename D::Bool part = rules::is_part<D>(at.chunk, limits);
  const typename D::Bool whole_block = at.pages.free == limits.pageblock_nr_pages;
  return at.chunk.order >= D::lit(0) && at.chunk.order <= ground.max_page_order &&
         at.pages.free > D::lit(0) &&
         implies<D>(ground.lists_follow_tags,
                    at.chunk.list == rules::list_of_block<D>(at.block, ground.isolation_moves)) &&
         implies<D>(!part, whole_block && !at.pages.leaves_zone) && implies<D>(part, !whole_block);
}

/// What proofs assume of every free chunk and what is around it; held against the model by
/// tests/smt_agreement_test.cpp.
template <class D>
typename D::Bool well_formed(const ChunkView<D>& at, const Limits<D>& limits,
                             const Ground<D>& ground) {
  return spb_well_formed<D>(at.spb) && block_well_formed<D>(at.block, at.pages, limits) &&
         block_counted<D>(at.block, at.pages, at.spb) && chunk_well_formed<D>(at, limits, ground);
}

}  // namespace spb::smt
