// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/known.h"

#include <algorithm>
#include <array>

#include "invariants/clauses.h"

namespace spb {

namespace {

// ---- when
// ----------------------------------------------------------------------------------------

bool always(const Zone&) {
  return true;
}
bool passes_see_no_flags(const Zone& zone) {
  return zone.parameters()[ParameterId::smallest_sees_flags] == 0;
}
bool claims_go_anywhere(const Zone& zone) {
  return zone.parameters().is(ParameterId::nofragment_claims, NofragmentClaims::any_whole_block);
}
bool isolation_is_a_bit(const Zone& zone) {
  return zone.parameters().is(ParameterId::isolation, Isolation::bit_only);
}
bool bit_in_large_chunks(const Zone& zone) {
  const Geometry& g = zone.geometry();
  return isolation_is_a_bit(zone) && g.max_page_order > g.pageblock_order;
}
bool isolated_chunks_merge(const Zone& zone) {
  const Geometry& g = zone.geometry();
  return !isolation_is_a_bit(zone) && g.max_page_order > g.pageblock_order + 1;
}

// ---- what
// ----------------------------------------------------------------------------------------

/// One way to break something; each variant that does is an entry of its own.
struct Cause {
  bool (*applies)(const Zone&);
  Clause clause;
  std::string_view reason;
  std::string_view program;
};

constexpr Known entry(std::string_view variant, const Cause& cause) {
  return {variant, cause.applies, cause.clause.id, cause.clause.name, cause.reason, cause.program};
}

constexpr Cause atomic_by_pass_3{
    passes_see_no_flags, clauses::atomic_taints,
    "PASS_3 cannot gate on ALLOC_NOFRAGMENT: the search is handed alloc_flags from series v1 36/45 "
    "on",
    "corpus/known/pass-3-unseen-flags.txt"};
constexpr Cause any_by_pass_3{passes_see_no_flags, clauses::any_taints, atomic_by_pass_3.reason,
                              atomic_by_pass_3.program};
constexpr Cause atomic_by_claim{
    claims_go_anywhere, clauses::atomic_taints,
    "a claim of a whole pageblock outside tainted superpageblocks keeps ALLOC_NOFRAGMENT (series "
    "v1 27/45) and taints",
    "corpus/known/nofragment-claims-anywhere.txt"};
constexpr Cause any_by_claim{claims_go_anywhere, clauses::any_taints, atomic_by_claim.reason,
                             atomic_by_claim.program};
constexpr Cause claim_in_vain{
    always, clauses::no_page_after_claim,
    "a claim of part of a pageblock in a clean superpageblock is not seen by PASS_1, which walks "
    "tainted ones alone (series v1 21/45)",
    "corpus/known/claim-in-clean-superpageblock.txt"};
constexpr Cause claim_hidden{
    isolation_is_a_bit, clauses::elsewhere,
    "an isolated first chunk hides from PASS_1 what PASS_2B claimed, and PASS_2B claims again",
    "corpus/known/isolated-head-hides-claim.txt"};
constexpr Cause claims_recurse{isolation_is_a_bit, clauses::bound,
                               "an isolated first chunk hides from PASS_1 what PASS_2B claimed, "
                               "and the recursion is unbounded",
                               "corpus/known/isolated-head-recursion.txt"};
constexpr Cause taken_behind{bit_in_large_chunks, clauses::handed_out_behind,
                             "checks of isolation look at the first pageblock of a chunk alone",
                             "corpus/known/isolated-behind-head.txt"};
constexpr Cause claimed_behind{bit_in_large_chunks, clauses::relabelled_behind, taken_behind.reason,
                               taken_behind.program};
constexpr Cause steal_unchecked{isolation_is_a_bit, clauses::stolen,
                                "__rmqueue_steal() does not ask whether the pageblock is isolated",
                                "corpus/known/isolated-stolen.txt"};
constexpr Cause search_unchecked{
    isolation_is_a_bit, clauses::handed_out,
    "mainline's search relies on isolation having moved the free pages to other lists",
    "corpus/known/isolated-own-list.txt"};
constexpr Cause claim_unchecked{
    isolation_is_a_bit, clauses::relabelled,
    "mainline's claim does not ask whether the pageblock is isolated; series v2 06/40 does",
    "corpus/known/isolated-claimed.txt"};
constexpr Cause unisolated_by_half{
    isolated_chunks_merge, clauses::mixed_types,
    "unisolating one of two pageblocks that merged while isolated frees their chunk as its own "
    "(mainline), where chunks can be larger than two pageblocks",
    "corpus/known/unisolate-half-of-merged.txt"};
constexpr Cause half_counted{
    isolated_chunks_merge, clauses::zone_free_pages,
    "the same unisolated chunk is counted in NR_FREE_PAGES whole, the half that stays isolated "
    "included: account_freepages() goes by the type that the chunk is freed as (mainline)",
    unisolated_by_half.program};
constexpr Cause half_counted_in_blocks{isolated_chunks_merge, clauses::zone_free_blocks,
                                       half_counted.reason, half_counted.program};

constexpr std::array known{
    entry("mainline", search_unchecked),
    entry("mainline", claim_unchecked),
    entry("mainline", steal_unchecked),
    entry("mainline", taken_behind),
    entry("mainline", claimed_behind),
    entry("mainline", unisolated_by_half),
    entry("mainline", half_counted),
    entry("mainline", half_counted_in_blocks),

    entry("rfc-v2@06", search_unchecked),
    entry("rfc-v2@06", steal_unchecked),
    entry("rfc-v2@06", taken_behind),
    entry("rfc-v2@06", claimed_behind),
    entry("rfc-v2@06", unisolated_by_half),
    entry("rfc-v2@06", half_counted),
    entry("rfc-v2@06", half_counted_in_blocks),

    entry("rfc-v1@30", atomic_by_pass_3),
    entry("rfc-v1@30", any_by_pass_3),
    entry("rfc-v1@30", atomic_by_claim),
    entry("rfc-v1@30", any_by_claim),
    entry("rfc-v1@30", claim_in_vain),
    entry("rfc-v1@30", claim_hidden),
    entry("rfc-v1@30", claims_recurse),
    entry("rfc-v1@30", steal_unchecked),
    entry("rfc-v1@30", taken_behind),
    entry("rfc-v1@30", claimed_behind),
    entry("rfc-v1@30", unisolated_by_half),
    entry("rfc-v1@30", half_counted),
    entry("rfc-v1@30", half_counted_in_blocks),

    entry("rfc-v1@31", atomic_by_pass_3),
    entry("rfc-v1@31", any_by_pass_3),
    entry("rfc-v1@31", atomic_by_claim),
    entry("rfc-v1@31", any_by_claim),
    entry("rfc-v1@31", claim_in_vain),
    entry("rfc-v1@31", claim_hidden),
    entry("rfc-v1@31", claims_recurse),
    entry("rfc-v1@31", steal_unchecked),
    entry("rfc-v1@31", taken_behind),
    entry("rfc-v1@31", claimed_behind),
    entry("rfc-v1@31", unisolated_by_half),
    entry("rfc-v1@31", half_counted),
    entry("rfc-v1@31", half_counted_in_blocks),

    entry("rfc-v2", atomic_by_pass_3),
    entry("rfc-v2", any_by_pass_3),
    entry("rfc-v2", atomic_by_claim),
    entry("rfc-v2", any_by_claim),
    entry("rfc-v2", claim_in_vain),
    entry("rfc-v2", claim_hidden),
    entry("rfc-v2", claims_recurse),
    entry("rfc-v2", steal_unchecked),
    entry("rfc-v2", taken_behind),
    entry("rfc-v2", claimed_behind),
    entry("rfc-v2", unisolated_by_half),
    entry("rfc-v2", half_counted),
    entry("rfc-v2", half_counted_in_blocks),
};

}  // namespace

std::span<const Known> known_violations() {
  return known;
}

const Known* known_violation(const Zone& zone, std::string_view variant,
                             const Violation& violation) {
  const auto expects = [&](const Known& entry) {
    return entry.variant == variant && entry.id == violation.id &&
           (entry.clause.empty() || entry.clause == violation.clause) && entry.applies(zone);
  };
  const auto it = std::find_if(known.begin(), known.end(), expects);
  return it == known.end() ? nullptr : &*it;
}

}  // namespace spb
