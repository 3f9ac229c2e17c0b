// SPDX-License-Identifier: GPL-2.0-only
#include "smt/counterexample.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <iterator>
#include <utility>
#include <vector>

#include "explore/search.h"
#include "invariants/checker.h"
#include "model/words/gfp.h"
#include "program/normalise.h"
#include "smt/judge.h"
#include "smt/small_zones.h"

namespace spb::smt {

// ---- does the engine break it?

namespace {

/// Asks the statement about every search and every step of the engine.
class StatementWatch : public Observer {
 public:
  explicit StatementWatch(const Statement& statement) : statement_(statement) {}

  bool found() const { return found_; }

  void attempt_begins(const Zone& zone, const Request<Concrete>& request) override {
    if (!statement_.broken_state) return;
    const ZoneWorld world(zone, request);
    found_ = found_ || statement_.broken_state(world, reading_of(zone, request));
  }

  void chosen(const Zone& zone, const Request<Concrete>& request, const PassRow<Concrete>& row,
              Pfn head, Order) override {
    ask(zone, request, row.id, head);
  }

  void fallback_chosen(const Zone& zone, const Request<Concrete>& request, PassId by, Pfn head,
                       Order, Migratetype) override {
    ask(zone, request, by, head);
  }

 private:
  static Reading<Concrete> reading_of(const Zone& zone, const Request<Concrete>& request) {
    return {zone.policy(), request, zone.limits()};
  }

  void ask(const Zone& zone, const Request<Concrete>& request, PassId id, Pfn head) {
    if (!statement_.broken_step) return;
    const ZoneWorld world(zone, request);
    const Reading<Concrete> reading = reading_of(zone, request);
    for (const ZoneWorld::Spot& at : world.spots()) {
      if (at.first != head) continue;
      for (std::size_t i = 0; i < reading.steps().size(); ++i) {
        if (reading.step(i).id != id || !reading.takes(i, at)) continue;
        found_ = found_ || statement_.broken_step(world, reading, i, at);
      }
    }
  }

  const Statement& statement_;
  bool found_ = false;
};

}  // namespace

std::optional<std::size_t> breaks(const Statement& statement, const Program& program,
                                  const Policy<Concrete>& policy) {
  const auto machine = machine_of(program.zone, policy);
  for (std::size_t i = 0; i < program.operations.size(); ++i) {
    StatementWatch watch(statement);
    if (full_check(*machine)) return std::nullopt;
    machine->add(watch);
    apply(*machine, program.operations[i]);
    machine->remove(watch);
    if (watch.found()) return i + 1;
  }
  return std::nullopt;
}

// ---- a state of the solver, as operations

namespace {

/// Reads the constants of FixedSize; what the solver left open is 0 or false.
class Model {
 public:
  explicit Model(const std::map<std::string, std::string>& values) : values_(values) {}

  bool is(const std::string& name) const { return text(name) == "true"; }
  uint32_t number(const std::string& name) const {
    const std::string value = text(name);
    const bool digits = !value.empty() && std::all_of(value.begin(), value.end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
    return digits ? static_cast<uint32_t>(std::stoul(value)) : 0;
  }

 private:
  std::string text(const std::string& name) const {
    const auto at = values_.find(name);
    return at == values_.end() ? "" : at->second;
  }
  const std::map<std::string, std::string>& values_;
};

struct Piece {
  uint32_t pfn;
  uint32_t order;
};

constexpr uint32_t unmovable = static_cast<uint32_t>(Concrete::lit(MIGRATE_UNMOVABLE));
constexpr uint32_t movable = static_cast<uint32_t>(Concrete::lit(MIGRATE_MOVABLE));
constexpr uint32_t reclaimable = static_cast<uint32_t>(Concrete::lit(MIGRATE_RECLAIMABLE));

/// One pageblock of a zone in which every page was allocated before: content first, then what is
/// free, then the tag, which leaves the bits that the content calls for, then bits that are stale.
class BlockBuilder {
 public:
  BlockBuilder(const Model& model, const Geometry& size, uint32_t block,
               std::vector<Operation>& out)
      : model_(model),
        b_(block),
        first_(std::max(size.first_page(BlockIndex(block)), size.start()).value),
        end_(std::min(size.first_page(BlockIndex(block + 1)), size.end()).value),
        out_(out) {
    find_pieces();
  }

