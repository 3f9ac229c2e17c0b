// SPDX-License-Identifier: GPL-2.0-only
//
// What keeps the proofs honest in the sources of smt/: one file sees Z3, and no migratetype, tag or
// order is compared outside the value domain, so what reads a state reads it by the policy's rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <concepts>
#include <regex>
#include <string>
#include <vector>

#include "smt/terms.h"
#include "tests/source_tree.h"

namespace spb::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string without_comment(const std::string& line) {
  return line.substr(0, line.find("//"));
}

/// Lines that name a migratetype otherwise than as lit(MIGRATE_X), or hold a number or an unwrapped
/// literal against a field that rules read. What a row's list is, is no term.
std::vector<std::string> raw_comparisons(const SourceFile& file) {
  static const std::regex wrapped(R"(\blit\(MIGRATE_[A-Z]+\)|\blist == ListOf::\w+)");
  static const std::regex named(R"(\bMIGRATE_(?!PCPTYPES\b))");
  static const std::regex raw(
      R"((\.|->)(tag|order|list|migratetype)(\(\)|\.value)?\)*\s*([=!<>]=|<|>)\s*-?(\d|[A-Z]))");
  static const std::regex domain(R"([=!<>]=?\s*(D|W::D|Concrete|Symbolic)::lit\()");
  static const std::regex reversed(
      R"(\b\d+\s*([=!<>]=|<|>)\s*\w+(\.|->)(tag|order|list|migratetype)\b)");
  static const std::regex switched(R"(\bswitch\s*\(.*\b(tag|order|list|migratetype)\b)");
  std::vector<std::string> found;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string line = without_comment(file.lines[i]);
    const std::string rest = std::regex_replace(line, wrapped, "lit()");
    const bool raw_type = std::regex_search(rest, named);
    const bool raw_number = (std::regex_search(rest, raw) && !std::regex_search(rest, domain)) ||
                            std::regex_search(rest, reversed) || std::regex_search(rest, switched);
    if (raw_type || raw_number) {
      found.push_back(file.path + ":" + std::to_string(i + 1) + ": compares outside the domain");
    }
  }
  return found;
}

bool in_smt(const SourceFile& file) {
  return file.path.rfind("smt/", 0) == 0;
}

TEST(SmtWall, NothingIsComparedOutsideTheDomain) {
  int files = 0;
  for (const SourceFile& file : cpp_files()) {
    if (!in_smt(file)) continue;
    ++files;
    EXPECT_EQ(joined(raw_comparisons(file)), "");
  }
  EXPECT_GT(files, 5);
}

TEST(SmtWall, FindsAComparisonOutsideTheDomain) {
  const auto found = [](const std::string& text) {
    return raw_comparisons(source_file("smt/a.cpp", text));
  };
  EXPECT_THAT(found("if (block.tag == MIGRATE_CMA) return;\n"), ElementsAre(HasSubstr("a.cpp:1")));
  EXPECT_THAT(found("const bool u = request.migratetype == 0;\n"), ElementsAre(HasSubstr(":1:")));
  EXPECT_THAT(found("\nwhile (chunk.order < 9)\n"), ElementsAre(HasSubstr(":2:")));
  EXPECT_THAT(found("return 3 == at.list;\n"), ElementsAre(HasSubstr(":1:")));
  EXPECT_THAT(found("switch (static_cast<Migratetype>(block.tag)) {\n"),
              ElementsAre(HasSubstr("")));
  EXPECT_THAT(found("if (static_cast<int>(at.block.tag) == 2)\n"), ElementsAre(HasSubstr("")));
  EXPECT_THAT(found("if (chunk.order.value >= 9) x();\n"), ElementsAre(HasSubstr("")));
  EXPECT_THAT(found("switch (steps_[i].mode) {\n"), IsEmpty());
  EXPECT_THAT(found("case MIGRATE_MOVABLE:\n"), ElementsAre(HasSubstr(":1:")));
  EXPECT_THAT(found("return at.chunk.list == D::lit(MIGRATE_MOVABLE);\n"), IsEmpty());
  EXPECT_THAT(found("return at.chunk.order >= D::lit(0);  // MIGRATE_CMA\n"), IsEmpty());
}

TEST(SmtWall, OneFileSeesZ3) {
  std::vector<std::string> seers;
  const std::regex include(R"(^\s*#\s*include\s*[<"]z3.*)");
  for (const SourceFile& file : cpp_files()) {
    for (const std::string& line : file.lines) {
      if (std::regex_match(line, include)) seers.push_back(file.path);
    }
  }
  EXPECT_THAT(seers, ElementsAre("smt/z3_wall.cpp"));
}

using smt::Symbolic;
static_assert(!std::convertible_to<Symbolic::Bool, bool>);
static_assert(!std::convertible_to<Symbolic::Int, int>);
static_assert(!std::convertible_to<bool, Symbolic::Bool>);
static_assert(!std::convertible_to<int, Symbolic::Int>);
static_assert(!std::constructible_from<bool, Symbolic::Bool>);

TEST(SmtTerms, EqualTermsAreOne) {
  smt::Terms terms;
  const auto a = smt::an_int("a");
  EXPECT_EQ((a + Symbolic::lit(1)).id(), (smt::an_int("a") + Symbolic::lit(1)).id());
  EXPECT_NE((a + Symbolic::lit(1)).id(), (a + Symbolic::lit(2)).id());
}

TEST(SmtTerms, ValuesFold) {
  smt::Terms terms;
  EXPECT_TRUE(is_true(Symbolic::lit(2) * Symbolic::lit(3) == Symbolic::lit(6)));
  EXPECT_TRUE(is_false(Symbolic::lit(2) < Symbolic::lit(2)));
  EXPECT_TRUE(is_true(Symbolic::lit(2) <= Symbolic::lit(2)));
  EXPECT_TRUE(is_false(smt::a_bool("a") && Symbolic::truth(false)));
  EXPECT_FALSE(is_true(smt::a_bool("a")) || is_false(smt::a_bool("a")));
}

TEST(SmtTerms, AScriptDeclaresWhatItUses) {
  smt::Terms terms;
  const auto chunk = smt::a_variable(smt::Sort::Chunk);
  const auto body = smt::int_of("order", chunk) < smt::an_int("max");
  const std::string script = smt::to_smtlib({forall(chunk, body), smt::a_bool("b")});
  EXPECT_EQ(script,
            "(set-logic ALL)\n"
            "(declare-sort Chunk 0)\n"
            "(declare-fun |order| (Chunk) Int)\n"
            "(declare-fun |max| () Int)\n"
            "(declare-fun |b| () Bool)\n"
            "(assert (forall ((|any| Chunk)) (< (|order| |any|) |max|)))\n"
            "(assert |b|)\n"
            "(check-sat)\n");
}

}  // namespace
}  // namespace spb::test
