// SPDX-License-Identifier: GPL-2.0-only
// What `spbcheck run` expects of a program by the folder of the corpus that keeps it, and what came
// of all of them, folder by folder: exit status 0 means that nothing was unexpected.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace spb::cli {

enum class Became : uint8_t {
  holds,       ///< all that was asked
  asked_less,  ///< nothing broke, but what the program expects is of another reading, or checks are
               ///< off
  breaks_as_expected,
  finding,
  refused,  ///< no program, or none that this machine can run
  unfinished,
  count,
};

using ProgramCounts = std::array<uint64_t, static_cast<std::size_t>(Became::count)>;

/// What a folder of programs is for.
enum class Purpose : uint8_t {
  to_hold,
  counterexamples,  ///< corpus/counterexamples: each breaks the property that it names
  known,            ///< corpus/known: each breaks what its variant is known to break
  findings,         ///< corpus/findings: found and kept, not explained yet
};
Purpose purpose_of(const std::string& path);
/// "corpus/known"; of others the folder as the path has it.
std::string folder_of(const std::string& path);

/// Counts by folder.
class Folders {
 public:
  void add(const std::string& path, Became became);
  /// A line for each, with what it is for; empty where nothing but programs that have to hold were
  /// run.
  std::string text() const;

 private:
  struct Count {
    Purpose purpose = Purpose::to_hold;
    ProgramCounts programs{};
  };
  std::map<std::string, Count> folders_;
};

/// "16 break as expected, 1 finding". With `zeros`, what people look for is there even if it is 0.
std::string counts_text(const ProgramCounts& counts, bool zeros);

}  // namespace spb::cli
