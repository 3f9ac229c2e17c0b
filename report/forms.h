// SPDX-License-Identifier: GPL-2.0-only
// A record as others read it. Each returns a whole document.
#pragma once

#include <string>

#include "report/record.h"

namespace spb::report {

/// For $GITHUB_STEP_SUMMARY and other places that show GitHub's Markdown.
std::string markdown(const RunRecord& record);
/// Workflow commands: a finding is an annotation at its program's line.
std::string github(const RunRecord& record);
std::string junit(const RunRecord& record);
/// SARIF 2.1.0: an invariant is a rule.
std::string sarif(const RunRecord& record);
/// KTAP version 1, flat, as the kernel's selftests print it.
std::string ktap(const RunRecord& record);
/// One page that asks for nothing else, with plots.
std::string html(const RunRecord& record);

}  // namespace spb::report