  void build() {
    if (model_.is(block_name(b_, "all_free"))) {
      tag();
      give_pieces();
    } else {
      content();
      give_pieces();
      tag();
      stale_bits();
    }
    if (model_.is(block_name(b_, "isolated")))
      out_.push_back(operation(OpKind::isolate, {{Argument::block, b_}}));
  }

 private:
  uint32_t wanted_tag() const { return model_.number(block_name(b_, "tag")); }

  void find_pieces() {
    // The second chunk starts where the first one's buddies leave it alone.
    const uint32_t half = (end_ - first_) / 2;
    for (std::size_t c = 0; c < FixedSize::chunks_per_block; ++c) {
      if (!model_.is(chunk_name(b_, c, "there"))) continue;
      const uint32_t at = pieces_.empty() ? first_ : first_ + half;
      pieces_.push_back({at, model_.number(chunk_name(b_, c, "order"))});
    }
  }

  bool is_free(uint32_t pfn) const {
    return std::any_of(pieces_.begin(), pieces_.end(), [&](const Piece& piece) {
      return pfn >= piece.pfn && pfn < piece.pfn + (1U << piece.order);
    });
  }

  void give(uint32_t pfn, uint32_t order) {
    out_.push_back(operation(OpKind::give, {{Argument::order, order}, {Argument::pfn, pfn}}));
  }
  void take(uint32_t pfn, uint32_t type) {
    out_.push_back(operation(OpKind::take, {{Argument::pfn, pfn}, {Argument::page_type, type}}));
  }
  void give_pieces() {
    for (const Piece& piece : pieces_)
      give(piece.pfn, piece.order);
  }
  void tag() {
    out_.push_back(operation(OpKind::tag, {{Argument::block, b_}, {Argument::tag, wanted_tag()}}));
  }

  bool has(uint32_t type) const {
    if (type == unmovable) return model_.is(block_name(b_, "has_unmovable"));
    if (type == reclaimable) return model_.is(block_name(b_, "has_reclaimable"));
    return model_.is(block_name(b_, "has_movable"));
  }

  /// Page by page: so many movable ones, the others UNMOVABLE or RECLAIMABLE as the bits have it.
  void content() {
    uint32_t left = model_.number(block_name(b_, "movable_pages"));
    for (uint32_t pfn = first_; pfn < end_; ++pfn) {
      if (is_free(pfn)) continue;
      const bool is_movable = left > 0;
      left -= is_movable;
      uint32_t type = movable;
      if (!is_movable) type = has(unmovable) && !holds_[unmovable] ? unmovable : other_type();
      holds_[type] = true;
      if (type == wanted_tag()) continue;
      give(pfn, 0);
      take(pfn, type);
    }
  }

  uint32_t other_type() const { return has(reclaimable) ? reclaimable : unmovable; }

  void stale_bits() {
    if (pieces_.empty()) return;
    for (const uint32_t type : {unmovable, reclaimable, movable}) {
      if (!has(type) || holds_[type]) continue;
      take(pieces_[0].pfn, type);
      give(pieces_[0].pfn, 0);
    }
  }

