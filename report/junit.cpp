// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <algorithm>

#include "report/forms.h"
#include "report/text.h"

namespace spb::report {

namespace {

std::string body_of(const Case& one) {
  const std::string message = xml_text(one.message);
  switch (one.outcome) {
    case Case::Outcome::passed:
      return {};
    case Case::Outcome::failed:
      return fmt::format("<failure message=\"{}\" type=\"{}\"/>", message, one.group);
    case Case::Outcome::known:
      return fmt::format("<skipped message=\"known: {}\"/>", message);
    case Case::Outcome::skipped:
      return fmt::format("<skipped message=\"{}\"/>", message);
  }
  return {};
}

std::string suite(const std::vector<Case>& cases, const std::string& group) {
  std::string text;
  std::size_t tests = 0, failures = 0, skipped = 0;
  double seconds = 0;
  for (const Case& one : cases) {
    if (one.group != group) continue;
    ++tests;
    failures += one.outcome == Case::Outcome::failed;
    skipped += one.outcome == Case::Outcome::known || one.outcome == Case::Outcome::skipped;
    seconds += one.seconds;
    text += fmt::format(
        "    <testcase classname=\"spbcheck.{}\" name=\"{}\" time=\"{:.3f}\">{}</testcase>\n",
        group, xml_text(one.name), one.seconds, body_of(one));
  }
  if (tests == 0) return {};
  return fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" "
      "time=\"{:.3f}\">\n"
      "{}  </testsuite>\n",
      group, tests, failures, skipped, seconds, text);
}

}  // namespace

std::string junit(const RunRecord& record) {
  const std::vector<Case> cases = cases_of(record);
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" time=\"{:.3f}\">\n",
      xml_text(record.command), record.seconds);
  for (const char* group : {"steps", "findings", "proofs", "run"})
    text += suite(cases, group);
  return text + "</testsuites>\n";
}

}  // namespace spb::report
