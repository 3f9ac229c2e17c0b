// SPDX-License-Identifier: GPL-2.0-only
// What two sides prove: the lines that `spbcheck prove` prints, of whatever build.
#include <fmt/core.h>

#include <map>
#include <sstream>
#include <stdexcept>

#include "cli/child.h"
#include "cli/diff.h"
#include "cli/temporary_folder.h"
#include "program/printable.h"

namespace spb::cli {

namespace {

/// By property and variant; where one variant was asked for, by property alone.
using Outcomes = std::map<std::string, std::string>;

bool is_outcome(const std::string& word) {
  for (const char* one : {"proven", "refuted", "invalid", "skipped", "timeout", "error"}) {
    if (word == one) return true;
  }
  return false;
}

/// "taint-comes-last: SENTENCE", then "  rfc-v2     refuted  Z3 0.061 s ...".
Outcomes outcomes_in(const std::string& output, bool one_variant) {
  Outcomes outcomes;
  std::string property;
  std::istringstream in(output);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("  ")) {
      property = line.substr(0, line.find(':'));
      continue;
    }
    std::istringstream words(line);
    std::string variant;
    std::string outcome;
    words >> variant >> outcome;
    if (!is_outcome(outcome)) continue;
    outcomes.emplace(one_variant ? property : property + " of " + variant, outcome);
  }
  return outcomes;
}

Outcomes asked(const std::vector<std::string>& command) {
  // What is not as expected is filed: not here.
  const TemporaryFolder folder;
  std::vector<std::string> words = command;
  words.insert(words.end(), {"--findings", folder.path().string()});
  const ChildEnd end = run_child(words);
  const bool one_variant = command.back() != "--all";
  Outcomes outcomes = outcomes_in(end.output, one_variant);
  if (!outcomes.empty() && end.status <= 1) return outcomes;
  throw std::runtime_error(fmt::format("{}: found exit status {} of `prove`, expected outcomes: {}",
                                       printable(command.front()), end.status,
                                       printable(end.errors)));
}

}  // namespace

std::vector<std::string> differing_proofs(const std::array<std::vector<std::string>, 2>& commands) {
  const Outcomes a = asked(commands[0]);
  const Outcomes b = commands[0] == commands[1] ? a : asked(commands[1]);
  const auto outcome = [](const Outcomes& of, const std::string& name) {
    const auto it = of.find(name);
    return it == of.end() ? std::string("not asked") : it->second;
  };
  Outcomes both = a;
  both.insert(b.begin(), b.end());
  std::vector<std::string> lines;
  for (const auto& [name, ignored] : both) {
    if (outcome(a, name) == outcome(b, name)) continue;
    lines.push_back(fmt::format("{}: {} in A, {} in B", name, outcome(a, name), outcome(b, name)));
  }
  return lines;
}

}  // namespace spb::cli
