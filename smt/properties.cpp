// SPDX-License-Identifier: GPL-2.0-only
#include "smt/properties.h"

#include <algorithm>
#include <utility>

#include "model/words/defects.h"
#include "smt/edits.h"
#include "smt/free_standing.h"
#include "smt/statements.h"

namespace spb::smt {

// ---- subjects

Subject subject_of(std::size_t variant) {
  const tables::NamedPolicy<Symbolic>& symbolic = tables::of_variants<Symbolic>[variant];
  return {std::string(symbolic.name), symbolic.make(), variants()[variant].policy, Parameters{}};
}

Parameters parameters_of(const Subject& subject, const Geometry& geometry) {
  return resolve(subject.parameters, find_variant(subject.name)->defaults, geometry);
}

Premises premises_of(const Subject& subject, const Geometry& geometry) {
  const Zone zone(geometry, subject.concrete, parameters_of(subject, geometry));
  return {geometry, zone.limits(), zone.isolation_moves(),
          subject.concrete.lists_per_superpageblock, true};
}

// ---- the table

namespace {

/// "mainline:R rfc-v2:P": P proven, R refuted; a variant that is not named is skipped.
std::array<Expected, nr_variants> expect(std::string_view outcomes) {
  std::array<Expected, nr_variants> all;
  all.fill(Expected::skipped);
  while (!outcomes.empty()) {
    const std::string_view one = outcomes.substr(0, outcomes.find(' '));
    outcomes.remove_prefix(std::min(one.size() + 1, outcomes.size()));
    const std::size_t name_end = one.find(':');
    all[tables::index_of_variant(one.substr(0, name_end))] =
        one.substr(name_end) == ":P" ? Expected::proven : Expected::refuted;
  }
  return all;
}

void bit_only(Parameters& parameters) {
  parameters[ParameterId::isolation] = static_cast<uint16_t>(Isolation::bit_only);
}

void without_d5(Parameters& parameters) {
  parameters[ParameterId::fix] = 1U << static_cast<unsigned>(Defect::D5);
}

void without_d6(Parameters& parameters) {
  parameters[ParameterId::fix] = 1U << static_cast<unsigned>(Defect::D6);
}

void evacuates(Parameters& parameters) {
  parameters[ParameterId::claim_evacuates] = 1;
}

template <class E>
Weakened table(std::string_view variant = "rfc-v2") {
  return {.edit = edits::edit<E>(), .variant = tables::index_of_variant(variant)};
}

Weakened instead(std::string_view what, const Statement& statement) {
  return {.edit = {what, nullptr, nullptr}, .instead = statement};
}

Weakened lists_without_tags() {
  return {.edit = {"lists that do not follow tags", nullptr, nullptr}, .lists_follow_tags = false};
}

// A table, however long. NOLINTNEXTLINE(readability-function-size)
std::vector<Property> make_properties() {
  using namespace statements;
  using namespace edits;
  using namespace free_standing;
  return {
      // ordering
      {"taint-comes-last",
       "A non-movable request enters a superpageblock that is not tainted only where no tainted "
       "one "
       "holds a chunk that PASS_1, 2, 2B, 2C or 2D can use.",
       "series v1 20/45, 31/45, 42/45; T3, L1",
       "",
       step<TaintComesLast>(),
       expect("mainline:R rfc-v2@06:R rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
       {},
       nullptr,
       true,
       ""},
      {"movable-prefers-clean",
       "A movable request enters a tainted superpageblock only where no clean one holds a movable "
       "chunk and no empty one a whole pageblock.",
       "series v2 12/40, 20/40",
       "",
       step<MovablePrefersClean>(),
       expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:R"),
       {table<Pass4First>()},
       nullptr,
       true,
       ""},
      {"movable-spares-reserve",
       "A movable request never enters a tainted superpageblock whose nr_free is at or below its "
       "reserve.",
       "series v1 24/45; Q1",
       "",
       step<MovableSparesReserve>(),
       expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:R"),
       {table<Pass4WithoutReserve>()},
       nullptr,
       true,
       ""},
      {"movable-prefers-clean-d5",
       "The same as movable-prefers-clean with D5 mended: a hint counts only in the preferred "
       "category.",
       "series v2 31/40",
       "fix=D5",
       step<MovablePrefersClean>(),
       expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<Pass4First>()},
       without_d5,
       true,
       ""},
      {"movable-spares-reserve-d5",
       "The same as movable-spares-reserve with D5 mended.",
       "series v2 31/40",
       "fix=D5",
       step<MovableSparesReserve>(),
       expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<Pass4WithoutReserve>()},
       without_d5,
       true,
       ""},
      {"one-outcome",
       "Every request enters at most one of the rows that report the same outcome, so the outcome "
       "names the rule.",
       "series v2 40/40",
       "",
       place<OneOutcome>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<TwoRowsOneOutcome>()},
       nullptr,
       true,
       ""},
      {"own-lists-only",
       "A HIGHATOMIC or CMA request takes from the lists of its own type alone.",
       "series v1 31/45",
       "",
       step<OwnListsOnly>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
       {table<Gate2DEveryone>()},
       nullptr,
       true,
       ""},
      {"own-lists-only-d6",
       "The same with D6 mended: PASS_2, 2B and 2D are for UNMOVABLE and RECLAIMABLE.",
       "mainline, where a search for HIGHATOMIC reads its own lists",
       "fix=D6",
       step<OwnListsOnly>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<Gate2DEveryone>()},
       without_d6,
       true,
       ""},
      // taint
      {"nofragment-atomic-never-taints",
       "An atomic request under ALLOC_NOFRAGMENT never taints a clean or empty superpageblock.",
       "series v2 18/40, 20/40; T1",
       "",
       step<NofragmentNeverTaints<true>>(),
       expect("mainline:R rfc-v2@06:R rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
       {},
       nullptr,
       true,
       ""},
      {"nofragment-never-taints",
       "No request under ALLOC_NOFRAGMENT taints a clean or empty superpageblock.",
       "series v2 18/40; T1",
       "",
       step<NofragmentNeverTaints<false>>(),
       expect("mainline:R rfc-v2@06:R rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
       {},
       nullptr,
       true,
       ""},
      {"nofragment-drop-is-last",
       "The atomic ladder drops ALLOC_NOFRAGMENT only after ALLOC_NOFRAG_TAINTED_OK was tried, and "
       "no step comes after it.",
       "series v2 35/40; T2",
       "the caller has ALLOC_NOFRAGMENT",
       caller<DropIsLast>(),
       expect("rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<DropBeforeTaintedOk>()},
       nullptr,
       true,
       ""},
      {"best-effort-never-drops",
       "A __GFP_NORETRY caller, and a __GFP_NOWARN one that can be served at a lower order, never "
       "gets to drop ALLOC_NOFRAGMENT.",
       "series v2 35/40; T4",
       "",
       caller<BestEffortNeverDrops>(),
       expect("rfc-v1@30:R rfc-v1@31:R rfc-v2:P"),
       {table<WithoutNowarnStep>()},
       nullptr,
       true,
       ""},
      {"ladder-reaches-drop",
       "An atomic caller that is not best-effort always gets its try without ALLOC_NOFRAGMENT.",
       "related upstream report of GFP_ATOMIC failures; N1",
       "",
       caller<LadderReachesDrop>(),
       expect("rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<WithoutDropStep>()},
       nullptr,
       true,
       ""},
      {"2c-never-taints-more",
       "In one step a table with PASS_2C taints only where the same table without it does.",
       "series v1 31/45",
       "one step",
       step<NeverTaintsMore<PassId::PASS_2C>>(),
       expect("rfc-v1@31:P rfc-v2:P"),
       {table<BorrowsFromClean>()},
       nullptr,
       true,
       ""},
      {"2d-never-taints-more",
       "In one step a table with PASS_2D taints only where the same table without it does.",
       "series v1 42/45",
       "one step",
       step<NeverTaintsMore<PassId::PASS_2D>>(),
       expect("rfc-v2:P"),
       {table<BorrowsMovableFromClean>()},
       nullptr,
       true,
       ""},
      // blocks
      {"isolated-untouched",
       "No pass, claim or steal takes a chunk of an isolated pageblock.",
       "series v2 06/40; I10",
       "isolation moves free pages (mainline)",
       step<IsolatedUntouched>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {lists_without_tags()},
       nullptr,
       true,
       ""},
      {"passes-spare-isolated",
       "With isolation as the bit alone, no pass and no claim takes a chunk of an isolated "
       "pageblock.",
       "series v2 06/40, v1 31/45",
       "isolation=bit-only",
       step<PassesSpareIsolated>(),
       expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<Pass1Blind>(), table<Pass2CBlind>()},
       bit_only,
       true,
       ""},
      {"cma-untouched",
       "No UNMOVABLE, MOVABLE or RECLAIMABLE request takes a chunk of a CMA "
       "pageblock.",
       "series v1 31/45",
       "",
       step<CmaUntouched>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {lists_without_tags()},
       nullptr,
       true,
       ""},
      {"passes-check-cma",
       "Even where a CMA pageblock's chunk is on another list, PASS_2, 2B, 2C and 2D do not take "
       "it.",
       "series v1 31/45, v2 14/40",
       "lists need not follow tags",
       step<PassesCheckCma>(),
       expect("rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<Pass2CBlind>(), table<Pass2Blind>()},
       nullptr,
       false,
       ""},
      {"borrow",
       "PASS_2C and 2D change no tag, take less than a pageblock, put the splits back on the list "
       "they came from, and stay in tainted superpageblocks.",
       "series v1 31/45, 42/45",
       "",
       step<Borrow>(),
       expect("rfc-v1@31:P rfc-v2:P"),
       {table<BorrowClaims>(), table<BorrowsFromClean>()},
       nullptr,
       true,
       ""},
      {"cross-relabel-needs-free",
       "UNMOVABLE and RECLAIMABLE relabel into each other only a wholly free pageblock.",
       "series v1 26/45; I7",
       "",
       step<CrossRelabelNeedsFree>(),
       expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<WithoutCrossType>("rfc-v1@30"), table<CrossTypeAlmostFree>("rfc-v1@30")},
       nullptr,
       true,
       ""},
      {"claim-needs-half",
       "What a claim of less than a pageblock finds free or of its own kind makes half of it.",
       "mainline; series v1 25/45",
       "",
       step<ClaimNeedsHalf>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<OnePageLessThanHalf>("mainline")},
       nullptr,
       true,
       ""},
      {"claim-spares-the-edge",
       "No step relabels a pageblock that leaves the zone.",
       "mainline; series v1 25/45",
       "",
       step<ClaimSparesTheEdge>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<WithoutZoneBoundary>()},
       nullptr,
       true,
       ""},
      {"claim-of-half-an-order",
       "Who asks for neither UNMOVABLE nor RECLAIMABLE claims chunks from half a pageblock's order "
       "on.",
       "mainline",
       "",
       step<ClaimOfHalfAnOrder<0>>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {instead("an order more", step<ClaimOfHalfAnOrder<1>>())},
       nullptr,
       true,
       ""},
      {"steal-keeps-kinds-apart",
       "UNMOVABLE does not steal from the lists of RECLAIMABLE, nor the reverse.",
       "series v1 26/45, v2 24/40",
       "",
       step<StealKeepsKindsApart>(),
       expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<StealsFromAnyType>()},
       nullptr,
       true,
       ""},
      {"refusal-order",
       "Of the reasons that hold, try_to_claim_block() gives the one with the lowest code.",
       "series v2 40/40",
       "",
       place<RefusalOrder>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<RefusalsSwapped>()},
       nullptr,
       true,
       ""},
      // accounting
      {"counters-follow-bits",
       "Every effect on a pageblock changes each counter of its superpageblock by as much as it "
       "changes that pageblock's bit.",
       "series v2 11/40, 22/40; I2",
       "one pageblock changes at a time",
       place<CountersFollowBits<true>>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {instead("nr_reclaimable left as it was", place<CountersFollowBits<false>>())},
       nullptr,
       true,
       ""},
      {"effects-keep-well-formed",
       "After every effect the counters are between 0 and total_pageblocks, a wholly free "
       "pageblock "
       "has no content, and the tag is a type.",
       "series v2 22/40; I1, I3",
       "one pageblock changes at a time",
       place<EffectsKeepWellFormed<true>>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {instead("PB_all_free left set by a take", place<EffectsKeepWellFormed<false>>())},
       nullptr,
       true,
       ""},
      {"one-category",
       "The counters alone put a superpageblock on exactly one of the empty, clean and tainted "
       "lists, and in a fullness bin that exists.",
       "series v2 10/40; I4",
       "",
       place<OneCategory<0>>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {instead("one bin less", place<OneCategory<1>>())},
       nullptr,
       true,
       ""},
      {"free-pages-sum",
       "Listing, unlisting, moving and halving a free chunk keep nr_free_pages the sum of a "
       "superpageblock's free chunks, NR_FREE_PAGES that of the zone's without the isolated ones, "
       "and NR_FREE_PAGES_BLOCKS that of whole pageblocks among these.",
       "series v2 14/40; mainline account_freepages(); I5",
       "one chunk changes at a time, of an order up to 15",
       anything<FreePagesSum<Slip::none>>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {instead("isolated pages in NR_FREE_PAGES",
                anything<FreePagesSum<Slip::isolated_counted>>()),
        instead("an upper half lost", anything<FreePagesSum<Slip::upper_half_lost>>())},
       nullptr,
       true,
       ""},
      {"evacuation-items",
       "Queueing, the irq_work, and the worker's start and end each keep the number of work items, "
       "none of their places is left with fewer than none, and each item is in one place.",
       "series v2 06/40; R1",
       "claim-evacuates=yes, a pool of any size; one step at a time",
       anything<ItemsConserved>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<ItemLost>("rfc-v2@06"), table<ItemLostInQueue>("rfc-v2@06")},
       evacuates,
       true,
       ""},
      {"driver-drop",
       "A waiting caller keeps ALLOC_NOFRAGMENT until reclaim and compaction had their turn, and "
       "no "
       "step comes after the drop.",
       "series v1 21/45; T2",
       "the caller has ALLOC_NOFRAGMENT",
       anything<DropComesLast>(),
       expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<DropsBeforeReclaim>(), table<DropsBeforeCompaction>()},
       nullptr,
       true,
       ""},
      {"driver-reaches-drop",
       "A waiting caller that neither reclaim nor compaction serves gets its try without "
       "ALLOC_NOFRAGMENT.",
       "mainline; series v1 21/45",
       "the caller has ALLOC_NOFRAGMENT",
       anything<DriverReachesDrop>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<WithoutDriversDrop>()},
       nullptr,
       true,
       ""},
      // open questions
      {"heads-hide-nothing",
       "Where no pass takes a chunk, no pass would take one that is not the head of its list "
       "either.",
       "R3, B31",
       "isolation moves free pages (mainline)",
       place<HeadsHideNothing>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:R rfc-v1@31:R rfc-v2:P"),
       {table<Without2D>()},
       nullptr,
       true,
       ""},
      {"heads-hide-nothing-bit-only",
       "The same with isolation as the bit alone.",
       "R3",
       "isolation=bit-only",
       place<HeadsHideNothing>(),
       expect("rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
       {},
       bit_only,
       true,
       ""},
      {"inline-claim-retry",
       "The search that PASS_2B re-enters finds the chunk it has just claimed, so the page comes "
       "from the claimed pageblock.",
       "R11",
       "isolation moves free pages (mainline)",
       step<InlineClaimRetry>(),
       expect("rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<Pass1Elsewhere>()},
       nullptr,
       true,
       ""},
      {"inline-claim-retry-bit-only",
       "The same with isolation as the bit alone.",
       "R11",
       "isolation=bit-only",
       step<InlineClaimRetry>(),
       expect("rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
       {},
       bit_only,
       true,
       ""},
      {"claim-retry",
       "The search that __rmqueue_claim() re-enters after a claim in part finds the chunk it has "
       "just claimed.",
       "R11",
       "",
       step<ClaimRetry>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<SmallestElsewhere>("mainline")},
       nullptr,
       true,
       ""},
      {"reentry-uses-up-blocks",
       "Every claim in part by a pass takes a pageblock off the lists that this pass reads, so "
       "re-entries end.",
       "R11",
       "",
       step<ReentryUsesUpBlocks>(),
       expect("rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<Pass2BReadsOwn>()},
       nullptr,
       true,
       ""},
      {"reserve-leaves-room",
       "A movable request is not turned away while a tainted superpageblock with all but one "
       "pageblock free has one for it.",
       "R5",
       "",
       place<ReserveLeavesRoom>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
       {table<SmallestIsOff>("mainline")},
       nullptr,
       true,
       ""},
      {"opposite-block-in-reach",
       "A non-movable request enters a superpageblock that is not tainted only where no tainted "
       "one "
       "holds a whole free pageblock tagged with the opposite type.",
       "R13",
       "",
       step<OppositeBlockInReach>(),
       expect("mainline:R rfc-v2@06:R rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
       {},
       nullptr,
       true,
       ""},
      {"pass-checks-unreachable",
       "The checks of the passes for isolated and CMA pageblocks never decline a head: they cannot "
       "be reached.",
       "R3",
       "isolation moves free pages (mainline)",
       place<PassChecksUnreachable>(),
       expect("rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {lists_without_tags()},
       nullptr,
       true,
       ""},
      {"claim-checks-unreachable",
       "The refusals ISOLATE and CMA of try_to_claim_block() never hold for a chunk that a claim "
       "finds.",
       "R3",
       "isolation moves free pages (mainline)",
       place<ClaimChecksUnreachable>(),
       expect("rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {lists_without_tags()},
       nullptr,
       true,
       ""},
      {"cross-type-unreachable",
       "No claim comes to a chunk for which CROSS_TYPE_NOT_FREE would hold.",
       "the refusal was never seen in the series' vectors",
       "isolation moves free pages (mainline)",
       place<CrossTypeUnreachable>(),
       expect("rfc-v1@30:R rfc-v1@31:P rfc-v2:P"),
       {table<Without2C>()},
       nullptr,
       true,
       ""},
      {"nofragment-claims-whole",
       "Under ALLOC_NOFRAGMENT no claim comes to part of a pageblock.",
       "series v1 20/45 lifts the floor; never seen in the series' vectors",
       "isolation moves free pages (mainline)",
       place<NofragmentClaimsWhole>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:R rfc-v1@31:R rfc-v2:P"),
       {table<Without2D>()},
       nullptr,
       true,
       ""},
      {"movable-falls-not-back",
       "A movable request is served by a pass or by none: it neither claims nor steals.",
       "never seen in the series' vectors",
       "isolation moves free pages (mainline)",
       step<MovableFallsNotBack>(),
       expect("mainline:R rfc-v2@06:R rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
       {},
       nullptr,
       true,
       ""},
      {"2d-borrows-at-the-edge",
       "PASS_2D takes only from part of a pageblock at the zone's edge, which PASS_2B may not "
       "claim.",
       "series v1 42/45 against 25/45",
       "isolation moves free pages (mainline)",
       step<BorrowOfMovableAtEdge>(),
       expect("rfc-v2:P"),
       {table<Without2B>()},
       nullptr,
       true,
       ""},
      {"empty-edge-in-reach",
       "A movable request fails only where no empty superpageblock holds a movable chunk for it.",
       "ours",
       "",
       place<EmptyEdgeInReach>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
       {table<SmallestIsOff>("mainline")},
       nullptr,
       true,
       ""},
      {"cma-in-reach",
       "A CMA request fails only where no superpageblock holds a CMA chunk for it.",
       "ours",
       "",
       place<CmaInReach>(),
       expect("mainline:P rfc-v2@06:P rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
       {table<SmallestIsOff>("mainline")},
       nullptr,
       true,
       ""},
      {"steal-spares-isolated",
       "With isolation as the bit alone, no steal takes a chunk of an isolated pageblock.",
       "ours",
       "isolation=bit-only",
       step<StealSparesIsolated>(),
       expect("rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
       {},
       bit_only,
       true,
       ""},
  };
}

}  // namespace

std::span<const Property> properties() {
  static const std::vector<Property> all = make_properties();
  return all;
}

const Property* find_property(std::string_view id) {
  const auto all = properties();
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const Property& p) { return p.id == id; });
  return it == all.end() ? nullptr : &*it;
}

}  // namespace spb::smt
