// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#include "cli/ending.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/run_folders.h"
#include "cli/run_program.h"
#include "cli/verbs.h"
#include "files/notes.h"
#include "model/policy/variant.h"
#include "program/printable.h"
#include "program/reach.h"
#include "program/words.h"

namespace spb::cli {

namespace {

/// What all programs of one call added up to. The thread that runs them adds, the one that waits
/// reads where the run does not come to its end.
class RunTotals {
 public:
  void add(const std::string& path, const ProgramResult& result) {
    const std::scoped_lock lock(mutex_);
    ++counts_[static_cast<std::size_t>(result.became)];
    folders_.add(path, result.became);
    spb::add(by_variant_[result.variant], result.statistics);
    operations_ += result.operations;
    known_ += result.known;
    unchecked_ += result.unchecked;
  }

  uint64_t count(Became became) const {
    const std::scoped_lock lock(mutex_);
    return counts_[static_cast<std::size_t>(became)];
  }

  int status() const {
    if (count(Became::finding) > 0) return finding;
    if (count(Became::refused) > 0) return bad_use;
    return count(Became::unfinished) > 0 ? no_answer : holds;
  }

  void print_counts() const;
  void note_counts(const Notes& notes) const;
  void print_summary() const;

 private:
  mutable std::mutex mutex_;
  ProgramCounts counts_{};
  Folders folders_;
  std::map<uint32_t, Statistics> by_variant_;
  uint64_t operations_ = 0;
  uint64_t known_ = 0;
  uint64_t unchecked_ = 0;  ///< programs
};

void RunTotals::print_counts() const {
  const std::scoped_lock lock(mutex_);
  for (const auto& [index, statistics] : by_variant_) {
    const Variant& variant = variants()[index];
    for (const Reach item : reach_of(variant)) {
      const uint64_t count = count_of(statistics, item);
      const std::string_view why = why_unreachable(variant, item);
      fmt::print("{:<11} {:<9} {:<20} {:>12}{}\n", variant.name, name_of(item.kind), name_of(item),
                 count, count == 0 && !why.empty() ? fmt::format("  {}", why) : "");
    }
  }
}

void RunTotals::note_counts(const Notes& notes) const {
  const std::scoped_lock lock(mutex_);
  for (const auto& [index, statistics] : by_variant_) {
    const Variant& variant = variants()[index];
    for (const Reach item : reach_of(variant)) {
      const std::string_view why = why_unreachable(variant, item);
      notes.add({"reach", std::string(variant.name), std::string(name_of(item.kind)),
                 std::string(name_of(item)), std::to_string(count_of(statistics, item)),
                 why.empty() ? "-" : std::string(why)});
    }
  }
}

void RunTotals::print_summary() const {
  const std::scoped_lock lock(mutex_);
  uint64_t programs = 0;
  for (const uint64_t count : counts_)
    programs += count;
  fmt::print("{}{}: {}; {}, {}{}\n", folders_.text(), counted(programs, "program"),
             counts_text(counts_, true), counted(operations_, "operation"),
             counted(known_, "known violation"),
             unchecked_ > 0
                 ? fmt::format("; {} not checked to the end", counted(unchecked_, "program"))
                 : "");
}

void refuse(const std::string& message, ProgramResult& result) {
  result.became = Became::refused;
  complain(message);
}

/// One program's trouble is not the others'.
ProgramResult run_or_refuse(const RunVerb& verb, const std::string& path, Progress& progress) {
  ProgramResult result;
  try {
    return run_program(verb, path, progress);
  } catch (const InputError& error) {
    refuse(error.what(), result);
  } catch (const std::bad_alloc&) {
    refuse(path + ": found no memory for its zone, expected some: " + place_text(progress), result);
  } catch (const std::exception& error) {
    refuse(path + ": " + error.what(), result);
  }
  return result;
}

void run_all(const RunVerb& verb, Progress& progress, RunTotals& totals) {
  for (std::size_t i = 0; i < verb.programs.size() && !progress.has_to_stop(); ++i) {
    progress.phase = Progress::Phase::waiting;
    progress.program = i;
    const ProgramResult result = run_or_refuse(verb, verb.programs[i], progress);
    // Then it is told as one that the end came upon.
    if (result.became == Became::unfinished) return;
    totals.add(verb.programs[i], result);
    std::fflush(stdout);
    progress.program = i + 1;
  }
}

/// What there is no answer to, after all that there is.
void tell_unanswered(const RunVerb& verb, const Progress& progress, const End& end,
                     RunTotals& totals) {
  const std::size_t first = progress.program;
  if (first >= verb.programs.size()) return;
  for (std::size_t i = first; i < verb.programs.size(); ++i)
    totals.add(verb.programs[i], {});
  fmt::print("not answered: {}: {} {}\n", printable(verb.programs[first]), reason_text(end),
             place_text(progress));
  const std::size_t others = verb.programs.size() - first - 1;
  if (others > 0) fmt::print("not answered: {} behind it\n", counted(others, "program"));
}

int run_verb(const RunVerb& verb) {
  RunTotals totals;
  Progress progress;
  if (verb.seconds) progress.end = after_seconds(*verb.seconds);
  const End end = run_until(verb.seconds, progress.stop, [&] { run_all(verb, progress, totals); });
  tell_unanswered(verb, progress, end, totals);
  if (verb.counts) totals.print_counts();
  if (!verb.notes.empty()) totals.note_counts(Notes(verb.notes));
  if (verb.is_survey() && !verb.quiet) totals.print_summary();
  const int status = status_of(end, totals.status());
  if (!end.done) leave(status);
  return status;
}

/// `ID` or `ID/CLAUSE`.
Judged parse_judged(const std::string& text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const InvariantInfo* invariant = find_invariant(text.substr(0, slash));
  if (invariant == nullptr) {
    throw CLI::ValidationError("--only", "found '" + text +
                                             "', expected an invariant of `spbcheck list "
                                             "invariants`, or one and a clause behind a slash");
  }
  if (slash == text.size()) return {invariant->id, {}};
  for (const Clause& clause : invariant_clauses()) {
    const bool named = clause.id == invariant->id && clause.name == text.substr(slash + 1);
    if (named) return {clause.id, clause.name};
  }
  throw CLI::ValidationError("--only", "found '" + text + "', expected a clause that " +
                                           std::string(invariant->name) + " has");
}

void add_only_option(CLI::App& verb, RunVerb& options) {
  verb.add_option_function<std::string>(
          "--only", [&options](const std::string& text) { options.run.only = parse_judged(text); },
          "Nothing else that is broken counts: no other invariant, or clause, no expectation, no "
          "property")
      ->type_name("ID[/CLAUSE]");
}

void add_telling_options(CLI::App& verb, RunVerb& options) {
  verb.add_flag("-v,--verbose", options.verbose,
                "Tell every operation with its outcome, and its events as ftrace lines");
  verb.add_flag("-q,--quiet", options.quiet, "Print findings and errors only");
  verb.add_flag("--state", options.state, "Show every superpageblock as it is in the end");
  verb.add_flag("--digest", options.digest,
                "Print a digest of the states after every operation, and with -v each state's own: "
                "builds that agree print the same");
  verb.add_flag("--counts", options.counts,
                "Count every pass, refusal and ladder step, by variant");
  add_number(verb, "--before", options.before, 0, 100000, "Operations told before a finding")
      ->default_str("10");
  add_seconds(verb, "--seconds", options.seconds,
              "End with status 3 after this long, wherever it is by then");
}

}  // namespace

void add_run(CLI::App& app, int& status) {
  CLI::App* verb = app.add_subcommand("run", "Run programs and check what must hold");
  auto options = std::make_shared<RunVerb>();
  verb->add_option("PROGRAM", options->programs, "Texts, fuzzers' bytes or containers")->required();
  add_options(*verb, options->changes);
  add_form_option(*verb, "--as", "What the programs are, whatever their content says",
                  options->form);
  add_check_options(*verb, options->run.checks, options->no_conformance);
  add_only_option(*verb, *options);
  verb->add_option("--property", options->property,
                   "Does the program break this property of `spbcheck prove`? Else the one that it "
                   "names itself")
      ->type_name("ID");
  add_telling_options(*verb, *options);
  add_notes_option(*verb, options->notes);
  verb->callback([options, &status] {
    options->run.conformance = !options->no_conformance;
    status = run_verb(*options);
  });
}

}  // namespace spb::cli
