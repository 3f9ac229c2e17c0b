// SPDX-License-Identifier: GPL-2.0-only
#include "smt/agreement.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "model/gfp.h"
#include "model/variant.h"

namespace spb::smt {

namespace {

using ReadingOfZone = Reading<Concrete>;

const ZoneWorld::Spot* find_spot(const ZoneWorld& world, Pfn head) {
  for (const ZoneWorld::Spot& spot : world.spots()) {
    if (spot.first == head) return &spot;
  }
  return nullptr;
}

bool same(const Block<Concrete>& a, const Block<Concrete>& b) {
  return a.tag == b.tag && a.isolated == b.isolated && a.all_free == b.all_free &&
         a.has_unmovable == b.has_unmovable && a.has_reclaimable == b.has_reclaimable &&
         a.has_movable == b.has_movable;
}

bool is_unconditional(const ReadingOfZone& reading, std::size_t i) {
  return reading.is_pass(i) && reading.pass(i).effect != Effect::claim_part;
}

}  // namespace

Geometry tiny_size() {
  Geometry size;
  size.superpageblocks = 2;
  size.pageblocks = 2;
  size.pageblock_order = 1;
  size.max_page_order = 2;
  size.slots = 8;
  return size;
}

void Agreement::differs(std::string what) {
  if (!difference_) difference_ = std::move(what);
}

void Agreement::check_state(const ZoneWorld& world) {
  const Ground<Concrete> ground = world.ground();
  const bool all = world.every(
      [&](const ZoneWorld::Spot& at) { return well_formed<Concrete>(at, world.limits(), ground); });
  if (!all) differs("the state is not what the proofs call well-formed");
}

void Agreement::search_begins(const Zone& zone, const Request<Concrete>& request) {
  ++searches_;
  const ZoneWorld world(zone, request);
  const ReadingOfZone reading(policy_, request, zone.limits());
  check_state(world);
  Expectation expected;
  for (std::size_t i = 0; i < reading.steps().size() && reading.is_pass(i); ++i) {
    if (!world.some([&](const ZoneWorld::Spot& at) { return reading.takes(i, at); })) continue;
    expected.pass = reading.step(i).id;
    expected.step = i;
    break;
  }
  searches_open_.push_back(expected);
}

void Agreement::chosen(const Zone& zone, const Request<Concrete>& request,
                       const PassRow<Concrete>& row, Pfn head, Order) {
  const ZoneWorld world(zone, request);
  const ReadingOfZone reading(policy_, request, zone.limits());
  const ZoneWorld::Spot* at = find_spot(world, head);
  const auto i = static_cast<std::size_t>(&row - zone.policy().passes.begin());
  if (at == nullptr || i >= reading.steps().size() || searches_open_.empty()) {
    differs("the engine chose a chunk that is not free");
    return;
  }
  Expectation& expected = searches_open_.back();
  // The engine finds out that a claim in part is refused only after it chose the chunk.
  if (row.effect == Effect::claim_part && reading.refused(*at, true)) return;
  if (!reading.takes(i, *at)) {
    differs("the engine chose a chunk that the reading does not let its pass take");
  } else if (expected.pass != row.id || expected.step != i) {
    differs("the engine is in a later pass than the first with a candidate, or in an earlier one");
  }
  expected.taken = head;
  expected.after = reading.after(i, *at);
}

void Agreement::fallback_chosen(const Zone& zone, const Request<Concrete>& request, PassId by,
                                Pfn head, Order, Migratetype) {
  const ZoneWorld world(zone, request);
  const ReadingOfZone reading(policy_, request, zone.limits());
  const ZoneWorld::Spot* at = find_spot(world, head);
  if (at == nullptr) {
    differs("a claim or steal chose a chunk that is not free");
    return;
  }
  if (by == PassId::CLAIM && reading.refused(*at, false)) return;
  for (std::size_t i = 0; i < reading.steps().size(); ++i) {
    if (reading.step(i).id == by && reading.takes(i, *at)) return;
  }
  differs("a claim or steal chose a chunk that the reading does not let it take");
}

void Agreement::search_ends(const Zone& zone, const Request<Concrete>& request, PassId by,
                            Pfn page) {
  if (searches_open_.empty()) return;
  const Expectation expected = searches_open_.back();
  searches_open_.pop_back();
  if (by != expected.pass) {
    differs("the search was served by another pass than the first with a candidate");
    return;
  }
  if (page == no_page) return;
  const ReadingOfZone reading(policy_, request, zone.limits());
  if (is_unconditional(reading, expected.step) && page != expected.taken) {
    differs("the page handed out is not the chunk that was chosen");
  }
  if (!same(zone.view(zone.block_of(page)), expected.after)) {
    differs("the pageblock is not what the effect makes of it");
  }
}

// ---- every state of a small zone
// -----------------------------------------------------------------

namespace {

std::vector<Operation> alphabet(const Geometry& size, bool isolation) {
  std::vector<Operation> all;
  const uint32_t flags[] = {0, ALLOC_NOFRAGMENT, ALLOC_NOFRAGMENT | ALLOC_NON_BLOCK,
                            ALLOC_NOFRAGMENT | ALLOC_NON_BLOCK | ALLOC_NOFRAG_TAINTED_OK};
  for (uint8_t order = 0; order <= size.max_page_order; ++order) {
    for (uint32_t type = 0; type < static_cast<uint32_t>(MIGRATE_PCPTYPES); ++type) {
      for (const uint32_t f : flags)
        all.push_back({OpKind::rmqueue, order, 0, 0, type, f});
    }
  }
  for (uint32_t slot = 0; slot < size.slots; ++slot)
    all.push_back({OpKind::free, 0, 0, slot, 0, 0});
  for (uint32_t b = 0; isolation && b < size.nr_blocks(); ++b) {
    all.push_back({OpKind::isolate, 0, 0, 0, b, 0});
    all.push_back({OpKind::unisolate, 0, 0, 0, b, 0});
  }
  return all;
}

/// A request goes into the lowest slot that is empty; with none left it is not run.
bool place(const Zone& zone, Operation& op) {
  if (op.kind == OpKind::free) return zone.slot(op.slot).page != 0;
  if (op.kind != OpKind::rmqueue) return true;
  for (uint32_t slot = 0; slot < zone.geometry().slots; ++slot) {
    if (zone.slot(slot).page != 0) continue;
    op.slot = slot;
    return true;
  }
  return false;
}

struct Node {
  uint32_t parent;
  Operation op;
};

class Explorer {
 public:
  Explorer(const ZoneSpec& spec, const Policy<Concrete>& engine, const Policy<Concrete>& reading)
      : spec_(spec),
        zone_(spec.geometry, engine,
              resolve(spec.parameters, variants()[spec.variant].defaults, spec.geometry)),
        watch_(reading),
        operations_(alphabet(spec.geometry, zone_.isolation_moves())) {
    zone_.observer = &watch_;
  }

