// SPDX-License-Identifier: GPL-2.0-only
//
// The order of the house, held: cli, fuzz, smt, explore, trace, report, files -> program ->
// invariants -> model, and nothing but the standard library at the three lowest folders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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

struct Folder {
  std::string_view name;
  std::vector<std::string_view> may_include;  // folders of the house
  bool standard_library_alone;
};

const std::vector<Folder>& house() {
  static const std::vector<Folder> folders = {
      {"model", {"model"}, true},
      {"invariants", {"model", "invariants"}, true},
      {"program", {"model", "invariants", "program"}, true},
      {"files", {"model", "invariants", "program", "files"}, false},
      {"trace", {"model", "invariants", "program", "trace"}, false},
      {"explore", {"model", "invariants", "program", "files", "explore"}, false},
      {"smt", {"model", "invariants", "program", "explore", "smt"}, false},
      {"report", {"model", "invariants", "program", "files", "report"}, false},
      {"fuzz", {"model", "invariants", "program", "files", "trace", "fuzz"}, false},
      {"cli",
       {"model", "invariants", "program", "files", "trace", "explore", "smt", "report", "cli"},
       false},
      {"bench", {"model", "invariants", "program", "trace", "bench"}, false},
      {"tests",
       {"model", "invariants", "program", "files", "trace", "explore", "smt", "fuzz", "cli",
        "tests"},
       false},
  };
  return folders;
}

// Headers that bring a clock, chance, input or output: the model is deterministic.
constexpr std::string_view kept_out_of_model[] = {"chrono", "ctime",   "random",   "thread",
                                                  "cstdio", "fstream", "iostream", "filesystem"};

// The floors of the model, from the ground up: a file includes those of its own floor and below.
constexpr std::string_view floors[] = {"words",  "policy",   "state",
                                       "engine", "deferred", "operation"};

struct Include {
  std::size_t line;  // counted from 1
  bool quoted;
  std::string name;
};

std::vector<Include> includes_of(const SourceFile& file) {
  static const std::regex directive(R"re(^\s*#\s*include\s*([<"])([^>"]*)[>"].*)re");
  std::vector<Include> includes;
  std::smatch match;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    if (std::regex_match(file.lines[i], match, directive)) {
      includes.push_back({i + 1, match[1] == "\"", match[2]});
    }
  }
  return includes;
}