  const Model& model_;
  uint32_t b_;
  uint32_t first_;
  uint32_t end_;
  std::vector<Operation>& out_;
  std::vector<Piece> pieces_;
  std::array<bool, 3> holds_{};
};

Operation request_in(const Model& model) {
  const uint32_t flags = (model.is("request.nofragment") ? ALLOC_NOFRAGMENT : 0U) |
                         (model.is("request.tainted_ok") ? ALLOC_NOFRAG_TAINTED_OK : 0U) |
                         (model.is("request.atomic") ? ALLOC_NON_BLOCK : 0U);
  return operation(OpKind::rmqueue, {{Argument::order, model.number("request.order")},
                                     {Argument::migratetype, model.number("request.migratetype")},
                                     {Argument::alloc_flags, flags}});
}

uint32_t variant_index(const std::string& name) {
  return static_cast<uint32_t>(find_variant(name) - variants().data());
}

/// The lists fill in the order of the pageblocks, so pageblocks with heads come early in one of
/// these.
std::vector<std::vector<uint32_t>> block_orders(const Model& model, const Geometry& size) {
  std::vector<uint32_t> ascending;
  for (uint32_t b = 0; b < size.nr_blocks(); ++b) {
    if (!size.outside(BlockIndex(b))) ascending.push_back(b);
  }
  const auto has_head = [&](uint32_t b) {
    return model.is(chunk_name(b, 0, "head")) || model.is(chunk_name(b, 1, "head"));
  };
  std::vector<uint32_t> heads_first;
  std::copy_if(ascending.begin(), ascending.end(), std::back_inserter(heads_first), has_head);
  std::copy_if(ascending.begin(), ascending.end(), std::back_inserter(heads_first),
               [&](uint32_t b) { return !has_head(b); });
  const std::vector<uint32_t> descending(ascending.rbegin(), ascending.rend());
  return {heads_first, ascending, descending};
}

std::optional<Program> rebuilt(const Statement& statement, const Subject& subject,
                               const Verdict& verdict) {
  const Model model(verdict.model);
  for (const std::vector<uint32_t>& order : block_orders(model, verdict.size)) {
    Program program;
    program.zone = {verdict.size, variant_index(subject.name), subject.parameters};
    program.zone.geometry.start_allocated = true;
    for (const uint32_t b : order)
      BlockBuilder(model, verdict.size, b, program.operations).build();
    program.operations.push_back(request_in(model));
    // What no program can say, such as the tag CMA, is not reached by operations.
    if (normalised(program) != program) continue;
    const auto last = breaks(statement, program, subject.concrete);
    if (!last) continue;
    program.operations.resize(*last);
    return program;
  }
  return std::nullopt;
}

// ---- another state, found by looking

constexpr uint64_t transitions_max = 60'000;

/// Two small superpageblocks, whole or cut; and one with half of its pageblocks outside the zone.
std::array<Geometry, 4> searched_sizes() {
  std::array<Geometry, 4> sizes{tiny_size(), tiny_size(), tiny_size(), tiny_size()};
  sizes[1].absent_first = 1;
  sizes[2].absent_first = 1;
  sizes[2].absent_last = 3;
  sizes[3].superpageblocks = 1;
  sizes[3].pageblocks = 4;
  sizes[3].max_page_order = 1;
  sizes[3].absent_last = 4;
  sizes[3] = with_slots_for_pages(sizes[3]);
  return sizes;
}

std::optional<Program> searched(const Statement& statement, const Subject& subject) {
  for (const Geometry& size : searched_sizes()) {
    const ZoneSpec spec{size, variant_index(subject.name), subject.parameters};
    // One for each world: what it was told stays with it.
    std::deque<StatementWatch> watches;
    const auto make_world = [&] {
      return watched_states(spec, subject.concrete, watches.emplace_back(statement));
    };
    const SearchResult seen = search(make_world, {.transitions_max = transitions_max});
    const Program program{spec, seen.path};
    if (seen.end == SearchEnd::found && breaks(statement, program, subject.concrete))
      return program;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Counterexample> counterexample(const Property& property, const Subject& subject,
                                             const Verdict& verdict) {
  const Statement& statement = property.statement;
  if (verdict.outcome != Outcome::refuted || !property.lists_follow_tags) return std::nullopt;
  if (!statement.broken_state && !statement.broken_step) return std::nullopt;
  const auto minimal = [&](Program program) {
    return minimised(property.id, std::move(program), &subject.concrete);
  };
  if (auto program = rebuilt(statement, subject, verdict)) {
    return Counterexample{minimal(std::move(*program)), "the solver's state"};
  }
  if (auto program = searched(statement, subject)) {
    return Counterexample{minimal(std::move(*program)), "a search of a small zone"};
  }
  return std::nullopt;
}

}  // namespace spb::smt
