// SPDX-License-Identifier: GPL-2.0-only
//
// What PASS_2C and PASS_2D do over several steps: each question as it is expected to come out, in a
// scope of seconds, and a search that can fail.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/policy/variant.h"
#include "model/words/gfp.h"
#include "smt/judge.h"
#include "smt/steps.h"

namespace spb::smt {
namespace {

/// Enough for the first zone of every question.
constexpr uint64_t transitions_max = 400'000;

TEST(SmtSteps, EveryQuestionComesOutAsExpected) {
  for (const StepsQuestion& question : steps_questions()) {
    bool refuted = false;
    for (const Geometry& zone : question.zones) {
      const StepsAnswer found = answer(question, zone, transitions_max);
      refuted = refuted || found.program.has_value();
      EXPECT_TRUE(found.complete || found.program || found.transitions > transitions_max * 9 / 10);
    }
    EXPECT_EQ(refuted, question.refuted) << question.id;
    EXPECT_TRUE(refuted || answer(question, question.zones[0], transitions_max).complete)
        << question.id << ": the first zone is to be searched to its end";
  }
}

TEST(SmtSteps, TheTwoTablesAreThoseOfThePostedPatches) {
  const Policy<Concrete>& before = variants()[2].policy;
  Parameters without;
  without[ParameterId::fix] = 0;
  without[ParameterId::without] = 1U << static_cast<unsigned>(PassId::PASS_2C);
  const Policy<Concrete> after = shaped(variants()[3].policy, without);
  ASSERT_EQ(before.passes.size(), after.passes.size());
  for (std::size_t i = 0; i < before.passes.size(); ++i) {
    EXPECT_EQ(before.passes[i].id, after.passes[i].id);
    EXPECT_EQ(before.passes[i].gate, after.passes[i].gate);
  }
  EXPECT_EQ(variants()[2].defaults, variants()[3].defaults);
}

StepsQuestion by_hand(Programs programs) {
  StepsQuestion question = *find_steps_question("2c-never-taints-more-steps");
  question.programs = programs;
  return question;
}

/// One page each: U | R takes the place of a second U where PASS_2C lends it.
Program with_a_refused_request() {
  Geometry size;
  size.superpageblocks = 1;
  size.pageblocks = 1;
  size.pageblock_order = 1;
  size.max_page_order = 1;
  return {{size, 3, {}},
          {{.kind = OpKind::rmqueue},
           {.kind = OpKind::rmqueue, .slot = 1, .a = 2},
           {.kind = OpKind::free}}};
}

TEST(SmtSteps, AProgramWhoseResultsDifferCountsOnlyUnderTheLooseReading) {
  const Program program = with_a_refused_request();
  const auto loose = taints_more(by_hand(Programs::any), program);
  ASSERT_TRUE(loose);
  EXPECT_EQ(loose->with, 1U);
  EXPECT_EQ(loose->without, 0U);
  EXPECT_EQ(loose->operations, 3U);
  EXPECT_FALSE(taints_more(by_hand(Programs::same_results), program));
}

TEST(SmtSteps, WithoutThePassOnEitherSideThereIsNoDifference) {
  StepsQuestion question = *find_steps_question("2d-never-taints-more-steps");
  question.variant = 2;
  const StepsAnswer found = answer(question, question.zones[0], 50'000);
  EXPECT_FALSE(found.program);
  EXPECT_GT(found.transitions, 49'000U);
  EXPECT_LE(found.transitions, 50'000U);
}

// ---- a program that names its property

TEST(SmtJudge, SaysWhatAProgramBreaksAndWhatItDoesNot) {
  Program program = with_a_refused_request();
  program.zone.geometry.superpageblocks = 2;
  program.operations.insert(program.operations.begin() + 2,
                            {.kind = OpKind::rmqueue, .slot = 2, .a = 2});
  const auto finding = judge("2c-never-taints-more-steps", program);
  ASSERT_TRUE(finding && finding->property);
  EXPECT_EQ(finding->operation, 4U);
  EXPECT_NE(finding->property->how.find("2 tainted with PASS_2C, 1 without"), std::string::npos);
  EXPECT_FALSE(judge("taint-comes-last", program));
  EXPECT_TRUE(is_property("taint-comes-last"));
  EXPECT_FALSE(is_property("taint-comes-first"));
}

}  // namespace
}  // namespace spb::smt
