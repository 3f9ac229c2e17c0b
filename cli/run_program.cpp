// SPDX-License-Identifier: GPL-2.0-only
#include "cli/run_program.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <deque>
#include <memory>

#include "cli/again.h"
#include "cli/crash.h"
#include "program/digest.h"
#include "program/events.h"
#include "program/load.h"
#include "program/picture.h"
#include "program/printable.h"
#include "program/story.h"
#include "program/words.h"
#include "smt/judge.h"

namespace spb::cli {

namespace {

using Phase = Progress::Phase;

// ---- while it runs

/// Keeps the progress, tells every operation under -v, and ends a run that has to stop.
class Follower : public RunListener {
 public:
  Follower(const RunVerb& verb, const LoadedProgram& program, Progress& progress)
      : verb_(verb), program_(program), progress_(progress) {}

  bool ran(uint64_t number, const Operation& op, const Runner& runner) override {
    if (verb_.digest) digest_ = combined(digest_, digest(runner.machine()));
    if (verb_.verbose) tell(number, op, runner);
    if (progress_.has_to_stop()) return false;
    progress_.operation.store(number + 1, std::memory_order_relaxed);
    return true;
  }

  /// Of the states after every operation.
  uint64_t digest_of_states() const { return digest_; }

 private:
  /// An operation is a comment of ftrace and its events are ftrace lines, so all of it can be read
  /// as a trace.
  void tell(uint64_t number, const Operation& op, const Runner& runner) const {
    static const std::vector<std::string> nameless;
    const auto& names = program_.text ? program_.text->slot_names : nameless;
    fmt::print("# {}  {}  -> {}\n", number, operation_text(op, names),
               outcome_text(runner.outcome(), runner.zone()));
    if (verb_.digest) fmt::print("# state {}\n", digest_text(digest(runner.machine())));
    const uint32_t at = runner.outcome().zone;
    for (const Event& event : runner.zone().events)
      fmt::print("{}\n", ftrace_line(event, zone_of(event, runner.machine(), at), number));
    if (runner.zone().events.overflow) fmt::print("# and more events\n");
  }

  const RunVerb& verb_;
  const LoadedProgram& program_;
  Progress& progress_;
  uint64_t digest_ = 0;
};

// ---- what is told of it

std::string known_text(const Runner& runner) {
  std::string text;
  for (const KnownCount& one : runner.counts().known) {
    text += fmt::format("  known: {} x {}, first after operation {}: {}: {}\n", one.count,
                        info(one.id).name, one.first_operation, one.of.cause->name,
                        one.of.damage->does);
  }
  return text;
}

/// What a state that is broken, as is known, keeps a run from checking or even from doing.
std::string unchecked_text(const Runner& runner, OperationSource& rest) {
  if (!runner.unchecked_after()) return {};
  std::string text = fmt::format(
      "  known violation at operation {}: invariants not checked after it, "
      "expectations are\n",
      *runner.unchecked_after());
  if (Operation op; rest.next(op)) {
    text += fmt::format("  not run after operation {}: nothing more is expected\n",
                        runner.counts().operations);
  }
  return text;
}

void show_zone(const Zone& zone) {
  const bool alone = zone.machine().nr_zones() == 1;
  const std::string of_zone = alone ? "" : fmt::format("zone {}, ", zone.index());
  const std::vector<SpbPicture> spbs = picture(zone);
  for (std::size_t s = 0; s < spbs.size(); ++s) {
    const std::string name = fmt::format("{}superpageblock {:<4}", of_zone, s);
    fmt::print("{}{}\n", name, text_of(spbs[s], name.size()));
  }
}

void show_state(const Runner& runner) {
  fmt::print("{}\n", picture_legend);
  for (uint32_t z = 0; z < runner.machine().nr_zones(); ++z)
    show_zone(runner.machine().zone(z));
}

// ---- the same once more

void add_zone_words(const ZoneChanges& changes, std::vector<std::string>& words) {
  if (!changes.variant.empty()) words.insert(words.end(), {"--variant", changes.variant});
  for (const std::string& setting : changes.settings)
    words.insert(words.end(), {"--set", setting});
}

void add_form_words(const RunVerb& verb, std::vector<std::string>& words) {
  if (verb.form) words.insert(words.end(), {"--as", std::string(name_of(*verb.form))});
}

void add_property_words(const RunVerb& verb, std::vector<std::string>& words) {
  if (!verb.property.empty()) words.insert(words.end(), {"--property", verb.property});
}

/// The run as it was asked for, of this program alone.
std::vector<std::string> run_words(const RunVerb& verb, const std::string& path) {
  constexpr std::array<const char*, 4> checks{"none", "incremental", "full", "both"};
  std::vector<std::string> words{"run"};
  add_zone_words(verb.changes, words);
  add_form_words(verb, words);
  const Checks asked = verb.run.checks;
  if (asked != Checks::incremental)
    words.insert(words.end(), {"--checks", checks[static_cast<std::size_t>(asked)]});
  if (verb.no_conformance) words.emplace_back("--no-conformance");
  if (const auto& only = verb.run.only) {
    const std::string clause = only->clause.empty() ? "" : "/" + std::string(only->clause);
    words.insert(words.end(), {"--only", std::string(info(only->id).name) + clause});
  }
  add_property_words(verb, words);
  words.push_back(path);
  return words;
}

/// Where nothing but the zone was asked to be another, the minimal program shows it too.
std::vector<std::string> again_words(const RunVerb& verb, const std::string& path) {
  const bool usual =
      verb.run.checks == Checks::incremental && !verb.no_conformance && !verb.run.only;
  if (!usual) return run_words(verb, path);
  std::vector<std::string> words{"reproduce"};
  add_zone_words(verb.changes, words);
  add_form_words(verb, words);
  add_property_words(verb, words);
  words.push_back(path);
  return words;
}

// ---- one run

class ProgramRun {
 public:
  ProgramRun(const RunVerb& verb, const std::string& path, Progress& progress)
      : verb_(verb), path_(path), name_(printable(path)), progress_(progress) {}

