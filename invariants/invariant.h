// SPDX-License-Identifier: GPL-2.0-only
// What must hold: each invariant with its one-sentence claim, where that comes from, and the form
// in which a broken one is reported.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "invariants/list.h"
#include "invariants/value.h"
#include "model/operation/operation.h"
#include "model/state/zone.h"

namespace spb {

enum class InvariantId : uint8_t {
#define SPB_ID(name) name,
  SPB_INVARIANTS(SPB_ID)
#undef SPB_ID
      count
};

/// state: holds between operations; step: compares before and after, or looks in while an operation
/// runs; progress: something happens in the end.
enum class InvariantKind : uint8_t { state, step, progress };

struct Clause;
struct Raw;
class Violations;
using Check = void (*)(const Raw&, Violations&);

/// All that is said of an invariant. Those of kind step and progress are looked for as an operation
/// goes on (Watch, Conformance, Checker).
struct InvariantInfo {
  InvariantId id;
  std::string_view name;  ///< as reports and lists show it: counter-balance
  InvariantKind kind;
  std::string_view claim;                   ///< one sentence
  std::string_view source;                  ///< the patch, the review, or mainline
  std::array<const Clause*, 24> clauses{};  ///< null ends them
  Check full = nullptr;                     ///< from the pages up, where everything is looked at
  Check after = nullptr;                    ///< after each operation, whatever else is looked at
  /// After each operation that touched a whole pageblock, or the tag or bits of one.
  Check after_blocks = nullptr;
  Check fresh = nullptr;  ///< of a zone that was set up, before any operation
};

namespace invariants {
#define SPB_ROW(name) extern const InvariantInfo name;
SPB_INVARIANTS(SPB_ROW)
#undef SPB_ROW
}  // namespace invariants

/// Every invariant, in the order of InvariantId.
std::span<const InvariantInfo> invariant_infos();
const InvariantInfo& info(InvariantId id);
/// Null if there is none of this name.
const InvariantInfo* find_invariant(std::string_view name);
std::string_view name_of(InvariantKind kind);

/// One way in which an invariant can break.
struct Clause {
  InvariantId id;
  std::string_view name;                   ///< unique within the invariant: nr-unmovable
  std::string_view claim;                  ///< what holds where it does not fire
  std::string_view expected = "expected";  ///< what a report calls the values compared
  std::string_view found = "found";
};

/// No more clauses than this.
inline constexpr std::size_t nr_clauses_max = 192;

/// Every clause, grouped by invariant.
std::span<const Clause> invariant_clauses();
/// Null if the invariant has none of this name.
const Clause* find_clause(InvariantId id, std::string_view name);

/// What a violation is about. The index counts as the model does (pages from the base pfn); a list
/// is (area * orders + order) * MIGRATE_TYPES + type, an item or slot its number.
struct Where {
  enum class Kind : uint8_t { zone, superpageblock, pageblock, page, list, item, slot };
  Kind kind = Kind::zone;
  uint32_t index = 0;
  bool operator==(const Where&) const = default;
};

/// What led to a violation, as far as it tells one defect from another. Each clause sets the fields
/// that say something of it; the others keep these values.
struct Context {
  OpKind op = OpKind::count;
  PassId by = PassId::NO_PAGE;            ///< what chose the chunk
  uint8_t type = MIGRATE_TYPES;           ///< asked for
  uint8_t tag = MIGRATE_TYPES;            ///< of the chunk's pageblock, before
  Category category = Category::unknown;  ///< of its superpageblock, before
  bool part = false;                      ///< the chunk is smaller than a pageblock
  bool reserved = false;                  ///< its superpageblock has no more than its reserve
  // Of the whole operation.
  bool hidden = false;     ///< it met lists that an isolated first chunk hides
  bool cut_short = false;  ///< the bound of re-entry ended one of its searches
  bool untried = false;    ///< a claim for a migration's target came after the caller's last try
  bool operator==(const Context&) const = default;
};

/// A broken invariant. Plain values: making one allocates nothing.
struct Violation {
  InvariantId id{};
  std::string_view clause;
  Where where;
  Value expected{};
  Value found{};
  Context context{};
  uint8_t zone = 0;  ///< of the machine; Where counts in it
};

/// "counter-balance (nr-unmovable) at superpageblock 1: expected 2, found 1; <the clause's claim>";
/// "at zone 1, superpageblock 1" where the machine of this zone has several.
std::string describe(const Violation& violation, const Zone& zone);

}  // namespace spb
