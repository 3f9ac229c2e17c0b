// SPDX-License-Identifier: GPL-2.0-only
#include "program/reach.h"

#include <algorithm>
#include <array>

#include "program/run.h"

namespace spb {

namespace {

template <class Id>
constexpr Reach reach(Reach::Kind kind, Id id) {
  return {kind, static_cast<uint8_t>(id)};
}
template <class Table>
void append(std::vector<Reach>& items, Reach::Kind kind, const Table& table) {
  for (const auto& row : table) {
    const Reach item = reach(kind, row.id);
    if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
  }
}

template <class Id>
void add_counts(Counts<Id>& sum, const Counts<Id>& more) {
  for (std::size_t i = 0; i < sum.size(); ++i)
    sum[i] += more[i];
}

}  // namespace

std::string_view name_of(Reach::Kind kind) {
  constexpr std::array<std::string_view, 4> names{"pass", "refusal", "ladder", "isolation"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Reach item) {
  switch (item.kind) {
    case Reach::Kind::pass:
      return name_of(static_cast<PassId>(item.id));
    case Reach::Kind::refusal:
      return name_of(static_cast<Refusal>(item.id));
    case Reach::Kind::ladder:
      return name_of(static_cast<LadderStep>(item.id));
    case Reach::Kind::isolation:
      break;
  }
  return name_of(static_cast<IsolateRefusal>(item.id));
}

std::vector<Reach> reach_of(const Variant& variant) {
  std::vector<Reach> items;
  append(items, Reach::Kind::pass, variant.policy.passes);
  items.push_back(reach(Reach::Kind::pass, PassId::CLAIM));
  items.push_back(reach(Reach::Kind::pass, PassId::STEAL));
  append(items, Reach::Kind::refusal, variant.policy.refusals);
  append(items, Reach::Kind::ladder, variant.policy.ladder);
  append(items, Reach::Kind::isolation, variant.policy.isolate_refusals);
  return items;
}

bool has(const Variant& variant, Reach item) {
  const auto items = reach_of(variant);
  return std::find(items.begin(), items.end(), item) != items.end();
}

std::optional<Reach> find_reach(std::string_view name) {
  for (const Variant& variant : variants()) {
    for (const Reach item : reach_of(variant)) {
      if (name_of(item) == name) return item;
    }
  }
  return {};
}

uint64_t count_of(const Statistics& statistics, Reach item) {
  switch (item.kind) {
    case Reach::Kind::pass:
      return statistics.passes[item.id];
    case Reach::Kind::refusal:
      return statistics.refusals[item.id];
    case Reach::Kind::ladder:
      return statistics.ladder[item.id];
    case Reach::Kind::isolation:
      break;
  }
  return statistics.isolate_refusals[item.id];
}

std::vector<Operation> operations_that_reach(const Program& program, std::span<const Reach> rows) {
  Runner runner(program.zone, {.checks = Checks::none, .conformance = false, .events = false});
  const auto count = [&] {
    uint64_t sum = 0;
    for (const Reach row : rows)
      sum += count_of(runner.zone().statistics, row);
    return sum;
  };
  std::vector<Operation> reaching;
  for (const Operation& op : program.operations) {
    const uint64_t before = count();
    runner.step(op);
    if (count() > before) reaching.push_back(op);
  }
  return reaching;
}

std::string_view why_unreachable(const Variant&, Reach item) {
  const bool cma =
      item.kind == Reach::Kind::refusal && item.id == static_cast<uint8_t>(Refusal::CMA);
  return cma ? "claims read no CMA list, and a chunk of a CMA pageblock is on no other"
             : std::string_view{};
}

void add(Statistics& sum, const Statistics& more) {
  add_counts<PassId>(sum.passes, more.passes);
  add_counts<Refusal>(sum.refusals, more.refusals);
  add_counts<IsolateRefusal>(sum.isolate_refusals, more.isolate_refusals);
  add_counts<LadderStep>(sum.ladder, more.ladder);
  sum.spbs_visited += more.spbs_visited;
  sum.searches += more.searches;
  sum.reentry_bound_hit += more.reentry_bound_hit;
  sum.deepest_reentry = std::max(sum.deepest_reentry, more.deepest_reentry);
}

}  // namespace spb
