// SPDX-License-Identifier: GPL-2.0-only
// A finding told as text: which operation, what was expected and found, the operations before it,
// and the superpageblocks it touched, before and after.
#pragma once

#include <cstdint>
#include <string>

#include "program/run.h"

namespace spb {

/// What a story tells beside the finding itself.
struct StoryOptions {
  uint32_t operations_before = 10;
  std::string file;  ///< the program's, for places; may be empty
};

/// Runs the program again, up to the finding, on a zone of its own. `text` has names and lines, or
/// is null.
std::string tell(const Finding& finding, const ZoneSpec& zone, OperationSource& source,
                 const RunOptions& run, const TextProgram* text, const StoryOptions& options);

/// The finding in a line: "invariant free-lists ...", "expected pass=PASS_2C, found pass=PASS_3".
std::string headline(const Finding& finding, const Zone& zone, const ZoneSpec& spec);

/// "page pfn=12 by PASS_2C", "refused: edge".
std::string outcome_text(const Outcome& outcome, const Zone& zone);

/// "2 superpageblocks x 4 pageblocks x 8 pages".
std::string size_text(const Geometry& geometry);
/// "2 superpageblocks x 4 pageblocks x 8 pages, rfc-v1@31".
std::string zone_text(const ZoneSpec& zone);

}  // namespace spb
