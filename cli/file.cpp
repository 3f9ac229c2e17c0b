// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/again.h"
#include "cli/ending.h"
#include "cli/minimal.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "files/findings_folder.h"
#include "program/printable.h"
#include "program/words.h"

namespace spb::cli {

namespace {

struct FileVerb {
  std::vector<std::string> programs;
  std::string folder = "corpus/findings";
  std::optional<Form> form;
  std::optional<double> seconds;
};

struct FileTotals {
  uint32_t findings = 0;
  uint32_t unfiled = 0;  ///< of the findings
  uint32_t holding = 0;
  uint32_t refused = 0;
  uint32_t unanswered = 0;

  /// A finding that is kept nowhere is the worst that can happen here.
  int status() const {
    if (unfiled > 0) return bad_use;
    if (findings > 0) return finding;
    if (refused > 0) return bad_use;
    return unanswered > 0 ? no_answer : holds;
  }
};

std::string_view word_of(Filed filed) {
  constexpr std::array<std::string_view, 3> words{"new", "shorter than before", "known"};
  return words[static_cast<std::size_t>(filed)];
}

void keep(const MinimalFinding& minimal, const FileVerb& verb, const std::string& path,
          FileTotals& totals) {
  ++totals.findings;
  try {
    const FiledFinding filed = file_finding(minimal, verb.folder);
    fmt::print("{}: {}, {}: {}\n", printable(path), printable(filed.path.string()),
               word_of(filed.what), summary_of(minimal));
    if (!filed.set_aside.empty()) {
      fmt::print("  what stood there is no program and is {} now\n",
                 printable(filed.set_aside.string()));
    }
    fmt::print("  {}", again_line({"reproduce", filed.path.string()}));
  } catch (const std::exception& error) {
    ++totals.unfiled;
    complain(path + ": not filed: " + error.what());
  }
}

/// The work on one program, which may go on behind the limit that ends the waiting for it.
struct Minimizing {
  std::string path;
  std::optional<Form> form;
  std::atomic<bool> stop = false;
  std::optional<MinimalFinding> minimal;
};

End file_one(const FileVerb& verb, const std::string& path, FileTotals& totals) {
  const auto work = std::make_shared<Minimizing>();
  work->path = path;
  work->form = verb.form;
  const End end = run_until(verb.seconds, work->stop, [work] {
    work->minimal = minimal_finding_of(work->path, work->form, &work->stop);
  });
  if (end.done && work->minimal) {
    keep(*work->minimal, verb, path, totals);
    if (end.early()) fmt::print("  {} first, it may not be the smallest\n", reason_text(end));
  } else if (end.early()) {
    ++totals.unanswered;
    fmt::print("not answered: {}: {} before it was known to break anything\n", printable(path),
               reason_text(end));
  } else {
    ++totals.holding;
    fmt::print("{}: all holds in this build\n", printable(path));
  }
  return end;
}

/// One program's trouble is not the others'.
End file_or_refuse(const FileVerb& verb, const std::string& path, FileTotals& totals) {
  try {
    return file_one(verb, path, totals);
  } catch (const InputError& error) {
    complain(error.what());  // it names the file itself
  } catch (const std::exception& error) {
    complain(path + ": " + error.what());
  }
  ++totals.refused;
  End end;
  end.done = true;
  return end;
}

int file_verb(const FileVerb& verb) {
  FileTotals totals;
  End end;
  bool any_runs = false;
  for (const std::string& path : verb.programs) {
    if (end.signal != 0) {
      ++totals.unanswered;
      continue;
    }
    end = file_or_refuse(verb, path, totals);
    any_runs = any_runs || !end.done;
    std::fflush(stdout);
  }
  if (verb.programs.size() > 1) {
    fmt::print("{}: {} hold, {}, {} of them not filed, {} refused, {} not answered\n",
               counted(verb.programs.size(), "program"), totals.holding,
               counted(totals.findings, "finding"), totals.unfiled, totals.refused,
               totals.unanswered);
  }
  const int status = status_of(end, totals.status());
  if (any_runs) leave(status);
  return status;
}

}  // namespace

void add_file(CLI::App& app, int& status) {
  CLI::App* verb =
      app.add_subcommand("file", "Minimize findings and keep one file for each distinct one");
  auto options = std::make_shared<FileVerb>();
  verb->add_option("PROGRAM", options->programs, "Programs in any form, a fuzzer's crashes too")
      ->required();
  verb->add_option("--to", options->folder, "The folder of findings")
      ->type_name("FOLDER")
      ->capture_default_str();
  add_form_option(*verb, "--as", "The programs' form, instead of what their content says",
                  options->form);
  add_seconds(*verb, "--seconds", options->seconds,
              "Look no longer than this for a smaller one of each, and file the smallest so far");
  verb->callback([options, &status] { status = file_verb(*options); });
}

}  // namespace spb::cli
