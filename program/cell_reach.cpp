// SPDX-License-Identifier: GPL-2.0-only
#include "program/cell_reach.h"

#include <algorithm>

#include "model/engine/search.h"
#include "model/policy/alloc_flags.h"
#include "model/policy/slow_path.h"
#include "model/words/gfp.h"
#include "program/reach.h"

namespace spb {

namespace {

constexpr Geometry sample_geometry{.max_page_order = 6};
constexpr std::array<NofragmentDrop, 2> drops{NofragmentDrop::before_reclaim,
                                              NofragmentDrop::after_compaction};

/// The variant's machine with ALLOC_NOFRAGMENT dropped first or last: the one parameter that
/// changes which steps a caller comes to.
Machine machine_of(const Variant& variant, NofragmentDrop drop) {
  Parameters chosen;
  chosen[ParameterId::nofragment_drop] = static_cast<uint16_t>(drop);
  return {sample_geometry, variant, chosen};
}

uint32_t order_of(uint32_t order_class) {
  const uint32_t block = sample_geometry.pageblock_order;
  const std::array<uint32_t, cells::nr_order_classes> orders{0, 1, block, block + 1};
  return orders[order_class];
}

Request<Concrete> request_of(uint32_t type, uint32_t order_class, uint32_t alloc_flags) {
  const auto migratetype = static_cast<Migratetype>(type);
  return request_for(Order(order_of(order_class)), migratetype, alloc_flags, false);
}

/// f(request) for some request of this type and class of order.
template <class F>
bool any_request(uint32_t type, uint32_t order_class, F f) {
  for (uint32_t walk = 0; walk < 1U << request_flags<Concrete>.size(); ++walk) {
    const uint32_t flags = alloc_flags_of_walk(static_cast<uint8_t>(walk));
    if (f(request_of(type, order_class, flags))) return true;
  }
  return false;
}

/// Superpageblocks of this list belong to the source.
bool is_of(Source source, const Request<Concrete>& request, uint32_t list) {
  if (source == Source::zone || source == Source::hinted) return true;
  const Categories<Concrete> in = categories_of<Concrete>(source, request);
  if (list == list_empty) return in.empty;
  return list < list_id(SB_TAINTED, 0) ? in.clean : in.tainted;
}

/// How an operation of the kind may end, a bit a Result.
uint32_t results_of(OpKind kind) {
  const Result otherwise = info(kind).otherwise;
  const Result done = otherwise == Result::none ? Result::page : Result::done;
  return 1U << static_cast<uint32_t>(done) | 1U << static_cast<uint32_t>(otherwise);
}

bool has_order(OpKind kind) {
  const auto& arguments = info(kind).arguments;
  return std::find(arguments.begin(), arguments.end(), Argument::order) != arguments.end();
}

template <class Rows, class Id>
bool has_row(const Rows& rows, Id id) {
  return std::any_of(rows.begin(), rows.end(), [id](const auto& row) { return row.id == id; });
}

// ---- callers in need

bool makes_a_try(DriverStep step) {
  return step != DriverStep::GIVE_UP;
}

/// What a caller that nothing serves goes through.
struct Walked {
  std::vector<bool>& tries;
  std::vector<bool>& ladder_types;
  std::vector<bool>& driver_types;
  uint32_t type;

  void try_with(DriverStep step, const Request<Concrete>& request) {
    tries[static_cast<std::size_t>(step) * cells::nr_try_flags + try_flags(request)] = true;
  }
  void step(DriverStep step) {
    driver_types[static_cast<std::size_t>(step) * MIGRATE_PCPTYPES + type] = true;
  }
  void step(LadderStep step) {
    ladder_types[static_cast<std::size_t>(step) * MIGRATE_PCPTYPES + type] = true;
  }
};

struct UnservedLadder {
  Walked& walked;
  Request<Concrete> request;
  bool servable;

  bool lower_order_servable() const { return servable; }
  bool acts(const LadderRow<Concrete>& row, const Caller<Concrete>&, const Caller<Concrete>& after,
            bool) {
    walked.step(row.id);
    if (row.action == LadderAction::give_up) return true;
    request.nofragment = after.nofragment;
    request.tainted_ok = after.tainted_ok;
    walked.try_with(DriverStep::ATOMIC_LADDER, request);
    return false;
  }
};

struct UnservedDriver {
  Walked& walked;
  const Policy<Concrete>& policy;
  uint32_t gfp;
  bool servable;

