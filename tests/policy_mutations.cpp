// SPDX-License-Identifier: GPL-2.0-only
#include "tests/policy_mutations.h"

#include <array>
#include <utility>

#include "model/policy/tables.h"

namespace spb {

namespace {

// A rule is a function pointer and captures nothing: the inverse of each one that a table can hold
// is a function of its own, made for its variant and its row.

template <std::size_t V, std::size_t Row>
struct Inverse {
  static const Policy<Concrete>& policy() { return variants()[V].policy; }

  static bool pass_gate(const Request<Concrete>& r, const Limits<Concrete>& l) {
    return !policy().passes[Row].gate(r, l);
  }
  static bool pass_spb(const Request<Concrete>& r, const Spb<Concrete>& s,
                       const Limits<Concrete>& l) {
    return !policy().passes[Row].spb_filter(r, s, l);
  }
  static bool pass_chunk(const Request<Concrete>& r, const Chunk<Concrete>& c,
                         const Block<Concrete>& b) {
    return !policy().passes[Row].chunk_filter(r, c, b);
  }
  static bool refusal(const Request<Concrete>& r, const Chunk<Concrete>& c,
                      const Block<Concrete>& b, const BlockPages<Concrete>& p,
                      const Limits<Concrete>& l) {
    return !policy().refusals[Row].refuses(r, c, b, p, l);
  }
  static bool isolate(const Block<Concrete>& b, const BlockPages<Concrete>& p) {
    return !policy().isolate_refusals[Row].refuses(b, p);
  }
  static bool category_claims(const Request<Concrete>& r, const Limits<Concrete>& l) {
    return !policy().categories[Row].claims(r, l);
  }
  static bool category_steals(const Request<Concrete>& r, const Limits<Concrete>& l) {
    return !policy().categories[Row].steals(r, l);
  }
  static bool category_spb(const Request<Concrete>& r, const Spb<Concrete>& s,
                           const Limits<Concrete>& l) {
    return !policy().categories[Row].spb_filter(r, s, l);
  }
  static bool mode_gate(const Request<Concrete>& r, const Limits<Concrete>& l) {
    return !policy().modes[Row].gate(r, l);
  }
  static bool mode_zone(const ZonePages<Concrete>& z) {
    return !policy().modes[Row].zone_filter(z);
  }
  static bool ladder(const Caller<Concrete>& c) { return !policy().ladder[Row].applies(c); }
  static bool driver(const Request<Concrete>& r) { return !policy().driver[Row].applies(r); }
  static bool steal(const Request<Concrete>& r, int list) { return !policy().may_steal(r, list); }
};

/// The inverses of one row number of one variant, whichever tables have that many rows.
struct Inverses {
  decltype(PassRow<Concrete>::gate) pass_gate;
  decltype(PassRow<Concrete>::spb_filter) pass_spb;
  decltype(PassRow<Concrete>::chunk_filter) pass_chunk;
  decltype(RefusalRow<Concrete>::refuses) refusal;
  decltype(IsolateRow<Concrete>::refuses) isolate;
  CategoryRow<Concrete>::Gate category_claims;
  CategoryRow<Concrete>::Gate category_steals;
  decltype(CategoryRow<Concrete>::spb_filter) category_spb;
  decltype(ModeRow<Concrete>::gate) mode_gate;
  decltype(ModeRow<Concrete>::zone_filter) mode_zone;
  decltype(LadderRow<Concrete>::applies) ladder;
  decltype(DriverRow<Concrete>::applies) driver;
  decltype(Policy<Concrete>::may_steal) steal;
};

constexpr std::size_t nr_rows = 10;

template <std::size_t V, std::size_t Row>
constexpr Inverses inverses() {
  using I = Inverse<V, Row>;
  return {I::pass_gate,       I::pass_spb,        I::pass_chunk,   I::refusal,   I::isolate,
          I::category_claims, I::category_steals, I::category_spb, I::mode_gate, I::mode_zone,
          I::ladder,          I::driver,          I::steal};
}

template <std::size_t... Cell>
constexpr auto all_inverses(std::index_sequence<Cell...>) {
  return std::array<Inverses, sizeof...(Cell)>{inverses<Cell / nr_rows, Cell % nr_rows>()...};
}

const Inverses& inverse(std::size_t variant, std::size_t row) {
  static constexpr auto all = all_inverses(std::make_index_sequence<nr_variants * nr_rows>());
  return all[variant * nr_rows + row];
}

// ---- weaker rules: what lets more through than the original

using R = Request<Concrete>;
using L = Limits<Concrete>;
using S = Spb<Concrete>;
using C = Chunk<Concrete>;
using B = Block<Concrete>;
using Pages = BlockPages<Concrete>;

template <class Rule>
struct Weaker {
  Rule rule;
  const char* name;
  Rule weaker;
};

using Gate = decltype(PassRow<Concrete>::gate);
using SpbFilter = decltype(PassRow<Concrete>::spb_filter);
using ChunkFilter = decltype(PassRow<Concrete>::chunk_filter);
using Refuses = decltype(RefusalRow<Concrete>::refuses);

bool not_movable(const R& r, const L&) {
  return !rules::is_movable<Concrete>(r);
}
bool not_cma(const R& r, const L&) {
  return r.migratetype != MIGRATE_CMA;
}
bool at_the_reserve_too(const R& r, const S& s, const L& l) {
  return !rules::is_movable<Concrete>(r) || !rules::spb_is_tainted<Concrete>(s) ||
         !rules::below_tainted_reserve<Concrete>(s, l);
}
bool above_the_minimum(const R& r, const S& s, const L& l) {
  return !rules::is_movable<Concrete>(r) || !rules::spb_is_tainted<Concrete>(s) ||
         s.nr_free > l.tainted_reserve_min;
}
bool above_the_share(const R& r, const S& s, const L& l) {
  return !rules::is_movable<Concrete>(r) || !rules::spb_is_tainted<Concrete>(s) ||
         s.nr_free * l.tainted_reserve_divisor > s.total_pageblocks;
}
bool chunk_not_cma(const R&, const C&, const B& b) {
  return b.tag != MIGRATE_CMA;
}
bool cross_type_but_a_page(const R& r, const C& c, const B& b, const Pages& p, const L& l) {
  Pages one_more = p;
  ++one_more.free;
  return rules::refuse_cross_type<Concrete>(r, c, b, one_more, l);
}
bool insufficient_by_two(const R& r, const C& c, const B& b, const Pages& p, const L& l) {
  Pages one_more = p;
  ++one_more.free;
  return rules::refuse_insufficient<Concrete>(r, c, b, one_more, l);
}

constexpr std::array weaker_gates{
    Weaker<Gate>{rules::movable_only<Concrete>, "dropped", rules::everyone<Concrete>},
    Weaker<Gate>{rules::non_movable_only<Concrete>, "dropped", rules::everyone<Concrete>},
    Weaker<Gate>{rules::non_movable_only<Concrete>, "admits HIGHATOMIC",
                 rules::not_movable_nor_cma<Concrete>},
    Weaker<Gate>{rules::non_movable_only<Concrete>, "admits HIGHATOMIC and CMA", not_movable},
    Weaker<Gate>{rules::not_movable_nor_cma<Concrete>, "dropped", rules::everyone<Concrete>},
    Weaker<Gate>{rules::not_movable_nor_cma<Concrete>, "admits CMA", not_movable},
    Weaker<Gate>{rules::not_movable_nor_cma<Concrete>, "admits MOVABLE", not_cma},
    Weaker<Gate>{rules::has_hints<Concrete>, "dropped", rules::everyone<Concrete>},
    Weaker<Gate>{rules::may_fragment<Concrete>, "dropped", rules::everyone<Concrete>},
    Weaker<Gate>{rules::may_fragment<Concrete>, "admits TAINTED_OK",
                 rules::may_fragment_tainted<Concrete>},
    Weaker<Gate>{rules::may_fragment_tainted<Concrete>, "dropped", rules::everyone<Concrete>},
    Weaker<Gate>{rules::without_tainted_ok<Concrete>, "dropped", rules::everyone<Concrete>},
};
constexpr std::array weaker_spb_filters{
    Weaker<SpbFilter>{rules::has_free_pages<Concrete>, "dropped", rules::any_spb<Concrete>},
    Weaker<SpbFilter>{rules::has_free_block<Concrete>, "dropped", rules::any_spb<Concrete>},
    Weaker<SpbFilter>{rules::has_free_block<Concrete>, "asks for pages",
                      rules::has_free_pages<Concrete>},
    Weaker<SpbFilter>{rules::spares_reserve<Concrete>, "dropped", rules::any_spb<Concrete>},
    Weaker<SpbFilter>{rules::spares_reserve<Concrete>, "takes the last one above",
                      at_the_reserve_too},
    Weaker<SpbFilter>{rules::spares_reserve<Concrete>, "spares the minimum alone",
                      above_the_minimum},
    Weaker<SpbFilter>{rules::spares_reserve<Concrete>, "spares the share alone", above_the_share},
};
constexpr std::array weaker_chunk_filters{
    Weaker<ChunkFilter>{rules::not_isolated<Concrete>, "dropped", rules::any_chunk<Concrete>},
    Weaker<ChunkFilter>{rules::not_isolated_nor_cma<Concrete>, "dropped",
                        rules::any_chunk<Concrete>},
    Weaker<ChunkFilter>{rules::not_isolated_nor_cma<Concrete>, "admits CMA",
                        rules::not_isolated<Concrete>},
    Weaker<ChunkFilter>{rules::not_isolated_nor_cma<Concrete>, "admits isolated", chunk_not_cma},
};
constexpr std::array weaker_refusals{
    Weaker<Refuses>{rules::refuse_cross_type<Concrete>, "lets one page go", cross_type_but_a_page},
    Weaker<Refuses>{rules::refuse_insufficient<Concrete>, "lets one page go", insufficient_by_two},
};

// ---- other values

constexpr std::array source_names{"zone",    "preferred", "non_preferred",
                                  "tainted", "empty",     "hinted"};
constexpr std::array list_names{"request", "movable", "opposite"};
struct NamedWalk {
  const char* name;
  OrderWalk walk;
};
constexpr std::array walks{
    NamedWalk{"up", OrderWalk::up},
    NamedWalk{"down", OrderWalk::down},
    NamedWalk{"whole_then_sub", OrderWalk::whole_then_sub},
    NamedWalk{"sub_then_whole", {{OrderRange::part, true}, {OrderRange::whole, true}}},
    NamedWalk{"whole_up", OrderWalk::whole_up},
    NamedWalk{"whole_down", {{OrderRange::whole, false}}},
    NamedWalk{"sub_down", OrderWalk::sub_down},
    NamedWalk{"sub_up", {{OrderRange::part, true}}},
};
constexpr std::array effect_names{"hand_out", "claim_whole", "claim_part"};

/// Collects the mutations of one variant.
class Mutator {
 public:
  explicit Mutator(std::size_t variant) : variant_(variant), base_(variants()[variant].policy) {}

