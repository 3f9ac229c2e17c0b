// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/minimal.h"
#include "cli/options.h"
#include "cli/verbs.h"
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
  uint32_t holding = 0;
  uint32_t refused = 0;

  int status() const {
    if (refused > 0) return bad_use;
    return findings > 0 ? finding : holds;
  }
};

std::string_view word_of(Filed filed) {
  constexpr std::array<std::string_view, 3> words{"new", "shorter than before", "known"};
  return words[static_cast<std::size_t>(filed)];
}

void file_one(const FileVerb& verb, const std::string& path, Totals& totals) {
  const auto minimal = minimal_finding_of(path, verb.form);
  if (!minimal) {
    ++totals.holding;
    fmt::print("{}: all holds in this build\n", path);
    return;
  }
  ++totals.findings;
  const FiledFinding filed = file_finding(*minimal, verb.folder);
  fmt::print("{}: {}, {}: {}\n", path, filed.path.string(), word_of(filed.what),
             summary_of(*minimal));
}

int file_verb(const FileVerb& verb) {
  Totals totals;
  for (const std::string& path : verb.programs) {
    try {
      file_one(verb, path, totals);
    } catch (const InputError& error) {
      ++totals.refused;
      fmt::print(stderr, "spbcheck: {}\n", error.what());
    }
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
