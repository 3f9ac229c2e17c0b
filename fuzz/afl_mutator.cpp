// SPDX-License-Identifier: GPL-2.0-only
// AFL++'s custom-mutator interface over the mutations that libFuzzer's target uses: AFL++ does not
// call LLVMFuzzerCustomMutator. Built as a shared object for AFL_CUSTOM_MUTATOR_LIBRARY.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/mutator.h"
#include "program/random.h"
#include "program/readings.h"

namespace {

using spb::Random;

/// Stands in for libFuzzer's own mutator: a few bits flip, or a byte becomes another.
std::size_t mutate_bytes(uint8_t* data, std::size_t size, std::size_t /*max_size*/) {
  // The mutator's own seed does not reach this far.
  static Random random(0);
  for (uint32_t changes = 1 + random.below(3); size > 0 && changes > 0; --changes) {
    uint8_t& byte = data[random.below(static_cast<uint32_t>(size))];
    const auto bit = static_cast<uint8_t>(1U << random.below(8));
    byte = random.below(2) ? static_cast<uint8_t>(byte ^ bit) : static_cast<uint8_t>(random.next());
  }
  return size;
}

struct State {
  explicit State(uint32_t seed) : random(seed) {}
  Random random;
  spb::ReadingSet readings = spb::readings_from_environment();
  std::vector<uint8_t> out;
};

}  // namespace

extern "C" {

void* afl_custom_init(void* /*afl*/, unsigned seed) {
  return new State(seed);
}

void afl_custom_deinit(void* state) {
  delete static_cast<State*>(state);
}

/// One mutated test case in memory that stays valid until the next call.
std::size_t afl_custom_fuzz(void* opaque, uint8_t* data, std::size_t size, uint8_t** out,
                            uint8_t* other, std::size_t other_size, std::size_t max_size) {
  State& state = *static_cast<State*>(opaque);
  // Room for a header and an operation, whatever AFL++ allows.
  state.out.assign(std::max(max_size, std::size_t{256}), 0);
  const auto seed = static_cast<uint32_t>(state.random.next() >> 32U);
  const bool splice = other != nullptr && state.random.below(8) == 0;
  std::size_t result = std::min(size, state.out.size());
  if (splice) {
    result = spb::fuzz::cross_over({data, size}, {other, other_size}, state.out, seed);
  } else {
    std::copy_n(data, result, state.out.begin());
    result = spb::fuzz::mutate(state.out.data(), result, state.out.size(), seed, mutate_bytes,
                               state.readings);
  }
  *out = state.out.data();
  return std::min(result, max_size);
}

}  // extern "C"
