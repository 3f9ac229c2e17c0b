// SPDX-License-Identifier: GPL-2.0-only
#include "cli/rapidcheck.h"

#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>

#include "cli/child.h"
#include "cli/temporary_folder.h"
#include "program/load.h"
#include "program/printable.h"

namespace spb::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 7> property_names{
    "reproduce",         "seed",     "max_success",     "max_size",
    "max_discard_ratio", "noshrink", "verbose_progress"};

bool is_parameter(std::string_view word) {
  for (const std::string_view name : property_names) {
    if (word.size() > name.size() && word.starts_with(name) && word[name.size()] == '=')
      return true;
  }
  return false;
}

/// The words of a line without quotes, `RC_PARAMS=` and what closes a sentence.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words(1);
  for (const char c : line) {
    const bool between = c == ' ' || c == '\t' || c == '\n' || c == '\'' || c == '"' || c == '`';
    if (!between) words.back() += c;
    if (between && !words.back().empty()) words.emplace_back();
  }
  constexpr std::string_view variable = "RC_PARAMS=";
  for (std::string& word : words) {
    if (word.starts_with(variable)) word.erase(0, variable.size());
  }
  return words;
}

/// The last of what it said, on one line.
std::string last_words(std::string said) {
  constexpr std::size_t most = 240;
  said.resize(said.find_last_not_of('\n') + 1);
  if (said.size() > most) said.erase(0, said.size() - most);
  std::replace(said.begin(), said.end(), '\n', '|');
  return said;
}

std::optional<fs::path> any_program_in(const fs::path& folder) {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") return entry.path();
  }
  return {};
}

}  // namespace

std::optional<std::string> rapidcheck_parameters_in(std::string_view line) {
  std::string parameters;
  for (const std::string& word : words_of(line)) {
    if (is_parameter(word)) parameters += (parameters.empty() ? "" : " ") + word;
  }
  if (parameters.empty()) return {};
  return parameters;
}

std::optional<TextProgram> rapidcheck_program(const std::string& properties,
                                              const std::string& parameters) {
  std::error_code ignored;
  if (!fs::exists(properties, ignored)) {
    throw std::runtime_error(
        printable(properties) +
        ": found no such file, expected RapidCheck's properties, which alone can draw the program "
        "again: `cmake --build --preset release --target spb_properties` builds them, --properties "
        "PATH says where they are");
  }
  const TemporaryFolder folder;
  const ChildEnd end =
      run_child({fs::absolute(properties).string()},
                {"RC_PARAMS=" + parameters, "SPB_FINDINGS=" + folder.path().string()});
  if (const auto program = any_program_in(folder.path())) {
    return load_program(program->string(), Form::text)->text;
  }
  if (end.status == 0) return {};
  throw std::runtime_error(fmt::format(
      "{}: found exit status {} and no program for RC_PARAMS='{}', expected a property that fails "
      "on a program; it said: {}",
      printable(properties), end.status, printable(parameters),
      last_words(end.output + end.errors)));
}

}  // namespace spb::cli
