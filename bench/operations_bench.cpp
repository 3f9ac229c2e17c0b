// SPDX-License-Identifier: GPL-2.0-only
// Nanoseconds an operation without checks, with incremental ones, with these and conformance, with
// full ones; set-up time; bytes a page. Uniform random free and allocate at 70 % full.
#include <benchmark/benchmark.h>

#include <string>

#include "bench/workload.h"
#include "invariants/checker.h"
#include "model/policy/variant.h"

namespace spb::bench {
namespace {

constexpr Shape shapes[] = {{2, 4, 4}, {4, 8, 6}, {238, 512, 9}};

std::string name_of_shape(const Shape& s) {
  return std::to_string(s.superpageblocks) + "x" + std::to_string(s.pageblocks) + "x" +
         std::to_string(1U << s.pageblock_order);
}

/// One operation on the zone, between the checker's two halves.
void run(Zone& zone, Checker& checker, const Operation& op) {
  checker.before(op);
  const Outcome outcome = apply(zone, op);
  benchmark::DoNotOptimize(checker.after(op, outcome));
}

/// An iteration is two operations. The inverse of a rate is in seconds, which the console prints as
/// nanoseconds: "44.3ns".
void count_operations(benchmark::State& state) {
  state.counters["time/op"] =
      benchmark::Counter(2.0 * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

struct Mode {
  const char* name;
  Checks checks;
  bool conformance;
};
constexpr Mode modes[] = {{"incremental", Checks::incremental, false},
                          {"conformance", Checks::incremental, true},
                          {"full", Checks::full, false}};

/// A free and an allocation each iteration: two operations.
void operations(benchmark::State& state, const Variant& variant, const Shape& shape,
                const Mode& mode) {
  Machine machine(geometry_of(shape), variant, Parameters{});
  Zone& zone = machine.zone();
  zone.events.enabled = false;  // as in a campaign
  Random random(42);
  const uint32_t live = fill(zone, random);
  Checker checker(zone, mode.checks, mode.conformance);
  for (auto _ : state) {
    const uint32_t slot = random.below(live);
    run(zone, checker, free_of(slot));
    run(zone, checker, random_alloc(random, slot));
  }
  count_operations(state);
}

/// The same without a checker around it.
void bare(benchmark::State& state, const Variant& variant, const Shape& shape) {
  Machine machine(geometry_of(shape), variant, Parameters{});
  Zone& zone = machine.zone();
  zone.events.enabled = false;  // as in a campaign
  Random random(42);
  const uint32_t live = fill(zone, random);
  const uint64_t searches = zone.statistics.searches;
  const uint64_t visited = zone.statistics.spbs_visited;
  for (auto _ : state) {
    const uint32_t slot = random.below(live);
    apply(zone, free_of(slot));
    apply(zone, random_alloc(random, slot));
  }
  count_operations(state);
  state.counters["visited/search"] = static_cast<double>(zone.statistics.spbs_visited - visited) /
                                     static_cast<double>(zone.statistics.searches - searches);
}

void set_up(benchmark::State& state, const Variant& variant, const Shape& shape) {
  const Geometry geometry = geometry_of(shape);
  for (auto _ : state) {
    const Machine machine(geometry, variant, Parameters{});
    benchmark::DoNotOptimize(machine.image().data());
  }
  const Parameters resolved = resolve(Parameters{}, variant.defaults, geometry);
  const auto bytes = static_cast<double>(Machine::arena_bytes(geometry, variant.policy, resolved));
  const double slots = static_cast<double>(geometry.slots) * sizeof(Slot);
  state.counters["bytes/page"] = (bytes - slots) / geometry.zone_pages();
}

/// Checks from the pages up, and conformance, read the whole zone: not at 62 million pages, after
/// every operation.
bool feasible(const Shape& shape, const Mode& mode) {
  return (mode.checks != Checks::full && !mode.conformance) || shape.superpageblocks < 100;
}

void register_shape(const Variant& variant, const Shape& shape) {
  const std::string where = std::string(variant.name) + "/" + name_of_shape(shape) + "/";
  benchmark::RegisterBenchmark(("operation/" + where + "no-checks").c_str(),
                               [&](benchmark::State& s) { bare(s, variant, shape); });
  for (const Mode& mode : modes) {
    if (!feasible(shape, mode)) continue;
    benchmark::RegisterBenchmark(
        ("operation/" + where + mode.name).c_str(),
        [&, mode](benchmark::State& s) { operations(s, variant, shape, mode); });
  }
  benchmark::RegisterBenchmark(("set-up/" + where).c_str(), [&](benchmark::State& s) {
    set_up(s, variant, shape);
  })->Unit(benchmark::kMillisecond);
}

const bool registered = [] {
  for (const char* name : {"mainline", "rfc-v2"}) {
    for (const Shape& shape : shapes)
      register_shape(*find_variant(name), shape);
  }
  return true;
}();

}  // namespace
}  // namespace spb::bench
