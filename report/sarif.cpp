// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "invariants/invariant.h"
#include "report/forms.h"
#include "report/text.h"

namespace spb::report {

using json = nlohmann::ordered_json;

namespace {

/// A path as a reference: what has a meaning there, or none, as %NN.
std::string uri_of(std::string_view path) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool is_plain = plain.find(c) != std::string_view::npos;
    uri += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

std::vector<std::string> rules_of(const RunRecord& record) {
  std::vector<std::string> ids;
  for (const ToldFinding& finding : record.findings)
    ids.push_back(finding.invariant);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

/// A property of the proofs, or an expectation, is no invariant; its id says it.
json rule(const std::string& id) {
  json rule{{"id", id}};
  if (const InvariantInfo* invariant = find_invariant(id)) {
    rule["shortDescription"] = {{"text", std::string(invariant->claim)}};
    rule["help"] = {{"text", "Where it is said: " + std::string(invariant->source)}};
  } else {
    rule["shortDescription"] = {{"text", id}};
  }
  return rule;
}

std::string baseline_of(const ToldFinding& finding) {
  if (finding.state == "fixed") return "absent";
  return is_news(finding) ? "new" : "unchanged";
}

json result_of(const ToldFinding& finding, const std::vector<std::string>& rules) {
  const auto rule = std::find(rules.begin(), rules.end(), finding.invariant) - rules.begin();
  const json place{
      {"artifactLocation", {{"uri", uri_of(finding.program)}}},
      {"region", {{"startLine", finding.line == 0 ? 1 : finding.line}}},
  };
  return {
      {"ruleId", finding.invariant},
      {"ruleIndex", rule},
      {"level", is_news(finding) ? "error" : "note"},
      {"message", {{"text", finding.message + "\nagain: " + finding.again}}},
      {"locations", json::array({{{"physicalLocation", place}}})},
      // The name that GitHub reads, and one of our own for everybody else.
      {"partialFingerprints",
       {{"primaryLocationLineHash", finding.fingerprint}, {"spbcheck/v1", finding.fingerprint}}},
      {"baselineState", baseline_of(finding)},
      {"properties", {{"variant", finding.variant}, {"invariants", finding.invariants}}},
  };
}

}  // namespace

std::string sarif(const RunRecord& record) {
  const std::vector<std::string> ids = rules_of(record);
  json rules = json::array(), results = json::array();
  for (const std::string& id : ids)
    rules.push_back(rule(id));
  for (const ToldFinding& finding : record.findings)
    results.push_back(result_of(finding, ids));
  const std::size_t blank = std::min(record.program.find(' '), record.program.size());
  const json driver{{"name", record.program.substr(0, blank)},
                    {"version", record.program.substr(std::min(blank + 1, record.program.size()))},
                    {"rules", rules}};
  const json invocation{{"executionSuccessful", record.status && *record.status < 2},
                        {"commandLine", record.command}};
  const json run{{"tool", {{"driver", driver}}},
                 {"invocations", json::array({invocation})},
                 {"results", results}};
  const json document{
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", json::array({run})},
  };
  return document.dump(1) + "\n";
}

}  // namespace spb::report
