// SPDX-License-Identifier: GPL-2.0-only
#include "smt/properties.h"

#include <algorithm>
#include <array>
#include <utility>

#include "model/state/machine.h"
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
  const Machine machine(geometry, subject.concrete, parameters_of(subject, geometry));
  const Zone& zone = machine.zone();
  return {geometry, zone.limits(), zone.isolation_moves(),
          subject.concrete.lists_per_superpageblock, true};
}

// ---- the table

namespace {

/// "mainline:R rfc-v2:P": P proven, R refuted; a variant that is not named is skipped.
constexpr std::array<Expected, nr_variants> expect(std::string_view outcomes) {
  std::array<Expected, nr_variants> all{};
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
constexpr Weakened table(std::string_view variant = "rfc-v2") {
  return {.edit = edits::edit<E>(), .variant = tables::index_of_variant(variant)};
}

constexpr Weakened instead(std::string_view what, const Statement& statement) {
  return {.edit = {.what = what}, .instead = statement};
}

constexpr Weakened lists_without_tags() {
  return {.edit = {.what = "lists that do not follow tags"}, .lists_follow_tags = false};
}

template <class... Rows>
constexpr Table<Weakened, 2> against(Rows... rows) {
  return Table<Weakened, 2>(rows...);
}

using namespace statements;
using namespace edits;
using namespace free_standing;

constexpr auto all_properties = std::to_array<Property>({
    // ordering
    {.id = "taint-comes-last",
     .sentence = "A non-movable request enters a superpageblock that is not tainted only where no "
                 "tainted one holds a chunk that PASS_1, 2, 2B, 2C or 2D can use.",
     .source = "series v1 20/45, 31/45, 42/45",
     .statement = step<TaintComesLast>(),
     .expected = expect("mainline:R rfc-v2@06:R rfc-v1@30:R rfc-v1@31:R rfc-v2:R")},
    {.id = "movable-prefers-clean",
     .sentence = "A movable request enters a tainted superpageblock only where no clean one holds "
                 "a movable chunk and no empty one a whole pageblock.",
     .source = "series v2 12/40, 20/40",
     .statement = step<MovablePrefersClean>(),
     .expected = expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:R"),
     .weakened = against(table<Pass4First>())},
    {.id = "movable-spares-reserve",
     .sentence = "A movable request never enters a tainted superpageblock whose nr_free is at or "
                 "below its reserve.",
     .source = "series v1 24/45",
     .statement = step<MovableSparesReserve>(),
     .expected = expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:R"),
     .weakened = against(table<Pass4WithoutReserve>())},
    {.id = "movable-prefers-clean-d5",
     .sentence = "The same as movable-prefers-clean with D5 mended: a hint counts only in the "
                 "preferred category.",
     .source = "series v2 31/40",
     .assumes = "fix=D5",
     .statement = step<MovablePrefersClean>(),
     .expected = expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<Pass4First>()),
     .parameters = without_d5},
    {.id = "movable-spares-reserve-d5",
     .sentence = "The same as movable-spares-reserve with D5 mended.",
     .source = "series v2 31/40",
     .assumes = "fix=D5",
     .statement = step<MovableSparesReserve>(),
     .expected = expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<Pass4WithoutReserve>()),
     .parameters = without_d5},
    {.id = "one-outcome",
     .sentence = "Every request enters at most one of the rows that report the same outcome, so "
                 "the outcome names the rule.",
     .source = "series v2 40/40",
     .statement = place<OneOutcome>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<TwoRowsOneOutcome>())},
    {.id = "own-lists-only",
     .sentence = "A HIGHATOMIC or CMA request takes from the lists of its own type alone.",
     .source = "series v1 31/45",
     .statement = step<OwnListsOnly>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
     .weakened = against(table<Gate2DEveryone>())},
    {.id = "own-lists-only-d6",
     .sentence = "The same with D6 mended: PASS_2, 2B and 2D are for UNMOVABLE and RECLAIMABLE.",
     .source = "mainline, where a search for HIGHATOMIC reads its own lists",
     .assumes = "fix=D6",
     .statement = step<OwnListsOnly>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<Gate2DEveryone>()),
     .parameters = without_d6},
    // taint
    {.id = "nofragment-atomic-never-taints",
     .sentence =
         "An atomic request under ALLOC_NOFRAGMENT never taints a clean or empty superpageblock.",
     .source = "series v2 18/40, 20/40",
     .statement = step<NofragmentNeverTaints<true>>(),
     .expected = expect("mainline:R rfc-v2@06:R rfc-v1@30:R rfc-v1@31:R rfc-v2:R")},
    {.id = "nofragment-never-taints",
     .sentence = "No request under ALLOC_NOFRAGMENT taints a clean or empty superpageblock.",
     .source = "series v2 18/40",
     .statement = step<NofragmentNeverTaints<false>>(),
     .expected = expect("mainline:R rfc-v2@06:R rfc-v1@30:R rfc-v1@31:R rfc-v2:R")},
    {.id = "nofragment-drop-is-last",
     .sentence = "The atomic ladder drops ALLOC_NOFRAGMENT only after ALLOC_NOFRAG_TAINTED_OK was "
                 "tried, and no step comes after it.",
     .source = "series v2 35/40",
     .assumes = "the caller has ALLOC_NOFRAGMENT",
     .statement = caller<DropIsLast>(),
     .expected = expect("rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<DropBeforeTaintedOk>())},
    {.id = "best-effort-never-drops",
     .sentence = "A __GFP_NORETRY caller, and a __GFP_NOWARN one that can be served at a lower "
                 "order, never gets to drop ALLOC_NOFRAGMENT.",
     .source = "series v2 35/40",
     .statement = caller<BestEffortNeverDrops>(),
     .expected = expect("rfc-v1@30:R rfc-v1@31:R rfc-v2:P"),
     .weakened = against(table<WithoutNowarnStep>())},
    {.id = "ladder-reaches-drop",
     .sentence =
         "An atomic caller that is not best-effort always gets its try without ALLOC_NOFRAGMENT.",
     .source = "related upstream report of GFP_ATOMIC failures",
     .statement = caller<LadderReachesDrop>(),
     .expected = expect("rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<WithoutDropStep>())},
    {.id = "2c-never-taints-more",
     .sentence =
         "In one step a table with PASS_2C taints only where the same table without it does.",
     .source = "series v1 31/45",
     .assumes = "one step",
     .statement = step<NeverTaintsMore<PassId::PASS_2C>>(),
     .expected = expect("rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<BorrowsFromClean>())},
    {.id = "2d-never-taints-more",
     .sentence =
         "In one step a table with PASS_2D taints only where the same table without it does.",
     .source = "series v1 42/45",
     .assumes = "one step",
     .statement = step<NeverTaintsMore<PassId::PASS_2D>>(),
     .expected = expect("rfc-v2:P"),
     .weakened = against(table<BorrowsMovableFromClean>())},
    // blocks
    {.id = "isolated-untouched",
     .sentence = "No pass, claim or steal takes a chunk of an isolated pageblock.",
     .source = "series v2 06/40",
     .assumes = "isolation moves free pages (mainline)",
     .statement = step<IsolatedUntouched>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(lists_without_tags())},
    {.id = "passes-spare-isolated",
     .sentence = "With isolation as the bit alone, no pass and no claim takes a chunk of an "
                 "isolated pageblock.",
     .source = "series v2 06/40, v1 31/45",
     .assumes = "isolation=bit-only",
     .statement = step<PassesSpareIsolated>(),
     .expected = expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<Pass1Blind>(), table<Pass2CBlind>()),
     .parameters = bit_only},
    {.id = "cma-untouched",
     .sentence = "No UNMOVABLE, MOVABLE or RECLAIMABLE request takes a chunk of a CMA pageblock.",
     .source = "series v1 31/45",
     .statement = step<CmaUntouched>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(lists_without_tags())},
    {.id = "passes-check-cma",
     .sentence = "Even where a CMA pageblock's chunk is on another list, PASS_2, 2B, 2C and 2D do "
                 "not take it.",
     .source = "series v1 31/45, v2 14/40",
     .assumes = "lists need not follow tags",
     .statement = step<PassesCheckCma>(),
     .expected = expect("rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<Pass2CBlind>(), table<Pass2Blind>()),
     .lists_follow_tags = false},
    {.id = "borrow",
     .sentence = "PASS_2C and 2D change no tag, take less than a pageblock, put the splits back on "
                 "the list they came from, and stay in tainted superpageblocks.",
     .source = "series v1 31/45, 42/45",
     .statement = step<Borrow>(),
     .expected = expect("rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<BorrowClaims>(), table<BorrowsFromClean>())},
    {.id = "cross-relabel-needs-free",
     .sentence = "UNMOVABLE and RECLAIMABLE relabel into each other only a wholly free pageblock.",
     .source = "series v1 26/45",
     .statement = step<CrossRelabelNeedsFree>(),
     .expected = expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened =
         against(table<WithoutCrossType>("rfc-v1@30"), table<CrossTypeAlmostFree>("rfc-v1@30"))},
    {.id = "claim-needs-half",
     .sentence =
         "What a claim of less than a pageblock finds free or of its own kind makes half of it.",
     .source = "mainline; series v1 25/45",
     .statement = step<ClaimNeedsHalf>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<OnePageLessThanHalf>("mainline"))},
    {.id = "claim-spares-the-edge",
     .sentence = "No step relabels a pageblock that leaves the zone.",
     .source = "mainline; series v1 25/45",
     .statement = step<ClaimSparesTheEdge>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<WithoutZoneBoundary>())},
    {.id = "claim-of-half-an-order",
     .sentence = "Who asks for neither UNMOVABLE nor RECLAIMABLE claims chunks from half a "
                 "pageblock's order on.",
     .source = "mainline",
     .statement = step<ClaimOfHalfAnOrder<0>>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(instead("an order more", step<ClaimOfHalfAnOrder<1>>()))},
    {.id = "steal-keeps-kinds-apart",
     .sentence = "UNMOVABLE does not steal from the lists of RECLAIMABLE, nor the reverse.",
     .source = "series v1 26/45, v2 24/40",
     .statement = step<StealKeepsKindsApart>(),
     .expected = expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<StealsFromAnyType>())},
    {.id = "refusal-order",
     .sentence =
         "Of the reasons that hold, try_to_claim_block() gives the one with the lowest code.",
     .source = "series v2 40/40",
     .statement = place<RefusalOrder>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<RefusalsSwapped>())},
    // accounting
    {.id = "counters-follow-bits",
     .sentence = "Every effect on a pageblock changes each counter of its superpageblock by as "
                 "much as it changes that pageblock's bit.",
     .source = "series v2 11/40, 22/40",
     .assumes = "one pageblock changes at a time",
     .statement = place<CountersFollowBits<true>>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened =
         against(instead("nr_reclaimable left as it was", place<CountersFollowBits<false>>()))},
    {.id = "effects-keep-well-formed",
     .sentence = "After every effect the counters are between 0 and total_pageblocks, a wholly "
                 "free pageblock has no content, and the tag is a type.",
     .source = "series v2 22/40",
     .assumes = "one pageblock changes at a time",
     .statement = place<EffectsKeepWellFormed<true>>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened =
         against(instead("PB_all_free left set by a take", place<EffectsKeepWellFormed<false>>()))},
    {.id = "one-category",
     .sentence = "The counters alone put a superpageblock on exactly one of the empty, clean and "
                 "tainted lists, and in a fullness bin that exists.",
     .source = "series v2 10/40",
     .statement = place<OneCategory<0>>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(instead("one bin less", place<OneCategory<1>>()))},
    {.id = "free-pages-sum",
     .sentence = "Listing, unlisting, moving and halving a free chunk keep nr_free_pages the sum "
                 "of a superpageblock's free chunks, NR_FREE_PAGES that of the zone's without the "
                 "isolated ones, and NR_FREE_PAGES_BLOCKS that of whole pageblocks among these.",
     .source = "series v2 14/40; mainline account_freepages()",
     .assumes = "one chunk changes at a time, of an order up to 15",
     .statement = anything<FreePagesSum<Slip::none>>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened =
         against(instead("isolated pages in NR_FREE_PAGES",
                         anything<FreePagesSum<Slip::isolated_counted>>()),
                 instead("an upper half lost", anything<FreePagesSum<Slip::upper_half_lost>>()))},
    {.id = "evacuation-items",
     .sentence =
         "Queueing, the irq_work, and the worker's start and end each keep the number of work "
         "items, none of their places is left with fewer than none, and each item is in one place.",
     .source = "series v2 06/40",
     .assumes = "claim-evacuates=yes, a pool of any size; one step at a time",
     .statement = anything<ItemsConserved>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<ItemLost>("rfc-v2@06"), table<ItemLostInQueue>("rfc-v2@06")),
     .parameters = evacuates},
    {.id = "driver-drop",
     .sentence = "A waiting caller keeps ALLOC_NOFRAGMENT until reclaim and compaction had their "
                 "turn, and no step comes after the drop.",
     .source = "series v1 21/45",
     .assumes = "the caller has ALLOC_NOFRAGMENT",
     .statement = anything<DropComesLast>(),
     .expected = expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<DropsBeforeReclaim>(), table<DropsBeforeCompaction>())},
    {.id = "driver-reaches-drop",
     .sentence = "A waiting caller that may retry and that neither reclaim nor compaction serves "
                 "gets its try without ALLOC_NOFRAGMENT.",
     .source = "mainline; series v1 21/45",
     .assumes = "the caller has ALLOC_NOFRAGMENT",
     .statement = anything<DriverReachesDrop>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<WithoutDriversDrop>(), table<EveryWaiterGivesUp>())},
    {.id = "driver-gives-up",
     .sentence = "A waiting caller that is not to retry, or does not insist on a costly order, "
                 "turns to reclaim and compaction, and never drops ALLOC_NOFRAGMENT.",
     .source = "mainline __alloc_pages_slowpath(); series v2 40/40",
     .assumes = "the caller has ALLOC_NOFRAGMENT",
     .statement = anything<DriverGivesUp>(),
     .expected = expect("mainline:R rfc-v2@06:R rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<GivesUpNever>(), table<DropsBeforeGivingUp>())},
    // open questions
    {.id = "heads-hide-nothing",
     .sentence = "Where no pass takes a chunk, no pass would take one that is not the head of its "
                 "list either.",
     .source = "series v2 14/40: the passes ask about the first chunk of a list alone",
     .assumes = "isolation moves free pages (mainline)",
     .statement = place<HeadsHideNothing>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:R rfc-v1@31:R rfc-v2:P"),
     .weakened = against(table<Without2D>())},
    {.id = "heads-hide-nothing-bit-only",
     .sentence = "The same with isolation as the bit alone.",
     .source = "series v2 14/40: the passes ask about the first chunk of a list alone",
     .assumes = "isolation=bit-only",
     .statement = place<HeadsHideNothing>(),
     .expected = expect("rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
     .parameters = bit_only},
    {.id = "inline-claim-retry",
     .sentence = "The search that PASS_2B re-enters finds the chunk it has just claimed, so the "
                 "page comes from the claimed pageblock.",
     .source = "series v2 14/40",
     .assumes = "isolation moves free pages (mainline)",
     .statement = step<InlineClaimRetry>(),
     .expected = expect("rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<Pass1Elsewhere>())},
    {.id = "inline-claim-retry-bit-only",
     .sentence = "The same with isolation as the bit alone.",
     .source = "series v2 14/40",
     .assumes = "isolation=bit-only",
     .statement = step<InlineClaimRetry>(),
     .expected = expect("rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
     .parameters = bit_only},
    {.id = "claim-retry",
     .sentence = "The search that __rmqueue_claim() re-enters after a claim in part finds the "
                 "chunk it has just claimed.",
     .source = "mainline try_to_claim_block(): a search follows the claim",
     .statement = step<ClaimRetry>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<SmallestElsewhere>("mainline"))},
    {.id = "reentry-uses-up-blocks",
     .sentence = "Every claim in part by a pass takes a pageblock off the lists that this pass "
                 "reads, so re-entries end.",
     .source = "series v2 14/40: PASS_2B claims and the search starts over",
     .statement = step<ReentryUsesUpBlocks>(),
     .expected = expect("rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<Pass2BReadsOwn>())},
    {.id = "reserve-leaves-room",
     .sentence = "A movable request is not turned away while a tainted superpageblock with all but "
                 "one pageblock free has one for it.",
     .source = "series v2 23/40: the reserve shuts a whole superpageblock",
     .statement = place<ReserveLeavesRoom>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
     .weakened = against(table<SmallestIsOff>("mainline"))},
    {.id = "opposite-block-in-reach",
     .sentence = "A non-movable request enters a superpageblock that is not tainted only where no "
                 "tainted one holds a whole free pageblock tagged with the opposite type.",
     .source = "series v2 14/40: PASS_2 reads the MOVABLE lists alone",
     .statement = step<OppositeBlockInReach>(),
     .expected = expect("mainline:R rfc-v2@06:R rfc-v1@30:R rfc-v1@31:R rfc-v2:R")},
    {.id = "pass-checks-unreachable",
     .sentence = "The checks of the passes for isolated and CMA pageblocks never decline a head: "
                 "they cannot be reached.",
     .source = "series v2 14/40",
     .assumes = "isolation moves free pages (mainline)",
     .statement = place<PassChecksUnreachable>(),
     .expected = expect("rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(lists_without_tags())},
    {.id = "claim-checks-unreachable",
     .sentence = "The refusals ISOLATE and CMA of try_to_claim_block() never hold for a chunk that "
                 "a claim finds.",
     .source = "mainline try_to_claim_block(); series v2 14/40",
     .assumes = "isolation moves free pages (mainline)",
     .statement = place<ClaimChecksUnreachable>(),
     .expected = expect("rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(lists_without_tags())},
    {.id = "cross-type-unreachable",
     .sentence = "No claim comes to a chunk for which CROSS_TYPE_NOT_FREE would hold.",
     .source = "the refusal was never seen in the series' vectors",
     .assumes = "isolation moves free pages (mainline)",
     .statement = place<CrossTypeUnreachable>(),
     .expected = expect("rfc-v1@30:R rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<Without2C>())},
    {.id = "nofragment-claims-whole",
     .sentence = "Under ALLOC_NOFRAGMENT no claim comes to part of a pageblock.",
     .source = "series v1 20/45 lifts the floor; never seen in the series' vectors",
     .assumes = "isolation moves free pages (mainline)",
     .statement = place<NofragmentClaimsWhole>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:R rfc-v1@31:R rfc-v2:P"),
     .weakened = against(table<Without2D>())},
    {.id = "movable-falls-not-back",
     .sentence = "A movable request is served by a pass or by none: it neither claims nor steals.",
     .source = "never seen in the series' vectors",
     .assumes = "isolation moves free pages (mainline)",
     .statement = step<MovableFallsNotBack>(),
     .expected = expect("mainline:R rfc-v2@06:R rfc-v1@30:R rfc-v1@31:R rfc-v2:R")},
    {.id = "2d-borrows-at-the-edge",
     .sentence = "PASS_2D takes only from part of a pageblock at the zone's edge, which PASS_2B "
                 "may not claim.",
     .source = "series v1 42/45 against 25/45",
     .assumes = "isolation moves free pages (mainline)",
     .statement = step<BorrowOfMovableAtEdge>(),
     .expected = expect("rfc-v2:P"),
     .weakened = against(table<Without2B>())},
    {.id = "empty-edge-in-reach",
     .sentence =
         "A movable request fails only where no empty superpageblock holds a movable chunk for it.",
     .source = "ours",
     .statement = place<EmptyEdgeInReach>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:P rfc-v1@31:P rfc-v2:P"),
     .weakened = against(table<SmallestIsOff>("mainline"))},
    {.id = "cma-in-reach",
     .sentence = "A CMA request fails only where no superpageblock holds a CMA chunk for it.",
     .source = "ours",
     .statement = place<CmaInReach>(),
     .expected = expect("mainline:P rfc-v2@06:P rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
     .weakened = against(table<SmallestIsOff>("mainline"))},
    {.id = "steal-spares-isolated",
     .sentence =
         "With isolation as the bit alone, no steal takes a chunk of an isolated pageblock.",
     .source = "ours",
     .assumes = "isolation=bit-only",
     .statement = step<StealSparesIsolated>(),
     .expected = expect("rfc-v1@30:R rfc-v1@31:R rfc-v2:R"),
     .parameters = bit_only},
});

}  // namespace

std::span<const Property> properties() {
  return all_properties;
}

const Property* find_property(std::string_view id) {
  const auto all = properties();
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const Property& p) { return p.id == id; });
  return it == all.end() ? nullptr : &*it;
}

}  // namespace spb::smt