  std::vector<PolicyMutation> all() {
    passes();
    refusals();
    categories();
    modes_and_ladder();
    driver();
    items();
    add("may_steal inverted",
        [&](Policy<Concrete>& p) { p.may_steal = inverse(variant_, 0).steal; });
    return std::move(result_);
  }

 private:
  template <class Change>
  void add(const std::string& what, Change change) {
    Policy<Concrete> policy = base_;
    change(policy);
    result_.push_back({std::string(variants()[variant_].name) + ": " + what, policy});
  }

  /// One mutation for each weaker rule; `place` says where the policy has this one.
  template <class Rules, class Rule, class PlaceOf>
  void weaken(const std::string& what, const Rules& rules, Rule rule, PlaceOf place) {
    for (const auto& one : rules) {
      if (one.rule != rule) continue;
      add(what + " " + one.name, [&](auto& p) { place(p) = one.weaker; });
    }
  }

  /// One mutation for each other value of an enumeration.
  template <class Names, class Value, class PlaceOf>
  void others(const std::string& what, const Names& names, Value value, PlaceOf place) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (i == static_cast<std::size_t>(value)) continue;
      add(what + " " + names[i], [&](auto& p) { place(p) = static_cast<Value>(i); });
    }
  }

  template <class PlaceOf>
  void other_walks(const std::string& what, const OrderWalk& walk, PlaceOf place) {
    for (const NamedWalk& other : walks) {
      if (other.walk == walk) continue;
      add(what + " " + other.name, [&](auto& p) { place(p) = other.walk; });
    }
  }

