// SPDX-License-Identifier: GPL-2.0-only
// The policy, read over a second value domain: class types without a single conversion. That it
// compiles shows that no rule leans on bool or int; that it agrees shows that both readers see the
// same rule.
#include <gtest/gtest.h>

#include <algorithm>
#include <concepts>
#include <random>
#include <type_traits>
#include <vector>

#include "model/policy/tables.h"
#include "model/state/accounting.h"
#include "model/words/domain.h"

namespace spb {
namespace {

/// A domain as a solver's would be: every value is an object, and nothing turns into anything else.
struct Opaque {
  class Bool {
   public:
    explicit constexpr Bool(bool value) : value_(value) {}
    constexpr bool reveal() const { return value_; }
    friend constexpr Bool operator&&(Bool a, Bool b) { return Bool(a.value_ & b.value_); }
    friend constexpr Bool operator||(Bool a, Bool b) { return Bool(a.value_ | b.value_); }
    friend constexpr Bool operator!(Bool a) { return Bool(!a.value_); }

   private:
    bool value_;
  };

  class Int {
   public:
    explicit constexpr Int(int value) : value_(value) {}
    constexpr int reveal() const { return value_; }
    friend constexpr Int operator+(Int a, Int b) { return Int(a.value_ + b.value_); }
    friend constexpr Int operator-(Int a, Int b) { return Int(a.value_ - b.value_); }
    friend constexpr Int operator*(Int a, Int b) { return Int(a.value_ * b.value_); }
    friend constexpr Bool operator==(Int a, Int b) { return Bool(a.value_ == b.value_); }
    friend constexpr Bool operator<(Int a, Int b) { return Bool(a.value_ < b.value_); }
    friend constexpr Bool operator>(Int a, Int b) { return Bool(a.value_ > b.value_); }
    friend constexpr Bool operator>=(Int a, Int b) { return Bool(a.value_ >= b.value_); }
    friend constexpr Bool operator<=(Int a, Int b) { return Bool(a.value_ <= b.value_); }

   private:
    int value_;
  };

  static constexpr Int lit(int value) { return Int(value); }
  static constexpr Bool truth(bool value) { return Bool(value); }
  static constexpr Int select(Bool condition, Int yes, Int no) {
    return condition.reveal() ? yes : no;
  }
};

static_assert(!std::convertible_to<Opaque::Bool, bool> && !std::convertible_to<Opaque::Int, int>);
static_assert(!std::convertible_to<bool, Opaque::Bool> && !std::convertible_to<int, Opaque::Int>);

bool reveal(bool value) {
  return value;
}
int reveal(int value) {
  return value;
}
bool reveal(Opaque::Bool value) {
  return value.reveal();
}
int reveal(Opaque::Int value) {
  return value.reveal();
}

/// The same random views over any domain: two draws from equal seeds are equal.
template <class D>
struct Views {
  std::mt19937 random;
  Request<D> request;
  Spb<D> spb;
  Block<D> block;
  BlockPages<D> pages;
  Chunk<D> chunk;
  Caller<D> caller;
  Limits<D> limits;
  ZonePages<D> zone;

  explicit Views(unsigned seed)
      : random(seed),
        request{number(4), number(6), coin(), coin(), coin(),   coin(),
                coin(),    coin(),    coin(), coin(), number(2)},
        spb{number(9), number(9), number(9), number(9), number(1), number(9), number(3)},
        block{number(5), coin(), coin(), coin(), coin(), coin()},
        pages{number(8), number(8), number(8), coin()},
        chunk{number(5), number(5), coin()},
        caller{number(3), coin(), coin(), coin(), coin(), coin(), coin()},
        limits{number(3), number(8), number(4), 1 + draw(4), number(9), coin(), coin(), number(9)},
        zone{number(9), number(9), number(9)} {}

