// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/again.h"
#include "cli/child.h"
#include "cli/crash.h"
#include "cli/ending.h"
#include "cli/lives.h"
#include "cli/minimal.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/rapidcheck.h"
#include "cli/verbs.h"
#include "program/printable.h"
#include "program/readings.h"
#include "program/story.h"
#include "program/words.h"
#include "smt/judge.h"

namespace spb::cli {

namespace fs = std::filesystem;

namespace {

struct ReproduceVerb {
  std::vector<std::string> any;  ///< a line's words, where the shell has taken it apart
  ZoneChanges changes;
  std::optional<Form> form;
  std::string out;
  bool force = false;
  std::string property;
  std::string properties;
  std::optional<double> seconds;
};

/// A program, and where it comes from as the user sees it.
struct Origin {
  std::string text;                    ///< "crash-1234, a fuzzer's bytes"
  std::optional<TextProgram> program;  ///< nothing: its source says now that all holds
};

// ---- what is named

bool is_file(const std::string& path) {
  std::error_code ignored;
  return !path.empty() && fs::exists(path, ignored) && !fs::is_directory(path, ignored);
}

/// A word of a report without what stands around a path: `(a.txt:8)`, `file=a.txt,line=8`.
std::string path_in(std::string word) {
  constexpr std::string_view around = "()[]<>'\"`,;";
  const std::size_t begin = word.find_first_not_of(around);
  if (begin == std::string::npos) return {};
  word = word.substr(begin, word.find_last_not_of(around) - begin + 1);
  if (is_file(word)) return word;
  if (const std::size_t key = word.find("file="); key != std::string::npos) {
    word.erase(0, key + std::strlen("file="));
  }
  if (const std::size_t comma = word.find(','); comma != std::string::npos) word.resize(comma);
  for (std::size_t colon; !is_file(word) && (colon = word.rfind(':')) != std::string::npos;)
    word.resize(colon);
  return is_file(word) ? word : std::string();
}

/// The last file that the line names: a report says the finding's after the one it was found in.
std::string file_in(const std::string& line) {
  std::string found;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find_first_of(" \t\n", at), line.size());
    if (const std::string path = path_in(line.substr(at, end - at)); !path.empty()) found = path;
    at = end + 1;
  }
  return found;
}

Origin origin_of_file(const ReproduceVerb& verb, const std::string& path) {
  const TextProgram program = whole_program(path, verb.form);
  const Form form = verb.form ? *verb.form : load_program(path)->form;
  const std::string what =
      form == Form::bytes ? "a fuzzer's bytes" : "a " + std::string(name_of(form));
  return {printable(path) + ", " + what, program};
}

Origin origin_of_life(const LifeName& name) {
  SimulateCounts counts;
  const std::atomic<bool> never = false;
  const auto found =
      live(seed_of_life(seed_of(name.walk.seed), name.life), options_of(name.walk), counts, never);
  Origin origin{text_of(name) + ", a life of `spbcheck simulate`", {}};
  if (found) origin.program = with_lines(found->program);
  return origin;
}

Origin origin_of_rapidcheck(const ReproduceVerb& verb, const std::string& parameters) {
  const std::string beside = (fs::path(own_program()).parent_path() / "spb_properties").string();
  const std::string& properties = verb.properties.empty() ? beside : verb.properties;
  return {printable(parameters) + ", RapidCheck's parameters",
          rapidcheck_program(properties, parameters)};
}

Origin origin_of(const ReproduceVerb& verb) {
  std::string any;
  for (const std::string& word : verb.any)
    any += (any.empty() ? "" : " ") + word;
  if (is_file(any)) return origin_of_file(verb, any);
  if (const auto life = life_in(any)) return origin_of_life(*life);
  if (const auto parameters = rapidcheck_parameters_in(any))
    return origin_of_rapidcheck(verb, *parameters);
  if (const std::string path = file_in(any); !path.empty()) return origin_of_file(verb, path);
  throw InputError(spb::quoted(any), 0, 0, "no file that is there, no life and no RapidCheck seed",
                   "a program's file in any form, a line of a report that names one, `seed=N "
                   "life=N` of simulate, or RapidCheck's `reproduce=...`");
}

/// Read and judged as asked; what it expects is of its own reading.
TextProgram changed(const ReproduceVerb& verb, TextProgram program) {
  const ZoneSpec zone = verb.changes.applied_to(program.program.zone);
  const bool same = same_reading(zone, program.program.zone);
  program.program.zone = zone;
  if (!same) program = with_lines(std::move(program.program));
  if (!verb.property.empty()) program.property = verb.property;
  if (program.property.empty() || smt::is_property(program.property)) return program;
  throw InputError("property " + program.property, 0, 0, "no such property",
                   "one of `spbcheck prove --table`");
}