  ProgramResult result() {
    at(Phase::loading);
    program_ = load_program(path_, verb_.form);
    zone_ = verb_.changes.applied_to(program_->zone);
    own_reading_ = same_reading(zone_, program_->zone);
    if (program_->text && own_reading_ && !verb_.run.only) expectations_ = &*program_->text;
    refuse_unknown_property();
    survive([this] { run_and_tell(); }, [this](int signal) { tell_crash(signal); });
    return result_;
  }

 private:
  void at(Phase phase) { progress_.phase = phase; }

  void run_and_tell() {
    at(Phase::setting_up);
    // After a crash it cannot be destroyed, so nothing on this stack owns it.
    runner_ = new Runner(zone_, verb_.run);
    const std::unique_ptr<Runner> owner(runner_);
    Follower follower(verb_, *program_, progress_);
    progress_.operation = 1;
    at(Phase::running);
    const auto found = run(*runner_, *program_->source, expectations_, &follower);
    progress_.operation = runner_->counts().operations;
    count();
    if (progress_.has_to_stop() && !found) return;
    at(Phase::judging);
    const auto broken = broken_property();
    at(Phase::telling);
    if (verb_.state) show_state(*runner_);
    if (verb_.digest) fmt::print("{}  {}\n", digest_text(follower.digest_of_states()), name_);
    judge(found, broken);
  }

  void count() {
    result_.variant = zone_.variant;
    result_.statistics = runner_->zone().statistics;
    result_.operations = runner_->counts().operations;
    result_.known = runner_->counts().known_violations();
    result_.unchecked = runner_->unchecked_after().has_value();
  }

  // ---- judging

  /// What the text says it breaks, or --property says.
  std::string property_asked() const {
    if (!verb_.property.empty()) return verb_.property;
    return expectations_ != nullptr ? expectations_->property : std::string();
  }

  void refuse_unknown_property() const {
    const std::string id = property_asked();
    if (id.empty() || smt::is_property(id)) return;
    throw InputError("property " + id, 0, 0, "no such property", "one of `spbcheck prove --table`");
  }

  /// Judged by the engine, whatever else the program breaks.
  std::optional<Finding> broken_property() const {
    const std::string id = property_asked();
    if (id.empty()) return std::nullopt;
    Program judged{zone_, {}};
    program_->source->rewind();
    for (Operation op; program_->source->next(op);)
      judged.operations.push_back(op);
    return smt::judge(id, judged);
  }

  void judge(const std::optional<Finding>& found, const std::optional<Finding>& broken) {
    const Purpose purpose = own_purpose();
    const bool as_expected = broken && !found && purpose == Purpose::counterexamples;
    if (as_expected) {
      tell_expected(*broken);
    } else if (found || broken) {
      result_.became = Became::finding;
      if (found) tell_finding(*found);
      if (broken) tell_finding(*broken);
      fmt::print("{}", again_line(again_words(verb_, path_)));
    } else if (const char* missing = what_is_missing(purpose)) {
      result_.became = Became::finding;
      fmt::print("FINDING {}: {}, as every program of {} has to\n", name_, missing,
                 folder_of(path_));
    } else {
      tell_rest(purpose);
    }
  }

  /// Where the corpus keeps it, if that speaks of this run: of several programs, each read as it
  /// says itself.
  Purpose own_purpose() const {
    const bool asked =
        verb_.is_survey() && own_reading_ && verb_.property.empty() && !verb_.run.only;
    return asked ? purpose_of(path_) : Purpose::to_hold;
  }

  bool is_checked() const { return verb_.run.checks != Checks::none; }

  const char* what_is_missing(Purpose purpose) const {
    if (purpose == Purpose::counterexamples) return "does not break the property that it names";
    const bool all_checks = is_checked() && verb_.run.conformance;
    const bool nothing = purpose == Purpose::known && all_checks && result_.known == 0;
    return nothing ? "breaks nothing that is known of its variant" : nullptr;
  }

