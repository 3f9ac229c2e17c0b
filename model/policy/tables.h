// SPDX-License-Identifier: GPL-2.0-only
// The policy as tables: pass rows, refusals, claim categories, the mode cascade, the driver and its
// atomic ladder, the way of work items, and which of them each variant has.
#pragma once

#include "model/policy/rows.h"

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
  static constexpr Row smallest{PassId::SMALLEST,    rules::everyone<D>, Source::zone,
                                ListOf::request,     OrderWalk::up,      rules::any_spb<D>,
                                rules::any_chunk<D>, Effect::take};
  static constexpr Row pass_1{PassId::PASS_1,
                              rules::everyone<D>,
                              Source::preferred,
                              ListOf::request,
                              OrderWalk::whole_then_sub,
                              rules::has_free_pages<D>,
                              rules::not_isolated<D>,
                              Effect::take};
  static constexpr Row pass_2{PassId::PASS_2,
                              rules::claims_in_tainted<D>,
                              Source::tainted,
                              ListOf::movable,
                              OrderWalk::whole_up,
                              rules::has_free_block<D>,
                              rules::not_isolated_nor_cma<D>,
                              Effect::claim_whole};
  static constexpr Row pass_2b{PassId::PASS_2B,
                               rules::claims_in_tainted<D>,
                               Source::tainted,
                               ListOf::movable,
                               OrderWalk::sub_down,
                               rules::has_free_pages<D>,
                               rules::not_isolated_nor_cma<D>,
                               Effect::claim_part};
  static constexpr Row pass_2c{PassId::PASS_2C,
                               rules::non_movable_only<D>,
                               Source::tainted,
                               ListOf::opposite,
                               OrderWalk::sub_down,
                               rules::has_free_pages<D>,
                               rules::not_isolated_nor_cma<D>,
                               Effect::take};
  static constexpr Row pass_2d{PassId::PASS_2D,
                               rules::non_movable_only<D>,
                               Source::tainted,
                               ListOf::movable,
                               OrderWalk::sub_down,
                               rules::has_free_pages<D>,
                               rules::not_isolated_nor_cma<D>,
                               Effect::take};
  static constexpr Row pass_3_taints{
      PassId::PASS_3,      rules::may_taint_empty<D>, Source::empty,          ListOf::movable,
      OrderWalk::whole_up, rules::any_spb<D>,         rules::not_isolated<D>, Effect::claim_whole};
  static constexpr Row pass_3_opens{
      PassId::PASS_3,      rules::movable_only<D>, Source::empty,          ListOf::movable,
      OrderWalk::whole_up, rules::any_spb<D>,      rules::not_isolated<D>, Effect::take};
  static constexpr Row pass_4{PassId::PASS_4,
                              rules::movable_only<D>,
                              Source::tainted,
                              ListOf::movable,
                              OrderWalk::whole_then_sub,
                              rules::spares_reserve<D>,
                              rules::not_isolated<D>,
                              Effect::take};
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

/// ALLOC_NOFRAGMENT is kept through reclaim and compaction and dropped as the last resort (series
/// v1 21/45); parameter `nofragment-drop` puts the drop first (mainline).
template <class D>
constexpr Table<DriverRow<D>, 4> driver() {
  using Row = DriverRow<D>;
  return Table<Row, 4>(Row{DriverStep::ATOMIC_LADDER, rules::may_not_wait<D>},
                       Row{DriverStep::DIRECT_RECLAIM, rules::may_wait<D>},
                       Row{DriverStep::DIRECT_COMPACTION, rules::may_wait<D>},
                       Row{DriverStep::DROP_NOFRAGMENT, rules::keeps_nofragment<D>});
}

/// The way of a work item; parameter `claim-evacuates` says whether anything queues one.
constexpr Table<ItemRow, 4> items() {
  return Table<ItemRow, 4>(ItemRow{ItemStep::QUEUE, ItemPlace::free, ItemPlace::pending},
                           ItemRow{ItemStep::IRQ_WORK, ItemPlace::pending, ItemPlace::work},
                           ItemRow{ItemStep::START, ItemPlace::work, ItemPlace::running},
                           ItemRow{ItemStep::FINISH, ItemPlace::running, ItemPlace::free});
}

/// Mainline: one set of lists, no passes.
template <class D>
constexpr Policy<D> mainline() {
  using R = Refusals<D>;
  using Category = CategoryRow<D>;
  Policy<D> policy{};
  policy.passes = Table<PassRow<D>, 10>(Passes<D>::smallest);
  policy.refusals = Table<RefusalRow<D>, 6>(R::zone_boundary, R::insufficient);
  policy.isolate_refusals = isolate_refusals<D>();
  policy.categories =
      Table<Category, 3>(Category{Source::zone, rules::everyone<D>, rules::any_spb<D>});
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
  return policy;
}

/// Series v1 up to 30/45: the passes before borrowing.
template <class D>
constexpr Policy<D> rfc_v1_30() {
  using P = Passes<D>;
  using R = Refusals<D>;
  using Category = CategoryRow<D>;
  Policy<D> policy{};
  policy.passes = Table<PassRow<D>, 10>(P::pass_1, P::pass_2, P::pass_2b, P::pass_3_taints,
                                        P::pass_3_opens, P::pass_4);
  policy.refusals =
      Table<RefusalRow<D>, 6>(R::isolate, R::cma, R::zone_boundary, R::cross_type, R::insufficient);
  policy.isolate_refusals = isolate_refusals<D>();
  policy.categories = Table<Category, 3>(
      Category{Source::preferred, rules::everyone<D>, rules::spares_reserve<D>},
      Category{Source::empty, rules::may_leave_preferred<D>, rules::spares_reserve<D>},
      Category{Source::non_preferred, rules::may_leave_preferred<D>, rules::spares_reserve<D>});
  policy.modes = modes<D>();
  policy.driver = driver<D>();
  policy.items = items();
  policy.ladder = Table<LadderRow<D>, 4>(Ladder<D>::add_tainted_ok, Ladder<D>::drop_nofragment);
  policy.may_steal = rules::steals_within_kind<D>;
  policy.lists_per_superpageblock = true;
  return policy;
}

/// Series v1 31/45 adds PASS_2C between 2B and 3.
template <class D>
constexpr Policy<D> rfc_v1_31() {
  using P = Passes<D>;
  Policy<D> policy = rfc_v1_30<D>();
  policy.passes = Table<PassRow<D>, 10>(P::pass_1, P::pass_2, P::pass_2b, P::pass_2c,
                                        P::pass_3_taints, P::pass_3_opens, P::pass_4);
  return policy;
}

/// Series v2: PASS_2D, and all four steps of the ladder.
template <class D>
constexpr Policy<D> rfc_v2() {
  using P = Passes<D>;
  using L = Ladder<D>;
  Policy<D> policy = rfc_v1_31<D>();
  policy.passes = Table<PassRow<D>, 10>(P::pass_1, P::pass_2, P::pass_2b, P::pass_2c, P::pass_2d,
                                        P::pass_3_taints, P::pass_3_opens, P::pass_4);
  policy.ladder = Table<LadderRow<D>, 4>(L::noretry_skip, L::add_tainted_ok, L::nowarn_lower_order,
                                         L::drop_nofragment);
  return policy;
}

}  // namespace tables
}  // namespace spb
