// SPDX-License-Identifier: GPL-2.0-only
// Any bytes are a program: run it with incremental checks and conformance. A violation that is not
// known of its variant is told on standard error and ends the process. What the runs reached is
// printed at the end in the form of libFuzzer's own statistics.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/mutator.h"
#include "model/policy/variant.h"
#include "program/bytes.h"
#include "program/planted.h"
#include "program/reach.h"
#include "program/run.h"
#include "program/story.h"

namespace {

using namespace spb;

// Beyond these an execution is slow, and what a large zone shows a small one shows as well.
constexpr std::size_t state_bytes_max = 64 * 1024;
constexpr std::size_t operations_max = 1024;

/// What all executions added up to.
struct Session {
  uint64_t operations = 0;
  uint64_t known = 0;
  std::vector<Statistics> by_variant{variants().size()};

  void add(const Runner& runner) {
    operations += runner.counts().operations;
    known += runner.counts().known_violations();
    spb::add(by_variant[runner.spec().variant], runner.zone().statistics);
  }
  void print() const;
};

/// The form of libFuzzer's own closing lines, with a variant's name before what it reached.
void Session::print() const {
  std::fprintf(stderr, "stat::checked_operations: %llu\n",
               static_cast<unsigned long long>(operations));
  std::fprintf(stderr, "stat::known_violations: %llu\n", static_cast<unsigned long long>(known));
  for (std::size_t i = 0; i < variants().size(); ++i) {
    for (const Reach item : reach_of(variants()[i])) {
      std::fprintf(stderr, "stat::%s/%s/%s: %llu\n", variants()[i].name.data(),
                   name_of(item.kind).data(), name_of(item).data(),
                   static_cast<unsigned long long>(count_of(by_variant[i], item)));
    }
  }
}

/// Zones of the last programs: setting one up costs more than a short program, resetting it little.
class Runners {
 public:
  explicit Runners(const RunOptions& options) : options_(options) {}

  Runner& get(const ZoneSpec& zone) {
    std::unique_ptr<Runner>& runner = runners_[hash(zone) % runners_.size()];
    if (runner && runner->spec() == zone) {
      runner->reset();
      return *runner;
    }
    if (runner) done_.add(*runner);
    runner = std::make_unique<Runner>(zone, options_);
    return *runner;
  }

  const RunOptions& options() const { return options_; }

  Session session() const {
    Session sum = done_;
    for (const auto& runner : runners_) {
      if (runner) sum.add(*runner);
    }
    return sum;
  }

 private:
  static std::size_t hash(const ZoneSpec& zone) {
    std::size_t hash = zone.variant;
    const auto mix = [&hash](uint32_t value) { hash = hash * 1000003 ^ value; };
    mix(zone.geometry.superpageblocks);
    mix(zone.geometry.pageblocks);
    mix(zone.geometry.pageblock_order);
    mix(zone.geometry.absent_first);
    for (const uint16_t value : zone.parameters.values)
      mix(value);
    return hash;
  }

  RunOptions options_;
  std::array<std::unique_ptr<Runner>, 64> runners_;
  Session done_;
};

/// A wrong name is the caller's mistake, not a finding.
RunOptions options_of_environment() {
  try {
    return {Checks::incremental, true, fault_from_environment()};
  } catch (const std::runtime_error& error) {
    std::fprintf(stderr, "program_fuzzer: %s\n", error.what());
    std::exit(2);
  }
}

/// Never destroyed: the closing statistics are printed while the process exits.
Runners& runners() {
  static Runners& all = *new Runners(options_of_environment());
  return all;
}

[[noreturn]] void report(const Finding& finding, const Program& program) {
  OperationList source(program.operations);
  const std::string story =
      tell(finding, program.zone, source, runners().options(), nullptr, StoryOptions{});
  std::fprintf(stderr, "%s", story.c_str());
  // What ends here ends without the closing lines of a run.
  runners().session().print();
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  runners();
  return std::atexit([] { runners().session().print(); });
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  static Program program;
  decode_bytes({data, size}, program);
  if (program.operations.size() > operations_max) return -1;
  if (state_bytes(program.zone) > state_bytes_max) return -1;
  Runner& runner = runners().get(program.zone);
  for (const Operation& op : program.operations) {
    if (const auto finding = runner.step(op)) report(*finding, program);
    if (runner.unchecked_after()) break;
  }
  return 0;
}

// There where libFuzzer is linked, and not in benchmarks.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerMutate(uint8_t* data, std::size_t size,
                                                              std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  return spb::fuzz::mutate(data, size, max_size, seed, LLVMFuzzerMutate);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const uint8_t* one, std::size_t one_size,
                                                 const uint8_t* other, std::size_t other_size,
                                                 uint8_t* out, std::size_t max_size,
                                                 unsigned seed) {
  return spb::fuzz::cross_over({one, one_size}, {other, other_size}, {out, max_size}, seed);
}
