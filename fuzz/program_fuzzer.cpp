// SPDX-License-Identifier: GPL-2.0-only
// Any bytes are a program: run it with incremental checks and conformance, a sample of them with
// the full checks too. A violation that no cause of its reading explains is told on standard error
// and ends the process; with SPB_KEEP=FOLDER it is kept there, and the process goes on.
// SPB_READINGS=clean, posted or all says which readings run. The engine is shown the cells that an
// execution reached, unless SPB_FEATURES=edges leaves it to the code's own edges; SPB_MUTATOR=bytes
// leaves mutation to libFuzzer, which knows nothing of operations: what cells and mutator are
// measured against. SPB_CELLS=FILE adds the cells up there for all processes. What the runs reached
// is printed at the end in the form of libFuzzer's own statistics; SPB_NOTES=FILE gets it too, from
// time to time, for a run's record.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "files/notes.h"
#include "fuzz/cell_features.h"
#include "fuzz/kept_findings.h"
#include "fuzz/mutator.h"
#include "model/policy/variant.h"
#include "program/bytes.h"
#include "program/finding.h"
#include "program/reach.h"
#include "program/readings.h"
#include "program/run.h"
#include "program/story.h"
#include "program/zone_line.h"

namespace {

using namespace spb;

// Beyond these an execution is slow, and what a large zone shows a small one shows as well.
constexpr std::size_t state_bytes_max = 64 * 1024;
constexpr std::size_t operations_max = 1024;

// What a mutator forgot to mark, the incremental checks do not look at: one program in so many runs
// with both kinds, which have to agree.
constexpr uint64_t sample_of_both = 256;

/// What all executions added up to.
struct Session {
  uint64_t operations = 0;
  uint64_t checked_in_full = 0;
  uint64_t known = 0;
  std::vector<Statistics> by_variant{variants().size()};

  void add(const Runner& runner, Checks checks) {
    operations += runner.counts().operations;
    if (checks == Checks::both) checked_in_full += runner.counts().operations;
    known += runner.counts().known_violations();
    spb::add(by_variant[runner.spec().variant], runner.zone().statistics);
  }
  void add(const Session& other) {
    operations += other.operations;
    checked_in_full += other.checked_in_full;
    known += other.known;
    for (std::size_t i = 0; i < by_variant.size(); ++i)
      spb::add(by_variant[i], other.by_variant[i]);
  }
  uint64_t rows_reached() const;
  void print() const;
};

uint64_t Session::rows_reached() const {
  uint64_t rows = 0;
  for (std::size_t i = 0; i < by_variant.size(); ++i) {
    for (const Reach item : reach_of(variants()[i]))
      rows += count_of(by_variant[i], item) > 0 ? 1 : 0;
  }
  return rows;
}

/// The form of libFuzzer's own closing lines, with a variant's name before what it reached.
void Session::print() const {
  const auto line = [](const char* name, uint64_t value) {
    std::fprintf(stderr, "stat::%s: %llu\n", name, static_cast<unsigned long long>(value));
  };
  line("checked_operations", operations);
  line("checked_in_full", checked_in_full);
  line("known_violations", known);
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
    if (runner) done_.add(*runner, options_.checks);
    RunOptions unread = options_;
    unread.events = false;
    unread.cells = true;
    runner = std::make_unique<Runner>(zone, unread);
    return *runner;
  }

  const RunOptions& options() const { return options_; }

  Session session(Session sum = {}) const {
    sum.add(done_);
    for (const auto& runner : runners_) {
      if (runner) sum.add(*runner, options_.checks);
    }
    return sum;
  }

 private:
  static std::size_t hash(const ZoneSpec& zone) {
    std::size_t hash = zone.variant;
    const auto mix = [&hash](uint32_t value) { hash = hash * 1000003 ^ value; };
    mix(zone.geometry.superpageblocks);
    mix(zone.geometry.grows_by);
    mix(zone.geometry.pageblocks);
    mix(zone.geometry.pageblock_order);
    mix(zone.geometry.absent_first);
    mix(zone.machine.cpus);
    mix(zone.machine.nr_further);
    for (const uint16_t value : zone.parameters.values)
      mix(value);
    return hash;
  }

