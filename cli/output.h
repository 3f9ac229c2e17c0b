// SPDX-License-Identifier: GPL-2.0-only
// Files that are written whole or not at all: each grows under a temporary name beside its place
// and takes its name once all of them are complete.
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace spb::cli {

class StagedFiles {
 public:
  /// `force` allows to replace regular files that exist.
  explicit StagedFiles(bool force) : force_(force) {}
  /// What was not committed disappears.
  ~StagedFiles();
  StagedFiles(const StagedFiles&) = delete;
  StagedFiles& operator=(const StagedFiles&) = delete;

  /// A stream into a new file that will be `target`. Throws std::runtime_error where it exists, was
  /// added already, or cannot be written.
  std::ostream& add(const std::filesystem::path& target);
  /// Gives every file its name. Throws std::runtime_error, and nothing has its name then unless
  /// giving names itself failed half way.
  void commit();

 private:
  struct File {
    std::filesystem::path target;
    std::filesystem::path temporary;
    std::unique_ptr<std::ofstream> stream;
  };
  void check(const std::filesystem::path& target) const;

  bool force_;
  std::vector<File> files_;
};

}  // namespace spb::cli
