// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/stated_rules.h"

#include <algorithm>
#include <array>

#include "invariants/clauses.h"
#include "model/words/defects.h"

namespace spb {

namespace {

bool is_kernel_type(int type) {
  return type == MIGRATE_UNMOVABLE || type == MIGRATE_RECLAIMABLE;
}

/// One is UNMOVABLE and the other RECLAIMABLE.
bool are_of_both_kinds(int one, int other) {
  return one != other && is_kernel_type(one) && is_kernel_type(other);
}

/// In the order in which a search comes to them. What the tainted superpageblocks have comes before
/// an empty one's whole pageblocks, and what is taken whole, or relabelled, before what is lent.
constexpr std::array passes_of_series{PassId::HINT,    PassId::PASS_1,  PassId::PASS_2,
                                      PassId::PASS_2B, PassId::PASS_2C, PassId::PASS_2D,
                                      PassId::PASS_3,  PassId::PASS_4};

constexpr uint32_t all_stated() {
  uint32_t bits = 1U << static_cast<unsigned>(PassId::SMALLEST);
  for (const PassId pass : passes_of_series)
    bits |= 1U << static_cast<unsigned>(pass);
  return bits;
}

}  // namespace

StatedRules::StatedRules(const Raw& raw)
    : raw_(raw),
      stated_(all_stated()),
      reserve_min_(raw.zone.parameters()[ParameterId::tainted_reserve_min]),
      reserve_divisor_(raw.zone.parameters()[ParameterId::tainted_reserve_divisor]),
      many_above_(raw.zone.parameters()[ParameterId::aggressive_threshold]),
      mends_d5_(fixes(raw.zone.parameters(), Defect::D5)),
      mends_d6_(fixes(raw.zone.parameters(), Defect::D6)) {}

// ---- passes

/// A pass that turns MOVABLE pageblocks to account is for everyone but their own requests, CMA's
/// included; with D6 mended for UNMOVABLE and RECLAIMABLE alone, as the borrow between them is.
bool StatedRules::enters(PassId pass, const Req& request) const {
  const int type = request.migratetype;
  switch (pass) {
    case PassId::PASS_2:
    case PassId::PASS_2B:
    case PassId::PASS_2D:
      if (mends_d6_ || type == MIGRATE_MOVABLE || type == MIGRATE_CMA) return is_kernel_type(type);
      return true;
    case PassId::PASS_2C:
      return is_kernel_type(type);
    case PassId::PASS_4:
      return type == MIGRATE_MOVABLE;
    case PassId::HINT:
      return is_kernel_type(type) || type == MIGRATE_MOVABLE;
    default:
      return true;
  }
}

/// More pageblocks stay free than the greater of the reserve's minimum and its share.
bool StatedRules::spares_reserve(const Req& request, uint32_t s) const {
  const SpbState& spb = raw_.spbs[s];
  if (request.migratetype != MIGRATE_MOVABLE || !is_tainted(spb)) return true;
  const uint32_t share = spb.total_pageblocks / std::max(reserve_divisor_, 1U);
  return spb.nr_free > std::max(reserve_min_, share);
}

bool StatedRules::visits(PassId pass, const Req& request, uint32_t s) const {
  const SpbState& spb = raw_.spbs[s];
  switch (pass) {
    case PassId::HINT:
      if (mends_d5_) {
        const bool movable = request.migratetype == MIGRATE_MOVABLE;
        const Category due = movable ? Category::clean : Category::tainted;
        if (category_of(spb) != due) return false;
      }
      return spb.nr_free_pages != 0;
    case PassId::PASS_1:
    case PassId::PASS_2B:
    case PassId::PASS_2C:
    case PassId::PASS_2D:
      return spb.nr_free_pages != 0;
    case PassId::PASS_2:
      return spb.nr_free != 0;
    case PassId::PASS_4:
      return spares_reserve(request, s);
    default:
      return true;
  }
}

/// The series looks at the isolation of a list's first chunk; mainline's lists have none. Whoever
/// turns to another type's list leaves CMA alone besides.
bool StatedRules::uses(PassId pass, uint32_t b) const {
  switch (pass) {
    case PassId::HINT:
    case PassId::PASS_1:
    case PassId::PASS_3:
    case PassId::PASS_4:
      return !raw_.isolated(b);
    case PassId::PASS_2:
    case PassId::PASS_2B:
    case PassId::PASS_2C:
    case PassId::PASS_2D:
      return !raw_.isolated(b) && raw_.blocks[b].tag != MIGRATE_CMA;
    default:
      return true;
  }
}

bool StatedRules::comes_before(PassId pass, PassId other) {
  const auto& order = passes_of_series;
  const auto* const at = std::find(order.begin(), order.end(), pass);
  return at != order.end() && std::find(at + 1, order.end(), other) != order.end();
}

// ---- claims

bool StatedRules::refuses(Refusal why, const Req& request, uint32_t b, bool part, bool in_2b,
                          const Walked& walked) const {
  const int tag = raw_.blocks[b].tag;
  const bool movable = request.migratetype == MIGRATE_MOVABLE;
  switch (why) {
    case Refusal::ISOLATE:
      return raw_.isolated(b);
    case Refusal::CMA:
      return tag == MIGRATE_CMA;
    case Refusal::ZONE_BOUNDARY:
      return part && walked.leaves_zone;
    case Refusal::CROSS_TYPE_NOT_FREE:
      return part && are_of_both_kinds(request.migratetype, tag) && walked.free != raw_.block_pages;
    case Refusal::INSUFFICIENT_COMPAT: {
      if (!part || in_2b) return false;
      uint32_t good = walked.free;
      if (movable) good += walked.movable;
      if (!movable && tag == MIGRATE_MOVABLE) good += walked.unmovable;
      return good < (raw_.block_pages + 1) / 2;
    }
    case Refusal::count:
      break;
  }
  return false;
}

/// UNMOVABLE and RECLAIMABLE at any order, others from half of pageblock_order on, rounded down;
/// under ALLOC_NOFRAGMENT whole pageblocks alone, but where there are many superpageblocks and the
/// category is the preferred one.
bool StatedRules::may_claim(const Req& request, uint32_t order, bool preferred) const {
  if (order < static_cast<uint32_t>(request.order)) return false;
  if (!is_kernel_type(request.migratetype) && order < raw_.block_order / 2) return false;
  if (!request.nofragment || (preferred && has_many())) return true;
  return order >= raw_.block_order;
}

bool StatedRules::may_steal(const Req& request, uint32_t list) const {
  return !raw_.own_lists || !are_of_both_kinds(request.migratetype, static_cast<int>(list));
}

bool StatedRules::goes_to(Mode mode, Source category, const Req& request) const {
  if (category == Source::empty) return mode == Mode::CLAIM && !request.nofragment;
  if (category != Source::non_preferred) return true;
  return mode == Mode::CLAIM ? !request.nofragment : !request.tainted_ok;
}

bool StatedRules::takes_from(const Req& request, uint32_t s) const {
  return !raw_.own_lists || spares_reserve(request, s);
}

// ---- modes

bool StatedRules::runs(Mode mode, const Req& request) const {
  const ZoneState& zone = *raw_.state;
  if (mode == Mode::CMA_BALANCE) return zone.nr_free_cma > zone.nr_free_pages / 2;
  if (mode != Mode::STEAL || !request.nofragment) return true;
  return raw_.own_lists && request.tainted_ok;
}

int StatedRules::place_of(Mode mode) {
  constexpr std::array order{Mode::HIGHATOMIC, Mode::CMA_BALANCE, Mode::NORMAL,           Mode::CMA,
                             Mode::CLAIM,      Mode::STEAL,       Mode::HIGHATOMIC_RESCUE};
  return static_cast<int>(std::find(order.begin(), order.end(), mode) - order.begin());
}

constinit const InvariantInfo invariants::stated_rules{
    .id = InvariantId::stated_rules,
    .name = "stated-rules",
    .kind = InvariantKind::step,
    .claim =
        "What the policy says of a request, superpageblock, pageblock or order is what its source "
        "states, and its tables have the rows that its patches brought, with what these state.",
    .source =
        "series v2 14/40, 20/40, 23/40, 24/40, 40/40; mainline __rmqueue(), try_to_claim_block()",
    .clauses = {&clauses::pass_rule, &clauses::pass_order, &clauses::claim_rule,
                &clauses::mode_rule, &clauses::mode_sequence, &clauses::mode_lists,
                &clauses::counted, &clauses::stated_row, &clauses::stated_content}};

}  // namespace spb
