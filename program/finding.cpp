// SPDX-License-Identifier: GPL-2.0-only
#include "program/finding.h"

#include <utility>

#include "model/policy/variant.h"
#include "program/minimize.h"
#include "program/words.h"
#include "program/zone_line.h"

namespace spb {

// ---- signatures

namespace {

std::string expectation_detail(const Finding& finding, const Runner& runner) {
  const Expectation& expectation = *finding.expectation;
  const std::string wanted = expectation_text(expectation, expectation.value, runner.spec());
  const std::string found = expectation_text(expectation, finding.found, runner.spec());
  return wanted + ", found " + found.substr(found.find('=') + 1);
}

}  // namespace

Signature signature_of(const Finding& finding, const Runner& runner, const Operation* op) {
  Signature result;
  if (finding.violation) {
    result.name = info(finding.violation->id).name;
    result.detail = finding.violation->clause;
  } else if (finding.property) {
    result.name = finding.property->id;
    result.detail = variants()[runner.spec().variant].name;
  } else {
    result.name = "expectation";
    result.detail = expectation_detail(finding, runner);
  }
  if (op != nullptr) {
    result.pass = runner.outcome().by;
    result.kind = op->kind;
  }
  return result;
}

std::string signature_text(const Signature& signature) {
  const bool before = signature.kind == OpKind::count;
  std::string text = signature.name + " (" + signature.detail + ") ";
  if (before) return text + "before the first operation";
  text += "after " + std::string(name_of(signature.kind));
  if (signature.pass != PassId::NO_PAGE) text += " by " + std::string(name_of(signature.pass));
  return text;
}

std::string blame_text(const MinimalFinding& finding) {
  return finding.signature.name + " (" + finding.signature.detail + ") in " +
         reading_text(finding.text.program.zone);
}

// ---- the same finding again

namespace {

/// Zones are set up once for programs on the same one.
class Again {
 public:
  explicit Again(const RunOptions& options) : options_(options) {}

  Runner& fresh(const ZoneSpec& zone) {
    if (runner_ && runner_->spec() == zone) {
      runner_->reset();
    } else {
      runner_.emplace(zone, options_);
    }
    return *runner_;
  }

 private:
  RunOptions options_;
  std::optional<Runner> runner_;
};

const Operation* operation(const Program& program, std::size_t number) {
  return number == 0 ? nullptr : &program.operations[number - 1];
}

/// Ends a run that has to stop.
class Stop : public RunListener {
 public:
  explicit Stop(const std::atomic<bool>* stop) : stop_(stop) {}
  bool has_come() const { return stop_ != nullptr && stop_->load(std::memory_order_relaxed); }
  bool ran(uint64_t, const Operation&, const Runner&) override { return !has_come(); }

 private:
  const std::atomic<bool>* stop_;
};

/// A finding that candidates have to show again.
class Wanted {
 public:
  Wanted(const Finding& finding, const Runner& runner, const Operation* op)
      : signature_(signature_of(finding, runner, op)), expectation_(finding.expectation) {
    const bool conformance = finding.violation && finding.violation->id == InvariantId::conformance;
    quick_.conformance = conformance;
    quick_.checks = expectation_ ? Checks::none : Checks::incremental;
  }

  const Signature& signature() const { return signature_; }
  const std::optional<Expectation>& expectation() const { return expectation_; }
  /// Checks that are enough to miss it, and a fraction of the others' cost.
  RunOptions quick(RunOptions options) const {
    options.conformance = options.conformance && quick_.conformance;
    if (options.checks == Checks::incremental) options.checks = quick_.checks;
    return options;
  }

  /// After how many operations the program shows it.
  std::optional<std::size_t> shown_by(const Program& program, Runner& runner, Stop& stop) const {
    OperationList source(program.operations);
    auto finding = run(runner, source, nullptr, &stop);
    if (stop.has_come()) return {};
    if (!finding && expectation_) finding = runner.check({&*expectation_, 1});
    if (!finding) return {};
    const auto number = static_cast<std::size_t>(finding->operation);
    const Signature found = signature_of(*finding, runner, operation(program, number));
    return found == signature_ ? std::optional(number) : std::nullopt;
  }

 private:
  Signature signature_;
  std::optional<Expectation> expectation_;
  RunOptions quick_;
};

// ---- the minimal program as text

TextLine comment_line(const std::string& comment) {
  TextLine line;
  line.comment = "# " + comment;
  return line;
}

TextProgram with_expectation(Program program, const std::optional<Expectation>& expectation) {
  TextProgram text = with_lines(std::move(program));
  if (!expectation) return text;
  text.expectations.push_back(*expectation);
  if (text.program.operations.empty()) {
    TextLine line;
    line.kind = TextLine::Kind::expect;
    text.lines.push_back(line);
  }
  text.lines.back().first_expectation = 0;
  text.lines.back().nr_expectations = 1;
  return text;
}

/// With comments for whoever opens the file: what it breaks.
MinimalFinding described(MinimalFinding finding, const RunOptions& options) {
  std::vector<TextLine> lines{comment_line(signature_text(finding.signature))};
  Runner runner(finding.text.program.zone, options);
  OperationList source(finding.text.program.operations);
  const auto found = run(runner, source, &finding.text);
  if (found && found->violation) {
    lines.push_back(comment_line(describe(*found->violation, runner.zone())));
    for (const Violation& violation : found->also)
      lines.push_back(comment_line("also: " + describe(violation, runner.zone())));
  }
  finding.text.lines.insert(finding.text.lines.begin(), lines.begin(), lines.end());
  return finding;
}

}  // namespace

std::optional<MinimalFinding> minimise_finding(const TextProgram& text, const RunOptions& options,
                                               const std::atomic<bool>* stop) {
  Again again(options);
  Runner& runner = again.fresh(text.program.zone);
  OperationList source(text.program.operations);
  Stop stopped(stop);
  const auto first = run(runner, source, &text, &stopped);
  if (!first) return {};
  Program start = text.program;
  start.operations.resize(static_cast<std::size_t>(first->operation));
  const Wanted wanted(*first, runner, operation(start, start.operations.size()));

  // Most candidates fail, and few checks are enough to see that they do.
  Again quickly(wanted.quick(options));
  const auto shows_after = [&](const Program& candidate) -> std::optional<std::size_t> {
    if (stopped.has_come()) return {};
    const auto quick = wanted.shown_by(candidate, quickly.fresh(candidate.zone), stopped);
    return quick ? wanted.shown_by(candidate, again.fresh(candidate.zone), stopped) : quick;
  };
  // An expectation speaks of superpageblocks and lists by number, so its zone stays as it is.
  const Lower lower = first->expectation ? Lower::operations : Lower::zone_operations;
  Program least = minimize(std::move(start), lower, shows_after);
  return described({with_expectation(std::move(least), wanted.expectation()), wanted.signature(),
                    text.program.operations.size()},
                   options);
}

}  // namespace spb
