// SPDX-License-Identifier: GPL-2.0-only
//
// What documents say of the house: the files and functions they name exist, their lines are
// wrapped, and every enumerator that a header declares is used.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/source_tree.h"

namespace spb::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t columns_max = 150;

bool is_document(const SourceFile& file) {
  return fs::path(file.path).extension() == ".md" && file.path.rfind("tests/data/", 0) != 0;
}

std::string at(const SourceFile& file, std::size_t line) {
  return file.path + ":" + std::to_string(line + 1) + ": ";
}

bool is_example(const std::string& line) {
  return line.rfind("    ", 0) == 0;
}

// Every match of the pattern's first group, outside examples and diffs.
template <class Visit>
void for_matches(const SourceFile& file, const std::regex& pattern, Visit visit) {
  bool fenced = false;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    if (file.lines[i].rfind("```", 0) == 0) fenced = !fenced;
    if (fenced || is_example(file.lines[i])) continue;
    const std::sregex_iterator begin(file.lines[i].begin(), file.lines[i].end(), pattern);
    for (auto match = begin; match != std::sregex_iterator(); ++match)
      visit(i, (*match)[1].str());
  }
}

// `x_test.cpp` stands for any test, and a finding's folder comes with the first finding.
bool stands_for_others(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.rfind("x_", 0) == 0 || name.rfind("x.", 0) == 0 || path == "corpus/findings";
}

// Files and folders of the house in backticks. Names with capitals or stars are no paths.
std::vector<std::string> path_errors(const SourceFile& file) {
  static const std::regex path(
      "`((?:model|invariants|program|trace|files|smt|fuzz|cli|bench|tests|ci|cmake|docs|corpus)"
      "/[a-z0-9_./-]*)`");
  std::vector<std::string> errors;
  for_matches(file, path, [&](std::size_t line, const std::string& name) {
    if (!stands_for_others(name) && !fs::exists(fs::path(SPB_SOURCE_DIR) / name)) {
      errors.push_back(at(file, line) + name + " does not exist");
    }
  });
  return errors;
}

// The names of all programs that stand in the house.
const std::set<std::string>& program_names() {
  static const std::set<std::string> all = [] {
    std::set<std::string> names;
    for (const char* folder : {"corpus", "tests"}) {
      for (const auto& file : fs::recursive_directory_iterator(fs::path(SPB_SOURCE_DIR) / folder))
        names.insert(file.path().filename().string());
    }
    return names;
  }();
  return all;
}

// A program in backticks without its folder: `isolated-stolen.txt`.
std::vector<std::string> program_errors(const SourceFile& file) {
  static const std::regex program(R"re(`([a-z0-9][a-z0-9.@-]*-[a-z0-9.@-]*\.txt)`)re");
  std::vector<std::string> errors;
  for_matches(file, program, [&](std::size_t line, const std::string& name) {
    if (program_names().count(name) == 0) {
      errors.push_back(at(file, line) + "no program " + name + " in corpus or tests");
    }
  });
  return errors;
}

// Where a link leads, from the document's folder on.
std::vector<std::string> link_errors(const SourceFile& file) {
  static const std::regex link(R"re(\]\(([^)#:]+)\))re");
  std::vector<std::string> errors;
  for_matches(file, link, [&](std::size_t line, const std::string& target) {
    if (!fs::exists(fs::path(SPB_SOURCE_DIR) / fs::path(file.path).parent_path() / target)) {
      errors.push_back(at(file, line) + "the link to " + target + " leads nowhere");
    }
  });
  return errors;
}

using Counts = std::map<std::string, int>;

void count_words(const std::string& text, Counts& counts) {
  static const std::regex word(R"re([A-Za-z_][A-Za-z0-9_]*)re");
  const std::sregex_iterator begin(text.begin(), text.end(), word);
  for (auto match = begin; match != std::sregex_iterator(); ++match)
    ++counts[match->str()];
}

// Of everything that is compiled or configures it, tests aside.
const Counts& words_of_the_sources() {
  static const Counts all = [] {
    Counts words;
    for (const SourceFile& file : text_files()) {
      const std::string ending = fs::path(file.path).extension().string();
      const bool source = ending == ".cpp" || ending == ".h" || ending == ".cmake" ||
                          fs::path(file.path).filename() == "CMakeLists.txt";
      const bool test = file.path.rfind("tests/", 0) == 0 && ending != ".txt";
      if (!source || test) continue;
      for (const std::string& line : file.lines)
        count_words(line, words);
    }
    return words;
  }();
  return all;
}

// These two speak of the posted series' own functions.
bool is_about_the_kernel(const SourceFile& file) {
  return file.path == "docs/seeds.md" || file.path == "docs/findings.md";
}

