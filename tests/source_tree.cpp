// SPDX-License-Identifier: GPL-2.0-only
#include "tests/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

namespace spb::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view house[] = {"model",   "invariants", "program", "files",
                                      "explore", "trace",      "smt",     "report",
                                      "fuzz",    "cli",        "tests",   "bench"};

bool is_cpp(const fs::path& path) {
  return path.extension() == ".cpp" || path.extension() == ".h";
}

bool is_text(const fs::path& path) {
  constexpr std::string_view compiled[] = {".xz", ".gz", ".bin"};
  return std::find(std::begin(compiled), std::end(compiled), path.extension()) ==
         std::end(compiled);
}

SourceFile read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return source_file(path.lexically_relative(SPB_SOURCE_DIR).generic_string(), text.str());
}

void sort_by_path(std::vector<SourceFile>& files) {
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
}

}  // namespace

SourceFile source_file(const std::string& path, const std::string& text) {
  SourceFile file{path, {}};
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    file.lines.push_back(line);
  return file;
}

std::vector<SourceFile> cpp_files() {
  std::vector<SourceFile> files;
  for (const std::string_view folder : house) {
    const fs::path root = fs::path(SPB_SOURCE_DIR) / folder;
    if (!fs::is_directory(root)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (entry.is_regular_file() && is_cpp(entry.path())) files.push_back(read_file(entry.path()));
    }
  }
  sort_by_path(files);
  return files;
}

std::vector<SourceFile> text_files() {
  std::vector<SourceFile> files;
  auto entries = fs::recursive_directory_iterator(SPB_SOURCE_DIR);
  for (auto entry = begin(entries); entry != end(entries); ++entry) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory() && (name == "build" || name == ".git" || name == ".cache")) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file() && name != ".git" && is_text(entry->path())) {
      files.push_back(read_file(entry->path()));
    }
  }
  sort_by_path(files);
  return files;
}

std::string joined(const std::vector<std::string>& findings) {
  std::string text;
  for (const std::string& finding : findings)
    text += finding + "\n";
  return text;
}

}  // namespace spb::test
