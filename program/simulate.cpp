// SPDX-License-Identifier: GPL-2.0-only
#include "program/simulate.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <utility>

#include "model/words/gfp.h"
#include "program/bytes.h"
#include "program/normalise.h"
#include "program/random_operations.h"
#include "program/random_zone.h"

namespace spb {

namespace {

constexpr uint32_t runs_of_life = 8;
constexpr uint32_t operations_of_hunt_least = 128;  ///< or up to four times as many
/// Of four runs that prefer nothing, those that draw every operation alike.
constexpr uint32_t alike_of_four = 3;
constexpr uint32_t operations_of_healing = 64;
// Where a run may begin: states of the life in which something new happened.
constexpr std::size_t kept_max = 16;
// Full checks cost what the zone has pages: of larger ones fewer have them.
constexpr uint32_t pages_of_full_check = 256;

// ---- zones

void change_parameters(Random& random, Parameters& parameters) {
  if (!random.one_in(2)) return;
  for (uint32_t changes = 1 + random.below(2); changes > 0; --changes) {
    const uint32_t i = random.below(nr_parameters);
    const ParameterInfo& range = parameter_infos()[i];
    const uint32_t most = std::min<uint32_t>(range.max - range.min, 8);
    parameters.values[i] = static_cast<uint16_t>(range.min + random.below(most + 1));
  }
}

ZoneSpec draw_zone(Random& random, const SimulateOptions& options) {
  for (int tries = 0; tries < 64; ++tries) {
    ZoneSpec zone;
    zone.geometry = random_geometry(random);
    zone.variant = options.variants[random.below(static_cast<uint32_t>(options.variants.size()))];
    change_parameters(random, zone.parameters);
    // What a mend is worth shows where it is made alone, and hardly any draw has one of itself.
    if (options.readings == ReadingSet::all && random.one_in(3)) {
      const ParameterInfo& fix = info(ParameterId::fix);
      zone.parameters[ParameterId::fix] = static_cast<uint16_t>(random.below(fix.max + 1U));
    }
    zone = normalised(zone);
    if (bring_into(options.readings, zone)) return zone;
  }
  throw std::runtime_error(
      "found no zone in 64 that is one of these readings, expected another "
      "variant or a wider set (--readings)");
}

const Program* draw_origin(Random& random, const SimulateOptions& options) {
  if (options.from.empty() || random.one_in(2)) return nullptr;
  return &options.from[random.below(static_cast<uint32_t>(options.from.size()))];
}

/// One life in so many has more than a zone and a CPU; the others are what they are without it.
constexpr uint32_t sample_of_machines = 8;

ZoneSpec with_machine(uint64_t seed, ZoneSpec zone) {
  Random random(~seed);
  if (!random.one_in(sample_of_machines)) return zone;
  zone.machine = random_machine(random);
  return normalised(zone);
}

// ---- a life

class Life {
 public:
  Life(uint64_t seed, const SimulateOptions& options)
      : random_(seed),
        uniform_(options.uniform),
        preferred_(options.preferred),
        origin_(draw_origin(random_, options)),
        runner_(runner_of(origin_ ? origin_->zone : with_machine(seed, draw_zone(random_, options)),
                          options)) {}

  std::optional<LifeFinding> live(SimulateCounts& counts, const std::atomic<bool>& stop);
  Runner& runner() { return runner_; }

 private:
  /// A state that a run may begin in, and what leads there.
  struct Kept {
    std::vector<std::byte> image;
    std::vector<Operation> operations;
  };

