// SPDX-License-Identifier: GPL-2.0-only
// What `minimize` and `file` share: a program's file in, its minimal finding out.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "program/finding.h"
#include "program/load.h"

namespace spb::cli {

/// The program's first finding with the incremental checks, minimised, and where they find nothing
/// with both, whose disagreement is a finding too; nothing where all holds. Once `stop` is true the
/// smallest so far is good enough.
std::optional<MinimalFinding> minimal_finding_of(const TextProgram& program,
                                                 const std::atomic<bool>* stop = nullptr);

/// The same of a file, where it breaks no property that it names; else of that property. Once
/// `stop` is true the smallest so far is good enough, and nothing where there was none yet. Throws
/// InputError.
std::optional<MinimalFinding> minimal_finding_of(const std::string& path, std::optional<Form> form,
                                                 const std::atomic<bool>* stop = nullptr);

/// "3 of 4096 operations: free-lists (chunk-unlisted) after free".
std::string summary_of(const MinimalFinding& finding);

}  // namespace spb::cli
