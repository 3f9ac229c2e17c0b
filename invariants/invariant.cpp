// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/invariant.h"

#include <algorithm>
#include <array>
#include <vector>

#include "model/words/gfp.h"

namespace spb {

namespace {

constexpr std::array<const InvariantInfo*, static_cast<std::size_t>(InvariantId::count)> rows{
#define SPB_ADDRESS(name) &invariants::name,
    SPB_INVARIANTS(SPB_ADDRESS)
#undef SPB_ADDRESS
};

std::string hex_pfn(uint64_t pfn) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), digits[pfn & 15U]);
    pfn >>= 4;
  } while (pfn != 0);
  return "0x" + text;
}

std::string list_name(const Zone& zone, uint32_t index) {
  const uint32_t orders = zone.geometry().max_page_order + 1;
  const uint32_t type = index % MIGRATE_TYPES;
  const uint32_t order = index / MIGRATE_TYPES % orders;
  const uint32_t area = index / MIGRATE_TYPES / orders;
  const AreaOwner of = zone.owner_of(area);
  const std::string owner = of.kind == AreaOwner::Kind::superpageblock
                                ? "superpageblock " + std::to_string(of.index)
                                : std::string("the zone");
  const auto types = migratetype_names();
  const std::string type_name =
      type < types.size() ? std::string(types[type]) : "type " + std::to_string(type);
  return "the " + type_name + " list of order " + std::to_string(order) + " of " + owner;
}

std::string place(const Where& where, const Zone& zone) {
  std::string number = std::to_string(where.index);
  switch (where.kind) {
    case Where::Kind::zone:
      return "the zone";
    case Where::Kind::superpageblock:
      return "superpageblock " + number;
    case Where::Kind::pageblock:
      return "pageblock " + number;
    case Where::Kind::page:
      return "pfn " + hex_pfn(uint64_t{zone.geometry().base_pfn} + where.index);
    case Where::Kind::list:
      return list_name(zone, where.index);
    case Where::Kind::item:
      return "evacuation item " + number;
    case Where::Kind::slot:
      return "slot " + number;
  }
  return number;
}

}  // namespace

std::span<const InvariantInfo> invariant_infos() {
  static const std::vector<InvariantInfo> infos = [] {
    std::vector<InvariantInfo> all;
    for (const InvariantInfo* row : rows)
      all.push_back(*row);
    return all;
  }();
  return infos;
}

const InvariantInfo& info(InvariantId id) {
  return invariant_infos()[static_cast<std::size_t>(id)];
}

const InvariantInfo* find_invariant(std::string_view name) {
  const auto infos = invariant_infos();
  const auto it = std::find_if(infos.begin(), infos.end(),
                               [&](const InvariantInfo& i) { return i.name == name; });
  return it == infos.end() ? nullptr : &*it;
}

std::string_view name_of(InvariantKind kind) {
  constexpr std::array<std::string_view, 3> names{"state", "step", "progress"};
  return names[static_cast<std::size_t>(kind)];
}

std::span<const Clause> invariant_clauses() {
  static const std::vector<Clause> clauses = [] {
    std::vector<Clause> all;
    for (const InvariantInfo* row : rows) {
      for (const Clause* const* clause = row->clauses.begin(); *clause != nullptr; ++clause)
        all.push_back(**clause);
    }
    return all;
  }();
  return clauses;
}

const Clause* find_clause(InvariantId id, std::string_view name) {
  const auto clauses = invariant_clauses();
  const auto it = std::find_if(clauses.begin(), clauses.end(),
                               [&](const Clause& c) { return c.id == id && c.name == name; });
  return it == clauses.end() ? nullptr : &*it;
}

std::string describe(const Violation& violation, const Zone& zone) {
  const Clause* found = find_clause(violation.id, violation.clause);
  const Clause clause = found ? *found : Clause{violation.id, violation.clause, {}};
  const Machine& machine = zone.machine();
  std::string text(info(violation.id).name);
  text += " (" + std::string(clause.name) + ") at ";
  if (machine.nr_zones() > 1) text += "zone " + std::to_string(violation.zone) + ", ";
  text += place(violation.where, machine.zone(violation.zone));
  text += ": " + std::string(clause.expected) + " " + text_of(violation.expected);
  text += ", " + std::string(clause.found) + " " + text_of(violation.found);
  if (!clause.claim.empty()) text += "; " + std::string(clause.claim);
  return text;
}

}  // namespace spb
