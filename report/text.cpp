// SPDX-License-Identifier: GPL-2.0-only
#include "report/text.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace spb::report {

namespace {

using Outcome = Case::Outcome;

Case case_of(const Step& step) {
  Case one{"steps", step.name, Outcome::passed, step.seconds, ""};
  if (step.status == 0) return one;
  // Status 1 is something found, which is a case of its own.
  one.outcome = step.status == 1 ? Outcome::passed : Outcome::failed;
  one.message = fmt::format("exit status {}", step.status);
  return one;
}

Outcome outcome_of(const ToldFinding& finding) {
  if (is_news(finding)) return Outcome::failed;
  return finding.state == "known" ? Outcome::known : Outcome::passed;
}

Case case_of(const ToldFinding& finding) {
  const std::string name =
      fmt::format("{} in {} [{}]", title_of(finding), finding.variant, finding.fingerprint);
  return {
      "findings", name, outcome_of(finding), 0,
      fmt::format("{}\nprogram: {}\nagain: {}", finding.message, finding.program, finding.again)};
}

Outcome outcome_of(const Proof& proof) {
  if (!proof.is_answered()) return Outcome::skipped;
  if (!proof.is_as_expected()) return Outcome::failed;
  return proof.outcome == "skipped" ? Outcome::skipped : Outcome::passed;
}

Case case_of(const Proof& proof) {
  return {"proofs", proof.property + " in " + proof.variant, outcome_of(proof), proof.seconds,
          fmt::format("{}, expected {}", proof.outcome, proof.expected)};
}

std::size_t failed(const std::vector<Case>& cases, std::string_view group) {
  return static_cast<std::size_t>(std::count_if(cases.begin(), cases.end(), [&](const Case& one) {
    return one.group == group && one.outcome == Outcome::failed;
  }));
}

std::string several(std::size_t count, const char* one, const char* more) {
  return fmt::format("{} {}", count, count == 1 ? one : more);
}

}  // namespace

bool is_news(const ToldFinding& finding) {
  return finding.state == "new" || finding.state == "again";
}

std::string title_of(const ToldFinding& finding) {
  return fmt::format("{} ({})", finding.invariant, finding.clause);
}

std::vector<Case> cases_of(const RunRecord& record) {
  std::vector<Case> cases;
  for (const Step& step : record.steps)
    cases.push_back(case_of(step));
  for (const ToldFinding& finding : record.findings)
    cases.push_back(case_of(finding));
  if (std::none_of(record.findings.begin(), record.findings.end(), is_news))
    cases.push_back({"findings", "nothing new", Outcome::passed, 0, ""});
  for (const Proof& proof : record.proofs)
    cases.push_back(case_of(proof));
  if (!record.status)
    cases.push_back({"run", "comes to its end", Outcome::failed, 0, "it was ended before"});
  else if (*record.status > 1)
    cases.push_back({"run", "has no trouble", Outcome::failed, 0,
                     fmt::format("exit status {}", *record.status)});
  else if (*record.status == 1 && failed(cases, "findings") + failed(cases, "proofs") == 0)
    cases.push_back({"run", "has nothing new", Outcome::failed, 0,
                     "exit status 1: the run's own output says what is new"});
  return cases;
}

bool passes(const RunRecord& record) {
  const std::vector<Case> cases = cases_of(record);
  return std::none_of(cases.begin(), cases.end(),
                      [](const Case& one) { return one.outcome == Outcome::failed; });
}

std::string verdict_text(const RunRecord& record) {
  const std::vector<Case> cases = cases_of(record);
  std::vector<std::string> parts;
  if (const auto n = failed(cases, "findings"))
    parts.push_back(several(n, "new finding", "new findings"));
  if (const auto n = failed(cases, "proofs"))
    parts.push_back(several(n, "proof is not as expected", "proofs are not as expected"));
  if (const auto n = failed(cases, "steps"))
    parts.push_back(several(n, "step failed", "steps failed"));
  for (const Case& one : cases) {
    if (one.group == "run") parts.push_back(one.message);
  }
  if (parts.empty()) return "nothing new";
  std::string text = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i)
    text += ", " + parts[i];
  return text;
}

std::string xml_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '&':
        result += "&amp;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\n':
        result += "&#10;";
        break;
      case '\t':
        result += "&#9;";
        break;
      default:
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f')
          result += "\xef\xbf\xbd";
        else
          result += c;
    }
  }
  return result;
}

std::string on_one_line(std::string_view text) {
  std::string result(text);
  std::replace_if(
      result.begin(), result.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; },
      ' ');
  return result;
}

std::string grouped(uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;)
    digits.insert(at -= 3, ",");
  return digits;
}

std::string duration_text(double seconds) {
  if (seconds < 60) return fmt::format("{:.3g} s", seconds);
  const auto whole = static_cast<uint64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace spb::report
