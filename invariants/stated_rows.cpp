// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/stated_rows.h"

#include <algorithm>
#include <array>

namespace spb {

namespace {

// ---- passes

struct StatedPass {
  PassId id;
  Source source;
  ListOf list;
  OrderWalk orders;
  Effect effect;
  bool borrows = false;

  bool is(const PassRow<Concrete>& row) const {
    return row.source == source && row.list == list && row.orders == orders &&
           row.effect == effect && row.borrows == borrows;
  }
};

/// A borrow is of part of a pageblock, from the largest down; a pass for own lists breaks up none
/// while a whole one is free.
constexpr std::array passes{StatedPass{.id = PassId::SMALLEST,
                                       .source = Source::zone,
                                       .list = ListOf::request,
                                       .orders = OrderWalk::up,
                                       .effect = Effect::hand_out},
                            StatedPass{.id = PassId::HINT,
                                       .source = Source::hinted,
                                       .list = ListOf::request,
                                       .orders = OrderWalk::whole_then_sub,
                                       .effect = Effect::hand_out},
                            StatedPass{.id = PassId::PASS_1,
                                       .source = Source::preferred,
                                       .list = ListOf::request,
                                       .orders = OrderWalk::whole_then_sub,
                                       .effect = Effect::hand_out},
                            StatedPass{.id = PassId::PASS_2,
                                       .source = Source::tainted,
                                       .list = ListOf::movable,
                                       .orders = OrderWalk::whole_up,
                                       .effect = Effect::claim_whole},
                            StatedPass{.id = PassId::PASS_2B,
                                       .source = Source::tainted,
                                       .list = ListOf::movable,
                                       .orders = OrderWalk::sub_down,
                                       .effect = Effect::claim_part},
                            StatedPass{.id = PassId::PASS_2C,
                                       .source = Source::tainted,
                                       .list = ListOf::opposite,
                                       .orders = OrderWalk::sub_down,
                                       .effect = Effect::hand_out,
                                       .borrows = true},
                            StatedPass{.id = PassId::PASS_2D,
                                       .source = Source::tainted,
                                       .list = ListOf::movable,
                                       .orders = OrderWalk::sub_down,
                                       .effect = Effect::hand_out,
                                       .borrows = true},
                            StatedPass{.id = PassId::PASS_3,
                                       .source = Source::empty,
                                       .list = ListOf::request,
                                       .orders = OrderWalk::whole_up,
                                       .effect = Effect::hand_out},
                            StatedPass{.id = PassId::PASS_4,
                                       .source = Source::tainted,
                                       .list = ListOf::movable,
                                       .orders = OrderWalk::up,
                                       .effect = Effect::hand_out}};

// ---- modes

/// In mainline's words: which __rmqueue_smallest() it calls, whether it is in __rmqueue(), and what
/// that leaves in `mode`. The claim takes the largest chunk, the steal the smallest.
struct StatedMode {
  Mode id;
  bool Request<Concrete>::*flag;
  Searches searches;
  OrderWalk orders;
  NextPage next;
  bool in_batch;

