// SPDX-License-Identifier: GPL-2.0-only
#include "cli/output.h"

#include <fmt/core.h>

#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "program/printable.h"

namespace spb::cli {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(const fs::path& target, const std::string& found,
                         const std::string& expected) {
  throw std::runtime_error(
      fmt::format("{}: found {}, expected {}", printable(target.string()), found, expected));
}

}  // namespace

void StagedFiles::check(const fs::path& target) const {
  for (const File& file : files_) {
    if (file.target == target) {
      refuse(target, "two programs that would be written there", "one");
    }
  }
  std::error_code ignored;
  const fs::file_status status = fs::status(target, ignored);
  if (!fs::exists(status)) return;
  if (!fs::is_regular_file(status)) refuse(target, "something else than a file", "a new file");
  if (!force_) refuse(target, "a file that exists", "a new file; --force replaces it");
}

std::ostream& StagedFiles::add(const fs::path& target) {
  check(target);
  const fs::path folder = target.parent_path();
  std::error_code ignored;
  if (!folder.empty() && !fs::is_directory(folder, ignored)) {
    refuse(target, "no folder " + folder.string(), "one that exists: mkdir -p makes it");
  }
  auto file = std::make_unique<WholeFile>(target);
  if (!files_.empty()) files_.back().file->complete();
  files_.push_back({target, std::move(file)});
  return files_.back().file->stream();
}

void StagedFiles::commit() {
  if (!files_.empty()) files_.back().file->complete();
  for (const File& file : files_)
    file.file->name(force_);
  files_.clear();
}

void complain(std::string_view message) {
  std::fflush(stdout);
  // No fmt here: it throws where standard error cannot be written either.
  std::fputs(("spbcheck: " + printable(message) + "\n").c_str(), stderr);
}

bool all_is_printed() {
  std::cout.flush();
  return std::cout.good() && std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
}

}  // namespace spb::cli
