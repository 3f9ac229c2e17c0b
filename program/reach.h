// SPDX-License-Identifier: GPL-2.0-only
// What a variant's tables can do, and how often runs did it: a pass, a refusal or a step that
// neither corpus nor campaign reaches is a hole, unless it is said here why nothing can reach it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/policy/variant.h"
#include "model/state/statistics.h"
#include "program/program.h"

namespace spb {

/// A row of one of the variant's tables.
struct Reach {
  enum class Kind : uint8_t { pass, refusal, ladder, isolation };
  Kind kind;
  uint8_t id;  ///< PassId, Refusal, LadderStep or IsolateRefusal
  bool operator==(const Reach&) const = default;
};
std::string_view name_of(Reach::Kind kind);
std::string_view name_of(Reach item);

/// Every row that the variant has.
std::vector<Reach> reach_of(const Variant& variant);
bool has(const Variant& variant, Reach item);
/// The row of any variant that is called so.
std::optional<Reach> find_reach(std::string_view name);
uint64_t count_of(const Statistics& statistics, Reach item);
/// The program's operations that come to any of these rows. Its zone must pass its checks.
std::vector<Operation> operations_that_reach(const Program& program, std::span<const Reach> rows);
/// Why nothing can reach it; empty if something can.
std::string_view why_unreachable(const Variant& variant, Reach item);

void add(Statistics& sum, const Statistics& more);

}  // namespace spb
