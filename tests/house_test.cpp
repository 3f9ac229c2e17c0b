// SPDX-License-Identifier: GPL-2.0-only
//
// Habits of the house that a compiler does not hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/source_tree.h"

namespace spb::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::ptrdiff_t columns_max = 100;

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string line_or_nothing(const SourceFile& file, std::size_t index) {
  return index < file.lines.size() ? file.lines[index] : "";
}

// Width counts characters, so the bytes that continue a UTF-8 character do not count.
bool is_too_wide(const std::string& line) {
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  return std::count_if(line.begin(), line.end(), std::not_fn(continues)) > columns_max;
}

// What a C++ file has to look like, each breach as "file:line: what".
std::vector<std::string> cpp_errors(const SourceFile& file) {
  std::vector<std::string> errors;
  if (line_or_nothing(file, 0) != "// SPDX-License-Identifier: GPL-2.0-only") {
    errors.push_back(file.path + ":1: the first line is the SPDX line");
  }
  if (ends_with(file.path, ".h") &&
      std::find(file.lines.begin(), file.lines.end(), "#pragma once") == file.lines.end()) {
    errors.push_back(file.path + ": a header has #pragma once");
  }
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    if (is_too_wide(file.lines[i])) {
      errors.push_back(file.path + ":" + std::to_string(i + 1) + ": wider than 100 columns");
    }
  }
  return errors;
}

// The repository is whole by itself: nothing in it points to a place next to it.
std::vector<std::string> outside_errors(const SourceFile& file) {
  // Written in two halves, or this file would find itself.
  const std::vector<std::string> places = {
      "../"
      "shared",
      "/work"
      "/"};
  std::vector<std::string> errors;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    for (const std::string& place : places) {
      if (file.lines[i].find(place) == std::string::npos) continue;
      errors.push_back(file.path + ":" + std::to_string(i + 1) + ": names " + place);
    }
  }
  return errors;
}

// A script or CMake file carries its licence in one of its first two lines; the first may be #!.
bool has_hash_spdx(const SourceFile& file) {
  const std::string spdx = "# SPDX-License-Identifier: GPL-2.0-only";
  return line_or_nothing(file, 0) == spdx || line_or_nothing(file, 1) == spdx;
}

bool is_script_or_cmake(const SourceFile& file) {
  return ends_with(file.path, "CMakeLists.txt") || ends_with(file.path, ".cmake") ||
         ends_with(file.path, ".sh") || line_or_nothing(file, 0).rfind("#!", 0) == 0;
}

// Passes are rows: what code needs to know of one is a datum of its row, or a new row would be
// taken for something it is not. These are about passes by name: the tables and their words, the
// weakened tables and questions that are asked of one pass, the list of what is known to break, and
// what is stated of each a second time.
bool may_name_passes(const SourceFile& file) {
  static const std::vector<std::string> files = {"model/policy/vocabulary.h",
                                                 "model/policy/tables.h",
                                                 "smt/edits.h",
                                                 "smt/properties.cpp",
                                                 "smt/steps.cpp",
                                                 "invariants/causes.cpp",
                                                 "invariants/stated_rules.cpp",
                                                 "invariants/stated_rows.cpp",
                                                 "invariants/stated_tables.cpp",
                                                 "invariants/hint_left.cpp",
                                                 "invariants/shrink_asked.cpp"};
  return file.path.rfind("tests/", 0) == 0 ||
         std::find(files.begin(), files.end(), file.path) != files.end();
}

// NO_PAGE, CLAIM and STEAL are no rows of a pass table.
std::vector<std::string> pass_name_errors(const SourceFile& file) {
  static const std::regex name(R"re(\bPassId::(PASS_\w+|HINT|SMALLEST)\b)re");
  std::vector<std::string> errors;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    std::smatch match;
    if (may_name_passes(file) || !std::regex_search(file.lines[i], match, name)) continue;
    errors.push_back(file.path + ":" + std::to_string(i + 1) + ": knows " + match[1].str());
  }
  return errors;
}

TEST(House, NoCodeOutsideTheTablesKnowsAPassByName) {
  for (const SourceFile& file : cpp_files())
    EXPECT_EQ(joined(pass_name_errors(file)), "");
}

TEST(House, FindsCodeThatKnowsAPassByName) {
  const std::string line = "if (by == PassId::PASS_2C) return;\n";
  EXPECT_THAT(pass_name_errors(source_file("program/a.cpp", line)),
              ElementsAre("program/a.cpp:1: knows PASS_2C"));
  EXPECT_THAT(pass_name_errors(source_file("model/policy/tables.h", line)), IsEmpty());
  EXPECT_THAT(pass_name_errors(source_file("program/a.cpp", "PassId::STEAL\n")), IsEmpty());
}

TEST(House, EveryCppFileStartsWithItsLicenceAndFitsTheColumns) {
  const std::vector<SourceFile> files = cpp_files();
  ASSERT_FALSE(files.empty());
  for (const SourceFile& file : files)
    EXPECT_EQ(joined(cpp_errors(file)), "");
}

TEST(House, EveryScriptCarriesItsLicence) {
  int scripts = 0;
  for (const SourceFile& file : text_files()) {
    if (!is_script_or_cmake(file)) continue;
    ++scripts;
    EXPECT_TRUE(has_hash_spdx(file)) << file.path;
  }
  EXPECT_GT(scripts, 0);
}

TEST(House, NoFilePointsOutsideTheRepository) {
  for (const SourceFile& file : text_files())
    EXPECT_EQ(joined(outside_errors(file)), "");
}

TEST(House, FindsAMissingLicenceAndAMissingPragma) {
  EXPECT_THAT(cpp_errors(source_file("model/a.h", "// A header.\n")),
              ElementsAre(HasSubstr("a.h:1: the first line is the SPDX line"),
                          HasSubstr("a header has #pragma once")));
  EXPECT_THAT(cpp_errors(source_file("model/a.cpp", "")), ElementsAre(HasSubstr("SPDX")));
}

TEST(House, FindsAWideLine) {
  const std::string spdx = "// SPDX-License-Identifier: GPL-2.0-only\n";
  EXPECT_THAT(cpp_errors(source_file("model/a.cpp", spdx + std::string(100, 'x'))), IsEmpty());
  EXPECT_THAT(cpp_errors(source_file("model/a.cpp", spdx + std::string(101, 'x'))),
              ElementsAre("model/a.cpp:2: wider than 100 columns"));
}

TEST(House, FindsAPathOutsideTheRepository) {
  EXPECT_THAT(outside_errors(source_file("docs/a.md",
                                         "fine\nsee ../"
                                         "shared/spec\n")),
              ElementsAre(HasSubstr("docs/a.md:2: names")));
}

TEST(House, FindsAScriptWithoutItsLicence) {
  EXPECT_FALSE(has_hash_spdx(source_file("ci/x", "#!/usr/bin/env bash\nset -e\n")));
  EXPECT_TRUE(has_hash_spdx(
      source_file("ci/x", "#!/usr/bin/env bash\n# SPDX-License-Identifier: GPL-2.0-only\n")));
}

}  // namespace
}  // namespace spb::test
