// SPDX-License-Identifier: GPL-2.0-only
// A folder under a name of its own, gone with all that is in it at the end.
#pragma once

#include <filesystem>

namespace spb::cli {

class TemporaryFolder {
 public:
  /// Throws std::runtime_error where it cannot be made.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace spb::cli
