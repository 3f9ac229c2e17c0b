// SPDX-License-Identifier: GPL-2.0-only
#include "cli/output.h"

#include <fmt/core.h>
#include <unistd.h>

#include <stdexcept>
#include <system_error>

namespace spb::cli {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const fs::path& target, const std::string& found,
                         const std::string& expected) {
  throw std::runtime_error(
      fmt::format("{}: found {}, expected {}", target.string(), found, expected));
}

}  // namespace

StagedFiles::~StagedFiles() {
  for (const File& file : files_) {
    std::error_code ignored;
    fs::remove(file.temporary, ignored);
  }
}

void StagedFiles::check(const fs::path& target) const {
  for (const File& file : files_) {
    if (file.target == target) {
      refuse(target, "two programs that would be written there", "one");
    }
  }
  const fs::file_status status = fs::status(target);
  if (!fs::exists(status)) return;
  if (!fs::is_regular_file(status)) refuse(target, "something else than a file", "a new file");
  if (!force_) refuse(target, "a file that exists", "a new file; --force replaces it");
}

std::ostream& StagedFiles::add(const fs::path& target) {
  check(target);
  const fs::path folder = target.parent_path();
  if (!folder.empty() && !fs::is_directory(folder)) {
    refuse(target, "no folder " + folder.string(), "one that exists: mkdir -p makes it");
  }
  fs::path temporary = target;
  temporary += fmt::format(".{}.tmp", getpid());
  auto stream = std::make_unique<std::ofstream>(temporary,
                                                std::ios::binary | std::ios::out | std::ios::trunc);
  if (!*stream) refuse(target, "a place that cannot be written to", "a folder with room");
  files_.push_back({target, temporary, std::move(stream)});
  return *files_.back().stream;
}

void StagedFiles::commit() {
  for (File& file : files_) {
    file.stream->close();
    if (!*file.stream) refuse(file.target, "a write that failed", "room on the disk");
  }
  for (const File& file : files_) {
    if (!force_ && fs::exists(file.target)) check(file.target);
    fs::rename(file.temporary, file.target);
  }
  files_.clear();
}

}  // namespace spb::cli
