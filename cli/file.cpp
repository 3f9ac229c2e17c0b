// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/minimal.h"
#include "cli/options.h"
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
};

struct Totals {
  uint32_t findings = 0;
  uint32_t unfiled = 0;  ///< of the findings
  uint32_t holding = 0;
  uint32_t refused = 0;

  /// A finding that is kept nowhere is the worst that can happen here.
  int status() const {
    if (unfiled > 0) return bad_use;
    if (findings > 0) return finding;
    return refused > 0 ? bad_use : holds;
  }
};

std::string_view word_of(Filed filed) {
  constexpr std::array<std::string_view, 3> words{"new", "shorter than before", "known"};
  return words[static_cast<std::size_t>(filed)];
}

void keep(const MinimalFinding& minimal, const FileVerb& verb, const std::string& path,
          Totals& totals) {
  ++totals.findings;
  try {
    const FiledFinding filed = file_finding(minimal, verb.folder);
    fmt::print("{}: {}, {}: {}\n", printable(path), printable(filed.path.string()),
               word_of(filed.what), summary_of(minimal));
    if (filed.set_aside.empty()) return;
    fmt::print("  what stood there is no program and is {} now\n",
               printable(filed.set_aside.string()));
  } catch (const std::exception& error) {
    ++totals.unfiled;
    fmt::print(stderr, "spbcheck: {}: not filed: {}\n", printable(path), printable(error.what()));
  }
}

void file_one(const FileVerb& verb, const std::string& path, Totals& totals) {
  const auto minimal = minimal_finding_of(path, verb.form);
  if (minimal) {
    keep(*minimal, verb, path, totals);
    return;
  }
  ++totals.holding;
  fmt::print("{}: all holds in this build\n", printable(path));
}

int file_verb(const FileVerb& verb) {
  Totals totals;
  for (const std::string& path : verb.programs) {
    // One program's trouble is not the others'.
    try {
      file_one(verb, path, totals);
    } catch (const InputError& error) {
      // It names the file itself.
      ++totals.refused;
      fmt::print(stderr, "spbcheck: {}\n", printable(error.what()));
    } catch (const std::exception& error) {
      ++totals.refused;
      fmt::print(stderr, "spbcheck: {}: {}\n", printable(path), printable(error.what()));
    }
  }
  if (verb.programs.size() > 1) {
    fmt::print("{}: {} hold, {}, {} of them not filed, {} refused\n",
               counted(verb.programs.size(), "program"), totals.holding,
               counted(totals.findings, "finding"), totals.unfiled, totals.refused);
  }
  return totals.status();
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
  verb->callback([options, &status] { status = file_verb(*options); });
}

}  // namespace spb::cli
