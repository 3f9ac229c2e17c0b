// SPDX-License-Identifier: GPL-2.0-only
//
// How a change is named: by the rows, rules and invariants that it touches, in a repository that
// has nothing but these.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/verb_folder.h"

namespace spb::test {
namespace {

using testing::HasSubstr;

class Touched : public VerbFolder {
 protected:
  void SetUp() override {
    VerbFolder::SetUp();
    const auto made = bash("git init -q . && cp -r '" SPB_SOURCE_DIR
                           "'/{model,invariants} . && git add -A && "
                           "git -c user.name=t -c user.email=t@t commit -q -m begin");
    ASSERT_EQ(made.status, 0) << made.text;
  }
  /// What is named once this sed script has run over the file.
  std::string named(const std::string& script, const std::string& file) const {
    const auto outcome =
        bash("sed -i '" + script + "' " + file +
             " && ! git diff --quiet && '" SPB_SOURCE_DIR "/ci/touched' && git checkout -q .");
    EXPECT_EQ(outcome.status, 0) << outcome.text;
    return outcome.text;
  }
};

TEST_F(Touched, NamesTheRowOfAGate) {
  EXPECT_EQ(named("/::PASS_2D,/,/effect/ s/not_movable_nor_cma/non_movable_only/",
                  "model/policy/tables.h"),
            "row PASS_2D\n");
}

TEST_F(Touched, NamesTheRowsThatAskARule) {
  EXPECT_EQ(named("/Bool spares_reserve(/ a // changed", "model/policy/rules.h"),
            "rule spares_reserve\nrow PASS_4\n");
  EXPECT_EQ(named("/Bool refuse_isolated(/ a // changed", "model/policy/rules.h"),
            "rule refuse_isolated\nrow ISOLATE\n");
}

TEST_F(Touched, NamesTheRowsThatAskARuleByAnother) {
  EXPECT_EQ(named("/Bool above_tainted_reserve(/ a // changed", "model/policy/rules.h"),
            "rule above_tainted_reserve\nrow PASS_4\n");
}

TEST_F(Touched, NamesTheTableWhoseOrderChanged) {
  EXPECT_EQ(named("s/P::hint, P::pass_1, P::pass_2,/P::pass_1, P::hint, P::pass_2,/",
                  "model/policy/tables.h"),
            "table rfc_v2\n");
}

TEST_F(Touched, NamesInvariantsParametersAndFunctions) {
  EXPECT_THAT(named("$ a // changed", "invariants/free_lists.cpp"),
              HasSubstr("invariant free-lists\n"));
  EXPECT_EQ(named("/\"reentry-bound\"/ a // changed", "model/words/parameters.h"),
            "parameter reentry-bound\n");
  EXPECT_EQ(named("/^.*void free_one_page(/,/^}/ s/^  .*return;/  \\/\\/ changed/;"
                  "/^.*void free_one_page(/ a // changed",
                  "model/engine/buddy.cpp"),
            "function free_one_page\n");
}

TEST_F(Touched, NamesNothingWhereNothingChangedAndRefusesWhatIsNoRevision) {
  const auto nothing = bash("'" SPB_SOURCE_DIR "/ci/touched'");
  EXPECT_EQ(nothing.status, 0);
  EXPECT_EQ(nothing.text, "");
  const auto unknown = bash("'" SPB_SOURCE_DIR "/ci/touched' no-such-revision");
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.text, HasSubstr("expected a revision that is here"));
}

}  // namespace
}  // namespace spb::test
