// SPDX-License-Identifier: GPL-2.0-only
#include "invariants/checker.h"

#include <algorithm>

#include "invariants/full.h"
#include "invariants/incremental.h"
#include "invariants/outcome.h"
#include "invariants/snapshot.h"
#include "invariants/watch.h"

namespace spb {

class Checker::Impl {
 public:
  Impl(Zone& zone, Checks checks, bool conformance)
      : zone_(zone),
        checks_(checks),
        incremental_(zone),
        conformance_(zone, findings_),
        watch_(zone, incremental_, conformance ? &conformance_ : nullptr, findings_),
        outcome_(zone),
        snapshot_(zone, checks == Checks::both) {
    if (checks_ == Checks::none) return;
    zone_.observer = &watch_;
    zone_.dirty.enabled = true;
    zone_.dirty.clear();
  }
  ~Impl() {
    if (checks_ == Checks::none) return;
    zone_.observer = nullptr;
    zone_.dirty.enabled = false;
    zone_.dirty.clear();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void reset() {
    if (checks_ == Checks::none) return;
    findings_.clear();
    watch_.finish();
    zone_.dirty.clear();
    incremental_.rebuild();
  }

  void before(const Operation& op) {
    if (checks_ == Checks::none) return;
    findings_.clear();
    outcome_.before(op);
    snapshot_.take();
  }

  std::optional<Violation> after(const Operation& op, const Outcome& outcome) {
    if (checks_ == Checks::none) return std::nullopt;
    watch_.finish();
    outcome_.after(op, outcome, findings_);
    snapshot_.compare(findings_);
    check_state();
    zone_.dirty.clear();
    if (findings_.empty()) return std::nullopt;
    return findings_.all().front();
  }

  std::span<const Violation> found() const { return findings_.all(); }

 private:
  void check_state() {
    if (checks_ == Checks::full || zone_.dirty.overflow()) {
      full_checks(zone_, findings_);
      incremental_.rebuild();
      return;
    }
    touched_.clear();
    incremental_.check(touched_);
    if (!touched_.empty() || checks_ == Checks::both) confirm();
  }

  /// What the incremental checks find must be broken from the pages up, or a change went unmarked
  /// and what they keep is old; and they, or the steps, must find what is.
  [[gnu::cold]] void confirm() {
    Findings all;
    full_checks(zone_, all);
    const auto expected = static_cast<int64_t>(all.all().size());
    const auto found = static_cast<int64_t>(touched_.all().size());
    const auto seen = [this](const Violation& violation) { return findings_.has(violation.id); };
    const bool missed = touched_.empty() && !std::all_of(all.all().begin(), all.all().end(), seen);
    findings_.merge(all);
    if (all.empty() && !touched_.empty()) {
      findings_.add(clauses::stale, touched_.all().front().where, expected, found);
    }
    if (missed) findings_.add(clauses::missed, all.all().front().where, expected, found);
    if (!touched_.empty()) incremental_.rebuild();
  }

  Zone& zone_;
  Checks checks_;
  Findings findings_;
  Findings touched_;  ///< by the incremental checks
  Incremental incremental_;
  Conformance conformance_;
  Watch watch_;
  OutcomeCheck outcome_;
  Snapshot snapshot_;
};

Checker::Checker(Zone& zone, Checks checks, bool conformance)
    : impl_(std::make_unique<Impl>(zone, checks, conformance)) {}
Checker::~Checker() = default;

void Checker::reset() {
  impl_->reset();
}
void Checker::before(const Operation& op) {
  impl_->before(op);
}
std::optional<Violation> Checker::after(const Operation& op, const Outcome& outcome) {
  return impl_->after(op, outcome);
}
std::span<const Violation> Checker::found() const {
  return impl_->found();
}

}  // namespace spb
