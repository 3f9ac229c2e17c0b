// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/stated_tables.h"

#include <algorithm>
#include <cstddef>

#include "invariants/stated_rows.h"

namespace spb {

namespace {

/// The patch that brought a row, in either series; where the mails do not say which one did, one
/// by which it was there. Mainline's rows are there from 0 on.
struct Since {
  uint8_t v1 = 0;
  uint8_t v2 = 0;
};
constexpr uint8_t none = 0xff;  ///< no patch of that series

template <class Id>
struct Stated {
  Id id;
  Since since{};
};

constexpr Stated<PassId> passes_of_series[]{
    {PassId::HINT, {38, 31}},    {PassId::PASS_1, {15, 14}},  {PassId::PASS_2, {15, 14}},
    {PassId::PASS_2B, {25, 24}}, {PassId::PASS_2C, {31, 27}}, {PassId::PASS_2D, {42, 27}},
    {PassId::PASS_3, {15, 14}},  {PassId::PASS_4, {15, 14}}};
constexpr Stated<PassId> passes_of_mainline[]{{PassId::SMALLEST}};
constexpr Stated<Refusal> refusals[]{{Refusal::ISOLATE, {7, 6}},
                                     {Refusal::CMA, {15, 14}},
                                     {Refusal::ZONE_BOUNDARY},
                                     {Refusal::CROSS_TYPE_NOT_FREE, {26, 24}},
                                     {Refusal::INSUFFICIENT_COMPAT}};
constexpr Stated<IsolateRefusal> isolate_refusals[]{{IsolateRefusal::already},
                                                    {IsolateRefusal::cma},
                                                    {IsolateRefusal::unmovable},
                                                    {IsolateRefusal::edge}};
constexpr Stated<Source> categories_of_series[]{
    {Source::preferred}, {Source::empty}, {Source::non_preferred}};
constexpr Stated<Source> categories_of_mainline[]{{Source::zone}};
constexpr Stated<Mode> modes[]{
    {Mode::HIGHATOMIC}, {Mode::CMA_BALANCE}, {Mode::NORMAL},           {Mode::CMA},
    {Mode::CLAIM},      {Mode::STEAL},       {Mode::HIGHATOMIC_RESCUE}};
constexpr Stated<LadderStep> ladder[]{{LadderStep::NORETRY_SKIP, {33, 26}},
                                      {LadderStep::NOWARN_LOWER_ORDER, {none, 35}},
                                      {LadderStep::ADD_TAINTED_OK, {19, 18}},
                                      {LadderStep::DROP_NOFRAGMENT, {19, 18}}};
constexpr Stated<DriverStep> drops_last[]{{DriverStep::ATOMIC_LADDER},
                                          {DriverStep::DIRECT_RECLAIM},
                                          {DriverStep::DIRECT_COMPACTION},
                                          {DriverStep::GIVE_UP},
                                          {DriverStep::DROP_NOFRAGMENT}};
constexpr Stated<DriverStep> drops_first[]{
    {DriverStep::DROP_NOFRAGMENT}, {DriverStep::DIRECT_RECLAIM}, {DriverStep::DIRECT_COMPACTION}};

template <class Row>
constexpr auto id_of(const Row& row) {
  if constexpr (requires { row.id; }) {
    return row.id;
  } else {
    return row.source;
  }
}

Value value_of(Source category) {
  return FallbackStep{.category = category};
}
template <class Id>
Value value_of(Id id) {
  return id;
}

/// Of the variant that the zone runs, with what its parameters take out.
class Tables {
 public:
  Tables(const Raw& raw, Violations& violations)
      : posted_(raw.zone.policy().posted),
        without_(raw.zone.parameters()[ParameterId::without]),
        violations_(violations) {}

  template <class Id, std::size_t n, class Table>
  void hold(const Table& table, const Stated<Id> (&stated)[n]) {
    auto at = table.begin();
    for (const Stated<Id>& row : stated) {
      if (!is_due(row)) continue;
      at = std::find_if(at, table.end(), [&](const auto& own) { return id_of(own) == row.id; });
      if (at == table.end()) {
        violations_.add(clauses::stated_row, at_zone(), value_of(row.id), Nothing());
        return;
      }
      ++at;
    }
  }

 private:
  template <class Id>
  bool is_due(const Stated<Id>& row) const {
    if (posted_.series == 1) return posted_.patch >= row.since.v1;
    return posted_.patch >= row.since.v2;
  }
  bool is_due(const Stated<PassId>& row) const {
    const bool is_out = (without_ >> static_cast<unsigned>(row.id) & 1U) != 0;
    return !is_out && is_due<PassId>(row);
  }

  Posted posted_;
  uint32_t without_;
  Violations& violations_;
};

}  // namespace

void check_tables(const Raw& raw, Violations& violations) {
  const Policy<Concrete>& policy = raw.zone.policy();
  Tables tables(raw, violations);
  if (raw.own_lists) {
    tables.hold(policy.passes, passes_of_series);
    tables.hold(policy.categories, categories_of_series);
  } else {
    tables.hold(policy.passes, passes_of_mainline);
    tables.hold(policy.categories, categories_of_mainline);
  }
  tables.hold(policy.refusals, refusals);
  tables.hold(policy.isolate_refusals, isolate_refusals);
  tables.hold(policy.modes, modes);
  if (raw.own_lists) tables.hold(policy.ladder, ladder);
  const bool first =
      raw.zone.parameters().is(ParameterId::nofragment_drop, NofragmentDrop::before_reclaim);
  if (first) {
    tables.hold(policy.driver, drops_first);
  } else {
    tables.hold(policy.driver, drops_last);
  }
  check_rows(raw, violations);
}

}  // namespace spb