  RunOptions options_;
  std::array<std::unique_ptr<Runner>, 64> runners_;
  Session done_;
};

bool finds(Runner& runner, const Program& program, std::optional<Finding>& found) {
  found = runner.wrong_at_set_up();
  if (found) return true;
  for (const Operation& op : program.operations) {
    found = runner.step(op);
    if (found) return true;
    if (runner.unchecked_after()) break;
  }
  return false;
}

// ---- what becomes of a finding

Signature signature(const Finding& finding, const Runner& runner, const Program& program) {
  const auto number = static_cast<std::size_t>(finding.operation);
  return signature_of(finding, runner, number == 0 ? nullptr : &program.operations[number - 1]);
}

std::string story(const Finding& finding, const Program& program, const RunOptions& options) {
  OperationList source(program.operations);
  return tell(finding, program.zone, source, options, nullptr, StoryOptions{});
}

/// Keeps findings where the environment's SPB_KEEP says, and lets the campaign go on.
class Keeper {
 public:
  explicit Keeper(const std::string& folder) : kept_(folder) {}

  void take(const Finding& finding, const Runner& runner, const Program& program,
            const RunOptions& options, std::span<const uint8_t> bytes) {
    kept_.count();
    const Signature wanted = signature(finding, runner, program);
    const std::string kind =
        signature_text(wanted) + " in " + std::string(variants()[program.zone.variant].name);
    // What comes with every other program must not take the time of the others.
    const uint64_t times = ++times_[kind];
    if (times > looked_at_first && times % looked_at_later != 0) return;
    if (!kept_.keep(kind, needed_reading(program, wanted, options), bytes)) return;
    std::fprintf(stderr, "%s", story(finding, program, options).c_str());
  }

 private:
  static constexpr uint64_t looked_at_first = 64;
  static constexpr uint64_t looked_at_later = 64;

  /// With the parameters alone that it takes to show the same: the others are chance.
  static std::string needed_reading(const Program& program, const Signature& wanted,
                                    const RunOptions& options) {
    Program least = program;
    for (std::size_t i = 0; i < nr_parameters; ++i) {
      const uint16_t value = std::exchange(least.zone.parameters.values[i], Parameters::unset);
      if (value == Parameters::unset) continue;
      Runner again(least.zone, options);
      std::optional<Finding> found;
      const bool same = finds(again, least, found) && signature(*found, again, least) == wanted;
      if (!same) least.zone.parameters.values[i] = value;
    }
    return reading_text(least.zone);
  }

  spb::fuzz::KeptFindings kept_;
  std::map<std::string, uint64_t> times_;
};

// ---- one process