  Explored run(uint64_t transitions_max) {
    nodes_.push_back({0, {}});
    seen_.insert(hash());
    for (std::size_t at = 0; at < nodes_.size(); ++at) {
      const std::vector<Operation> path = path_to(at);
      for (const Operation& op : operations_) {
        if (result_.transitions >= transitions_max) return done(false);
        if (!visit(path, op, static_cast<uint32_t>(at))) return done(false);
      }
    }
    return done(true);
  }

 private:
  /// False once the two differ.
  bool visit(const std::vector<Operation>& path, Operation op, uint32_t at) {
    zone_.reset();
    // The way there was compared when it was first walked.
    zone_.observer = nullptr;
    for (const Operation& earlier : path)
      apply(zone_, earlier);
    if (!place(zone_, op)) return true;
    zone_.observer = &watch_;
    apply(zone_, op);
    ++result_.transitions;
    if (watch_.difference()) {
      result_.program.operations = path;
      result_.program.operations.push_back(op);
      return false;
    }
    if (seen_.insert(hash()).second) nodes_.push_back({at, op});
    return true;
  }

  std::size_t hash() const {
    const auto image = zone_.image();
    return std::hash<std::string_view>{}(
        {reinterpret_cast<const char*>(image.data()), image.size()});
  }

  std::vector<Operation> path_to(std::size_t at) const {
    std::vector<Operation> path;
    for (; at != 0; at = nodes_[at].parent)
      path.push_back(nodes_[at].op);
    std::reverse(path.begin(), path.end());
    return path;
  }

  Explored done(bool complete) {
    result_.states = seen_.size();
    result_.searches = watch_.searches();
    result_.complete = complete;
    result_.difference = watch_.difference();
    result_.program.zone = spec_;
    return result_;
  }

  ZoneSpec spec_;
  Zone zone_;
  Agreement watch_;
  std::vector<Operation> operations_;
  std::vector<Node> nodes_;
  std::unordered_set<std::size_t> seen_;
  Explored result_;
};

}  // namespace

Explored explore(const ZoneSpec& zone, const Policy<Concrete>& engine,
                 const Policy<Concrete>& reading, uint64_t transitions_max) {
  return Explorer(zone, engine, reading).run(transitions_max);
}

}  // namespace spb::smt
