// SPDX-License-Identifier: GPL-2.0-only
// The causes. What one can break follows from what it does, once for all invariants that rest on
// that; how it shows is asked of what the operation met, never of a clause alone.
#include <algorithm>
#include <array>

#include "invariants/clauses.h"
#include "invariants/content.h"
#include "invariants/reading.h"
#include "model/words/defects.h"

namespace spb {

namespace {

using Id = InvariantId;
constexpr auto source = Cause::Origin::source;
constexpr auto question = Cause::Origin::question;

// ---- readings

bool steers(const Reading& reading) {
  return reading.variant.policy.lists_per_superpageblock;
}
bool isolation_is_a_bit(const Reading& reading) {
  return reading.parameters.is(ParameterId::isolation, Isolation::bit_only);
}
bool free_blocks_turn_movable(const Reading& reading) {
  return reading.parameters.is(ParameterId::free_block_tag, FreeBlockTag::reset_to_movable);
}

bool is_without(const Reading& reading, PassId pass) {
  return (reading.parameters[ParameterId::without] >> static_cast<unsigned>(pass) & 1U) != 0;
}
/// A pass that the variant has is left out.
bool lacks_a_pass(const Reading& reading) {
  const auto& passes = reading.variant.policy.passes;
  return std::any_of(passes.begin(), passes.end(),
                     [&](const auto& row) { return is_without(reading, row.id); });
}
template <class Row>
bool has_row(const Reading& reading, Row wanted) {
  const auto& passes = reading.variant.policy.passes;
  return std::any_of(passes.begin(), passes.end(), wanted);
}
bool borrows(const Reading& reading) {
  return has_row(reading, [](const auto& row) { return row.list == ListOf::opposite; });
}
bool hints(const Reading& reading) {
  return has_row(reading, [](const auto& row) { return row.source == Source::hinted; });
}

/// A claim re-enters the search more than once only where lists are hidden from it, or their reader
/// is left out (property reentry-uses-up-blocks).
bool may_be_cut_short(const Reading& reading) {
  const bool bounded =
      reading.parameters[ParameterId::reentry_bound] < info(ParameterId::reentry_bound).max;
  return steers(reading) && bounded && (isolation_is_a_bit(reading) || lacks_a_pass(reading));
}
bool drops_first(const Reading& reading) {
  return steers(reading) &&
         reading.parameters.is(ParameterId::nofragment_drop, NofragmentDrop::before_reclaim);
}
bool keeps_tags(const Reading& reading) {
  return steers(reading) && !free_blocks_turn_movable(reading);
}
bool does_not_borrow(const Reading& reading) {
  return steers(reading) && !borrows(reading);
}

template <Defect defect>
bool has_defect(const Reading& reading) {
  if (fixes(reading.parameters, defect)) return false;
  switch (defect) {
    case Defect::D2:
    case Defect::D3:
      return free_blocks_turn_movable(reading);
    case Defect::D5:
      return hints(reading);
    case Defect::D11:
      return !isolation_is_a_bit(reading);
    default:
      return steers(reading);
  }
}
template <Defect defect>
void mend(Parameters& parameters) {
  uint16_t& fix = parameters[ParameterId::fix];
  const uint16_t before = fix == Parameters::unset ? uint16_t{0} : fix;
  fix = static_cast<uint16_t>(before | 1U << static_cast<unsigned>(defect));
}

template <ParameterId id, auto value>
void set(Parameters& parameters) {
  parameters[id] = static_cast<uint16_t>(value);
}

/// As good as none where there are no more pageblocks.
void lift_bound(Parameters& parameters) {
  parameters[ParameterId::reentry_bound] = info(ParameterId::reentry_bound).max;
}

// ---- what an operation met

bool always(const Reading&, const Geometry&, const Violation&) {
  return true;
}
bool met_hidden_lists(const Reading&, const Geometry&, const Violation& violation) {
  return violation.context.hidden;
}
/// That it was says something else: why the claims led to no page.
bool was_cut_short(const Reading&, const Geometry&, const Violation& violation) {
  return violation.context.cut_short && violation.clause != clauses::bound.name;
}

bool was_untried(const Reading&, const Geometry&, const Violation& violation) {
  return violation.context.untried;
}

bool is_non_movable(const Context& context) {
  return context.type == MIGRATE_UNMOVABLE || context.type == MIGRATE_RECLAIMABLE;
}
bool is_opposite(const Context& context) {
  return is_non_movable(context) && context.type + context.tag == MIGRATE_RECLAIMABLE &&
         context.type != context.tag;
}
/// A pageblock of a superpageblock without non-movable content has a non-movable tag.
bool is_kept_tag(const Context& context) {
  return (context.tag == MIGRATE_UNMOVABLE || context.tag == MIGRATE_RECLAIMABLE ||
          context.tag == MIGRATE_HIGHATOMIC) &&
         (context.category == Category::clean || context.category == Category::empty);
}

/// Whether the search that chose a chunk of an isolated pageblock asked about that pageblock:
/// passes and claims ask about the first that a chunk covers, and not all of them do.
bool asks(const Reading& reading, PassId by) {
  const Policy<Concrete>& policy = reading.variant.policy;
  if (by == PassId::STEAL) return false;
  if (by == PassId::CLAIM) {
    const auto& refusals = policy.refusals;
    return std::any_of(refusals.begin(), refusals.end(),
                       [](const auto& row) { return row.id == Refusal::ISOLATE; });
  }
  return !has_row(reading, [by](const auto& row) {
    return row.id == by && row.chunk_filter == rules::any_chunk<Concrete>;
  });
}
bool nobody_asked(const Reading& reading, const Geometry&, const Violation& violation) {
  const bool behind = violation.clause == clauses::handed_out_behind.name ||
                      violation.clause == clauses::relabelled_behind.name;
  return behind || !asks(reading, violation.context.by);
}

bool is_read_by(Source searched, Category category, bool movable) {
  switch (searched) {
    case Source::preferred:
      return category == (movable ? Category::clean : Category::tainted);
    case Source::tainted:
      return category == Category::tainted;
    case Source::empty:
      return category == Category::empty;
    default:
      return false;
  }
}
/// A claim leaves what it took on the request's own list, and any but a movable one of a movable
/// pageblock taints.
Category after_claim(const Context& context) {
  return is_non_movable(context) || is_kept_tag(context) ? Category::tainted : context.category;
}
/// A pass that was left out would have read this list for this request.
bool lost_its_reader(const Reading& reading, const Geometry&, const Violation& violation) {
  const Context& context = violation.context;
  const bool left = violation.id == Id::order_0_served;
  const auto list = left ? context.tag : context.type;
  const Category category = left ? context.category : after_claim(context);
  Request<Concrete> request{};
  request.migratetype = request.asked = context.type;
  return has_row(reading, [&](const PassRow<Concrete>& row) {
    return is_without(reading, row.id) && row.gate(request, {}) &&
           list_of<Concrete>(row.list, request) == list &&
           is_read_by(row.source, category, rules::is_movable<Concrete>(request));
  });
}

/// PASS_3 asks for no flag, and a movable request prefers clean superpageblocks.
bool took_by_kept_tag(const Reading&, const Geometry&, const Violation& violation) {
  const Context& context = violation.context;
  const bool fallback = context.by == PassId::CLAIM || context.by == PassId::STEAL;
  return is_kept_tag(context) &&
         (context.by == PassId::PASS_3 || (fallback && context.type == MIGRATE_MOVABLE));
}
bool claimed_kept_tag(const Reading&, const Geometry&, const Violation& violation) {
  return violation.context.type == MIGRATE_MOVABLE && is_kept_tag(violation.context);
}
/// The claim taints the superpageblock, and a pageblock there that kept the request's tag is read
/// first.
bool opened_kept_tag(const Reading&, const Geometry& g, const Violation& violation) {
  const Context& context = violation.context;
  return is_non_movable(context) && context.by == PassId::CLAIM &&
         context.category == Category::clean &&
         number_of(violation.expected) / g.pageblocks == number_of(violation.found) / g.pageblocks;
}
bool left_kept_tag(const Reading&, const Geometry&, const Violation& violation) {
  const Context& context = violation.context;
  const bool own = is_non_movable(context) && context.tag == context.type;
  return (own || (is_opposite(context) && context.part)) && context.category == Category::clean;
}
bool left_reserve(const Reading&, const Geometry&, const Violation& violation) {
  const Context& context = violation.context;
  return context.type == MIGRATE_MOVABLE && context.category == Category::tainted &&
         context.reserved;
}
bool left_opposite(const Reading&, const Geometry&, const Violation& violation) {
  return is_opposite(violation.context) && violation.context.category == Category::tainted &&
         violation.context.part;
}
template <Arrival arrival>
bool one_came(const Reading&, const Geometry&, const Violation& violation) {
  return violation.expected == Value(arrival) || violation.found == Value(arrival);
}

bool more_stranded(const Reading&, const Geometry&, const Violation& violation) {
  return violation.clause == clauses::free_highatomic.name && violation.found > violation.expected;
}
bool more_reserved(const Reading&, const Geometry&, const Violation& violation) {
  return violation.clause == clauses::reserved_highatomic.name &&
         violation.found > violation.expected;
}
/// Blocks that were never counted leave a reserve that is.
bool fewer_reserved(const Reading&, const Geometry&, const Violation& violation) {
  return violation.clause == clauses::reserved_highatomic.name &&
         violation.found < violation.expected;
}
bool counts_fewer(const Reading&, const Geometry&, const Violation& violation) {
  return violation.found < violation.expected;
}
/// The mark went and content came at once.
bool unmarked_beside(const Reading&, const Geometry& g, const Violation& violation) {
  const BitSet* found = std::get_if<BitSet>(&violation.found);
  const uint8_t bits = found == nullptr ? uint8_t{PB_all_free} : found->bits;
  return g.max_page_order > g.pageblock_order && !(bits & PB_all_free) &&
         (bits & (PB_has_unmovable | PB_has_reclaimable | PB_has_movable)) != 0;
}
/// Neither mark nor content: an evacuation took what the chunk beside had left.
bool evacuated_beside(const Reading&, const Geometry& g, const Violation& violation) {
  return g.max_page_order > g.pageblock_order && violation.context.op == OpKind::worker &&
         (violation.clause == clauses::not_all_free.name ||
          violation.clause == clauses::unmarked.name) &&
         violation.expected == Value(BitSet{PB_all_free});
}
bool came_by_hint(const Reading&, const Geometry&, const Violation& violation) {
  return violation.context.by == PassId::HINT;
}
bool unisolated_in_merged(const Geometry& g, const Violation& violation) {
  return g.max_page_order > g.pageblock_order + 1 && violation.context.op == OpKind::unisolate;
}
bool half_listed(const Reading&, const Geometry& g, const Violation& violation) {
  return unisolated_in_merged(g, violation) && violation.clause == clauses::mixed_types.name &&
         violation.found == Value(MIGRATE_ISOLATE);
}
bool half_counted(const Reading&, const Geometry& g, const Violation& violation) {
  return unisolated_in_merged(g, violation) && violation.found > violation.expected;
}

// ---- what causes do

/// Whatever rests on a search finding what is there.
constexpr std::array of_searches{Id::reentry, Id::fall_through, Id::order_0_served,
                                 Id::claim_serves_from_claimed_block};
constexpr std::array of_isolation{Id::isolated_untouched};
constexpr std::array of_optional{Id::optional_refusal};
constexpr std::array of_kept_flag{Id::nofragment_kept};
constexpr std::array of_nofragment{Id::nofragment_atomic, Id::nofragment_any};
constexpr std::array of_service{Id::order_0_served};
constexpr std::array of_claimed{Id::claim_serves_from_claimed_block};
constexpr std::array of_claims{Id::reentry, Id::claim_serves_from_claimed_block};
constexpr std::array of_mixes{Id::mix_by_borrow};
constexpr std::array of_marks{Id::free_pageblocks};
constexpr std::array of_blocks{Id::counter_balance, Id::free_pageblocks};
constexpr std::array of_reserve{Id::highatomic_reserve};
constexpr std::array of_hints{Id::hint_category};
constexpr std::array of_chunks{Id::free_lists};
constexpr std::array of_sums{Id::conservation, Id::highatomic_reserve};

constexpr std::array by_bit{
    Damage{
        .does =
            "a search goes no further on a list than its first chunk, and where that is isolated, "
            "what is behind it, there and in other superpageblocks, is hidden from this request",
        .invariants = of_searches,
        .shows = met_hidden_lists,
        .program = "corpus/known/isolated-head-unserved.txt"},
    Damage{
        .does =
            "free pages of an isolated pageblock stay on its lists, for every search that does not "
            "ask, or asks about the first pageblock of a chunk alone",
        .invariants = of_isolation,
        .shows = nobody_asked,
        .program = "corpus/known/isolated-behind-head.txt"},
};
constexpr std::array by_bound{
    Damage{.does = "a search ends before it came to what was claimed for it, and the claim stays",
           .invariants = of_searches,
           .shows = was_cut_short,
           .program = "corpus/known/isolated-head-recursion.txt"},
};
constexpr std::array by_missing_pass{
    Damage{.does = "nobody reads the lists that the pass would have read",
           .invariants = of_searches,
           .shows = lost_its_reader,
           .program = "corpus/known/unserved-without-pass-4.txt"},
};
constexpr std::array by_early_drop{
    Damage{.does = "the fast path drops the flag before reclaim and compaction were asked",
           .invariants = of_kept_flag,
           .shows = always,
           .program = "corpus/known/nofragment-dropped-first.txt"},
    Damage{.does =
               "no try comes after a compaction that found no target, though its search claimed a "
               "pageblock, and a try would find what was claimed",
           .invariants = of_service,
           .shows = was_untried,
           .program = "corpus/known/untried-after-compaction.txt"},
};
constexpr std::array by_kept_tag{
    Damage{.does = "a pass or a movable request's fallback takes from a non-movable list of a "
                   "superpageblock "
                   "without such content, which taints it whatever the flags are",
           .invariants = of_nofragment,
           .shows = took_by_kept_tag,
           .program = "corpus/known/pass-3-taints-by-own-tag.txt"},
    Damage{.does = "a movable claim of part of the pageblock taints its superpageblock, so the "
                   "search that starts over looks elsewhere",
           .invariants = of_claims,
           .shows = claimed_kept_tag,
           .program = "corpus/known/movable-claim-in-vain.txt"},
    Damage{.does = "a claim of part of a movable pageblock taints its superpageblock, and the "
                   "search that starts over finds the kept tag there first",
           .invariants = of_claimed,
           .shows = opened_kept_tag,
           .program = "corpus/known/claim-opens-a-kept-tag.txt"},
    Damage{.does = "nobody but a movable request reads a non-movable list of a clean "
                   "superpageblock, and the "
                   "other type no part of such a pageblock",
           .invariants = of_service,
           .shows = left_kept_tag,
           .program = "corpus/known/own-tag-in-clean.txt"},
};
constexpr std::array by_freed_tag{
    Damage{.does = by_kept_tag[0].does,
           .invariants = of_nofragment,
           .shows = took_by_kept_tag,
           .program = "corpus/known/freed-pageblock-taints.txt"},
};
constexpr std::array by_tag_alone{
    Damage{.does = "a steal from a MOVABLE pageblock leaves content that a claim by the other type "
                   "does not see",
           .invariants = of_mixes,
           .shows = one_came<Arrival::stolen>,
           .program = "corpus/known/mixed-after-steal.txt"},
    Damage{.does = "a claim for MOVABLE leaves content that a claim by the other type does not see",
           .invariants = of_mixes,
           .shows = one_came<Arrival::left>,
           .program = "corpus/known/mixed-after-movable-claim.txt"},
};
constexpr std::array by_reserve{
    Damage{.does =
               "a movable request leaves every page of a tainted superpageblock alone whose free "
               "pageblocks are within the reserve",
           .invariants = of_service,
           .shows = left_reserve,
           .program = "corpus/known/movable-stops-at-reserve.txt"},
};
constexpr std::array by_no_borrow{
    Damage{
        .does =
            "what is free in part of an UNMOVABLE pageblock serves no RECLAIMABLE request, nor the "
            "reverse",
        .invariants = of_service,
        .shows = left_opposite,
        .program = "corpus/known/opposite-tag-in-tainted.txt"},
};
constexpr std::array by_d1{
    Damage{.does = "pageblocks of the chunk that stay free lose PB_all_free and get content",
           .invariants = of_marks,
           .shows = unmarked_beside,
           .program = "corpus/known/d1-free-pageblock-unmarked.txt"},
    Damage{.does = "content of the other type mixes with content that is not there",
           .invariants = of_mixes,
           .shows = one_came<Arrival::beside>,
           .program = "corpus/known/d1-mixes-with-nothing.txt"},
    Damage{.does = "an evacuation of such a pageblock takes the content that is not there, and "
                   "nothing marks the pageblock any more",
           .invariants = of_blocks,
           .shows = evacuated_beside,
           .program = "corpus/known/d1-evacuated-beside.txt"},
};
constexpr std::array by_d2{
    Damage{.does = "the reserve counts the pageblock for good",
           .invariants = of_reserve,
           .shows = more_reserved,
           .program = "corpus/known/highatomic-reserve-stays-counted.txt"},
};
constexpr std::array by_d3{
    Damage{.does = "pages on MOVABLE lists stay counted as HIGHATOMIC",
           .invariants = of_reserve,
           .shows = more_stranded,
           .program = "corpus/known/highatomic-reserve-stays-counted.txt"},
};
constexpr std::array by_d5{
    Damage{.does = "the request is served where PASS_1 would not come",
           .invariants = of_hints,
           .shows = came_by_hint,
           .program = "corpus/known/d5-hint-enters-the-reserve.txt"},
    Damage{.does = "a non-movable request taints a clean superpageblock",
           .invariants = of_nofragment,
           .shows = came_by_hint,
           .program = "corpus/known/hint-taints-under-nofragment.txt"},
};
constexpr std::array by_d6{
    Damage{.does = "pageblocks are HIGHATOMIC that the reserve does not count",
           .invariants = of_reserve,
           .shows = fewer_reserved,
           .program = "corpus/known/d6-highatomic-past-its-limit.txt"},
};
constexpr std::array by_d7{
    Damage{.does = "the request is refused where nothing could have served it",
           .invariants = of_optional,
           .shows = counts_fewer,
           .program = "corpus/known/d7-refused-for-isolated-pages.txt"},
};
constexpr std::array by_d11{
    Damage{.does = "the half that stays isolated lies on the other half's list",
           .invariants = of_chunks,
           .shows = half_listed,
           .program = "corpus/known/unisolate-half-of-merged.txt"},
    Damage{.does = "NR_FREE_PAGES counts the half that stays isolated, or nr_free_highatomic",
           .invariants = of_sums,
           .shows = half_counted,
           .program = "corpus/known/unisolate-half-of-merged.txt"},
};

constexpr std::array all_causes{
    Cause{.name = "reentry-bound",
          .origin = question,
          .is_in = may_be_cut_short,
          .reason = "the posted recursion of claims has no bound; the model's own ends it where "
                    "lists are hidden "
                    "or unread",
          .damages = by_bound,
          .take_out = lift_bound},
    Cause{.name = "isolation=bit-only",
          .origin = question,
          .is_in = isolation_is_a_bit,
          .reason = "isolation only sets the bit, where mainline and series v2 40/40 move the free "
                    "pages to lists of their own",
          .damages = by_bit,
          .take_out = set<ParameterId::isolation, Isolation::moves_free_pages>},
    Cause{.name = "without",
          .origin = question,
          .is_in = lacks_a_pass,
          .reason = "a pass of the variant's table is left out",
          .damages = by_missing_pass,
          .take_out = set<ParameterId::without, 0>},
    Cause{.name = "nofragment-drop=before-reclaim",
          .origin = question,
          .is_in = drops_first,
          .reason =
              "mainline's order, under a series that moved the drop behind compaction (v1 21/45)",
          .damages = by_early_drop,
          .take_out = set<ParameterId::nofragment_drop, NofragmentDrop::after_compaction>},
    Cause{.name = "free-block-tag=keep",
          .origin = question,
          .is_in = keeps_tags,
          .reason = "a pageblock that becomes wholly free keeps its tag, as in mainline; the "
                    "series resets it "
                    "(v2 mark_pageblock_free())",
          .damages = by_freed_tag,
          .take_out = set<ParameterId::free_block_tag, FreeBlockTag::reset_to_movable>},
    Cause{.name = "kept-tag",
          .origin = source,
          .is_in = steers,
          .reason = "a pageblock that becomes wholly free while it is isolated keeps its tag, and "
                    "one that stays "
                    "free of a claimed chunk has the claim's (series v2 mark_pageblock_free(), "
                    "claim_whole_block())",
          .damages = by_kept_tag,
          .take_out = nullptr},
    Cause{.name = "cross-type-by-tag",
          .origin = source,
          .is_in = steers,
          .reason = "what keeps UNMOVABLE and RECLAIMABLE apart asks for the pageblock's tag "
                    "(series v1 26/45)",
          .damages = by_tag_alone,
          .take_out = nullptr},
    Cause{.name = "tainted-reserve",
          .origin = source,
          .is_in = steers,
          .reason = "series v2 20/40, 23/40: the reserve is for non-movable requests, also where "
                    "nothing else is "
                    "left",
          .damages = by_reserve,
          .take_out = nullptr},
    Cause{.name = "no-borrow",
          .origin = source,
          .is_in = does_not_borrow,
          .reason = "v1 26/45 forbids claim and steal across UNMOVABLE and RECLAIMABLE; the borrow "
                    "that makes up for it comes with v1 31/45",
          .damages = by_no_borrow,
          .take_out = nullptr},
    Cause{.name = "D1",
          .origin = source,
          .is_in = has_defect<Defect::D1>,
          .reason = "a chunk of several pageblocks that is taken apart unmarks those that stay "
                    "free (series v2 "
                    "page_del_and_expand(), claim_whole_block())",
          .damages = by_d1,
          .take_out = mend<Defect::D1>},
    Cause{.name = "D2",
          .origin = source,
          .is_in = has_defect<Defect::D2>,
          .reason = "a reserved pageblock that becomes wholly free turns MOVABLE (series v2 "
                    "__free_one_page())",
          .damages = by_d2,
          .take_out = mend<Defect::D2>},
    Cause{.name = "D3",
          .origin = source,
          .is_in = has_defect<Defect::D3>,
          .reason = "of such a pageblock only the pages freed last leave the account (series v2 "
                    "__free_one_page())",
          .damages = by_d3,
          .take_out = mend<Defect::D3>},
    Cause{.name = "D5",
          .origin = source,
          .is_in = has_defect<Defect::D5>,
          .reason =
              "the hinted superpageblock is tried without a look at its category (series v2 31/40)",
          .damages = by_d5,
          .take_out = mend<Defect::D5>},
    Cause{
        .name = "D6",
        .origin = source,
        .is_in = has_defect<Defect::D6>,
        .reason =
            "PASS_2, 2B and 2D serve a search for HIGHATOMIC too (series v2 __rmqueue_smallest())",
        .damages = by_d6,
        .take_out = mend<Defect::D6>},
    Cause{.name = "D7",
          .origin = source,
          .is_in = has_defect<Defect::D7>,
          .reason = "the walk counts pages on HIGHATOMIC, CMA and ISOLATE lists as free (series v2 "
                    "__rmqueue())",
          .damages = by_d7,
          .take_out = mend<Defect::D7>},
    Cause{.name = "D11",
          .origin = source,
          .is_in = has_defect<Defect::D11>,
          .reason = "unisolating one of two pageblocks that merged while isolated frees their "
                    "chunk as its own "
                    "(mainline unset_migratetype_isolate()), where chunks can be larger than two "
                    "pageblocks",
          .damages = by_d11,
          .take_out = mend<Defect::D11>},
};

}  // namespace

std::span<const Cause> causes() {
  return all_causes;
}

}  // namespace spb
