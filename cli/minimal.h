// SPDX-License-Identifier: GPL-2.0-only
// What `minimize`, `file` and `simulate` share: a program's file in, its minimal finding out.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "program/finding.h"
#include "program/load.h"

namespace spb::cli {

/// All of a program that a file has. Throws InputError, for one that is too long to be minimised
/// too.
TextProgram whole_program(const std::string& path, std::optional<Form> form);

/// The property that the program names and breaks, minimised; else its first finding with the
/// incremental checks, and where they find nothing with both, whose disagreement is a finding too;
/// nothing where all holds. Once `stop` is true the smallest so far is good enough, and nothing
/// where there was none yet.
std::optional<MinimalFinding> minimal_finding_of(const TextProgram& program,
                                                 const std::atomic<bool>* stop = nullptr);

/// The same of a file. Throws InputError.
std::optional<MinimalFinding> minimal_finding_of(const std::string& path, std::optional<Form> form,
                                                 const std::atomic<bool>* stop = nullptr);

/// "3 of 4096 operations: free-lists (chunk-unlisted) after free".
std::string summary_of(const MinimalFinding& finding);

}  // namespace spb::cli
