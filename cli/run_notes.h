// SPDX-License-Identifier: GPL-2.0-only
// The record of a run, of the notes that its parts left (files/notes.h). A line is a word and its
// fields, parted by tabs; `-` is not known:
//
//   run       NAME VALUE                  mode, command, commit, readings, seed, began and ended
//                                         (seconds since 1970), budget, status
//   step      SECONDS STATUS NAME
//   engine    NAME SECONDS EXECUTIONS OPERATIONS      of one of its turns
//   sample    ENGINE PROCESS TIME EXECUTIONS OPERATIONS ROWS CELLS
//   reach     VARIANT KIND ROW COUNT WHY              counts of the same row add up
//   proof     PROPERTY VARIANT OUTCOME EXPECTED SECONDS
//   finding   STATE PROGRAM                           which is run to see what it breaks
//   hunts     PATH                                    the results.csv of ci/time-to-find
//   corpus    PROGRAMS
//   chance    NUMBER
#pragma once

#include <string>

#include "report/record.h"

namespace spb::cli {

/// `path` is for errors. A last line without its end is left out: whoever wrote it was ended.
/// Throws InputError.
report::RunRecord record_of_notes(const std::string& notes, const std::string& path);

/// What the program at this path breaks now; `fixed` where it breaks nothing.
report::ToldFinding told_finding(const std::string& state, const std::string& path);

}  // namespace spb::cli