  int draw(int max) { return static_cast<int>(random() % (static_cast<unsigned>(max) + 1)); }
  typename D::Int number(int max) { return D::lit(draw(max)); }
  typename D::Bool coin() { return D::truth(random() % 2 == 0); }
};

/// Every answer of the policy to one set of views, in a fixed order.
template <class D>
std::vector<int> answers(const Policy<D>& policy, const Views<D>& v) {
  std::vector<int> all;
  const auto say = [&all](auto value) { all.push_back(reveal(value)); };
  for (const PassRow<D>& row : policy.passes) {
    say(row.gate(v.request, v.limits));
    say(row.spb_filter(v.request, v.spb, v.limits));
    say(row.chunk_filter(v.request, v.chunk, v.block));
  }
  for (const RefusalRow<D>& row : policy.refusals) {
    say(row.refuses(v.request, v.chunk, v.block, v.pages, v.limits));
  }
  for (const IsolateRow<D>& row : policy.isolate_refusals)
    say(row.refuses(v.block, v.pages));
  for (const CategoryRow<D>& row : policy.categories) {
    say(row.claims(v.request, v.limits));
    say(row.steals(v.request, v.limits));
    say(row.spb_filter(v.request, v.spb, v.limits));
  }
  for (const ModeRow<D>& row : policy.modes) {
    say(row.gate(v.request, v.limits));
    say(row.zone_filter(v.zone));
  }
  for (const LadderRow<D>& row : policy.ladder)
    say(row.applies(v.caller));
  for (const DriverRow<D>& row : policy.driver)
    say(row.applies(v.request));
  say(policy.may_steal(v.request, v.chunk.list));
  return all;
}

template <class D>
void say_spb(std::vector<int>& all, const Spb<D>& spb, const Limits<D>& limits) {
  for (const auto& counter : {spb.nr_free, spb.nr_unmovable, spb.nr_reclaimable, spb.nr_movable}) {
    all.push_back(reveal(counter));
  }
  all.push_back(reveal(rules::spb_is_tainted<D>(spb)));
  all.push_back(reveal(rules::spb_is_empty<D>(spb)));
  all.push_back(reveal(rules::spb_fullness<D>(spb, limits)));
  all.push_back(reveal(rules::needs_defrag<D>(spb, limits)));
}

/// What the accounting makes of one free chunk.
template <class D>
void say_free_pages(std::vector<int>& all, const Views<D>& v) {
  const auto pages = accounting::pages_of_order<D>(v.chunk.order);
  const auto on = accounting::listed<D>(v.chunk, pages, v.limits);
  const auto is = accounting::recount<D>(on, accounting::unlisted<D>(), on);
  const auto apart = accounting::listed_apart<D>(v.chunk, pages);
  const auto apart_is =
      accounting::recount<D>(apart, accounting::ApartPages<D>{D::lit(0), D::lit(0)}, apart);
  for (const auto& count : {is.nr_free_pages, is.nr_free_pages_zone, is.nr_free_pages_blocks,
                            apart_is.cma, apart_is.highatomic})
    all.push_back(reveal(count));
}

/// And of a work item that goes from any place to any other.
template <class D>
void say_items(std::vector<int>& all, const Views<D>& v) {
  const accounting::ItemCounts<D> counts{v.pages.free, v.pages.movable, v.pages.unmovable,
                                         v.request.order};
  for (const ItemRow& row : tables::items()) {
    const auto is = accounting::recount<D>(counts, row.from, row.to);
    for (const auto& count : {is.free, is.pending, is.work, is.running})
      all.push_back(reveal(count));
  }
}

/// What the accounting makes of each effect.
template <class D>
std::vector<int> effects(const Views<D>& v) {
  std::vector<int> all;
  const typename D::Int type = v.request.migratetype;
  for (const Block<D>& after :
       {accounting::after_take<D>(v.block, type), accounting::after_relabel<D>(v.block, type),
        accounting::after_whole_claim<D>(v.block, type),
        accounting::after_part_claim<D>(v.block, type, v.pages, v.limits),
        accounting::after_last_free<D>(v.block, v.limits),
        accounting::after_evacuation<D>(v.block, v.pages)}) {
    all.push_back(reveal(after.tag));
    say_spb<D>(all, accounting::recount<D>(v.spb, v.block, after), v.limits);
  }
  say_free_pages<D>(all, v);
  say_items<D>(all, v);
  all.push_back(reveal(rules::min_claim_order<D>(v.request, v.block.isolated, v.limits)));
  all.push_back(reveal(rules::order_is_worth_claiming<D>(v.request, v.chunk.order, v.limits)));
  all.push_back(reveal(rules::list_of_block<D>(v.block, v.chunk.from_tainted_spb)));
  all.push_back(reveal(list_of<D>(ListOf::request, v.request)));
  all.push_back(reveal(list_of<D>(ListOf::opposite, v.request)));
  all.push_back(reveal(searched_type<D>(Searches::request, v.request)));
  all.push_back(reveal(rules::may_reserve<D>(v.block, v.pages.leaves_zone, v.zone, v.limits)));
  all.push_back(reveal(rules::may_unreserve<D>(v.zone, v.block.isolated, v.limits)));
  return all;
}

template <class D>
std::vector<int> everything(unsigned seed) {
  const Views<D> v(seed);
  std::vector<int> all = effects<D>(v);
  for (const Policy<D>& policy :
       {tables::mainline<D>(), tables::rfc_v2_06<D>(), tables::rfc_v1_30<D>(),
        tables::rfc_v1_31<D>(), tables::rfc_v2<D>()}) {
    const std::vector<int> more = answers<D>(policy, v);
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

TEST(Domain, ATypeWithoutConversionsReadsEveryRuleLikeBoolAndInt) {
  for (unsigned seed = 0; seed < 20000; ++seed) {
    ASSERT_EQ(everything<Concrete>(seed), everything<Opaque>(seed)) << "seed " << seed;
  }
}

TEST(Domain, PagesAreDoubledOnceAnOrderAsAShiftDoes) {
  for (uint32_t order = 0; order < max_nr_page_orders; ++order) {
    EXPECT_EQ(accounting::pages_of_order<Concrete>(static_cast<int>(order)),
              static_cast<int>(nr_pages(Order(order))));
  }
}

/// Rules that say yes to everyone by design.
int constant_rules(const Policy<Concrete>& policy) {
  int constant = policy.may_steal == rules::steals_from_any_type<Concrete>;
  for (const auto& row : policy.passes) {
    constant += row.gate == rules::everyone<Concrete>;
    constant += row.spb_filter == rules::any_spb<Concrete>;
    constant += row.chunk_filter == rules::any_chunk<Concrete>;
  }
  for (const auto& row : policy.categories) {
    for (const auto gate : {row.claims, row.steals})
      constant += gate == rules::everyone<Concrete> || gate == rules::no_one<Concrete>;
    constant += row.spb_filter == rules::any_spb<Concrete>;
  }
  for (const auto& row : policy.modes) {
    constant += row.gate == rules::everyone<Concrete>;
    constant += row.zone_filter == rules::any_zone<Concrete>;
  }
  return constant;
}

TEST(Domain, TheRandomViewsGiveEveryAnswerBothWays) {
  const std::vector<int> first = everything<Concrete>(0);
  std::vector<bool> differs(first.size(), false);
  for (unsigned seed = 1; seed < 20000; ++seed) {
    const std::vector<int> other = everything<Concrete>(seed);
    for (std::size_t i = 0; i < first.size(); ++i)
      differs[i] = differs[i] || other[i] != first[i];
  }
  int by_design = 0;
  for (const Policy<Concrete>& policy :
       {tables::mainline<Concrete>(), tables::rfc_v2_06<Concrete>(), tables::rfc_v1_30<Concrete>(),
        tables::rfc_v1_31<Concrete>(), tables::rfc_v2<Concrete>()}) {
    by_design += constant_rules(policy);
  }
  EXPECT_EQ(std::count(differs.begin(), differs.end(), false), by_design)
      << "a rule that never changes its answer here could be wrong unseen";
}

}  // namespace
}  // namespace spb