// A function in backticks, `rmqueue_smallest` or `apply()`, is one that a reader can open.
std::vector<std::string> function_errors(const SourceFile& file) {
  if (is_about_the_kernel(file)) return {};
  static const std::regex function(R"re(`([a-z]+_[a-z0-9_]+|[a-z_]+\(\))`)re");
  std::vector<std::string> errors;
  for_matches(file, function, [&](std::size_t line, std::string name) {
    if (name.back() == ')') name.resize(name.size() - 2);
    if (name.rfind("x_", 0) != 0 && words_of_the_sources().count(name) == 0) {
      errors.push_back(at(file, line) + name + " stands in no source file");
    }
  });
  return errors;
}

// Prose is wrapped. A table's row, an example and a link are one line each.
std::vector<std::string> width_errors(const SourceFile& file) {
  std::vector<std::string> errors;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    if (is_example(line) || line.rfind("|", 0) == 0 || line.size() <= columns_max) continue;
    errors.push_back(at(file, i) + "wider than 150 columns");
  }
  return errors;
}

// Names between the braces of an enum, without comments and values.
std::vector<std::string> enumerators_of(const std::string& text) {
  static const std::regex declaration(
      R"re(\benum (?:class )?[A-Za-z]+ : [a-z0-9_]+ \{([^}]*)\})re");
  static const std::regex name(R"re((?:^|,)\s*([A-Za-z_][A-Za-z0-9_]*))re");
  std::vector<std::string> names;
  const std::sregex_iterator begin(text.begin(), text.end(), declaration);
  for (auto match = begin; match != std::sregex_iterator(); ++match) {
    const std::string body = (*match)[1];
    const std::sregex_iterator first(body.begin(), body.end(), name);
    for (auto each = first; each != std::sregex_iterator(); ++each)
      names.push_back((*each)[1]);
  }
  return names;
}

std::string without_comments(const SourceFile& file) {
  std::string text;
  for (const std::string& line : file.lines)
    text += line.substr(0, line.find("//")) + "\n";
  return text;
}

std::vector<std::string> unused_enumerators(const std::string& header, const Counts& counts) {
  std::vector<std::string> unused;
  for (const std::string& name : enumerators_of(header)) {
    if (counts.at(name) < 2) unused.push_back(name);
  }
  return unused;
}

TEST(Documents, NameFilesAndFunctionsThatExistInWrappedLines) {
  int documents = 0;
  for (const SourceFile& file : text_files()) {
    if (!is_document(file)) continue;
    ++documents;
    EXPECT_EQ(joined(path_errors(file)), "");
    EXPECT_EQ(joined(link_errors(file)), "");
    EXPECT_EQ(joined(program_errors(file)), "");
    EXPECT_EQ(joined(function_errors(file)), "");
    EXPECT_EQ(joined(width_errors(file)), "");
  }
  EXPECT_GT(documents, 5);
}

TEST(Documents, FindWhatIsNotThere) {
  const auto file =
      source_file("docs/a.md", "`model/none.h` and `no_such_function`, [x](none.md)\n");
  EXPECT_THAT(path_errors(file), ElementsAre("docs/a.md:1: model/none.h does not exist"));
  EXPECT_THAT(function_errors(file), ElementsAre(HasSubstr("no_such_function")));
  EXPECT_THAT(link_errors(file), ElementsAre(HasSubstr("none.md leads nowhere")));
  EXPECT_THAT(
      program_errors(source_file("docs/a.md", "`isolated-none.txt`, `isolated-stolen.txt`")),
      ElementsAre("docs/a.md:1: no program isolated-none.txt in corpus or tests"));
  EXPECT_THAT(width_errors(source_file("docs/a.md", std::string(151, 'x'))),
              ElementsAre(HasSubstr("wider")));
  EXPECT_THAT(path_errors(source_file("docs/a.md", "`model/` and `ci/test`\n")), IsEmpty());
}

TEST(Enumerators, AreAllUsed) {
  const std::vector<SourceFile> files = cpp_files();
  Counts counts;
  for (const SourceFile& file : files)
    count_words(without_comments(file), counts);
  for (const SourceFile& file : files) {
    if (fs::path(file.path).extension() != ".h") continue;
    EXPECT_THAT(unused_enumerators(without_comments(file), counts), IsEmpty()) << file.path;
  }
}

TEST(Enumerators, AreFoundWhereNobodyUsesThem) {
  const std::string header = "enum class E : uint8_t {\n  used,\n  idle = 3,\n};\n";
  Counts counts;
  count_words(header + "E::used", counts);
  EXPECT_THAT(unused_enumerators(header, counts), ElementsAre("idle"));
}

}  // namespace
}  // namespace spb::test
