// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <array>
#include <string_view>

#include "report/forms.h"
#include "report/text.h"

namespace spb::report {

namespace {

/// A hash would begin a directive.
std::string name_text(const Case& one) {
  std::string text;
  for (const char c : on_one_line(one.group + ": " + one.name))
    text += c == '#' ? std::string("\\#") : std::string(1, c);
  return text;
}

std::string diagnostics(std::string_view message) {
  std::string text;
  while (!message.empty()) {
    const std::size_t end = std::min(message.find('\n'), message.size());
    text += "# " + on_one_line(message.substr(0, end)) + "\n";
    message.remove_prefix(std::min(end + 1, message.size()));
  }
  return text;
}

std::string line_of(const Case& one, std::size_t number) {
  const std::string text = fmt::format("{} {}", number, name_text(one));
  switch (one.outcome) {
    case Case::Outcome::passed:
      return "ok " + text + "\n";
    case Case::Outcome::failed:
      return diagnostics(one.message) + "not ok " + text + "\n";
    case Case::Outcome::known:
      return diagnostics(one.message) + "ok " + text + " # XFAIL known\n";
    case Case::Outcome::skipped:
      return "ok " + text + " # SKIP " + on_one_line(one.message) + "\n";
  }
  return {};
}

}  // namespace

std::string ktap(const RunRecord& record) {
  const std::vector<Case> cases = cases_of(record);
  std::string text =
      fmt::format("KTAP version 1\n# {}\n1..{}\n", on_one_line(record.command), cases.size());
  std::array<std::size_t, 4> count{};
  for (std::size_t i = 0; i < cases.size(); ++i) {
    text += line_of(cases[i], i + 1);
    ++count[static_cast<std::size_t>(cases[i].outcome)];
  }
  return text + fmt::format("# Totals: pass:{} fail:{} xfail:{} xpass:0 skip:{} error:0\n",
                            count[0], count[1], count[2], count[3]);
}

}  // namespace spb::report