  bool is(const ModeRow<Concrete>& row) const {
    const bool falls_back = id == Mode::CLAIM || id == Mode::STEAL;
    const bool goes_there = falls_back ? row.orders == orders : row.searches == searches;
    return goes_there && row.flag == flag && row.next == next && row.in_batch == in_batch;
  }
};

using R = Request<Concrete>;

constexpr std::array modes{StatedMode{.id = Mode::HIGHATOMIC,
                                      .flag = &R::highatomic,
                                      .searches = Searches::highatomic,
                                      .orders = OrderWalk::up,
                                      .next = NextPage::as_before,
                                      .in_batch = false},
                           StatedMode{.id = Mode::CMA_BALANCE,
                                      .flag = &R::cma,
                                      .searches = Searches::cma,
                                      .orders = OrderWalk::up,
                                      .next = NextPage::as_before,
                                      .in_batch = true},
                           StatedMode{.id = Mode::NORMAL,
                                      .flag = nullptr,
                                      .searches = Searches::request,
                                      .orders = OrderWalk::up,
                                      .next = NextPage::at_normal,
                                      .in_batch = true},
                           StatedMode{.id = Mode::CMA,
                                      .flag = &R::cma,
                                      .searches = Searches::cma,
                                      .orders = OrderWalk::up,
                                      .next = NextPage::at_this_mode,
                                      .in_batch = true},
                           StatedMode{.id = Mode::CLAIM,
                                      .flag = nullptr,
                                      .searches = Searches::request,
                                      .orders = OrderWalk::down,
                                      .next = NextPage::at_normal,
                                      .in_batch = true},
                           StatedMode{.id = Mode::STEAL,
                                      .flag = nullptr,
                                      .searches = Searches::request,
                                      .orders = OrderWalk::up,
                                      .next = NextPage::at_this_mode,
                                      .in_batch = true},
                           StatedMode{.id = Mode::HIGHATOMIC_RESCUE,
                                      .flag = &R::non_block,
                                      .searches = Searches::highatomic,
                                      .orders = OrderWalk::up,
                                      .next = NextPage::as_before,
                                      .in_batch = false}};

// ---- the ladder, and work items

struct StatedStep {
  LadderStep id;
  LadderAction action;

  bool is(const LadderRow<Concrete>& row) const { return row.action == action; }
};
constexpr std::array steps{
    StatedStep{.id = LadderStep::NORETRY_SKIP, .action = LadderAction::give_up},
    StatedStep{.id = LadderStep::NOWARN_LOWER_ORDER, .action = LadderAction::give_up},
    StatedStep{.id = LadderStep::ADD_TAINTED_OK, .action = LadderAction::add_tainted_ok},
    StatedStep{.id = LadderStep::DROP_NOFRAGMENT, .action = LadderAction::drop_nofragment}};

struct StatedItem {
  ItemStep id;
  ItemPlace from;
  ItemPlace to;

  bool is(const ItemRow& row) const { return row.from == from && row.to == to; }
};
constexpr std::array items{
    StatedItem{.id = ItemStep::QUEUE, .from = ItemPlace::free, .to = ItemPlace::pending},
    StatedItem{.id = ItemStep::IRQ_WORK, .from = ItemPlace::pending, .to = ItemPlace::work},
    StatedItem{.id = ItemStep::START, .from = ItemPlace::work, .to = ItemPlace::running},
    StatedItem{.id = ItemStep::FINISH, .from = ItemPlace::running, .to = ItemPlace::free}};

// ---- whom a type turns to

struct StatedFallbacks {
  Migratetype type;
  std::array<Migratetype, 2> to;
};
constexpr std::array turns{
    StatedFallbacks{.type = MIGRATE_UNMOVABLE, .to = {MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE}},
    StatedFallbacks{.type = MIGRATE_MOVABLE, .to = {MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE}},
    StatedFallbacks{.type = MIGRATE_RECLAIMABLE, .to = {MIGRATE_UNMOVABLE, MIGRATE_MOVABLE}}};

Value value_of(ItemStep step) {
  return static_cast<int64_t>(step);
}
template <class Id>
Value value_of(Id id) {
  return id;
}

/// Each row whose id is stated says what is stated.
template <class Table, class Stated>
void hold(const Table& table, const Stated& stated, Violations& violations) {
  for (const auto& row : table) {
    const auto at = std::find_if(stated.begin(), stated.end(),
                                 [&row](const auto& one) { return one.id == row.id; });
    if (at == stated.end() || at->is(row)) continue;
    violations.add(clauses::stated_content, at_zone(), value_of(row.id), Nothing());
  }
}

}  // namespace

void check_rows(const Raw& raw, Violations& violations) {
  const Policy<Concrete>& policy = raw.zone.policy();
  hold(policy.passes, passes, violations);
  hold(policy.modes, modes, violations);
  hold(policy.ladder, steps, violations);
  hold(policy.items, items, violations);
  for (const StatedFallbacks& one : turns) {
    const bool same = std::equal(one.to.begin(), one.to.end(), std::begin(fallbacks[one.type]));
    if (!same) violations.add(clauses::stated_content, at_zone(), one.type, Nothing());
  }
}

}  // namespace spb
