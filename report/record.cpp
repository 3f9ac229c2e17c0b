// SPDX-License-Identifier: GPL-2.0-only
#include "report/record.h"

#include <fmt/core.h>

#include <algorithm>

#include "program/digest.h"

namespace spb::report {

std::string findings_text(const RunRecord& record) {
  const auto count = [&](const char* state) {
    return std::count_if(record.findings.begin(), record.findings.end(),
                         [&](const ToldFinding& finding) { return finding.state == state; });
  };
  return fmt::format("{} new, {} again, {} known, {} fixed", count("new"), count("again"),
                     count("known"), count("fixed"));
}

std::string fingerprint_of(const ToldFinding& finding) {
  const std::string blamed =
      finding.invariant == "expectation" ? finding.invariant : finding.invariant + finding.clause;
  return digest_text(
      digest(blamed + "\n" + finding.variant + "\n" + finding.row + "\n" + finding.operation));
}

}  // namespace spb::report
