// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/known.h"

#include <algorithm>
#include <array>

#include "invariants/clauses.h"
#include "invariants/content.h"
#include "model/words/defects.h"

namespace spb {

namespace {

// ---- which zones

bool drops_before_reclaim(const Zone& zone) {
  return zone.parameters().is(ParameterId::nofragment_drop, NofragmentDrop::before_reclaim);
}
bool isolation_is_a_bit(const Zone& zone) {
  return zone.parameters().is(ParameterId::isolation, Isolation::bit_only);
}
bool isolated_chunks_merge(const Zone& zone) {
  const Geometry& g = zone.geometry();
  return !isolation_is_a_bit(zone) && g.max_page_order > g.pageblock_order + 1;
}
bool is_without(const Zone& zone, PassId pass) {
  return zone.parameters()[ParameterId::without] >> static_cast<unsigned>(pass) & 1U;
}

// ---- whose doing

/// One posted defect, as it shows in the violations that it causes.
using Explains = bool (*)(const Zone&, const Violation&);

bool is_non_movable(const Context& context) {
  return context.type == MIGRATE_UNMOVABLE || context.type == MIGRATE_RECLAIMABLE;
}
bool is_opposite(const Context& context) {
  return is_non_movable(context) && context.type + context.tag == MIGRATE_RECLAIMABLE &&
         context.type != context.tag;
}
/// Behind an isolated chunk, at which a pass stops.
bool is_hidden(const Zone& zone, const Violation& violation) {
  return isolation_is_a_bit(zone) && violation.context.behind_isolated;
}

bool taint_by_own_list(const Zone&, const Violation& violation) {
  return violation.context.by == PassId::PASS_3;
}
/// A movable request's preferred superpageblocks are clean; what lies on another type's list there
/// brings that type's content with it.
bool taint_by_movable_fallback(const Zone&, const Violation& violation) {
  const Context& context = violation.context;
  return context.type == MIGRATE_MOVABLE &&
         (context.by == PassId::CLAIM || context.by == PassId::STEAL);
}
bool claim_taints_its_own(const Zone&, const Violation& violation) {
  const Context& context = violation.context;
  return context.type == MIGRATE_MOVABLE &&
         (context.tag == MIGRATE_UNMOVABLE || context.tag == MIGRATE_RECLAIMABLE);
}
bool dropped_first(const Zone& zone, const Violation&) {
  return drops_before_reclaim(zone);
}
/// PASS_4, which would read what the claim relabelled.
bool claimed_without_reader(const Zone& zone, const Violation& violation) {
  const Context& context = violation.context;
  return is_without(zone, PassId::PASS_4) && context.type == MIGRATE_MOVABLE &&
         context.category == Category::tainted;
}
/// A search that does not ask about isolation, where that is the bit alone.
template <PassId pass>
bool bit_unasked_by(const Zone& zone, const Violation& violation) {
  return isolation_is_a_bit(zone) && violation.context.by == pass;
}
/// A pass or claim that asked about the chunk's first pageblock.
bool asked_of_first(const Zone& zone, const Violation& violation) {
  const PassId by = violation.context.by;
  return isolation_is_a_bit(zone) && by != PassId::STEAL && by != PassId::SMALLEST;
}
bool half_unisolated(const Zone& zone, const Violation& violation) {
  return isolated_chunks_merge(zone) && violation.context.op == OpKind::unisolate &&
         violation.found == MIGRATE_ISOLATE;
}
bool half_counted(const Zone& zone, const Violation& violation) {
  return isolated_chunks_merge(zone) && violation.context.op == OpKind::unisolate &&
         violation.found > violation.expected;
}
bool one_stolen(const Zone&, const Violation& violation) {
  constexpr auto stolen = static_cast<int64_t>(Origin::stolen);
  return violation.expected == stolen || violation.found == stolen;
}
bool one_left(const Zone&, const Violation& violation) {
  constexpr auto left = static_cast<int64_t>(Origin::left);
  return violation.expected == left || violation.found == left;
}

// The HIGHATOMIC reserve.
template <Defect defect>
bool counts_more(const Zone& zone, const Violation& violation) {
  return !fixes(zone.parameters(), defect) && violation.found > violation.expected;
}
/// Blocks that were never counted leave a reserve that is (D2 alone mended).
bool counts_fewer(const Zone& zone, const Violation& violation) {
  return !fixes(zone.parameters(), Defect::D6) && violation.found < violation.expected;
}

// Defects of the posted series, which parameter `fix` takes out.

/// Of a chunk of several pageblocks: the mark went and content came at once.
bool unmarked_beside(const Zone& zone, const Violation& violation) {
  const Geometry& g = zone.geometry();
  const auto bits = static_cast<uint32_t>(violation.found);
  return !fixes(zone.parameters(), Defect::D1) && g.max_page_order > g.pageblock_order &&
         !(bits & PB_all_free) &&
         (bits & (PB_has_unmovable | PB_has_reclaimable | PB_has_movable)) != 0;
}
bool hinted_elsewhere(const Zone& zone, const Violation& violation) {
  return !fixes(zone.parameters(), Defect::D5) && violation.context.by == PassId::HINT;
}
bool refused_by_counters(const Zone& zone, const Violation& violation) {
  return !fixes(zone.parameters(), Defect::D7) && violation.found < violation.expected;
}

// A free page that did not serve.
bool in_reserve(const Zone&, const Violation& violation) {
  const Context& context = violation.context;
  return context.type == MIGRATE_MOVABLE && context.category == Category::tainted &&
         context.reserved;
}
bool own_in_clean(const Zone&, const Violation& violation) {
  const Context& context = violation.context;
  return is_non_movable(context) && context.tag == context.type &&
         context.category == Category::clean;
}
bool opposite_tainted(const Zone&, const Violation& violation) {
  return is_opposite(violation.context) && violation.context.category == Category::tainted &&
         violation.context.part;
}
/// The pass that would read the list.
bool unserved_without_reader(const Zone& zone, const Violation& violation) {
  const Context& context = violation.context;
  if (is_opposite(context)) {
    return is_without(zone, PassId::PASS_2C) && context.category == Category::tainted;
  }
  if (context.type != MIGRATE_MOVABLE || context.tag != MIGRATE_MOVABLE) return false;
  const bool tainted = context.category == Category::tainted;
  return tainted ? is_without(zone, PassId::PASS_4)
                 : context.category == Category::empty && is_without(zone, PassId::PASS_3);
}

// ---- what

/// One way to break something; each variant that does is an entry of its own.
struct Cause {
  Explains explains;
  Clause clause;
  std::string_view reason;
  std::string_view program;
};

constexpr Known entry(std::string_view variant, const Cause& cause) {
  return {variant, cause.explains, cause.clause.id, cause.clause.name, cause.reason, cause.program};
}

constexpr Cause atomic_by_hint{hinted_elsewhere, clauses::atomic_taints,
                               "a hint is used without a look at the category: it leads a "
                               "non-movable request to a superpageblock "
                               "that is clean by now and has a chunk of its type (series v2 31/40)",
                               "corpus/known/hint-taints-under-nofragment.txt"};
constexpr Cause any_by_hint{hinted_elsewhere, clauses::any_taints, atomic_by_hint.reason,
                            atomic_by_hint.program};
constexpr Cause atomic_by_pass_3{
    taint_by_own_list, clauses::atomic_taints,
    "PASS_3 finds a pageblock of the request's own type in an empty superpageblock, where one "
    "became "
    "wholly free while isolated and kept its tag, and does not ask for ALLOC_NOFRAGMENT (series v2 "
    "__rmqueue_smallest())",
    "corpus/known/pass-3-taints-by-own-tag.txt"};
constexpr Cause any_by_pass_3{taint_by_own_list, clauses::any_taints, atomic_by_pass_3.reason,
                              atomic_by_pass_3.program};
constexpr Cause atomic_by_movable{
    taint_by_movable_fallback, clauses::atomic_taints,
    "a movable request claims or steals from a list of another type in a clean superpageblock, "
    "where "
    "a pageblock kept its tag, and the taking sets that type's content bit (series v2 "
    "page_del_and_expand())",
    "corpus/known/movable-steal-taints.txt"};
constexpr Cause any_by_movable{taint_by_movable_fallback, clauses::any_taints,
                               atomic_by_movable.reason, atomic_by_movable.program};
constexpr Cause movable_claims_in_vain{
    claim_taints_its_own, clauses::no_page_after_claim,
    "a movable request that claims part of an UNMOVABLE or RECLAIMABLE pageblock of a clean "
    "superpageblock keeps that type's content bit, so the superpageblock is tainted when the "
    "search "
    "starts over, and PASS_1 reads clean ones (series v2 try_to_claim_block())",
    "corpus/known/movable-claim-in-vain.txt"};
constexpr Cause dropped_before_reclaim{
    dropped_first, clauses::tries,
    "nofragment-drop=before-reclaim asks for mainline's order: the fast path itself drops the flag",
    "corpus/known/nofragment-dropped-first.txt"};

constexpr Cause hidden_in_vain{
    is_hidden, clauses::no_page_after_claim,
    "an isolated first chunk hides from PASS_1 what was claimed, and no other pass reads it",
    "corpus/known/isolated-head-recursion.txt"};
constexpr Cause claim_hidden{
    is_hidden, clauses::elsewhere,
    "an isolated first chunk hides from PASS_1 what PASS_2B claimed, and PASS_2B claims again",
    "corpus/known/isolated-head-hides-claim.txt"};
constexpr Cause claims_recurse{is_hidden, clauses::bound,
                               "an isolated first chunk hides from PASS_1 what PASS_2B claimed, "
                               "and the recursion is unbounded",
                               "corpus/known/isolated-head-recursion.txt"};
constexpr Cause no_reader_page{
    claimed_without_reader, clauses::no_page_after_claim,
    "`without` took out PASS_4, which reads what a movable claim relabelled (ours)",
    "corpus/known/claim-without-reader.txt"};
constexpr Cause taken_behind{asked_of_first, clauses::handed_out_behind,
                             "checks of isolation look at the first pageblock of a chunk alone",
                             "corpus/known/isolated-behind-head.txt"};
constexpr Cause claimed_behind{asked_of_first, clauses::relabelled_behind, taken_behind.reason,
                               taken_behind.program};
constexpr Cause steal_unchecked{bit_unasked_by<PassId::STEAL>, clauses::stolen,
                                "__rmqueue_steal() does not ask whether the pageblock is isolated",
                                "corpus/known/isolated-stolen.txt"};
constexpr Cause search_unchecked{
    bit_unasked_by<PassId::SMALLEST>, clauses::handed_out,
    "mainline's search relies on isolation having moved the free pages to other lists",
    "corpus/known/isolated-own-list.txt"};
constexpr Cause search_unchecked_behind{bit_unasked_by<PassId::SMALLEST>,
                                        clauses::handed_out_behind, search_unchecked.reason,
                                        taken_behind.program};
constexpr Cause claim_unchecked{
    bit_unasked_by<PassId::CLAIM>, clauses::relabelled,
    "mainline's claim does not ask whether the pageblock is isolated; series v2 06/40 does",
    "corpus/known/isolated-claimed.txt"};
constexpr Cause claim_serves{bit_unasked_by<PassId::CLAIM>, clauses::handed_out,
                             claim_unchecked.reason, claim_unchecked.program};
constexpr Cause claim_unchecked_behind{bit_unasked_by<PassId::CLAIM>, clauses::relabelled_behind,
                                       claim_unchecked.reason, taken_behind.program};

constexpr Cause claim_serves_behind{bit_unasked_by<PassId::CLAIM>, clauses::handed_out_behind,
                                    claim_unchecked.reason,
                                    "corpus/known/isolated-behind-claimed.txt"};
constexpr Cause claim_asks_of_first{asked_of_first, clauses::handed_out_behind, taken_behind.reason,
                                    claim_serves_behind.program};

constexpr Cause unisolated_by_half{
    half_unisolated, clauses::mixed_types,
    "unisolating one of two pageblocks that merged while isolated frees their chunk as its own "
    "(mainline), where chunks can be larger than two pageblocks",
    "corpus/known/unisolate-half-of-merged.txt"};
constexpr Cause half_free{
    half_counted, clauses::zone_free_pages,
    "the same unisolated chunk is counted in NR_FREE_PAGES whole, the half that stays isolated "
    "included: account_freepages() goes by the type that the chunk is freed as (mainline)",
    unisolated_by_half.program};
constexpr Cause half_free_in_blocks{half_counted, clauses::zone_free_blocks, half_free.reason,
                                    half_free.program};

constexpr Cause mix_after_steal{
    one_stolen, clauses::mixed_content,
    "a steal from a MOVABLE pageblock leaves content there that a claim by the other type, which "
    "asks for the tag alone, does not see (series v1 26/45)",
    "corpus/known/mixed-after-steal.txt"};
constexpr Cause mix_after_movable{
    one_left, clauses::mixed_content,
    "a claim for MOVABLE keeps PB_has of the type that was there, and the claim by the other type "
    "that follows asks for the tag alone (series v1 26/45)",
    "corpus/known/mixed-after-movable-claim.txt"};

constexpr Cause highatomic_stranded{counts_more<Defect::D3>, clauses::free_highatomic,
                                    "D3: a HIGHATOMIC pageblock that becomes wholly free turns "
                                    "MOVABLE, and only the pages that were "
                                    "freed last leave the account (series v2 __free_one_page())",
                                    "corpus/known/highatomic-reserve-stays-counted.txt"};
constexpr Cause highatomic_claimed{counts_fewer, clauses::reserved_highatomic,
                                   "D6: PASS_2 and 2B claim pageblocks as HIGHATOMIC and do not "
                                   "count them in the reserve (series v2 "
                                   "__rmqueue_smallest())",
                                   "corpus/known/d6-highatomic-past-its-limit.txt"};
constexpr Cause highatomic_kept{counts_more<Defect::D2>, clauses::reserved_highatomic,
                                "D2: a reserved pageblock that becomes wholly free turns MOVABLE "
                                "and stays counted in the reserve "
                                "(series v2 __free_one_page())",
                                "corpus/known/highatomic-reserve-stays-counted.txt"};

constexpr Cause siblings_unmarked{
    unmarked_beside, clauses::unmarked,
    "D1: a chunk of several pageblocks that is taken apart unmarks those that stay free (series v2 "
    "page_del_and_expand(), claim_whole_block())",
    "corpus/known/d1-free-pageblock-unmarked.txt"};
constexpr Cause siblings_have_content{unmarked_beside, clauses::has_content,
                                      siblings_unmarked.reason,
                                      "corpus/known/d1-movable-fails-beside-free-memory.txt"};
constexpr Cause hint_of_old_category{
    hinted_elsewhere, clauses::category,
    "D5: the hinted superpageblock is tried without a look at its category (series v2 "
    "__rmqueue_smallest())",
    "corpus/known/d5-hint-enters-the-reserve.txt"};
constexpr Cause refused_for_nothing{refused_by_counters, clauses::nothing_usable,
                                    "D7: the walk counts pages on HIGHATOMIC, CMA and ISOLATE "
                                    "lists as free (series v2 __rmqueue())",
                                    "corpus/known/d7-refused-for-isolated-pages.txt"};

constexpr Cause tainted_reserve{
    in_reserve, clauses::unserved,
    "a movable request leaves a tainted superpageblock alone whose free pageblocks are within the "
    "reserve, its smaller chunks included (series v2 20/40, 23/40)",
    "corpus/known/movable-stops-at-reserve.txt"};
constexpr Cause own_tag_in_clean{
    own_in_clean, clauses::unserved,
    "PASS_1 reads a non-movable request's own list in tainted superpageblocks alone (series v1 "
    "21/45), and claim and steal never read it: in a clean one, where a pageblock that became free "
    "while isolated kept its tag, nobody does",
    "corpus/known/own-tag-in-clean.txt"};
constexpr Cause opposite_in_tainted{
    opposite_tainted, clauses::unserved,
    "UNMOVABLE does not steal from RECLAIMABLE nor the reverse (series v1 26/45), and the borrow "
    "that makes up for it comes with v1 31/45",
    "corpus/known/opposite-tag-in-tainted.txt"};
constexpr Cause hidden_unserved{
    is_hidden, clauses::unserved,
    "an isolated first chunk hides from every pass what is behind it on its list",
    "corpus/known/isolated-head-unserved.txt"};
constexpr Cause no_reader_unserved{unserved_without_reader, clauses::unserved,
                                   "`without` took out the pass that reads this list (ours)",
                                   "corpus/known/unserved-without-pass-4.txt"};

constexpr Cause hidden_at_taint{
    is_hidden, clauses::own_list,
    "an isolated first chunk hides from PASS_1 what is behind it on its list, and PASS_3 taints",
    "corpus/known/isolated-head-taints.txt"};
/// Broken by each variant of the series that steers.
constexpr std::array steered{
    atomic_by_pass_3,       any_by_pass_3,       dropped_before_reclaim, hidden_in_vain,
    claim_hidden,           claims_recurse,      no_reader_page,         taken_behind,
    claimed_behind,         steal_unchecked,     unisolated_by_half,     half_free,
    half_free_in_blocks,    mix_after_steal,     mix_after_movable,      tainted_reserve,
    own_tag_in_clean,       hidden_unserved,     no_reader_unserved,     hidden_at_taint,
    highatomic_stranded,    highatomic_claimed,  highatomic_kept,        siblings_unmarked,
    siblings_have_content,  refused_for_nothing, atomic_by_movable,      any_by_movable,
    movable_claims_in_vain,
};
constexpr std::array by_mainline{
    claim_serves_behind, search_unchecked,       search_unchecked_behind, claim_unchecked,
    claim_serves,        claim_unchecked_behind, steal_unchecked,         unisolated_by_half,
    half_free,           half_free_in_blocks,
};
constexpr std::array by_v2_06{
    claim_asks_of_first, search_unchecked, search_unchecked_behind, claimed_behind, steal_unchecked,
    unisolated_by_half,  half_free,        half_free_in_blocks,
};
constexpr std::array by_v1_30{opposite_in_tainted};
constexpr std::array by_v2{atomic_by_hint, any_by_hint, hint_of_old_category};

constexpr std::size_t nr_known =
    by_mainline.size() + by_v2_06.size() + by_v1_30.size() + by_v2.size() + 3 * steered.size();

constexpr std::array<Known, nr_known> all_known() {
  std::array<Known, nr_known> list{};
  std::size_t count = 0;
  const auto add = [&](std::string_view variant, const auto& causes) {
    for (const Cause& cause : causes)
      list[count++] = entry(variant, cause);
  };
  add("mainline", by_mainline);
  add("rfc-v2@06", by_v2_06);
  add("rfc-v1@30", by_v1_30);
  add("rfc-v2", by_v2);
  for (const std::string_view variant : {"rfc-v1@30", "rfc-v1@31", "rfc-v2"})
    add(variant, steered);
  return list;
}
constexpr std::array known = all_known();

}  // namespace

std::span<const Known> known_violations() {
  return known;
}

const Known* known_violation(const Zone& zone, std::string_view variant,
                             const Violation& violation) {
  const auto expects = [&](const Known& entry) {
    return entry.variant == variant && entry.id == violation.id &&
           (entry.clause.empty() || entry.clause == violation.clause) &&
           entry.explains(zone, violation);
  };
  const auto it = std::find_if(known.begin(), known.end(), expects);
  return it == known.end() ? nullptr : &*it;
}

}  // namespace spb
