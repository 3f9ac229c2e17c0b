// SPDX-License-Identifier: GPL-2.0-only
// What verbs write: several files that take their names once all of them are complete, and
// standard output.
#pragma once

#include <filesystem>
#include <memory>
#include <ostream>
#include <string_view>
#include <vector>

#include "files/whole_file.h"

namespace spb::cli {

class StagedFiles {
 public:
  /// `force` allows to replace regular files that exist.
  explicit StagedFiles(bool force) : force_(force) {}

  /// A stream into a new file that will be `target`; the one before it is complete now. Throws
  /// std::runtime_error where it exists, was added already, or cannot be written.
  std::ostream& add(const std::filesystem::path& target);
  /// Gives every file its name. Throws std::runtime_error, and nothing has its name then unless
  /// giving names itself failed half way.
  void commit();

 private:
  struct File {
    std::filesystem::path target;
    std::unique_ptr<WholeFile> file;
  };
  void check(const std::filesystem::path& target) const;

  bool force_;
  std::vector<File> files_;
};

/// `spbcheck: MESSAGE` on standard error, behind all that was printed; file names in it may hold
/// anything.
void complain(std::string_view message);

/// Nothing that was printed is lost: false where standard output is closed or full.
bool all_is_printed();

}  // namespace spb::cli