  template <class Rows>
  void drops(const std::string& table, Rows Policy<Concrete>::*rows) {
    for (std::size_t i = 0; i < (base_.*rows).size(); ++i)
      add(table + " " + std::string(name_of((base_.*rows)[i].id)) + " dropped",
          [&](auto& p) { (p.*rows).erase(i); });
  }

  template <class Rows>
  void swaps(const std::string& table, Rows Policy<Concrete>::*rows) {
    for (std::size_t i = 0; i + 1 < (base_.*rows).size(); ++i) {
      add(table + " rows " + std::to_string(i) + " and " + std::to_string(i + 1) + " swapped",
          [&](Policy<Concrete>& p) { std::swap((p.*rows)[i], (p.*rows)[i + 1]); });
    }
  }

  void passes() {
    for (std::size_t i = 0; i < base_.passes.size(); ++i) {
      const std::string name =
          std::string(name_of(base_.passes[i].id)) + " (row " + std::to_string(i) + ")";
      const Inverses& other = inverse(variant_, i);
      add(name + " gate inverted", [&](auto& p) { p.passes[i].gate = other.pass_gate; });
      add(name + " spb_filter inverted", [&](auto& p) { p.passes[i].spb_filter = other.pass_spb; });
      add(name + " chunk_filter inverted",
          [&](auto& p) { p.passes[i].chunk_filter = other.pass_chunk; });
      pass_fields(i, name);
    }
    drops("pass", &Policy<Concrete>::passes);
    swaps("passes", &Policy<Concrete>::passes);
  }

