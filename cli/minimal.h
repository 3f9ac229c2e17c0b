// SPDX-License-Identifier: GPL-2.0-only
// What `minimize` and `file` share: a program's file in, its minimal finding out.
#pragma once

#include <optional>
#include <string>

#include "program/finding.h"
#include "program/load.h"

namespace spb::cli {

/// The file's first finding, minimised; nothing where all holds. Runs with the incremental checks,
/// and where they find nothing with both, whose disagreement is a finding too. Throws InputError.
std::optional<MinimalFinding> minimal_finding_of(const std::string& path, std::optional<Form> form);

/// "3 of 4096 operations: free-lists (chunk-unlisted) after free".
std::string summary_of(const MinimalFinding& finding);

}  // namespace spb::cli