std::string from_environment(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

/// What outlives an execution. Never destroyed: the closing statistics are printed while the
/// process exits.
class Target {
 public:
  Target()
      : readings_(readings_from_environment()),
        quick_(options(Checks::incremental)),
        both_(options(Checks::both)),
        cells_(std::make_unique<spb::fuzz::SharedCells>(from_environment("SPB_CELLS"))),
        notes_(from_environment("SPB_NOTES")) {
    const std::string folder = from_environment("SPB_KEEP");
    if (!folder.empty()) keeper_ = std::make_unique<Keeper>(folder);
  }

  /// Says whether the program is one to mutate further.
  bool run(const Program& program, std::span<const uint8_t> bytes) {
    ++executions_;
    // Looking at the clock costs a part of a short program.
    if (executions_ % 64 == 0 && notes_.are_taken() && pace_.is_due()) note();
    if (!is_in(readings_, reading_of(program.zone))) return false;
    Runners& runners = is_sampled(bytes) ? both_ : quick_;
    Runner& runner = runners.get(program.zone);
    std::optional<Finding> found;
    const uint64_t before = runner.counts().operations;
    finds(runner, program, found);
    tell_cells(runner, before);
    if (!found) return true;
    if (!keeper_) end_with(*found, program, runners.options());
    keeper_->take(*found, runner, program, runners.options(), bytes);
    return false;
  }

  ReadingSet readings() const { return readings_; }
  void print_session() const {
    both_.session(quick_.session()).print();
    print_cells(cells_->all());
  }
  /// For a run's record, with SPB_NOTES=FILE.
  void note() const {
    const Session session = both_.session(quick_.session());
    notes_.add({"libfuzzer", executions_, session.operations, session.rows_reached(),
                cells_->all().reached()});
  }
  /// Nothing is kept from now on: the room that the keeper holds for it is given back.
  void stop_keeping() { keeper_.reset(); }
  /// The last of them.
  void note_reach() const {
    if (!notes_.are_taken()) return;
    note();
    const Session session = both_.session(quick_.session());
    for (std::size_t i = 0; i < variants().size(); ++i) {
      for (const Reach item : reach_of(variants()[i])) {
        notes_.add({"reach", std::string(variants()[i].name), std::string(name_of(item.kind)),
                    std::string(name_of(item)),
                    std::to_string(count_of(session.by_variant[i], item)), "-"});
      }
    }
  }

 private:
  static RunOptions options(Checks checks) { return {checks, true}; }

  void tell_cells(Runner& runner, uint64_t operations_before) {
    RunCells& reached = *runner.cells();
    const std::size_t variant = runner.spec().variant;
    if (shows_cells_) spb::fuzz::show_engine(variant, reached);
    cells_->add_run(variant, reached, runner.counts().operations - operations_before);
    reached.clear();
  }

  static void print_cells(const Cells& cells) {
    std::fprintf(stderr, "stat::cells: %llu\nstat::chance_of_a_new_cell: %.1e\n",
                 static_cast<unsigned long long>(cells.reached()),
                 cells.chance_of_new_in(million_operations));
  }

  /// By the content, so that the same program is checked in the same way every time.
  static bool is_sampled(std::span<const uint8_t> bytes) {
    uint64_t hash = bytes.size();
    for (std::size_t at = 0; at + sizeof hash <= bytes.size(); at += sizeof hash) {
      uint64_t word = 0;
      std::memcpy(&word, &bytes[at], sizeof word);
      hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
      hash ^= hash >> 32U;
    }
    return hash % sample_of_both == 0;
  }

  [[noreturn]] void end_with(const Finding& finding, const Program& program,
                             const RunOptions& options) const {
    std::fprintf(stderr, "%s", story(finding, program, options).c_str());
    // What ends here ends without the closing lines of a run.
    print_session();
    std::abort();
  }

  ReadingSet readings_;
  bool shows_cells_ = from_environment("SPB_FEATURES") != "edges";
  Runners quick_;
  Runners both_;
  std::unique_ptr<Keeper> keeper_;
  std::unique_ptr<spb::fuzz::SharedCells> cells_;
  Notes notes_;
  Pace pace_;
  uint64_t executions_ = 0;
};

/// The caller's mistake, or the machine's trouble: not a finding.
[[noreturn]] void give_up(const std::exception& error) {
  std::fprintf(stderr, "program_fuzzer: %s\n", error.what());
  std::_Exit(2);
}

Target& target() {
  try {
    static Target& all = *new Target;
    return all;
  } catch (const std::runtime_error& error) {
    give_up(error);
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  target();
  return std::atexit([] {
    target().print_session();
    try {
      target().note_reach();
    } catch (const std::runtime_error& error) {
      std::fprintf(stderr, "program_fuzzer: %s\n", error.what());
    }
    target().stop_keeping();
  });
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  static Program program;
  decode_bytes({data, size}, program);
  if (program.operations.size() > operations_max) return -1;
  if (state_bytes(program.zone) > state_bytes_max) return -1;
  try {
    return target().run(program, {data, size}) ? 0 : -1;
  } catch (const std::runtime_error& error) {
    give_up(error);
  }
}

// There where libFuzzer is linked, and not in benchmarks.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerMutate(uint8_t* data, std::size_t size,
                                                              std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  static const bool bytes_alone = from_environment("SPB_MUTATOR") == "bytes";
  if (bytes_alone) return LLVMFuzzerMutate(data, size, max_size);
  return spb::fuzz::mutate(data, size, max_size, seed, LLVMFuzzerMutate, target().readings());
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const uint8_t* one, std::size_t one_size,
                                                 const uint8_t* other, std::size_t other_size,
                                                 uint8_t* out, std::size_t max_size,
                                                 unsigned seed) {
  return spb::fuzz::cross_over({one, one_size}, {other, other_size}, {out, max_size}, seed);
}