  void pass_fields(std::size_t i, const std::string& name) {
    const PassRow<Concrete>& row = base_.passes[i];
    weaken(
        name + " gate", weaker_gates, row.gate, [i](auto& p) -> auto& { return p.passes[i].gate; });
    weaken(
        name + " spb_filter", weaker_spb_filters,
        row.spb_filter, [i](auto& p) -> auto& { return p.passes[i].spb_filter; });
    weaken(
        name + " chunk_filter", weaker_chunk_filters,
        row.chunk_filter, [i](auto& p) -> auto& { return p.passes[i].chunk_filter; });
    other_walks(
        name + " orders", row.orders, [i](auto& p) -> auto& { return p.passes[i].orders; });
    others(
        name + " list", list_names, row.list, [i](auto& p) -> auto& { return p.passes[i].list; });
    others(
        name + " effect", effect_names,
        row.effect, [i](auto& p) -> auto& { return p.passes[i].effect; });
    // A zone's own lists and those of superpageblocks are never there both.
    if (base_.lists_per_superpageblock) {
      others(
          name + " source", source_names,
          row.source, [i](auto& p) -> auto& { return p.passes[i].source; });
    }
    add(name + " first_walk flipped", [i](auto& p) { p.passes[i].first_walk ^= true; });
    add(name + " checks_high_water flipped",
        [i](auto& p) { p.passes[i].checks_high_water ^= true; });
  }

  void refusals() {
    for (std::size_t i = 0; i < base_.refusals.size(); ++i) {
      add(std::string("refusal ") + std::string(name_of(base_.refusals[i].id)) + " inverted",
          [&](auto& p) { p.refusals[i].refuses = inverse(variant_, i).refusal; });
    }
    for (std::size_t i = 0; i < base_.isolate_refusals.size(); ++i) {
      add(std::string("isolate refusal ") + std::string(name_of(base_.isolate_refusals[i].id)) +
              " inverted",
          [&](auto& p) { p.isolate_refusals[i].refuses = inverse(variant_, i).isolate; });
    }
    for (std::size_t i = 0; i < base_.refusals.size(); ++i) {
      weaken(
          "refusal " + std::string(name_of(base_.refusals[i].id)), weaker_refusals,
          base_.refusals[i].refuses, [i](auto& p) -> auto& { return p.refusals[i].refuses; });
    }
    drops("refusal", &Policy<Concrete>::refusals);
    drops("isolate refusal", &Policy<Concrete>::isolate_refusals);
    swaps("refusals", &Policy<Concrete>::refusals);
    swaps("isolate refusals", &Policy<Concrete>::isolate_refusals);
  }

  void categories() {
    for (std::size_t i = 0; i < base_.categories.size(); ++i) {
      const std::string name = "category " + std::to_string(i);
      const Inverses& other = inverse(variant_, i);
      add(name + " claims inverted",
          [&](auto& p) { p.categories[i].claims = other.category_claims; });
      add(name + " steals inverted",
          [&](auto& p) { p.categories[i].steals = other.category_steals; });
      add(name + " spb_filter inverted",
          [&](auto& p) { p.categories[i].spb_filter = other.category_spb; });
      category_fields(i, name);
    }
    swaps("categories", &Policy<Concrete>::categories);
  }

