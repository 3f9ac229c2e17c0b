// SPDX-License-Identifier: GPL-2.0-only
// A folder of findings: a program for each distinct one.
#pragma once

#include <filesystem>
#include <string>

#include "program/finding.h"

namespace spb {

enum class Filed : uint8_t {
  added,     ///< the first that blames this
  replaced,  ///< it is shorter than what was there
  kept,      ///< what was there is as short
};

struct FiledFinding {
  Filed what;
  std::filesystem::path path;
  /// Where a file stood in its place that is no program: the name that this has now, else empty.
  std::filesystem::path set_aside;
};

/// Writes `folder/<name>-<digest of what is blamed>.txt`, at once or not at all. The folder is made
/// if need be. Throws std::runtime_error where it cannot be written.
FiledFinding file_finding(const MinimalFinding& finding, const std::filesystem::path& folder);

}  // namespace spb