std::string_view folder_of(std::string_view path) {
  const auto slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

template <typename Range>
bool contains(const Range& range, std::string_view value) {
  return std::find(std::begin(range), std::end(range), value) != std::end(range);
}

// The headers of the standard library are the ones with neither a folder nor an ending (<cstdint>,
// never <stdint.h>).
bool is_standard(std::string_view header) {
  return header.find_first_of("./") == std::string_view::npos;
}

// The floor that a path like "model/state/zone.h" lies on, or the number of floors where it has
// none.
std::size_t floor_of(std::string_view path) {
  const std::string_view inner = folder_of(path.substr(path.find('/') + 1));
  return static_cast<std::size_t>(std::find(std::begin(floors), std::end(floors), inner) -
                                  std::begin(floors));
}

std::string floor_complaint(std::string_view path, const Include& include) {
  if (floor_of(path) == std::size(floors)) return "this file lies on no floor of model/";
  const bool below = floor_of(include.name) <= floor_of(path);
  return below ? "" : "a floor of model/ includes its own files and those below";
}

// What is wrong with one include of a file in this folder; empty where nothing is.
std::string complaint(const Folder& folder, const Include& include) {
  if (include.quoted) {
    if (folder_of(include.name).empty()) return "name the file from the root, as in \"model/x.h\"";
    return contains(folder.may_include, folder_of(include.name))
               ? ""
               : std::string(folder.name) + "/ may not include it";
  }
  if (folder.standard_library_alone && !is_standard(include.name)) {
    return std::string(folder.name) + "/ uses the standard library alone";
  }
  if (folder.name == "model" && contains(kept_out_of_model, include.name)) {
    return "the model has no clock, no chance, no input and no output";
  }
  return "";
}

// Each include of the file that breaks the order, as "file:line: name: why".
std::vector<std::string> include_errors(const SourceFile& file) {
  const auto folder = std::find_if(house().begin(), house().end(),
                                   [&](const Folder& f) { return f.name == folder_of(file.path); });
  if (folder == house().end()) return {file.path + ": this folder has no place in the order"};
  std::vector<std::string> errors;
  for (const Include& include : includes_of(file)) {
    std::string why = complaint(*folder, include);
    if (why.empty() && include.quoted && folder->name == "model") {
      why = floor_complaint(file.path, include);
    }
    if (why.empty()) continue;
    errors.push_back(file.path + ":" + std::to_string(include.line) + ": " + include.name + ": " +
                     why);
  }
  return errors;
}

std::vector<std::string> errors_in(const std::string& path, const std::string& text) {
  return include_errors(source_file(path, text));
}

TEST(IncludeOrder, HoldsInEverySourceFile) {
  const std::vector<SourceFile> files = cpp_files();
  ASSERT_FALSE(files.empty());
  for (const SourceFile& file : files)
    EXPECT_EQ(joined(include_errors(file)), "") << file.path;
}

TEST(IncludeOrder, LetsAFolderIncludeItselfAndThoseBelow) {
  EXPECT_THAT(errors_in("model/words/a.h", "#include <array>\n#include \"model/words/b.h\"\n"),
              IsEmpty());
  EXPECT_THAT(errors_in("invariants/a.cpp", "#include \"model/b.h\"\n"), IsEmpty());
  EXPECT_THAT(errors_in("program/a.cpp", "#include \"invariants/b.h\"\n"), IsEmpty());
  EXPECT_THAT(errors_in("trace/a.cpp", "#include <fmt/core.h>\n#include <lzma.h>\n"), IsEmpty());
  EXPECT_THAT(errors_in("cli/a.cpp", "#include <CLI/CLI.hpp>\n#include \"trace/b.h\"\n"),
              IsEmpty());
}

TEST(IncludeOrder, RefusesAnArrowThatPointsUp) {
  EXPECT_THAT(errors_in("model/words/a.h", "#pragma once\n#include \"invariants/b.h\"\n"),
              ElementsAre("model/words/a.h:2: invariants/b.h: model/ may not include it"));
  EXPECT_THAT(errors_in("invariants/a.cpp", "  #  include \"program/b.h\"  // no\n"),
              ElementsAre(HasSubstr("invariants/ may not include it")));
  EXPECT_THAT(errors_in("program/a.cpp", "#include \"trace/b.h\"\n"),
              ElementsAre(HasSubstr(":1:")));
  EXPECT_THAT(errors_in("program/a.cpp", "#include \"files/b.h\"\n"),
              ElementsAre(HasSubstr(":1:")));
  EXPECT_THAT(errors_in("trace/a.cpp", "#include \"cli/b.h\"\n"), ElementsAre(HasSubstr(":1:")));
  EXPECT_THAT(errors_in("cli/a.cpp", "#include \"fuzz/b.h\"\n"), ElementsAre(HasSubstr(":1:")));
  EXPECT_THAT(errors_in("bench/a.cpp", "#include \"tests/b.h\"\n"), ElementsAre(HasSubstr(":1:")));
}

TEST(IncludeOrder, RefusesAStairThatLeadsUpInsideTheModel) {
  EXPECT_THAT(errors_in("model/state/a.h", "#include \"model/words/b.h\"\n"), IsEmpty());
  EXPECT_THAT(errors_in("model/engine/a.cpp", "#include \"model/engine/b.h\"\n"), IsEmpty());
  EXPECT_THAT(errors_in("model/state/a.h", "#include \"model/engine/b.h\"\n"),
              ElementsAre("model/state/a.h:1: model/engine/b.h: a floor of model/ includes its own "
                          "files and those below"));
  EXPECT_THAT(errors_in("model/a.h", "#include \"model/words/b.h\"\n"),
              ElementsAre(HasSubstr("lies on no floor")));
}

TEST(IncludeOrder, RefusesLibrariesWhereTheStandardLibraryStandsAlone) {
  for (const std::string folder : {"model", "invariants", "program"}) {
    for (const std::string header : {"fmt/core.h", "CLI/CLI.hpp", "lzma.h", "gtest/gtest.h",
                                     "unistd.h", "stdint.h", "z3++.h"}) {
      EXPECT_THAT(errors_in(folder + "/a.h", "#include <" + header + ">\n"),
                  ElementsAre(HasSubstr("uses the standard library alone")))
          << folder << " " << header;
    }
  }
}

TEST(IncludeOrder, RefusesClockChanceInputAndOutputInTheModel) {
  EXPECT_THAT(errors_in("model/a.cpp", "#include <random>\n"), ElementsAre(HasSubstr("no clock")));
  EXPECT_THAT(errors_in("program/a.cpp", "#include <iostream>\n"), IsEmpty());
}

TEST(IncludeOrder, RefusesANameThatDependsOnWhereTheFileIs) {
  EXPECT_THAT(errors_in("model/a.cpp", "#include \"b.h\"\n"),
              ElementsAre(HasSubstr("from the root")));
  EXPECT_THAT(errors_in("model/a.cpp", "#include \"../trace/b.h\"\n"),
              ElementsAre(HasSubstr("may not include it")));
}

TEST(IncludeOrder, RefusesAFolderItDoesNotKnow) {
  EXPECT_THAT(errors_in("elsewhere/a.h", ""), ElementsAre(HasSubstr("no place in the order")));
}

}  // namespace
}  // namespace spb::test