  void category_fields(std::size_t i, const std::string& name) {
    const CategoryRow<Concrete>& row = base_.categories[i];
    weaken(
        name + " claims", weaker_gates,
        row.claims, [i](auto& p) -> auto& { return p.categories[i].claims; });
    weaken(
        name + " steals", weaker_gates,
        row.steals, [i](auto& p) -> auto& { return p.categories[i].steals; });
    weaken(
        name + " spb_filter", weaker_spb_filters,
        row.spb_filter, [i](auto& p) -> auto& { return p.categories[i].spb_filter; });
    add(name + " dropped", [i](auto& p) { p.categories.erase(i); });
    if (!base_.lists_per_superpageblock) return;
    others(
        name + " source", source_names,
        row.source, [i](auto& p) -> auto& { return p.categories[i].source; });
  }

  void modes_and_ladder() {
    for (std::size_t i = 0; i < base_.modes.size(); ++i) {
      add(std::string("mode ") + std::string(name_of(base_.modes[i].id)) + " gate inverted",
          [&](auto& p) { p.modes[i].gate = inverse(variant_, i).mode_gate; });
      mode_fields(i);
    }
    for (std::size_t i = 0; i < base_.ladder.size(); ++i) {
      add(std::string("ladder ") + std::string(name_of(base_.ladder[i].id)) + " inverted",
          [&](auto& p) { p.ladder[i].applies = inverse(variant_, i).ladder; });
    }
    drops("mode", &Policy<Concrete>::modes);
    drops("ladder", &Policy<Concrete>::ladder);
    swaps("modes", &Policy<Concrete>::modes);
    swaps("ladder", &Policy<Concrete>::ladder);
  }

  void mode_fields(std::size_t i) {
    const ModeRow<Concrete>& row = base_.modes[i];
    const std::string name = "mode " + std::string(name_of(row.id));
    if (row.id == Mode::CLAIM || row.id == Mode::STEAL) {
      other_walks(
          name + " orders", row.orders, [i](auto& p) -> auto& { return p.modes[i].orders; });
    }
    weaken(
        name + " gate", weaker_gates, row.gate, [i](auto& p) -> auto& { return p.modes[i].gate; });
    if (row.flag != nullptr)
      add(name + " needs no flag", [&](auto& p) { p.modes[i].flag = nullptr; });
    if (row.zone_filter != rules::any_zone<Concrete>) {
      add(name + " zone_filter inverted",
          [&](auto& p) { p.modes[i].zone_filter = inverse(variant_, i).mode_zone; });
    }
    if (!row.in_batch) {
      add(name + " in batches", [&](auto& p) { p.modes[i].in_batch = true; });
      return;
    }
    for (const NextPage next : {NextPage::as_before, NextPage::at_normal, NextPage::at_this_mode}) {
      if (next == row.next) continue;
      add(name + " next page " + std::to_string(static_cast<int>(next)),
          [&](auto& p) { p.modes[i].next = next; });
    }
  }

  void driver() {
    for (std::size_t i = 0; i < base_.driver.size(); ++i) {
      add("driver " + std::string(name_of(base_.driver[i].id)) + " inverted",
          [&](auto& p) { p.driver[i].applies = inverse(variant_, i).driver; });
    }
    drops("driver", &Policy<Concrete>::driver);
    swaps("driver", &Policy<Concrete>::driver);
  }

  /// Rows of this table are found by their step, so their order says nothing.
  void items() {
    for (std::size_t i = 0; i < base_.items.size(); ++i) {
      const std::string name = "item step " + std::string(name_of(base_.items[i].id));
      add(name + " reversed", [&](auto& p) { std::swap(p.items[i].from, p.items[i].to); });
      add(name + " loses the item", [&](auto& p) { p.items[i].to = ItemPlace::nowhere; });
    }
  }

  std::size_t variant_;
  Policy<Concrete> base_;
  std::vector<PolicyMutation> result_;
};

}  // namespace

std::vector<PolicyMutation> mutations_of(std::size_t variant) {
  return Mutator(variant).all();
}

}  // namespace spb
