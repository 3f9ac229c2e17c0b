// SPDX-License-Identifier: GPL-2.0-only
// Executions a second of what the program fuzzer does with one input: decode, run with incremental
// checks and conformance. Without coverage instrumentation, so a fuzzer that has it is slower.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bench/workload.h"
#include "model/policy/variant.h"
#include "model/words/gfp.h"
#include "program/bytes.h"
#include "program/normalise.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size);

namespace spb::bench {
namespace {

Operation random_operation(Random& random) {
  constexpr uint32_t gfps[4] = {GFP_KERNEL, GFP_KERNEL | __GFP_RECLAIMABLE, GFP_HIGHUSER_MOVABLE,
                                GFP_ATOMIC};
  const uint32_t slot = random.below(32);
  if (random.below(3) == 0) return operation(OpKind::free, {{Argument::slot, slot}});
  const uint32_t order = random.below(4);
  return operation(
      OpKind::alloc,
      {{Argument::result, slot}, {Argument::order, order}, {Argument::gfp, gfps[random.below(4)]}});
}

/// Different programs, so that one lucky history is not the figure.
std::vector<std::vector<uint8_t>> inputs(std::size_t operations) {
  Random random(7);
  std::vector<std::vector<uint8_t>> all;
  for (int i = 0; i < 256; ++i) {
    Program program;
    program.zone.geometry.pageblock_order = 4;
    program.zone.geometry.max_page_order = 5;
    program.zone.variant = random.below(static_cast<uint32_t>(variants().size()));
    for (std::size_t n = 0; n < operations; ++n)
      program.operations.push_back(normalised(random_operation(random), program.zone.geometry));
    all.push_back(encode_bytes(program));
  }
  return all;
}

void executions(benchmark::State& state) {
  const auto programs = inputs(static_cast<std::size_t>(state.range(0)));
  std::size_t next = 0;
  for (auto _ : state) {
    const std::vector<uint8_t>& program = programs[next++ % programs.size()];
    benchmark::DoNotOptimize(LLVMFuzzerTestOneInput(program.data(), program.size()));
  }
  state.counters["exec/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(executions)->Arg(16)->Arg(64);

}  // namespace
}  // namespace spb::bench
