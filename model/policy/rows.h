// SPDX-License-Identifier: GPL-2.0-only
// The shape of a policy: tables of rows. A row is data plus rules from rules.h; what comes first is
// the table's order, never control flow.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "model/policy/rules.h"
#include "model/policy/views.h"
#include "model/policy/vocabulary.h"
#include "model/words/geometry.h"
#include "model/words/types.h"

namespace spb {

/// A short ordered list of rows that can be copied and edited like a value.
template <class Row, std::size_t Capacity>
struct Table {
  std::array<Row, Capacity> rows{};
  std::size_t count = 0;

  constexpr Table() = default;
  template <class... Rows>
  constexpr explicit Table(Rows... listed) : rows{listed...}, count(sizeof...(listed)) {
    static_assert(sizeof...(listed) <= Capacity);
  }
  constexpr const Row* begin() const { return rows.data(); }
  constexpr const Row* end() const { return rows.data() + count; }
  constexpr Row& operator[](std::size_t i) { return rows[i]; }
  constexpr const Row& operator[](std::size_t i) const { return rows[i]; }
  constexpr std::size_t size() const { return count; }
  constexpr void erase(std::size_t at) {
    for (std::size_t i = at; i + 1 < count; ++i)
      rows[i] = rows[i + 1];
    rows[--count] = Row{};
  }
};

template <class D>
typename D::Int list_of(ListOf list, const Request<D>& request) {
  switch (list) {
    case ListOf::request:
      return request.migratetype;
    case ListOf::movable:
      return D::lit(MIGRATE_MOVABLE);
    case ListOf::opposite:
      return rules::opposite_type<D>(request);
  }
  return request.migratetype;
}

/// Categories of superpageblocks. They exclude each other here: an empty one is not clean as well.
template <class D>
struct Categories {
  typename D::Bool clean, tainted, empty;
};

/// The categories that a source goes through; none for zone and hinted, which do not go by
/// category.
template <class D>
Categories<D> categories_of(Source source, const Request<D>& request) {
  const typename D::Bool no = D::truth(false);
  const typename D::Bool yes = D::truth(true);
  const typename D::Bool clean = rules::prefers_clean<D>(request);
  switch (source) {
    case Source::zone:
    case Source::hinted:
      break;
    case Source::empty:
      return {no, no, yes};
    case Source::tainted:
      return {no, yes, no};
    case Source::preferred:
      return {clean, !clean, no};
    case Source::non_preferred:
      return {!clean, clean, no};
  }
  return {no, no, no};
}

/// Whether the walk, made for this request, comes to the chunk's order.
template <class D>
typename D::Bool comes_to(const OrderWalk& walk, const Request<D>& request, const Chunk<D>& chunk,
                          const Limits<D>& limits) {
  const typename D::Bool part = rules::is_part<D>(chunk, limits);
  const auto in = [&](OrderLeg leg) {
    if (leg.range == OrderRange::whole) return !part;
    return leg.range == OrderRange::part ? part : D::truth(leg.range == OrderRange::every);
  };
  return chunk.order >= request.order && (in(walk.first) || in(walk.then));
}

/// The orders of each range in a geometry, a bit each.
class OrderRanges {
 public:
  constexpr explicit OrderRanges(const Geometry& g) {
    const uint32_t every = (2U << g.max_page_order) - 1;
    const uint32_t part = (1U << g.pageblock_order) - 1;
    at(OrderRange::every) = every;
    at(OrderRange::whole) = every & ~part;
    at(OrderRange::part) = every & part;
  }
  constexpr uint32_t orders(OrderRange range) const {
    return orders_[static_cast<std::size_t>(range)];
  }

