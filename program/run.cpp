// SPDX-License-Identifier: GPL-2.0-only
#include "program/run.h"

#include <algorithm>
#include <numeric>

#include "model/policy/variant.h"

namespace spb {

uint64_t RunCounts::known_violations() const {
  return std::accumulate(known.begin(), known.end(), uint64_t{0},
                         [](uint64_t sum, const KnownCount& one) { return sum + one.count; });
}

std::unique_ptr<Machine> make_machine(const ZoneSpec& spec, const RunOptions& options) {
  const Variant& variant = variants()[spec.variant];
  const Policy<Concrete>& policy = options.policy ? *options.policy : variant.policy;
  auto machine =
      std::make_unique<Machine>(spec.geometry, policy, reading_of(spec).parameters, spec.machine);
  machine->events.enabled = options.events;
  return machine;
}

Runner::Runner(const ZoneSpec& zone, const RunOptions& options)
    : spec_(zone),
      checks_(options.checks),
      only_(options.only),
      reading_(reading_of(zone)),
      machine_(make_machine(zone, options)) {
  checker_.emplace(*machine_, options.checks, options.conformance);
  if (options.cells) watch_.emplace(*machine_);
  watch_cells();
  wrong_at_set_up_ = check_set_up();
}

void Runner::reset() {
  machine_->reset();
  forget();
}

void Runner::restore(std::span<const std::byte> image) {
  machine_->restore(image);
  forget();
}

/// What led to the state as it is.
void Runner::forget() {
  checker_->reset();
  watch_cells();
  outcome_ = {};
  number_ = 0;
  unchecked_after_.reset();
}

void Runner::count_known(const Consequence& of, InvariantId id) {
  const auto same = [&](const KnownCount& one) { return one.of == of && one.id == id; };
  const auto it = std::find_if(counts_.known.begin(), counts_.known.end(), same);
  if (it == counts_.known.end()) {
    counts_.known.push_back({of, id, 1, number_, counts_.operations});
  } else if (it->last != counts_.operations) {
    ++it->count;
    it->last = counts_.operations;
  }
}

std::optional<Finding> Runner::step(const Operation& op) {
  checker_->before(op);
  outcome_ = apply(*machine_, op);
  if (watch_) watch_->finish(op, outcome_);
  const bool broken = checker_->after(op, outcome_);
  ++number_;
  ++counts_.operations;
  ++counts_.results[static_cast<std::size_t>(outcome_.result)];
  return broken ? judge() : std::nullopt;
}

namespace {

bool is_judged(const std::optional<Judged>& only, const Violation& violation) {
  if (!only) return true;
  return violation.id == only->id && (only->clause.empty() || violation.clause == only->clause);
}

/// The first names the finding.
void add_news(std::optional<Finding>& news, uint64_t operation, const Violation& violation) {
  if (news) {
    news->also.push_back(violation);
  } else {
    news = Finding{.operation = operation, .violation = violation};
  }
}

}  // namespace

std::optional<Finding> Runner::check_set_up() const {
  if (checks_ == Checks::none) return {};
  std::optional<Finding> news;
  for (const Violation& violation : set_up_checks(*machine_)) {
    if (is_judged(only_, violation)) add_news(news, 0, violation);
  }
  return news;
}

/// One that is known may hide no other.
std::optional<Finding> Runner::judge() {
  bool state_is_broken = false;
  std::optional<Finding> news;
  for (const Violation& violation : checker_->found()) {
    const Geometry& geometry = machine_->zone(violation.zone).geometry();
    const Consequence of = explain(reading_, geometry, violation);
    if (!of && is_judged(only_, violation)) add_news(news, number_, violation);
    if (!of) continue;
    count_known(of, violation.id);
    state_is_broken = state_is_broken || info(violation.id).kind == InvariantKind::state;
  }
  if (news) return news;
  if (state_is_broken) {
    unchecked_after_ = number_;
    checker_->pause();
    watch_cells();
  }
  return {};
}

std::optional<Finding> Runner::check(std::span<const Expectation> expectations) const {
  for (const Expectation& expectation : expectations) {
    const int64_t found = measure(expectation, *machine_, outcome_);
    if (found != expectation.value)
      return Finding{.operation = number_, .expectation = expectation, .found = found};
  }
  return {};
}

namespace {

/// The expectations of a text, by the number of operations before them.
class ExpectationsOf {
 public:
  explicit ExpectationsOf(const TextProgram* text) : text_(text) {
    if (text != nullptr) ranges_ = expectation_ranges(*text);
  }
  std::span<const Expectation> after(uint64_t operations) const {
    if (operations >= ranges_.size()) return {};
    const ExpectationRange range = ranges_[operations];
    return std::span(text_->expectations).subspan(range.first, range.last - range.first);
  }
  bool any_after(uint64_t operations) const {
    return operations < ranges_.size() && ranges_[operations].last < text_->expectations.size();
  }

 private:
  const TextProgram* text_;
  std::vector<ExpectationRange> ranges_;
};

}  // namespace

std::optional<Finding> run(Runner& runner, OperationSource& source, const TextProgram* text,
                           RunListener* listener) {
  const ExpectationsOf expected(text);
  if (runner.wrong_at_set_up()) return runner.wrong_at_set_up();
  if (auto finding = runner.check(expected.after(0))) return finding;
  Operation op;
  for (uint64_t number = 1; source.next(op); ++number) {
    auto finding = runner.step(op);
    const bool goes_on = listener == nullptr || listener->ran(number, op, runner);
    if (!finding) finding = runner.check(expected.after(number));
    if (finding || !goes_on) return finding;
    if (runner.unchecked_after() && !expected.any_after(number)) return {};
  }
  return {};
}

}  // namespace spb
