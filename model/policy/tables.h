// SPDX-License-Identifier: GPL-2.0-only
// The policy as tables: pass rows, refusals, claim categories, the mode cascade, the driver and its
// atomic ladder, the way of work items, and which of them each variant has.
#pragma once

#include <iterator>
#include <string_view>

#include "model/policy/rows.h"
#include "model/words/domain.h"

namespace spb {

/// fallbacks[]: whom a type turns to, in this order (mainline).
inline constexpr Migratetype fallbacks[MIGRATE_PCPTYPES][MIGRATE_PCPTYPES - 1] = {
    {MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE},
    {MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE},
    {MIGRATE_UNMOVABLE, MIGRATE_MOVABLE},
};

namespace tables {

/// The passes of __rmqueue_smallest(), a row a pass.
template <class D>
struct Passes {
  using Row = PassRow<D>;
  static constexpr Row smallest{.id = PassId::SMALLEST,
                                .gate = rules::everyone<D>,
                                .source = Source::zone,
                                .list = ListOf::request,
                                .orders = OrderWalk::up,
                                .spb_filter = rules::any_spb<D>,
                                .chunk_filter = rules::any_chunk<D>,
                                .effect = Effect::hand_out,
                                .finds_claims = true};
  static constexpr Row hint{.id = PassId::HINT,
                            .gate = rules::has_hints<D>,
                            .source = Source::hinted,
                            .list = ListOf::request,
                            .orders = OrderWalk::whole_then_sub,
                            .spb_filter = rules::has_free_pages<D>,
                            .chunk_filter = rules::not_isolated<D>,
                            .effect = Effect::hand_out,
                            .checks_high_water = true};
  static constexpr Row pass_1{.id = PassId::PASS_1,
                              .gate = rules::everyone<D>,
                              .source = Source::preferred,
                              .list = ListOf::request,
                              .orders = OrderWalk::whole_then_sub,
                              .spb_filter = rules::has_free_pages<D>,
                              .chunk_filter = rules::not_isolated<D>,
                              .effect = Effect::hand_out,
                              .first_walk = true,
                              .checks_high_water = true,
                              .finds_claims = true};
  static constexpr Row pass_2{.id = PassId::PASS_2,
                              .gate = rules::not_movable_nor_cma<D>,
                              .source = Source::tainted,
                              .list = ListOf::movable,
                              .orders = OrderWalk::whole_up,
                              .spb_filter = rules::has_free_block<D>,
                              .chunk_filter = rules::not_isolated_nor_cma<D>,
                              .effect = Effect::claim_whole,
                              .checks_high_water = true};
  static constexpr Row pass_2b{.id = PassId::PASS_2B,
                               .gate = rules::not_movable_nor_cma<D>,
                               .source = Source::tainted,
                               .list = ListOf::movable,
                               .orders = OrderWalk::sub_down,
                               .spb_filter = rules::has_free_pages<D>,
                               .chunk_filter = rules::not_isolated_nor_cma<D>,
                               .effect = Effect::claim_part,
                               .checks_high_water = true};
  static constexpr Row pass_2c{.id = PassId::PASS_2C,
                               .gate = rules::non_movable_only<D>,
                               .source = Source::tainted,
                               .list = ListOf::opposite,
                               .orders = OrderWalk::sub_down,
                               .spb_filter = rules::has_free_pages<D>,
                               .chunk_filter = rules::not_isolated_nor_cma<D>,
                               .effect = Effect::hand_out,
                               .checks_high_water = true,
                               .borrows = true};
  static constexpr Row pass_2d{.id = PassId::PASS_2D,
                               .gate = rules::not_movable_nor_cma<D>,
                               .source = Source::tainted,
                               .list = ListOf::movable,
                               .orders = OrderWalk::sub_down,
                               .spb_filter = rules::has_free_pages<D>,
                               .chunk_filter = rules::not_isolated_nor_cma<D>,
                               .effect = Effect::hand_out,
                               .checks_high_water = true,
                               .borrows = true};
  static constexpr Row pass_3{.id = PassId::PASS_3,
                              .gate = rules::everyone<D>,
                              .source = Source::empty,
                              .list = ListOf::request,
                              .orders = OrderWalk::whole_up,
                              .spb_filter = rules::any_spb<D>,
                              .chunk_filter = rules::not_isolated<D>,
                              .effect = Effect::hand_out};
  static constexpr Row pass_4{.id = PassId::PASS_4,
                              .gate = rules::movable_only<D>,
                              .source = Source::tainted,
                              .list = ListOf::movable,
                              .orders = OrderWalk::up,
                              .spb_filter = rules::spares_reserve<D>,
                              .chunk_filter = rules::not_isolated<D>,
                              .effect = Effect::hand_out};
};

template <class D>
struct Refusals {
  using Row = RefusalRow<D>;
  static constexpr Row isolate{Refusal::ISOLATE, rules::refuse_isolated<D>};
  static constexpr Row cma{Refusal::CMA, rules::refuse_cma<D>};
  static constexpr Row zone_boundary{Refusal::ZONE_BOUNDARY, rules::refuse_zone_boundary<D>};
  static constexpr Row cross_type{Refusal::CROSS_TYPE_NOT_FREE, rules::refuse_cross_type<D>};
  static constexpr Row insufficient{Refusal::INSUFFICIENT_COMPAT, rules::refuse_insufficient<D>};
};

template <class D>
struct Ladder {
  using Row = LadderRow<D>;
  static constexpr Row noretry_skip{LadderStep::NORETRY_SKIP, rules::asks_not_to_retry<D>,
                                    LadderAction::give_up};
  static constexpr Row add_tainted_ok{LadderStep::ADD_TAINTED_OK, rules::lacks_tainted_ok<D>,
                                      LadderAction::add_tainted_ok};
  static constexpr Row nowarn_lower_order{LadderStep::NOWARN_LOWER_ORDER,
                                          rules::can_come_back_lower<D>, LadderAction::give_up};
  static constexpr Row drop_nofragment{LadderStep::DROP_NOFRAGMENT, rules::still_nofragment<D>,
                                       LadderAction::drop_nofragment};
};

/// Isolation refuses in the same order under every variant (mainline set_migratetype_isolate()).
template <class D>
constexpr Table<IsolateRow<D>, 4> isolate_refusals() {
  using Row = IsolateRow<D>;
  return Table<Row, 4>(Row{IsolateRefusal::already, rules::already_isolated<D>},
                       Row{IsolateRefusal::cma, rules::isolates_cma<D>},
                       Row{IsolateRefusal::unmovable, rules::holds_unmovable_page<D>},
                       Row{IsolateRefusal::edge, rules::isolates_partial_block<D>});
}

/// Own lists, then CLAIM, largest chunk first, then STEAL, smallest first, unless ALLOC_NOFRAGMENT.
/// With ALLOC_CMA the CMA lists come behind the own ones, and before them while they hold more than
/// half of what is free. With ALLOC_HIGHATOMIC the HIGHATOMIC lists come first of all, with
/// ALLOC_NON_BLOCK last (mainline rmqueue_buddy(), __rmqueue(); ALLOC_OOM is not modelled).
template <class D>
struct Modes {
  using Row = ModeRow<D>;
  using R = Request<D>;
  static constexpr Row highatomic{
      Mode::HIGHATOMIC,     &R::highatomic, rules::everyone<D>,  rules::any_zone<D>,
      Searches::highatomic, OrderWalk::up,  NextPage::as_before, false};
  static constexpr Row cma_balance{Mode::CMA_BALANCE,          &R::cma,       rules::everyone<D>,
                                   rules::cma_is_plentiful<D>, Searches::cma, OrderWalk::up,
                                   NextPage::as_before,        true};
  static constexpr Row normal{
      Mode::NORMAL,      nullptr,       rules::everyone<D>,  rules::any_zone<D>,
      Searches::request, OrderWalk::up, NextPage::at_normal, true};
  static constexpr Row cma{Mode::CMA,     &R::cma,       rules::everyone<D>,     rules::any_zone<D>,
                           Searches::cma, OrderWalk::up, NextPage::at_this_mode, true};
  static constexpr Row claim{
      Mode::CLAIM,       nullptr,         rules::everyone<D>,  rules::any_zone<D>,
      Searches::request, OrderWalk::down, NextPage::at_normal, true};
  static constexpr Row steal{
      Mode::STEAL,       nullptr,       rules::may_fragment<D>, rules::any_zone<D>,
      Searches::request, OrderWalk::up, NextPage::at_this_mode, true};
  static constexpr Row rescue{
      Mode::HIGHATOMIC_RESCUE, &R::non_block, rules::everyone<D>,  rules::any_zone<D>,
      Searches::highatomic,    OrderWalk::up, NextPage::as_before, false};
};

template <class D>
constexpr Table<ModeRow<D>, 7> modes() {
  using M = Modes<D>;
  return Table<ModeRow<D>, 7>(M::highatomic, M::cma_balance, M::normal, M::cma, M::claim, M::steal,
                              M::rescue);
}

/// The series' steal is open under ALLOC_NOFRAG_TAINTED_OK too (series v2 18/40).
template <class D>
constexpr Table<ModeRow<D>, 7> modes_of_series() {
  Table<ModeRow<D>, 7> rows = modes<D>();
  for (ModeRow<D>& row : rows.rows) {
    if (row.id == Mode::STEAL) row.gate = rules::may_fragment_tainted<D>;
  }
  return rows;
}

/// ALLOC_NOFRAGMENT is kept through reclaim and compaction and dropped as the last resort (series
/// v1 21/45), to which who gives up does not come; parameter `nofragment-drop` puts the drop first
/// (mainline).
template <class D>
constexpr Table<DriverRow<D>, 5> driver() {
  using Row = DriverRow<D>;
  return Table<Row, 5>(Row{DriverStep::ATOMIC_LADDER, rules::may_not_wait<D>},
                       Row{DriverStep::DIRECT_RECLAIM, rules::may_wait<D>},
                       Row{DriverStep::DIRECT_COMPACTION, rules::may_wait<D>},
                       Row{DriverStep::GIVE_UP, rules::gives_up<D>},
                       Row{DriverStep::DROP_NOFRAGMENT, rules::keeps_nofragment<D>});
}

/// The way of a work item; parameter `claim-evacuates` says whether anything queues one.
constexpr Table<ItemRow, 4> items() {
  return Table<ItemRow, 4>(ItemRow{ItemStep::QUEUE, ItemPlace::free, ItemPlace::pending},
                           ItemRow{ItemStep::IRQ_WORK, ItemPlace::pending, ItemPlace::work},
                           ItemRow{ItemStep::START, ItemPlace::work, ItemPlace::running},
                           ItemRow{ItemStep::FINISH, ItemPlace::running, ItemPlace::free});
}

/// Mainline: one set of lists, the zone's, and one search of them.
template <class D>
constexpr Policy<D> mainline() {
  using R = Refusals<D>;
  using Category = CategoryRow<D>;
  Policy<D> policy{};
  policy.passes = Table<PassRow<D>, 10>(Passes<D>::smallest);
  policy.refusals = Table<RefusalRow<D>, 6>(R::zone_boundary, R::insufficient);
  policy.isolate_refusals = isolate_refusals<D>();
  policy.categories = Table<Category, 3>(
      Category{Source::zone, rules::everyone<D>, rules::everyone<D>, rules::any_spb<D>});
  policy.modes = modes<D>();
  policy.driver = driver<D>();
  policy.items = items();
  policy.may_steal = rules::steals_from_any_type<D>;
  return policy;
}

/// Series v2 06/40 on mainline's lists: its one rule is the refusal of isolated pageblocks.
template <class D>
constexpr Policy<D> rfc_v2_06() {
  using R = Refusals<D>;
  Policy<D> policy = mainline<D>();
  policy.refusals = Table<RefusalRow<D>, 6>(R::isolate, R::zone_boundary, R::insufficient);
  policy.posted = {.series = 2, .patch = 6};
  return policy;
}

/// What a claim and a steal go through under ALLOC_NOFRAGMENT and without it (series v2
/// __rmqueue_claim(), __rmqueue_steal()): a claim enters empty superpageblocks before the other
/// category, a steal never.
template <class D>
constexpr Table<CategoryRow<D>, 3> categories_of_series() {
  using Row = CategoryRow<D>;
  return Table<Row, 3>(Row{.source = Source::preferred,
                           .claims = rules::everyone<D>,
                           .steals = rules::everyone<D>,
                           .spb_filter = rules::spares_reserve<D>},
                       Row{.source = Source::empty,
                           .claims = rules::may_fragment<D>,
                           .steals = rules::no_one<D>,
                           .spb_filter = rules::spares_reserve<D>},
                       Row{.source = Source::non_preferred,
                           .claims = rules::may_fragment<D>,
                           .steals = rules::without_tainted_ok<D>,
                           .spb_filter = rules::spares_reserve<D>});
}

/// Series v2 40/40, as posted.
template <class D>
constexpr Policy<D> rfc_v2() {
  using P = Passes<D>;
  using R = Refusals<D>;
  using L = Ladder<D>;
  Policy<D> policy{};
  policy.passes = Table<PassRow<D>, 10>(P::hint, P::pass_1, P::pass_2, P::pass_2b, P::pass_2c,
                                        P::pass_2d, P::pass_3, P::pass_4);
  policy.refusals =
      Table<RefusalRow<D>, 6>(R::isolate, R::cma, R::zone_boundary, R::cross_type, R::insufficient);
  policy.isolate_refusals = isolate_refusals<D>();
  policy.categories = categories_of_series<D>();
  policy.modes = modes_of_series<D>();
  policy.driver = driver<D>();
  policy.items = items();
  policy.ladder = Table<LadderRow<D>, 4>(L::noretry_skip, L::nowarn_lower_order, L::add_tainted_ok,
                                         L::drop_nofragment);
  policy.may_steal = rules::steals_within_kind<D>;
  policy.lists_per_superpageblock = true;
  policy.posted = {.series = 2, .patch = 40};
  return policy;
}

/// Series v1 31/45: what came later is taken out of the posted code. No hint (v1 38/45), no PASS_2D
/// (42/45), no give-up for NORETRY (33/45) or for a lower order (v2 35/40).
template <class D>
constexpr Policy<D> rfc_v1_31() {
  using P = Passes<D>;
  using L = Ladder<D>;
  Policy<D> policy = rfc_v2<D>();
  policy.passes =
      Table<PassRow<D>, 10>(P::pass_1, P::pass_2, P::pass_2b, P::pass_2c, P::pass_3, P::pass_4);
  policy.ladder = Table<LadderRow<D>, 4>(L::add_tainted_ok, L::drop_nofragment);
  policy.posted = {.series = 1, .patch = 31};
  return policy;
}

/// Series v1 30/45: before the borrow of 31/45.
template <class D>
constexpr Policy<D> rfc_v1_30() {
  using P = Passes<D>;
  Policy<D> policy = rfc_v1_31<D>();
  policy.passes = Table<PassRow<D>, 10>(P::pass_1, P::pass_2, P::pass_2b, P::pass_3, P::pass_4);
  policy.posted = {.series = 1, .patch = 30};
  return policy;
}

/// A variant's name and its tables.
template <class D>
struct NamedPolicy {
  std::string_view name;
  Policy<D> (*make)();
};

/// Every variant's; the order is part of the byte form of programs, so new ones go to the end.
template <class D>
inline constexpr NamedPolicy<D> of_variants[]{
    {"mainline", mainline<D>},   {"rfc-v2@06", rfc_v2_06<D>}, {"rfc-v1@30", rfc_v1_30<D>},
    {"rfc-v1@31", rfc_v1_31<D>}, {"rfc-v2", rfc_v2<D>},
};

/// The variant's place; there must be one of this name.
constexpr std::size_t index_of_variant(std::string_view name) {
  const auto* const first = std::begin(of_variants<Concrete>);
  const auto* variant = first;
  while (variant->name != name)
    ++variant;
  return static_cast<std::size_t>(variant - first);
}

}  // namespace tables

inline constexpr std::size_t nr_variants = std::size(tables::of_variants<Concrete>);

}  // namespace spb
