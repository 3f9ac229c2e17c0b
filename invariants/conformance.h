// SPDX-License-Identifier: GPL-2.0-only
// Policy conformance: what the engine finds through its lists is what the policy's predicates name
// when they are asked about the whole state. The pages are scanned for chunks; a superpageblock's
// category and fullness follow from its counters; the rows' own gates, filters and refusals decide.
// Only which chunk is the first of a list is read from the links, since the code looks at no other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "invariants/list_starts.h"
#include "invariants/raw.h"
#include "invariants/stated_rules.h"
#include "invariants/stated_tables.h"
#include "invariants/violations.h"

namespace spb {

class Conformance {
 public:
  Conformance(const Zone& zone, Violations& violations);

  /// An operation begins on this CPU.
  void begin(uint32_t cpu) { cpu_ = cpu; }
  /// An attempt stands for itself, or for a page of a batch, which goes on where the last one left
  /// off.
  enum class Within : uint8_t { itself, first_of_batch, next_of_batch };
  void attempt_begins(Within within);
  void attempt_ends(const Request<Concrete>& request, Pfn page);
  void mode_begins(const Request<Concrete>& request, const ModeRow<Concrete>& row);
  void search_begins(const Request<Concrete>& request, bool reentered);
  void chosen(const Request<Concrete>& request, const PassRow<Concrete>& row, uint32_t head,
              uint32_t order);
  void search_ends(const Request<Concrete>& request, PassId by, Pfn page);
  void fallback_chosen(const Request<Concrete>& request, PassId by, uint32_t head, uint32_t order,
                       uint32_t list);
  /// By now the last claim has relabelled its chunk, or was refused; `searches`: a search follows.
  void settle_claim(bool searches);

 private:
  using Req = Request<Concrete>;

  /// The orders that a pass or a fallback tries, in turn.
  struct Orders {
    std::array<uint8_t, max_nr_page_orders> order{};
    uint32_t count = 0;
    uint32_t mask = 0;
    void add(uint32_t o);
    void add_up(uint32_t low, uint32_t end);
    void add_down(uint32_t low, uint32_t end);
    uint32_t before(uint32_t o) const;
    uint32_t first_in(uint32_t set) const;
  };
  struct Frame {
    const PassRow<Concrete>* last = nullptr;  ///< of the last chunk chosen
    bool claimed = false;                     ///< a claim changed the state that was searched
  };
  struct PendingClaim {
    bool open = false;
    Refusal refusal = Refusal::count;
    uint8_t tag = 0;
    uint8_t type = 0;
    uint32_t head = 0;
    uint32_t order = 0;
  };
  /// Where a fallback stands: the categories in turn, in each its orders in turn.
  struct Step {
    uint32_t category = 0;
    uint32_t place = 0;  ///< among the category's orders
  };

  /// What the policy says; a violation where its source states something else.
  bool agreed(bool policy, bool stated, const Clause& clause, Where where) const {
    if (policy != stated) [[unlikely]]
      violations_.add(clause, where, stated, policy);
    return policy;
  }
  /// The same of a pass.
  bool agreed(PassId pass, bool policy, bool stated, Where where) const {
    return stated_.states(pass) ? agreed(policy, stated, clauses::pass_rule, where) : policy;
  }
  bool may_enter(const PassRow<Concrete>& row, const Req& request) const;
  bool may_use(const PassRow<Concrete>& row, const Req& request, uint32_t head,
               uint32_t order) const;
  bool is_worth_claiming(const Req& request, uint32_t order, bool preferred) const;
  bool goes_to(const CategoryRow<Concrete>& category, const Req& request) const;

  // Which superpageblocks.
  bool in_source(Source source, const Req& request, uint32_t s) const;
  uint32_t visits(Source source) const { return source == Source::zone ? 1 : raw_.nr_spbs(); }
  bool is_hinted(const Req& request, uint32_t s) const;
  uint32_t bin_of(Source source, uint32_t s) const;
  bool is_optional(const Req& request) const;
  bool keeps_record(const Req& request) const;
  bool refuses_optional(const Req& request) const;
  bool passes_filter(const PassRow<Concrete>& row, const Req& request, uint32_t s) const;

