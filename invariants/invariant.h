// SPDX-License-Identifier: GPL-2.0-only
// What must hold: each invariant with its one-sentence claim, where that comes from, and the form
// in which a broken one is reported.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/operation/operation.h"
#include "model/state/zone.h"

namespace spb {

/// In the order in which a report names them: the most telling first.
enum class InvariantId : uint8_t {
  isolated_untouched,
  borrow,
  counter_balance,
  free_lists,
  merged_buddies,
  conservation,
  highatomic_reserve,
  spb_lists,
  evacuation_items,
  slots,
  marked_changes,
  conformance,
  stated_rules,
  slow_path,
  evacuation_steps,
  page_types,
  reentry,
  fall_through,
  mix_by_borrow,
  nofragment_atomic,
  nofragment_any,
  nofragment_kept,
  order_0_served,
  claim_serves_from_claimed_block,
  free_pageblocks,
  hint_category,
  optional_refusal,
  count
};

/// state: holds between operations; step: compares before and after, or looks in while an operation
/// runs; progress: something happens in the end.
enum class Kind : uint8_t { state, step, progress };

struct InvariantInfo {
  InvariantId id;
  std::string_view name;  ///< as reports and lists show it: counter-balance
  Kind kind;
  std::string_view claim;   ///< one sentence
  std::string_view source;  ///< the patch, the review, or mainline
};

/// Every invariant, in the order of InvariantId.
std::span<const InvariantInfo> invariant_infos();
const InvariantInfo& info(InvariantId id);
/// Null if there is none of this name.
const InvariantInfo* find_invariant(std::string_view name);
std::string_view name_of(Kind kind);

/// One way in which an invariant can break.
struct Clause {
  InvariantId id;
  std::string_view name;   ///< unique within the invariant: nr-unmovable
  std::string_view claim;  ///< what holds where it does not fire; says what `expected` counts
};

/// No more clauses than this.
inline constexpr std::size_t nr_clauses_max = 112;

/// Every clause, grouped by invariant.
std::span<const Clause> invariant_clauses();

/// What a violation is about. The index counts as the model does (pages from the base pfn); a list
/// is (area * orders + order) * MIGRATE_TYPES + type, an item or slot its number.
struct Where {
  enum class Kind : uint8_t { zone, superpageblock, pageblock, page, list, item, slot };
  Kind kind = Kind::zone;
  uint32_t index = 0;
  bool operator==(const Where&) const = default;
};

/// How a superpageblock is used, by its counters alone.
enum class Category : uint8_t { unknown, empty, clean, tainted };

/// What led to a violation, as far as it tells one defect from another. Which fields say something
/// is the clause's matter; the others are as they are here.
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
  bool operator==(const Context&) const = default;
};

/// A broken invariant. Plain values: making one allocates nothing.
struct Violation {
  InvariantId id{};
  std::string_view clause;
  Where where;
  int64_t expected = 0;
  int64_t found = 0;
  Context context{};
};

/// "counter-balance (nr-unmovable) at superpageblock 1: expected 2, found 1; <the clause's claim>".
std::string describe(const Violation& violation, const Zone& zone);

}  // namespace spb