  Runner runner_of(const ZoneSpec& zone, const SimulateOptions& options) {
    RunOptions run = options.run;
    run.cells = true;
    const uint32_t more = 1 + zone.geometry.zone_pages() / pages_of_full_check;
    const bool in_sample = random_.one_in(options.sample_of_both * more);
    if (in_sample && run.checks == Checks::incremental) run.checks = Checks::both;
    // What operations tell costs about as much, and is looked at in the same lives.
    run.events = run.checks == Checks::both;
    return Runner(zone, run);
  }
  /// The first run: the origin's operations, states on their way kept.
  void follow_origin();
  void begin();
  void keep();
  bool goes_on() const { return !found_ && !runner_.unchecked_after(); }
  /// Runs it, unless the run is over.
  void step(const Operation& op);
  void hunt();
  bool draws_alike() {
    return uniform_ || (preferred_.empty() && random_.below(4) < alike_of_four);
  }
  void hunt_uniformly();
  void heal();
  template <class What>
  void in_each_zone(What what);
  void undo_environment(const Zone& zone);
  void serve_and_free(const Zone& zone);
  void free_slots();
  void give_what_is_nobodys(const Zone& zone);

  Random random_;
  bool uniform_;
  std::span<const Operation> preferred_;
  const Program* origin_;  ///< null: the life is of its own making
  Runner runner_;
  std::vector<Operation> operations_;  ///< of the run, from the zone's beginning
  std::vector<Kept> kept_;
  bool is_new_ = false;  ///< the last operation reached a new cell of this life
  std::optional<Finding> found_;
};

void Life::step(const Operation& op) {
  if (!goes_on()) return;
  operations_.push_back(op);
  const std::size_t reached = runner_.cells()->reached().size();
  found_ = runner_.step(op);
  is_new_ = runner_.cells()->reached().size() > reached;
}

void Life::follow_origin() {
  const auto every = static_cast<uint32_t>(origin_->operations.size() / kept_max + 1);
  for (const Operation& op : origin_->operations) {
    step(op);
    if (!goes_on()) return;
    if (random_.one_in(every)) keep();
  }
  keep();
}

void Life::begin() {
  runner_.reset();
  operations_.clear();
  if (kept_.empty() || random_.one_in(3)) return;
  const Kept& from = kept_[random_.below(static_cast<uint32_t>(kept_.size()))];
  runner_.restore(from.image);
  operations_ = from.operations;
}

void Life::keep() {
  const auto image = runner_.machine().image();
  Kept kept{{image.begin(), image.end()}, operations_};
  if (kept_.size() < kept_max) {
    kept_.push_back(std::move(kept));
  } else {
    kept_[random_.below(kept_max)] = std::move(kept);
  }
}

void Life::hunt() {
  RandomOperations walk(runner_.zone(), random_.next(), preferred_);
  for (uint32_t left = operations_of_hunt_least << random_.below(3); left > 0; --left) {
    step(walk.next());
    if (!goes_on()) return;
    if (is_new_ && random_.one_in(4)) keep();
  }
}

void Life::hunt_uniformly() {
  const ZoneSpec& zone = runner_.spec();
  for (uint32_t left = operations_of_hunt_least; left > 0 && goes_on(); --left) {
    const uint64_t head = random_.next();
    const uint64_t rest = random_.next();
    step(operation_of(head, rest, zone));
  }
}

/// Isolation ends, the reserve is given back, the worker comes to its end.
void Life::undo_environment(const Zone& zone) {
  const Geometry& g = zone.geometry();
  const auto z = static_cast<uint8_t>(zone.index());
  const auto node = static_cast<uint8_t>(zone.node());
  for (uint32_t b = 0; b < g.nr_blocks(); ++b) {
    if (zone.is_isolated(BlockIndex(b))) step({.kind = OpKind::unisolate, .a = b, .zone = z});
  }
  step({.kind = OpKind::irq_work, .zone = node});
  for (uint32_t batches = 0; batches < 4 * g.nr_blocks() && goes_on(); ++batches) {
    step({.kind = OpKind::worker, .zone = node});
    if (runner_.outcome().result == Result::nothing) break;
  }
  for (uint32_t b = 0; b < g.nr_blocks() && goes_on(); ++b) {
    step({.kind = OpKind::unreserve, .flags = op_force, .a = MIGRATE_MOVABLE, .zone = z});
    if (runner_.outcome().result == Result::nothing) break;
  }
}

/// Callers that may wait, a page each, at once given back.
void Life::serve_and_free(const Zone& zone) {
  constexpr uint32_t waiting[] = {GFP_KERNEL, GFP_KERNEL | __GFP_RECLAIMABLE, GFP_HIGHUSER_MOVABLE};
  for (const uint32_t gfp : waiting) {
    step({.kind = OpKind::alloc, .slot = 0, .a = gfp, .zone = static_cast<uint8_t>(zone.index())});
    step({.kind = OpKind::free, .slot = 0});
  }
}

void Life::free_slots() {
  const Zone& zone = runner_.zone();
  for (uint32_t slot = 0; slot < zone.geometry().slots; ++slot) {
    if (zone.slot(slot).page != 0) step({.kind = OpKind::free, .slot = slot});
  }
}

void Life::give_what_is_nobodys(const Zone& zone) {
  const Geometry& g = zone.geometry();
  constexpr uint8_t owned = page_state::allocated | page_state::owned;
  for (Pfn pfn = g.start(); pfn < g.end(); ++pfn) {
    if ((zone.page(pfn) & owned) != page_state::allocated) continue;
    step({.kind = OpKind::give,
          .a = g.base_pfn + pfn.value,
          .zone = static_cast<uint8_t>(zone.index())});
  }
}

template <class What>
void Life::in_each_zone(What what) {
  for (uint32_t z = 0; z < runner_.machine().nr_zones(); ++z)
    (this->*what)(runner_.machine().zone(z));
}

void Life::heal() {
  in_each_zone(&Life::undo_environment);
  in_each_zone(&Life::serve_and_free);
  RandomOperations walk(runner_.zone(), random_.next());
  for (uint32_t left = operations_of_healing; left > 0 && goes_on(); --left) {
    const Operation op = walk.next();
    if (op.kind == OpKind::free || op.kind == OpKind::alloc) step(op);
  }
  free_slots();
  in_each_zone(&Life::give_what_is_nobodys);
  in_each_zone(&Life::serve_and_free);
}

std::optional<LifeFinding> Life::live(SimulateCounts& counts, const std::atomic<bool>& stop) {
  found_ = runner_.wrong_at_set_up();
  if (found_) return LifeFinding{{runner_.spec(), {}}, *found_};
  if (origin_ != nullptr) follow_origin();
  if (found_) return LifeFinding{{runner_.spec(), operations_}, *found_};
  for (uint32_t run = 0; run < runs_of_life && !stop; ++run) {
    begin();
    ++counts.runs;
    if (draws_alike()) {
      hunt_uniformly();
    } else {
      hunt();
      heal();
    }
    if (found_) return LifeFinding{{runner_.spec(), operations_}, *found_};
  }
  return {};
}

}  // namespace

void SimulateCounts::add(const SimulateCounts& other) {
  lives += other.lives;
  runs += other.runs;
  operations += other.operations;
  checked_in_full += other.checked_in_full;
  known += other.known;
  cells.add(other.cells);
}

uint64_t seed_of_life(uint64_t seed, uint64_t number) {
  return Random(seed ^ Random(number).next()).next();
}

std::optional<LifeFinding> live(uint64_t seed, const SimulateOptions& options,
                                SimulateCounts& counts, const std::atomic<bool>& stop) {
  Life life(seed, options);
  auto found = life.live(counts, stop);
  Runner& runner = life.runner();
  const RunCounts& run = runner.counts();
  counts.cells.add_run(runner.spec().variant, *runner.cells(), run.operations);
  ++counts.lives;
  counts.operations += run.operations;
  counts.known += run.known_violations();
  if (runner.checks() == Checks::both) counts.checked_in_full += run.operations;
  return found;
}

}  // namespace spb