  bool acts(const DriverRow<Concrete>& row, const Request<Concrete>& request, bool) {
    walked.step(row.id);
    if (!makes_a_try(row.id)) return true;
    if (row.id != DriverStep::ATOMIC_LADDER) {
      walked.try_with(row.id, request);
      return false;
    }
    const Caller<Concrete> caller{.order = request.order,
                                  .noretry = (gfp & __GFP_NORETRY) != 0,
                                  .nowarn = (gfp & __GFP_NOWARN) != 0,
                                  .nofail = (gfp & __GFP_NOFAIL) != 0,
                                  .nofragment = request.nofragment,
                                  .tainted_ok = request.tainted_ok,
                                  .lower_order_servable = servable};
    UnservedLadder ladder{walked, request, servable};
    climb_ladder(policy, caller, ladder);
    return true;
  }
};

/// Flags that callers differ by, as far as the driver and its ladder ask.
constexpr std::array<uint32_t, 7> caller_bits{
    __GFP_MOVABLE, __GFP_RECLAIMABLE,    __GFP_NORETRY,   __GFP_NOWARN,
    __GFP_NOFAIL,  __GFP_DIRECT_RECLAIM, __GFP_NOMEMALLOC};

uint32_t gfp_of(uint32_t chosen) {
  uint32_t gfp = 0;
  for (std::size_t i = 0; i < caller_bits.size(); ++i)
    gfp |= chosen >> i & 1U ? caller_bits[i] : 0U;
  return gfp;
}

}  // namespace

CellReach::CellReach(const Variant& variant)
    : variant_(variant),
      limits_(machine_of(variant, drops[0]).zone().limits()),
      tries_(static_cast<std::size_t>(DriverStep::count) * cells::nr_try_flags),
      ladder_types_(static_cast<std::size_t>(LadderStep::count) * MIGRATE_PCPTYPES),
      driver_types_(static_cast<std::size_t>(DriverStep::count) * MIGRATE_PCPTYPES) {
  try_callers();
}

void CellReach::try_callers() {
  for (const NofragmentDrop drop : drops) {
    const Machine machine = machine_of(variant_, drop);
    const Zone& zone = machine.zone();
    for (uint32_t chosen = 0; chosen < 4U << caller_bits.size(); ++chosen) {
      const uint32_t gfp = gfp_of(chosen >> 2U);
      const Migratetype type = gfp_migratetype(gfp);
      Request<Concrete> request =
          request_for(Order(chosen & 1U), type, fast_path_alloc_flags(gfp), gfp_is_atomic(gfp));
      request.non_block = (slow_path_alloc_flags(gfp) & ALLOC_NON_BLOCK) != 0;
      request.gives_up = gfp_gives_up(gfp, order_of(request).value);
      Walked walked{tries_, ladder_types_, driver_types_, type};
      UnservedDriver driver{walked, zone.policy(), gfp, (chosen & 2U) != 0};
      drive(zone.policy(), request, driver);
    }
  }
}

// ---- cells that there are

bool CellReach::has_pass(PassId id) const {
  return id == PassId::CLAIM || id == PassId::STEAL || has_row(variant_.policy.passes, id);
}

bool CellReach::claims_part(PassId id) const {
  const auto& rows = variant_.policy.passes;
  return id == PassId::CLAIM || std::any_of(rows.begin(), rows.end(), [id](const auto& row) {
           return row.id == id && row.effect == Effect::claim_part;
         });
}

bool CellReach::has(uint32_t cell) const {
  const auto [kind, at] = place_of(cell);
  const Policy<Concrete>& policy = variant_.policy;
  switch (kind) {
    case CellKind::operation: {
      const auto op = static_cast<OpKind>(at[0]);
      return (results_of(op) >> at[1] & 1U) != 0 && (at[2] == 0 || has_order(op));
    }
    case CellKind::pass:
      if (static_cast<PassId>(at[0]) == PassId::NO_PAGE) return at[3] == cells::nowhere;
      return has_pass(static_cast<PassId>(at[0])) && at[3] != cells::nowhere;
    case CellKind::refusal:
      return has_row(policy.refusals, static_cast<Refusal>(at[0])) &&
             claims_part(static_cast<PassId>(at[1]));
    case CellKind::isolation:
      return has_row(policy.isolate_refusals, static_cast<IsolateRefusal>(at[0]));
    case CellKind::ladder:
      return has_row(policy.ladder, static_cast<LadderStep>(at[0]));
    case CellKind::driver:
      return has_row(policy.driver, static_cast<DriverStep>(at[0])) &&
             (at[2] == 0 || makes_a_try(static_cast<DriverStep>(at[0])));
    case CellKind::slow_path: {
      const auto step = static_cast<DriverStep>(at[0]);
      const auto by = static_cast<PassId>(at[2]);
      return has_row(policy.driver, step) && makes_a_try(step) &&
             (by == PassId::NO_PAGE || has_pass(by));
    }
    case CellKind::move:
    case CellKind::count:
      break;
  }
  return at[0] != at[1];
}

// ---- cells that nothing reaches

namespace {

constexpr const char* isolated_list =
    "no operation takes a whole superpageblock at once, and the list is for such";

}  // namespace

std::string CellReach::why_row(const PassRow<Concrete>& row, const At& at) const {
  const auto open = [&](const Request<Concrete>& request) { return row.gate(request, limits_); };
  if (!any_request(at[1], at[2], open)) return "its gate is closed to this type";
  const Request<Concrete> request = request_of(at[1], at[2], 0);
  if (!is_of(row.source, request, at[3])) return "its walk leads to other superpageblocks";
  if (orders_tried(row, request, sample_geometry) == 0) return "it looks at smaller chunks only";
  return {};
}

std::string CellReach::why_fallback(Mode mode, const At& at) const {
  if (at[1] >= MIGRATE_PCPTYPES) return "only the types with per-CPU lists fall back";
  for (const CategoryRow<Concrete>& row : variant_.policy.categories) {
    const bool leads = any_request(at[1], at[2], [&](const Request<Concrete>& request) {
      return row.gate(mode)(request, limits_) && is_of(row.source, request, at[3]);
    });
    if (leads) return {};
  }
  return "its categories lead to other superpageblocks";
}

std::string CellReach::why_pass(const At& at) const {
  const auto id = static_cast<PassId>(at[0]);
  if (at[3] == list_isolated) return isolated_list;
  if (id == PassId::CLAIM) return why_fallback(Mode::CLAIM, at);
  if (id == PassId::STEAL) return why_fallback(Mode::STEAL, at);
  for (const PassRow<Concrete>& row : variant_.policy.passes) {
    if (row.id == id) return why_row(row, at);
  }
  return {};
}

std::string CellReach::why_try(const At& at) const {
  if (!tries_[at[0] * cells::nr_try_flags + at[1]])
    return "no caller comes to this step with these flags";
  if (static_cast<PassId>(at[2]) != PassId::STEAL) return {};
  Request<Concrete> request = request_of(MIGRATE_UNMOVABLE, 0, 0);
  request.nofragment = (at[1] & TRY_NOFRAGMENT) != 0;
  request.tainted_ok = (at[1] & TRY_TAINTED_OK) != 0;
  request.non_block = (at[1] & TRY_NON_BLOCK) != 0;
  for (const ModeRow<Concrete>& mode : variant_.policy.modes) {
    if (mode.id == Mode::STEAL && !mode.gate(request, limits_))
      return "its gate is closed to these flags";
  }
  return {};
}

std::string CellReach::why_unreachable(uint32_t cell) const {
  const auto [kind, at] = place_of(cell);
  switch (kind) {
    case CellKind::pass:
      return why_pass(at);
    case CellKind::refusal:
      return std::string(
          spb::why_unreachable(variant_, {Reach::Kind::refusal, static_cast<uint8_t>(at[0])}));
    case CellKind::ladder:
      return ladder_types_[at[0] * MIGRATE_PCPTYPES + at[1]] ? "" : "no caller comes to this step";
    case CellKind::driver:
      return driver_types_[at[0] * MIGRATE_PCPTYPES + at[1]] ? "" : "no caller comes to this step";
    case CellKind::slow_path:
      return why_try(at);
    case CellKind::move:
      return at[0] == list_isolated || at[1] == list_isolated ? isolated_list : "";
    case CellKind::operation:
    case CellKind::isolation:
    case CellKind::count:
      break;
  }
  return {};
}

}  // namespace spb
