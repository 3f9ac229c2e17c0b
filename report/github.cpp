// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <string_view>

#include "report/forms.h"
#include "report/text.h"

namespace spb::report {

namespace {

/// A command is a line; in a property a colon and a comma end it.
std::string escaped(std::string_view text, std::string_view more = {}) {
  std::string result;
  for (const char c : text) {
    const bool special =
        c == '%' || c == '\r' || c == '\n' || more.find(c) != std::string_view::npos;
    result += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return result;
}

std::string property(std::string_view text) {
  return escaped(text, ":,");
}

std::string level_of(const ToldFinding& finding) {
  return is_news(finding) ? "error" : "notice";
}

std::string annotation(const ToldFinding& finding) {
  return fmt::format(
      "::{} file={},line={},title={}::{}\n", level_of(finding), property(finding.program),
      finding.line == 0 ? 1 : finding.line,
      property(fmt::format("{}: {} in {}", finding.state, title_of(finding), finding.variant)),
      escaped(finding.message + "\nagain: " + finding.again));
}

}  // namespace

std::string github(const RunRecord& record) {
  std::string text;
  for (const ToldFinding& finding : record.findings)
    text += annotation(finding);
  for (const Case& one : cases_of(record)) {
    if (one.group == "findings" || one.outcome != Case::Outcome::failed) continue;
    text += fmt::format("::error title={}::{}\n", property(one.group + ": " + one.name),
                        escaped(one.message));
  }
  return text + fmt::format("::notice title=spbcheck::{}\n", escaped(verdict_text(record)));
}

}  // namespace spb::report
