// SPDX-License-Identifier: GPL-2.0-only
//
// Every property, every variant, the outcome that is expected, under a limit on Z3's own steps: the
// table is smt/properties.cpp, this file only walks it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "model/policy/variant.h"
#include "smt/prove.h"
#include "tests/source_tree.h"

namespace spb::smt {
namespace {

Effort effort(bool second_opinion) {
  Effort result;
  result.size = small_size();
  result.smaller = smaller_sizes();
  result.second_opinion = second_opinion;
  return result;
}

std::string test_name(const testing::TestParamInfo<const Property*>& info) {
  std::string name(info.param->id);
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

class SmtProof : public testing::TestWithParam<const Property*> {};

std::vector<const Property*> all_properties() {
  std::vector<const Property*> all;
  for (const Property& property : properties())
    all.push_back(&property);
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, SmtProof, testing::ValuesIn(all_properties()), test_name);

TEST_P(SmtProof, ComesOutAsExpectedForEveryVariant) {
  const Property& property = *GetParam();
  for (std::size_t v = 0; v < nr_variants; ++v) {
    if (property.expected[v] == Expected::skipped) continue;
    const Verdict verdict = prove(property, subject_for(property, v), effort(false));
    EXPECT_TRUE(as_expected(property, v, verdict.outcome))
        << variants()[v].name << ": " << name_of(verdict.outcome) << ", expected "
        << name_of(property.expected[v]) << "; " << verdict.detail;
    // Its floor is lifted only where there are more superpageblocks than a small size has.
    const bool refuted_by_number =
        property.id == "nofragment-claims-whole" && property.expected[v] == Expected::refuted;
    EXPECT_EQ(verdict.any_number, property.expected[v] == Expected::proven || refuted_by_number)
        << "what is refuted is so at a small size";
  }
}

TEST_P(SmtProof, AgreesWithTheAnswerAtThreeSuperpageblocks) {
  const Property& property = *GetParam();
  Effort three = effort(false);
  three.size = wide_size(3);
  for (std::size_t v = 0; v < nr_variants; ++v) {
    if (property.expected[v] == Expected::skipped) continue;
    const Verdict verdict = prove_at_size(property, subject_for(property, v), three);
    EXPECT_TRUE(as_expected_at_size(property, v, verdict.outcome))
        << variants()[v].name << ": " << name_of(verdict.outcome);
  }
}

TEST_P(SmtProof, IsRefutedForEveryWeakenedTable) {
  const Property& property = *GetParam();
  for (const Weakened& weakened : property.weakened) {
    const Verdict verdict = prove_weakened(property, weakened, effort(false));
    EXPECT_EQ(name_of(verdict.outcome), "refuted") << weakened.edit.what << "; " << verdict.detail;
  }
}

TEST_P(SmtProof, HasACounterweight) {
  const Property& property = *GetParam();
  bool proven = false;
  for (const Expected expected : property.expected)
    proven = proven || expected == Expected::proven;
  EXPECT_EQ(proven, property.weakened.size() > 0)
      << "what is proven somewhere needs a weakened table, and only that";
}

TEST(SmtProofs, Cvc5GivesTheSameAnswers) {
  if (!cvc5_installed()) GTEST_SKIP() << "cvc5 is not installed";
  int answered = 0;
  for (const Property& property : properties()) {
    if (property.expected[4] == Expected::skipped) continue;
    const Verdict verdict = prove(property, subject_for(property, 4), effort(true));
    EXPECT_TRUE(as_expected(property, 4, verdict.outcome)) << property.id << verdict.detail;
    const Answer same = verdict.outcome == Outcome::proven ? Answer::unsat : Answer::sat;
    EXPECT_EQ(verdict.cvc5, same) << property.id;
    ++answered;
  }
  EXPECT_GT(answered, 20);
}

TEST(SmtProofs, HaveIdsOfTheirOwnAndASource) {
  std::set<std::string_view> ids;
  for (const Property& property : properties()) {
    EXPECT_TRUE(ids.insert(property.id).second) << property.id;
    EXPECT_FALSE(property.sentence.empty()) << property.id;
    EXPECT_FALSE(property.source.empty()) << property.id;
  }
}

// A statement that calls a rule of the policy would follow an edit of that rule.
TEST(SmtProofs, SayWhatTheyMeanInWordsOfTheirOwn) {
  std::size_t statements = 0;
  for (const test::SourceFile& file : test::cpp_files()) {
    if (file.path != "smt/statements.h" && file.path != "smt/meaning.h" &&
        file.path != "smt/free_standing.h")
      continue;
    ++statements;
    for (const std::string& line : file.lines)
      EXPECT_THAT(line, testing::Not(testing::HasSubstr("rules::"))) << file.path;
  }
  EXPECT_EQ(statements, 3U);
}

TEST(SmtProofs, ReadTheTablesOfEveryVariant) {
  ASSERT_EQ(variants().size(), nr_variants);
  for (std::size_t v = 0; v < nr_variants; ++v) {
    const Subject subject = subject_of(v);
    EXPECT_EQ(subject.name, variants()[v].name);
    ASSERT_EQ(subject.symbolic.passes.size(), subject.concrete.passes.size());
    for (std::size_t i = 0; i < subject.symbolic.passes.size(); ++i) {
      EXPECT_EQ(subject.symbolic.passes[i].id, subject.concrete.passes[i].id);
      EXPECT_EQ(subject.symbolic.passes[i].source, subject.concrete.passes[i].source);
      EXPECT_EQ(subject.symbolic.passes[i].effect, subject.concrete.passes[i].effect);
    }
  }
}

TEST(SmtProofs, HoldAtAHandfulAndAtFortyEightSuperpageblocks) {
  const auto holds = [](std::string_view id, uint32_t superpageblocks) {
    const Property& property = *find_property(id);
    Effort wide = effort(false);
    wide.size = wide_size(superpageblocks);
    return prove_at_size(property, subject_for(property, 4), wide).outcome == Outcome::proven;
  };
  for (const std::string_view id : {"claim-retry", "one-category"}) {
    EXPECT_TRUE(holds(id, 3)) << id;
    EXPECT_TRUE(holds(id, 12)) << id;
  }
  for (const std::string_view id : {"isolated-untouched", "one-category"}) {
    EXPECT_TRUE(holds(id, 48)) << id;
  }
}

/// rfc-v2 asks for a lower order before it adds ALLOC_NOFRAG_TAINTED_OK. Asked afterwards alone, a
/// caller that could be served at first, and no longer after the try in vain, drops the flag.
TEST(SmtProofs, ALowerOrderIsAskedForAnewAfterEachTryOfTheLadder) {
  const Property& property = *find_property("best-effort-never-drops");
  const auto outcome_of = [&](std::size_t first, std::size_t second) {
    Subject subject = subject_for(property, 4);
    std::swap(subject.symbolic.ladder[first], subject.symbolic.ladder[second]);
    std::swap(subject.concrete.ladder[first], subject.concrete.ladder[second]);
    return name_of(prove(property, subject, effort(false)).outcome);
  };
  ASSERT_EQ(subject_of(4).concrete.ladder[1].id, LadderStep::NOWARN_LOWER_ORDER);
  ASSERT_EQ(subject_of(4).concrete.ladder[2].id, LadderStep::ADD_TAINTED_OK);
  EXPECT_EQ(outcome_of(1, 2), "refuted");
  EXPECT_EQ(outcome_of(0, 1), "proven") << "which of the two gives up first does not matter";
}

// ---- the outcomes that no property may have

TEST(SmtOutcome, ASentenceAboutNothingIsInvalidNotProven) {
  Property empty = *find_property("borrow");
  const Verdict verdict = prove(empty, subject_of(0), effort(false));
  EXPECT_EQ(verdict.outcome, Outcome::invalid) << "mainline borrows nothing";
}

TEST(SmtOutcome, ABudgetThatEndsIsATimeoutNotProven) {
  Effort poor = effort(false);
  poor.budget.rlimit = 1000;
  const Property& property = *find_property("2c-never-taints-more");
  EXPECT_EQ(prove(property, subject_for(property, 4), poor).outcome, Outcome::timeout);
}

TEST(SmtOutcome, AQuestionThatCannotBeReadIsAnError) {
  const Reply z3 = ask_z3("(set-logic ALL)\n(assert (< a b))\n(check-sat)\n", Budget{});
  EXPECT_EQ(z3.answer, Answer::error);
  EXPECT_THAT(z3.detail, testing::HasSubstr("unknown constant"));
  if (!cvc5_installed()) GTEST_SKIP() << "cvc5 is not installed";
  EXPECT_EQ(ask_cvc5("(set-logic ALL)\n(assert (< a b))\n(check-sat)\n", Budget{}).answer,
            Answer::error);
}

TEST(SmtOutcome, AnAnswerThatIsContradictedIsAnError) {
  EXPECT_EQ(compared(Outcome::proven, Answer::sat), Outcome::error);
  EXPECT_EQ(compared(Outcome::refuted, Answer::unsat), Outcome::error);
  EXPECT_EQ(compared(Outcome::proven, Answer::error), Outcome::error);
  EXPECT_EQ(compared(Outcome::proven, Answer::unsat), Outcome::proven);
  EXPECT_EQ(compared(Outcome::refuted, Answer::sat), Outcome::refuted);
  EXPECT_EQ(compared(Outcome::proven, Answer::unknown), Outcome::proven);
  EXPECT_EQ(compared(Outcome::proven, Answer::absent), Outcome::proven);
}

}  // namespace
}  // namespace spb::smt
