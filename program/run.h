// SPDX-License-Identifier: GPL-2.0-only
// Running a program: a machine, a checker around every operation, expectations, counts. A run stops
// at the first finding; what follows from a cause of the zone's reading is counted apart. Where
// that is the state, invariants say nothing any more, and a program goes on for its expectations
// alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "invariants/checker.h"
#include "model/state/machine.h"
#include "program/cell_watch.h"
#include "program/expectation.h"
#include "program/readings.h"
#include "program/source.h"
#include "program/text.h"

namespace spb {

/// An invariant, or one clause of it; an empty clause stands for all.
struct Judged {
  InvariantId id;
  std::string_view clause;
};

struct RunOptions {
  Checks checks = Checks::incremental;
  bool conformance = true;
  const Policy<Concrete>* policy = nullptr;  ///< instead of the variant's, for tests that change it
  bool events = true;                        ///< somebody reads the zone's log
  std::optional<Judged> only = std::nullopt;  ///< nothing else that is broken ends a run
  bool cells = false;                         ///< somebody reads which cells were reached
};

/// The machine as the options want it, ready for the first operation.
std::unique_ptr<Machine> make_machine(const ZoneSpec& spec, const RunOptions& options);

/// A property of the policy that a program breaks (smt/properties.h has them).
struct BrokenProperty {
  std::string id;
  std::string sentence;
  std::string source;
  std::string how;  ///< what was counted, where that is not in the sentence; may be empty
};

/// Something that should hold and does not: an invariant, an expectation, or a property.
struct Finding {
  uint64_t operation = 0;  ///< the operation after which it showed, from 1; 0: before the first
  std::optional<Violation> violation{};
  std::optional<Expectation> expectation{};  ///< where there is no violation
  int64_t found = 0;                         ///< instead of what the expectation says
  std::optional<BrokenProperty> property{};  ///< where there is neither
  std::vector<Violation> also{};  ///< the operation's others, in the order of InvariantId
};

/// What was broken as a cause of the reading has it.
struct KnownCount {
  Consequence of;
  InvariantId id;
  uint64_t count;  ///< operations that broke it, in however many places
  uint64_t first_operation;
  uint64_t last;  ///< RunCounts::operations, then
};

/// What runs counted.
struct RunCounts {
  uint64_t operations = 0;
  std::array<uint64_t, static_cast<std::size_t>(Result::count)> results{};
  std::vector<KnownCount> known;

  uint64_t known_violations() const;
};

/// Runs operations on one machine. Allocates when it is built; step() does not, unless there is
/// news.
class Runner {
 public:
  Runner(const ZoneSpec& zone, const RunOptions& options);

  /// Back to the state before the first operation; counts and statistics go on.
  void reset();
  /// To the state whose image this is, of this machine; what led there is not known to the checks.
  void restore(std::span<const std::byte> image);
  /// What is wrong with the machine before its first operation, from the pages up.
  const std::optional<Finding>& wrong_at_set_up() const { return wrong_at_set_up_; }
  /// One operation, which must be normalised for this machine.
  std::optional<Finding> step(const Operation& op);
  /// The operation that broke a state invariant, as a cause of the reading has it: no invariant is
  /// checked after it.
  std::optional<uint64_t> unchecked_after() const { return unchecked_after_; }
  /// The first of these that does not hold now.
  std::optional<Finding> check(std::span<const Expectation> expectations) const;

  const ZoneSpec& spec() const { return spec_; }
  Checks checks() const { return checks_; }
  Machine& machine() { return *machine_; }
  const Machine& machine() const { return *machine_; }
  /// The first one.
  Zone& zone() { return machine_->zone(); }
  const Zone& zone() const { return machine_->zone(); }
  /// Of the last operation.
  const Outcome& outcome() const { return outcome_; }
  const RunCounts& counts() const { return counts_; }
  /// Since the last clear(); null where the options did not ask for them.
  RunCells* cells() { return watch_ ? &watch_->cells() : nullptr; }

 private:
  void forget();
  std::optional<Finding> check_set_up() const;
  std::optional<Finding> judge();
  void watch_cells() {
    if (watch_) watch_->attach();
  }
  void count_known(const Consequence& of, InvariantId id);

  ZoneSpec spec_;
  Checks checks_;
  std::optional<Judged> only_;
  Reading reading_;
  std::unique_ptr<Machine> machine_;
  std::optional<CellWatch> watch_;
  std::optional<MachineChecker> checker_;
  std::optional<Finding> wrong_at_set_up_;
  Outcome outcome_;
  uint64_t number_ = 0;
  std::optional<uint64_t> unchecked_after_;
  RunCounts counts_;
};

/// Called after every operation, with its number from 1; false ends the run.
class RunListener {
 public:
  virtual ~RunListener() = default;
  virtual bool ran(uint64_t number, const Operation& op, const Runner& runner) = 0;
};

/// What becomes of a program. `text` is where expectations and their operations are; null for none.
/// Once no invariant is checked any more, the run ends behind the last expectation.
std::optional<Finding> run(Runner& runner, OperationSource& source,
                           const TextProgram* text = nullptr, RunListener* listener = nullptr);

}  // namespace spb