  // Which chunks.
  /// The orders at which the lists of these types, in the area that superpageblock s reads, begin
  /// with a chunk that is accepted. Types and orders are sets of bits.
  template <class Accept>
  uint32_t first_chunks(uint32_t s, uint32_t types, uint32_t orders, Accept accept) const {
    const bool own_lists = raw_.nr_areas > 1;
    if (orders == 0 || (own_lists && raw_.spbs[s].nr_free_pages == 0)) return 0;
    return starts_.orders(own_lists ? s : 0, types, orders, accept);
  }
  bool accepts(const PassRow<Concrete>& row, const Req& request, uint32_t head,
               uint32_t order) const;
  uint32_t candidates(const PassRow<Concrete>& row, const Req& request, uint32_t s,
                      uint32_t orders) const;
  Refusal refusal_of(const Req& request, uint32_t head, uint32_t order, uint32_t list,
                     bool from_tainted_spb) const;
  BlockPages<Concrete> block_pages(uint32_t b) const;

  // The passes.
  Orders orders_from(const OrderWalk& walk, uint32_t low) const;
  const Orders& orders_of(const PassRow<Concrete>& row, const Req& request) const {
    const auto place = static_cast<std::size_t>(&row - policy_.passes.begin());
    return orders_[place][static_cast<std::size_t>(request.order)];
  }
  uint32_t first_pass(const Req& request, uint32_t rows) const;
  PassId pass_at(uint32_t place) const { return policy_.passes[place - 1].id; }
  void check_choice(const PassRow<Concrete>& row, const Req& request, uint32_t head,
                    uint32_t order);
  void check_visit(const PassRow<Concrete>& row, const Req& request, uint32_t head);
  void check_walk(const PassRow<Concrete>& row, const Req& request, uint32_t head, uint32_t order);
  void check_fuller(const PassRow<Concrete>& row, const Req& request, uint32_t here);
  void expect_claim(const Req& request, uint32_t head, uint32_t order, Refusal refusal);

  // The modes and the fallbacks.
  /// Told as the request leaves the passes: a claim in vain may change what there is to see.
  bool ends_at_refusal(const Req& request);
  bool is_open(const ModeRow<Concrete>& row, const Req& request);
  void enter_mode(const Req& request, Mode mode);
  Mode first_due() const;
  void enter_row(const Req& request, std::size_t at);
  void run_row(const ModeRow<Concrete>& row);
  void remember_mode(const Req& request, std::size_t served);
  void leave_modes(const Req& request, std::size_t to);
  Orders fallback_orders(const Req& request, const CategoryRow<Concrete>& category) const;
  uint32_t fallback_types(const Req& request) const;
  uint32_t fallback_chunks(const Req& request, const CategoryRow<Concrete>& category,
                           uint32_t s) const;
  FallbackStep step_at(uint32_t category, uint32_t order) const {
    const auto& rows = policy_.categories;
    return {.category = category < rows.size() ? rows[category].source : Source::zone,
            .order = order};
  }
  bool next_step(const Req& request);
  void check_exhausted(const Req& request);
  void check_fallback(const Req& request, uint32_t head, uint32_t order, uint32_t list);
  void check_fallback_list(const Req& request, uint32_t head, uint32_t order, uint32_t list);

  Raw raw_;
  uint32_t cpu_ = 0;
  StatedRules stated_;
  Violations& violations_;
  const Policy<Concrete>& policy_;
  bool lacks_rows_;  ///< some table does
  /// Of the state as it is: good until something is done with a chunk that was chosen.
  mutable ListStarts starts_;
  /// Of each pass, by the order asked for.
  std::array<std::array<Orders, max_nr_page_orders>, Policy<Concrete>::passes_max> orders_;
  /// Of each pass, those behind it in the table that the source puts before it, a bit each.
  std::array<uint32_t, Policy<Concrete>::passes_max> misplaced_{};

  // A claim re-enters the search at most `reentry-bound` times, and one search more is cut short.
  static constexpr uint32_t depth_max = reentry_bound_max + 2;
  std::array<Frame, depth_max> frames_{};
  uint32_t depth_ = 0;
  PendingClaim pending_;
  bool in_batch_ = false;
  uint32_t rows_ = 0;            ///< of the mode table that the attempt may try, a bit each
  std::optional<bool> refusal_;  ///< of this attempt, once it was asked for
  std::size_t modes_done_ = 0;   ///< rows of the mode table, the running one included
  Mode mode_ = Mode::count;      ///< that runs
  bool orders_go_up_ = true;     ///< in a claim or steal of the running mode
  Step step_;                    ///< behind the last one of the running fallback
};

}  // namespace spb
