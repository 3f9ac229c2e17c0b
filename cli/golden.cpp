// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/output.h"
#include "cli/verbs.h"
#include "program/printable.h"
#include "trace/golden_replay.h"
#include "trace/golden_spb_replay.h"

namespace spb::cli {

namespace {

using trace::GoldenDifference;
using trace::GoldenResult;

struct GoldenTotals {
  uint64_t agreeing = 0;  ///< files
  uint64_t differing = 0;
  uint64_t refused = 0;
  uint64_t operations = 0;  ///< that agree
  uint64_t states = 0;
};

/// A line as it is, or of a long one the part around its byte `place`.
std::string around(std::string_view line, std::size_t place) {
  constexpr std::size_t shown = 160;
  constexpr std::size_t before = 60;
  if (line.size() <= shown) return std::string(line);
  std::size_t begin = place < before ? 0 : place - before;
  const std::size_t blank = line.find(' ', begin);
  if (begin > 0 && blank < place) begin = blank + 1;
  const bool cut = line.size() - begin > shown;
  return (begin > 0 ? "... " : "") + std::string(line.substr(begin, shown)) + (cut ? " ..." : "");
}

void tell_difference(const std::string& file, const GoldenDifference& difference) {
  const std::string& expected = difference.expected;
  const std::string& found = difference.found;
  const auto parts =
      std::mismatch(expected.begin(), expected.end(), found.begin(), found.end()).first;
  const auto place = static_cast<std::size_t>(parts - expected.begin());
  fmt::print("{}:{}: the model differs {} operation {}\n  expected: {}\n  found:    {}\n",
             printable(file), difference.line, difference.in_state ? "in the state after" : "at",
             difference.operation, printable(around(expected, place)),
             printable(around(found, place)));
}

void replay_one(const std::filesystem::path& file, GoldenTotals& totals) {
  const GoldenResult result = trace::is_golden_spb(file)
                                  ? trace::replay_golden_spb(trace::read_golden_spb(file))
                                  : trace::replay_golden(trace::read_golden(file));
  totals.operations += result.operations;
  totals.states += result.states;
  ++(result.difference ? totals.differing : totals.agreeing);
  if (result.difference) tell_difference(file.string(), *result.difference);
}

void replay_or_refuse(const std::filesystem::path& file, GoldenTotals& totals) {
  try {
    replay_one(file, totals);
  } catch (const trace::InputError& error) {
    complain(error.what());
    ++totals.refused;
  }
}

std::vector<std::filesystem::path> files_of(const std::vector<std::string>& paths) {
  std::vector<std::filesystem::path> files;
  for (const std::string& path : paths) {
    const auto of_path = trace::golden_files(path);
    files.insert(files.end(), of_path.begin(), of_path.end());
  }
  return files;
}

int summary(const GoldenTotals& totals) {
  fmt::print("{} files agree, {} differ: {} operations and {} states agree\n", totals.agreeing,
             totals.differing, totals.operations, totals.states);
  if (totals.refused > 0) fmt::print("{} files refused\n", totals.refused);
  if (totals.differing > 0) return finding;
  if (totals.refused > 0) return bad_use;
  return totals.agreeing > 0 ? holds : skipped;
}

int golden_verb(const std::vector<std::string>& paths) {
  GoldenTotals totals;
  for (const std::filesystem::path& file : files_of(paths))
    replay_or_refuse(file, totals);
  return summary(totals);
}

}  // namespace

void add_golden(CLI::App& app, int& status) {
  CLI::App* verb = app.add_subcommand(
      "golden",
      "Replay what the kernel's own allocator, or the series' own, did, page by page, and compare");
  auto paths = std::make_shared<std::vector<std::string>>();
  verb->add_option("FILE", *paths, "Golden vectors, plain or .xz, or folders of them")->required();
  verb->callback([paths, &status] { status = golden_verb(*paths); });
}

}  // namespace spb::cli
