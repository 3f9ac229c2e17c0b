// SPDX-License-Identifier: GPL-2.0-only
#include "cli/run_folders.h"

#include <fmt/core.h>

#include <filesystem>
#include <numeric>
#include <string_view>
#include <tuple>

#include "program/printable.h"
#include "program/words.h"

namespace spb::cli {

namespace fs = std::filesystem;

namespace {

fs::path folder_path(const std::string& path) {
  std::error_code ignored;
  return fs::absolute(path, ignored).lexically_normal().parent_path();
}

std::string_view sentence_of(Purpose purpose) {
  constexpr std::array<std::string_view, 4> sentences{
      "each has to hold", "each breaks the property that it names",
      "each breaks what its variant is known to break", "findings that are kept until explained"};
  return sentences[static_cast<std::size_t>(purpose)];
}

constexpr std::array<std::string_view, 4> folder_names{"", "counterexamples", "known", "findings"};

}  // namespace

Purpose purpose_of(const std::string& path) {
  const fs::path folder = folder_path(path);
  for (std::size_t i = 1; i < folder_names.size(); ++i) {
    const bool same = folder.filename() == folder_names[i];
    if (same && folder.parent_path().filename() == "corpus") return static_cast<Purpose>(i);
  }
  return Purpose::to_hold;
}

std::string folder_of(const std::string& path) {
  const Purpose purpose = purpose_of(path);
  if (purpose != Purpose::to_hold) {
    return fmt::format("corpus/{}", folder_names[static_cast<std::size_t>(purpose)]);
  }
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : printable(folder);
}

void Folders::add(const std::string& path, Became became) {
  Count& count = folders_[folder_of(path)];
  count.purpose = purpose_of(path);
  ++count.programs[static_cast<std::size_t>(became)];
}

std::string Folders::text() const {
  std::string text;
  bool any_purpose = false;
  for (const auto& [folder, count] : folders_) {
    any_purpose = any_purpose || count.purpose != Purpose::to_hold;
    const uint64_t sum = std::accumulate(count.programs.begin(), count.programs.end(), uint64_t{0});
    text += fmt::format("{}: {}, {}: {}\n", folder, counted(sum, "program"),
                        sentence_of(count.purpose), counts_text(count.programs, false));
  }
  return any_purpose ? text : "";
}

std::string counts_text(const ProgramCounts& counts, bool zeros) {
  constexpr std::array<std::string_view, std::tuple_size_v<ProgramCounts>> words{
      "hold", "not asked for all", "break as expected", "finding", "refused", "unfinished"};
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto became = static_cast<Became>(i);
    const bool rare = became == Became::asked_less || became == Became::breaks_as_expected;
    if (counts[i] == 0 && (rare || !zeros)) continue;
    text += text.empty() ? "" : ", ";
    text += became == Became::finding ? counted(counts[i], words[i])
                                      : fmt::format("{} {}", counts[i], words[i]);
  }
  return text;
}

}  // namespace spb::cli