 private:
  constexpr uint32_t& at(OrderRange range) { return orders_[static_cast<std::size_t>(range)]; }
  uint32_t orders_[4] = {};
};

template <class D>
struct PassRow {
  PassId id;
  typename D::Bool (*gate)(const Request<D>&, const Limits<D>&);
  Source source;
  ListOf list;
  OrderWalk orders;
  typename D::Bool (*spb_filter)(const Request<D>&, const Spb<D>&, const Limits<D>&);
  typename D::Bool (*chunk_filter)(const Request<D>&, const Chunk<D>&, const Block<D>&);
  Effect effect;
  bool first_walk = false;  ///< it leaves the hint where it serves, and on its way the record
                            ///< that the refusal of ALLOC_HIGHORDER_OPTIONAL reads
  bool checks_high_water = false;  ///< where it served, a tainted superpageblock low on free pages
                                   ///< asks for shrinking and defragmentation
  bool borrows = false;            ///< it hands out what is on another type's list, and no tag
                                   ///< changes
  bool finds_claims = false;       ///< the search that a claim re-enters finds the claimed chunk by
                                   ///< it: parameter `without` may not take it out
};

template <class D>
struct RefusalRow {
  Refusal id;
  typename D::Bool (*refuses)(const Request<D>&, const Chunk<D>&, const Block<D>&,
                              const BlockPages<D>&, const Limits<D>&);
};

template <class D>
struct IsolateRow {
  IsolateRefusal id;
  typename D::Bool (*refuses)(const Block<D>&, const BlockPages<D>&);
};

/// One category that the claim or steal search goes through.
template <class D>
struct CategoryRow {
  using Gate = typename D::Bool (*)(const Request<D>&, const Limits<D>&);

  Source source;
  Gate claims;  ///< may a claim go there?
  Gate steals;  ///< may a steal?
  typename D::Bool (*spb_filter)(const Request<D>&, const Spb<D>&, const Limits<D>&);

  Gate gate(Mode mode) const { return mode == Mode::CLAIM ? claims : steals; }
};

template <class D>
struct ModeRow {
  Mode id;
  typename D::Bool Request<D>::*flag;  ///< that a request must have to enter; null: none
  typename D::Bool (*gate)(const Request<D>&, const Limits<D>&);
  typename D::Bool (*zone_filter)(const ZonePages<D>&);
  Searches searches;
  OrderWalk orders;  ///< of CLAIM and STEAL, from the lowest they may take; a pass has its own
  NextPage next;
  bool in_batch;  ///< part of __rmqueue(), which batches call too; else of rmqueue_buddy() alone
};

/// The type whose lists a mode searches for this request.
template <class D>
typename D::Int searched_type(Searches searches, const Request<D>& request) {
  switch (searches) {
    case Searches::request:
      return request.migratetype;
    case Searches::highatomic:
      return D::lit(MIGRATE_HIGHATOMIC);
    case Searches::cma:
      return D::lit(MIGRATE_CMA);
  }
  return request.migratetype;
}

/// Rows of the mode table that the first page of a batch may try, a bit each.
template <class Rows>
constexpr uint32_t batch_rows(const Rows& modes) {
  uint32_t rows = 0;
  for (std::size_t i = 0; i < modes.size(); ++i)
    rows |= modes[i].in_batch ? 1U << i : 0U;
  return rows;
}

/// Rows that the page after one served by row `served` may try: those that stand beside the mode
/// variable (NextPage::as_before), and of the others those from the variable's mode on.
template <class Rows>
constexpr uint32_t rows_after(const Rows& modes, uint32_t rows, std::size_t served) {
  if (modes[served].next == NextPage::as_before) return rows;
  rows = batch_rows(modes);
  if (modes[served].next == NextPage::at_normal) return rows;
  for (std::size_t i = 0; i < served; ++i)
    rows &= modes[i].next == NextPage::as_before ? ~0U : ~(1U << i);
  return rows;
}

template <class D>
struct LadderRow {
  LadderStep id;
  typename D::Bool (*applies)(const Caller<D>&);
  LadderAction action;
};

template <class D>
struct DriverRow {
  DriverStep id;
  typename D::Bool (*applies)(const Request<D>&);
};

/// The step takes the item that is due in `from` to `to`; nothing else moves one.
struct ItemRow {
  ItemStep id;
  ItemPlace from;
  ItemPlace to;
};

/// The patch up to which a variant goes, as the mails of its series number it; mainline has none.
struct Posted {
  uint8_t series = 0;
  uint8_t patch = 0;
};

/// Everything a variant decides by rule.
template <class D>
struct Policy {
  static constexpr std::size_t passes_max = 10;
  Table<PassRow<D>, passes_max> passes;
  Table<RefusalRow<D>, 6> refusals;
  Table<IsolateRow<D>, 4> isolate_refusals;
  Table<CategoryRow<D>, 3> categories;
  Table<ModeRow<D>, 7> modes;
  Table<LadderRow<D>, 4> ladder;
  Table<DriverRow<D>, 5> driver;
  Table<ItemRow, 4> items;
  typename D::Bool (*may_steal)(const Request<D>&, typename D::Int list);
  bool lists_per_superpageblock;  ///< free lists of each superpageblock instead of the zone's
                                  ///< (series v2 14/40)
  Posted posted;
};

}  // namespace spb
