// SPDX-License-Identifier: GPL-2.0-only
#include "files/findings_folder.h"

#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "files/whole_file.h"
#include "program/digest.h"
#include "program/printable.h"

namespace spb {

namespace fs = std::filesystem;

namespace {

fs::path file_name(const MinimalFinding& finding) {
  return finding.signature.name + "-" + digest_text(digest(blame_text(finding)), 8) + ".txt";
}

/// What stands there; nothing where that is no program.
std::optional<TextProgram> program_at(const fs::path& path, std::size_t& bytes) {
  try {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    bytes = text.size();
    return parse_text(text, path.string());
  } catch (const std::exception&) {
    return {};
  }
}

/// Fewer operations, then fewer bytes.
bool is_shorter(const TextProgram& program, std::size_t bytes, const TextProgram& old,
                std::size_t old_bytes) {
  const std::size_t operations = program.program.operations.size();
  const std::size_t old_operations = old.program.operations.size();
  return operations != old_operations ? operations < old_operations : bytes < old_bytes;
}

/// Somebody's notes, or half a file, must neither be lost nor be in the way.
fs::path set_aside(const fs::path& path) {
  for (int number = 1; number < 1000; ++number) {
    const fs::path aside = path.string() + ".no-program-" + std::to_string(number);
    if (fs::exists(fs::symlink_status(aside))) continue;
    fs::rename(path, aside);
    return aside;
  }
  throw std::runtime_error(printable(path.string()) +
                           ": found no program, expected one or no file");
}

}  // namespace

FiledFinding file_finding(const MinimalFinding& finding, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw std::runtime_error(printable(folder.string()) + ": found " + error.message());
  FiledFinding filed{Filed::added, folder / file_name(finding), {}};
  const std::string text = print_text(finding.text);
  if (fs::exists(fs::symlink_status(filed.path))) {
    std::size_t bytes = 0;
    const auto old = program_at(filed.path, bytes);
    if (old && !is_shorter(finding.text, text.size(), *old, bytes)) {
      filed.what = Filed::kept;
      return filed;
    }
    if (old) {
      filed.what = Filed::replaced;
    } else {
      filed.set_aside = set_aside(filed.path);
    }
  }
  write_whole(filed.path, text);
  return filed;
}

}  // namespace spb