// ---- what is told

std::optional<Finding> finding_of(const TextProgram& text, RunOptions& options) {
  if (!text.property.empty()) return smt::judge(text.property, text.program);
  for (const Checks checks : {Checks::incremental, Checks::both}) {
    options.checks = checks;
    Runner runner(text.program.zone, options);
    OperationList source(text.program.operations);
    if (auto found = run(runner, source, &text)) return found;
  }
  return {};
}

std::string story_of(const MinimalFinding& minimal, const std::string& file) {
  RunOptions options;
  // With the lines that it has as a file.
  const TextProgram text = parse_text(print_text(minimal.text), file);
  const auto found = finding_of(text, options);
  if (!found) throw std::runtime_error("found a minimal program that holds, expected its finding");
  OperationList source(text.program.operations);
  return tell(*found, text.program.zone, source, options, &text, {10, file});
}

/// The smallest program, and its story.
int tell_reproduced(const ReproduceVerb& verb, const MinimalFinding& minimal, const End& end) {
  const std::string text = print_text(minimal.text);
  if (verb.out.empty()) {
    fmt::print("{}\n", text);
  } else {
    StagedFiles files(verb.force);
    files.add(verb.out) << text;
    files.commit();
    fmt::print("written to {}\n", printable(verb.out));
  }
  fmt::print("{}", story_of(minimal, verb.out));
  fmt::print("{}\n", summary_of(minimal));
  if (end.early()) fmt::print("{} first, it may not be the smallest\n", reason_text(end));
  if (!verb.out.empty()) fmt::print("{}", again_line({"run", verb.out}));
  return finding;
}

/// The work, which may go on behind the limit that ends the waiting for it.
struct Reproducing {
  ReproduceVerb verb;
  Origin origin;
  std::atomic<bool> stop = false;
  int crash = 0;
  std::optional<MinimalFinding> minimal;

  void work() {
    origin = origin_of(verb);
    if (!origin.program) return;
    const TextProgram program = changed(verb, *origin.program);
    survive([&] { minimal = minimal_finding_of(program, &stop); },
            [&](int signal) { crash = signal; });
  }
};

int reproduce_verb(const ReproduceVerb& verb) {
  const auto work = std::make_shared<Reproducing>();
  work->verb = verb;
  const End end = run_until(verb.seconds, work->stop, [work] { work->work(); });
  if (!end.done) {
    fmt::print("not answered: {} before it was known to break anything\n", reason_text(end));
    leave(status_of(end, no_answer));
  }
  if (work->crash != 0) {
    fmt::print("# {}\nFINDING SIG{} of the model or its checks\n", work->origin.text,
               sigabbrev_np(work->crash));
    fmt::print("`spbcheck run` says in which operation; such a program cannot be minimized\n");
    return status_of(end, finding);
  }
  if (!work->minimal && end.early()) {
    fmt::print("not answered: {} before it was known to break anything\n", reason_text(end));
    return status_of(end, no_answer);
  }
  fmt::print("# {}\n", work->origin.text);
  if (work->minimal) return status_of(end, tell_reproduced(verb, *work->minimal, end));
  fmt::print("all holds in this build\n");
  return holds;
}

}  // namespace

void add_reproduce(CLI::App& app, int& status) {
  CLI::App* verb = app.add_subcommand(
      "reproduce", "Whatever names a finding: the minimal program that shows it, and its story");
  auto options = std::make_shared<ReproduceVerb>();
  verb->add_option("ANY", options->any,
                   "A program in any form, a fuzzer's crash or a fleet's testcase; a line of a "
                   "report; `seed=N life=N` as simulate prints it; RapidCheck's `reproduce=...`")
      ->required();
  verb->add_option("-o,--output", options->out, "Write the program to this file")
      ->type_name("FILE");
  verb->add_flag("--force", options->force, "Replace the file if it exists");
  add_options(*verb, options->changes);
  add_form_option(*verb, "--as", "A file's form, instead of what its content says", options->form);
  verb->add_option("--property", options->property,
                   "It breaks this property of `spbcheck prove`, not the one that it names itself")
      ->type_name("ID");
  verb->add_option("--properties", options->properties,
                   "RapidCheck's properties (spb_properties beside this program where not given)")
      ->type_name("PROGRAM");
  add_seconds(*verb, "--seconds", options->seconds,
              "Look no longer than this for a smaller program, and tell the smallest so far");
  verb->callback([options, &status] { status = reproduce_verb(*options); });
}

}  // namespace spb::cli
