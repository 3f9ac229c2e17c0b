// SPDX-License-Identifier: GPL-2.0-only
#include "tests/policy_mutations.h"

#include <array>
#include <utility>

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

constexpr std::size_t nr_variants = 5;
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

OrderWalk reversed(OrderWalk walk) {
  switch (walk) {
    case OrderWalk::up:
      return OrderWalk::down;
    case OrderWalk::down:
      return OrderWalk::up;
    case OrderWalk::whole_then_sub:
      return OrderWalk::sub_then_whole;
    case OrderWalk::sub_then_whole:
      return OrderWalk::whole_then_sub;
    case OrderWalk::whole_up:
      return OrderWalk::whole_down;
    case OrderWalk::whole_down:
      return OrderWalk::whole_up;
    case OrderWalk::sub_down:
      return OrderWalk::sub_up;
    case OrderWalk::sub_up:
      return OrderWalk::sub_down;
  }
  return walk;
}

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
      add(name + " orders reversed",
          [&](auto& p) { p.passes[i].orders = reversed(p.passes[i].orders); });
    }
    swaps("passes", &Policy<Concrete>::passes);
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
    }
    swaps("categories", &Policy<Concrete>::categories);
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
    swaps("modes", &Policy<Concrete>::modes);
    swaps("ladder", &Policy<Concrete>::ladder);
  }

  void mode_fields(std::size_t i) {
    const ModeRow<Concrete>& row = base_.modes[i];
    const std::string name = "mode " + std::string(name_of(row.id));
    if (row.id == Mode::CLAIM || row.id == Mode::STEAL) {
      add(name + " orders reversed",
          [&](auto& p) { p.modes[i].orders = reversed(p.modes[i].orders); });
    }
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