  // ---- telling

  /// Of a program that is read another way than its own.
  std::string skipped_text() const {
    if (!program_->text || own_reading_) return {};
    const TextProgram& text = *program_->text;
    std::string what;
    if (!text.expectations.empty()) what = counted(text.expectations.size(), "expectation");
    if (!text.property.empty() && verb_.property.empty()) {
      what += (what.empty() ? "" : " and ") + std::string("the property ") + text.property;
    }
    return what;
  }

  void tell_rest(Purpose purpose) {
    const std::string skipped = skipped_text();
    const bool expects = expectations_ != nullptr && !expectations_->expectations.empty();
    std::string verdict = is_checked() ? "holds" : "runs, with no invariant checked";
    if (!is_checked() && expects) verdict = "meets its expectations, with no invariant checked";
    if (!skipped.empty()) {
      verdict = is_checked() ? "breaks no invariant" : "runs, with no invariant checked";
      verdict += " (skipped, being of another reading: " + skipped + ")";
    }
    result_.became = skipped.empty() && is_checked() ? Became::holds : Became::asked_less;
    if (purpose == Purpose::known && result_.became == Became::holds) {
      result_.became = Became::breaks_as_expected;
    }
    tell_outcome(verdict);
  }

  void tell_outcome(const std::string& verdict) const {
    if (verb_.quiet) return;
    fmt::print("{}: {}, {} on {}", name_, verdict, counted(result_.operations, "operation"),
               zone_text(zone_));
    fmt::print("{}\n", result_.known > 0 ? "; " + counted(result_.known, "known violation") : "");
    if (program_->form == Form::bytes && !verb_.form) {
      fmt::print("  read as fuzzer's bytes: it is neither a text nor a container\n");
    }
    fmt::print("{}{}", known_text(*runner_), unchecked_text(*runner_, *program_->source));
  }

  void tell_expected(const Finding& broken) {
    result_.became = Became::breaks_as_expected;
    if (verb_.quiet) return;
    fmt::print("{}: breaks {} after operation {}, as every program of {} has to\n", name_,
               broken.property->id, broken.operation, folder_of(path_));
  }

  const TextProgram* text() const { return program_->text ? &*program_->text : nullptr; }

  void tell_finding(const Finding& found) const {
    // A text's story names file and line itself.
    if (text() == nullptr) fmt::print("{}: ", name_);
    fmt::print("{}",
               tell(found, zone_, *program_->source, verb_.run, text(), {verb_.before, path_}));
  }

  /// The model is not asked again: it would die again.
  void tell_crash(int signal) {
    result_.became = Became::finding;
    result_.variant = zone_.variant;
    const bool inside = progress_.phase == Phase::running;
    const uint64_t last = progress_.operation;
    fmt::print("FINDING SIG{} {} of {} on {}\n", sigabbrev_np(signal), place_text(progress_), name_,
               zone_text(zone_));
    static const std::vector<std::string> nameless;
    const auto& names = program_->text ? program_->text->slot_names : nameless;
    std::deque<std::string> lines;
    program_->source->rewind();
    Operation op;
    for (uint64_t number = 1; number <= last && program_->source->next(op); ++number) {
      lines.push_back(fmt::format("  {}  {}\n", number, operation_text(op, names)));
      if (lines.size() > std::size_t{verb_.before} + 1) lines.pop_front();
    }
    if (inside && !lines.empty()) {
      fmt::print("{}", lines.back());
      lines.pop_back();
    }
    fmt::print("  claim:  the model and its checks come to an end whatever the state is\n");
    if (!lines.empty()) fmt::print("operations before it\n");
    for (const std::string& line : lines)
      fmt::print("{}", line);
    fmt::print("{}", again_line(run_words(verb_, path_)));
    std::fflush(stdout);
  }

  const RunVerb& verb_;
  const std::string& path_;
  std::string name_;  ///< the path as it is told
  Progress& progress_;
  std::unique_ptr<LoadedProgram> program_;
  ZoneSpec zone_;
  bool own_reading_ = true;
  const TextProgram* expectations_ =
      nullptr;  ///< null: it has none, or they are of another reading
  Runner* runner_ = nullptr;
  ProgramResult result_;
};

}  // namespace

std::string place_text(const Progress& progress) {
  switch (progress.phase.load()) {
    case Phase::waiting:
      return "before it began";
    case Phase::loading:
      return "while it was read";
    case Phase::setting_up:
      return "while its zone was set up";
    case Phase::running:
      return fmt::format("in operation {}", progress.operation.load());
    case Phase::judging:
      return "while its property was judged";
    case Phase::telling:
      return "while it was told";
  }
  return {};
}

ProgramResult run_program(const RunVerb& verb, const std::string& path, Progress& progress) {
  return ProgramRun(verb, path, progress).result();
}

}  // namespace spb::cli
