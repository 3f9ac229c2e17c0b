// SPDX-License-Identifier: GPL-2.0-only
//
// The random walk: the same lives for the same seed, and `spbcheck simulate` as a user meets it.
#include "program/simulate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <regex>
#include <string>

#include "model/policy/variant.h"
#include "program/reach.h"
#include "program/text.h"
#include "tests/verb_folder.h"

namespace spb::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::atomic<bool> never = false;

SimulateOptions options_for(std::string_view variant) {
  SimulateOptions options;
  options.variants = {static_cast<uint32_t>(find_variant(variant) - variants().data())};
  return options;
}

TEST(Simulate, LivesTheSameLifeForTheSameSeed) {
  SimulateCounts one;
  SimulateCounts other;
  live(seed_of_life(7, 3), options_for("rfc-v2"), one, never);
  live(seed_of_life(7, 3), options_for("rfc-v2"), other, never);
  EXPECT_GT(one.operations, 500U);
  EXPECT_EQ(one.operations, other.operations);
  EXPECT_EQ(one.cells.reached(), other.cells.reached());
  SimulateCounts next;
  live(seed_of_life(7, 4), options_for("rfc-v2"), next, never);
  EXPECT_NE(one.operations, next.operations);
}

TEST(Simulate, LivesTheSameLifeHoweverOftenBothKindsOfChecksRun) {
  SimulateOptions options = options_for("mainline");
  SimulateCounts usual;
  live(seed_of_life(7, 3), options, usual, never);
  options.sample_of_both = 1'000'000;
  SimulateCounts seldom;
  live(seed_of_life(7, 3), options, seldom, never);
  EXPECT_EQ(usual.operations, seldom.operations);
  EXPECT_EQ(seldom.checked_in_full, 0U);
  options.sample_of_both = 1;
  SimulateCounts always;
  for (uint64_t life = 0; life < 4; ++life)
    live(seed_of_life(7, life), options, always, never);
  EXPECT_GT(always.checked_in_full, 0U);
}

TEST(Simulate, StopsWhenItIsTold) {
  const std::atomic<bool> stop = true;
  SimulateCounts counts;
  live(1, options_for("mainline"), counts, stop);
  EXPECT_EQ(counts.lives, 1U);
  EXPECT_EQ(counts.runs, 0U);
}

TEST(Simulate, SaysWhereNoReadingOfTheSetIsThere) {
  SimulateOptions options = options_for("rfc-v1@30");
  options.readings = ReadingSet::clean;
  SimulateCounts counts;
  EXPECT_THROW(live(1, options, counts, never), std::runtime_error);
}

class SimulateVerb : public VerbFolder {
 protected:
  /// What it counted; the clock's part, operations a second, is left out.
  std::string figures(const std::string& arguments) const {
    const auto outcome = spbcheck("simulate --to found " + arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.text;
    static const std::regex rate(R"(\([0-9]+ a second\))");
    const std::size_t begin = outcome.text.find(" lives, ");
    EXPECT_NE(begin, std::string::npos) << outcome.text;
    return begin == std::string::npos ? ""
                                      : std::regex_replace(outcome.text.substr(begin), rate, "");
  }
};

TEST_F(SimulateVerb, CountsTheSameOnAnyNumberOfThreads) {
  const std::string lives = "--seed 0123456789abcdef0123 --lives 4 --jobs ";
  EXPECT_EQ(figures(lives + "1"), figures(lives + "3"));
  EXPECT_FALSE(exists("found"));
}

TEST_F(SimulateVerb, BeginsWithTheStatesOfAProgram) {
  write("origin.txt",
        "zone superpageblocks=2 pageblocks=2 pageblock_order=2 max_page_order=3 variant=mainline\n"
        "take pfn=0 order=1 mt=UNMOVABLE\n");
  write("elsewhere.txt", "zone variant=rfc-v2\n");
  const std::string lives = "--seed 1 --lives 6 --variant mainline";
  EXPECT_NE(figures(lives), figures(lives + " --from origin.txt"));
  const std::string verb = "simulate --variant mainline --lives 6";
  EXPECT_EQ(spbcheck(verb + " --from elsewhere.txt").status, 2);
  EXPECT_EQ(spbcheck(verb + " --from nowhere.txt").status, 2);
}

// As where a change took a pass away that a program of the corpus names.
TEST_F(SimulateVerb, LeavesOutWhatItCannotReadBesideWhatItCan) {
  write("origin.txt",
        "zone superpageblocks=1 pageblocks=1 pageblock_order=2 max_page_order=2 variant=mainline\n"
        "take pfn=0 order=1 mt=MOVABLE\n");
  write("stale.txt", "zone superpageblocks=1 variant=mainline without=PASS_9\n");
  const std::string verb = "simulate --variant mainline --lives 2 --from stale.txt";
  EXPECT_EQ(spbcheck(verb).status, 2);
  const auto both = spbcheck(verb + " --from origin.txt --like stale.txt");
  EXPECT_EQ(both.status, 0) << both.text;
  EXPECT_THAT(both.text, HasSubstr("left out: stale.txt:1"));
}

TEST_F(SimulateVerb, PrefersWhatComesToARow) {
  write("origin.txt",
        "zone superpageblocks=2 pageblocks=2 pageblock_order=2 max_page_order=3 variant=rfc-v1@31\n"
        "a = alloc order=0 gfp=GFP_ATOMIC\nb = alloc order=0 gfp=GFP_NOWAIT|__GFP_NORETRY\n");
  const std::string lives = "--seed 1 --lives 6 --variant rfc-v1@31 --from origin.txt";
  EXPECT_EQ(figures(lives), figures(lives));
  EXPECT_NE(figures(lives), figures(lives + " --towards ADD_TAINTED_OK"));
  EXPECT_NE(figures(lives), figures(lives + " --like origin.txt"));
  const auto nowhere = spbcheck("simulate --towards PASS_9");
  EXPECT_EQ(nowhere.status, 2);
  EXPECT_THAT(nowhere.text, HasSubstr("expected a row of some variant"));
  const auto elsewhere = spbcheck("simulate --variant mainline --towards PASS_2C");
  EXPECT_EQ(elsewhere.status, 2);
  EXPECT_THAT(elsewhere.text, HasSubstr("expected one that some of them have"));
}

TEST(Reach, NamesTheOperationsThatComeToARow) {
  const TextProgram text = parse_text(
      "zone superpageblocks=2 pageblocks=2 pageblock_order=2 max_page_order=3 variant=rfc-v1@31\n"
      "a = alloc order=0 gfp=GFP_HIGHUSER_MOVABLE\nfree a\nb = alloc order=1 gfp=GFP_ATOMIC\n",
      "here");
  const Reach rows[] = {*find_reach("ADD_TAINTED_OK")};
  const auto reaching = operations_that_reach(text.program, rows);
  ASSERT_EQ(reaching.size(), 1U);
  EXPECT_EQ(reaching[0].order, 1U);
}

TEST_F(SimulateVerb, WalksUniformlyWhereItIsTold) {
  const std::string lives = "--seed 1 --lives 6 --variant mainline";
  const std::string uniform = figures(lives + " --uniform");
  EXPECT_THAT(uniform, HasSubstr("48 runs"));
  EXPECT_NE(uniform, figures(lives));
}

TEST_F(SimulateVerb, RunsBothKindsOfChecksAsOftenAsItIsTold) {
  const std::string verb = "simulate --seed 1 --lives 6 --variant mainline --both-one-in ";
  EXPECT_THAT(spbcheck(verb + "1000000").text, HasSubstr(" 0 of them checked in full too"));
  EXPECT_THAT(spbcheck(verb + "1").text, Not(HasSubstr(" 0 of them checked in full too")));
  EXPECT_EQ(spbcheck(verb + "0").status, 2);
}

/// Where nothing is known to be broken, what is checked changes nothing of a life.
TEST_F(SimulateVerb, LeavesOutChecksWhereItIsTold) {
  const std::string verb = "simulate --seed 1 --lives 6 --readings clean --variant mainline";
  const std::string all = spbcheck(verb).text;
  const auto none = spbcheck(verb + " --no-checks");
  EXPECT_THAT(none.text, HasSubstr("none of them checked"));
  const auto some = spbcheck(verb + " --no-conformance");
  EXPECT_THAT(some.text, HasSubstr("checked in full too, none for conformance"));
  const auto operations_of = [](const std::string& text) {
    return text.substr(text.find("runs, "), text.find(" operations") - text.find("runs, "));
  };
  EXPECT_EQ(operations_of(none.text), operations_of(all));
  EXPECT_EQ(operations_of(some.text), operations_of(all));
}

TEST_F(SimulateVerb, EndsAtItsTime) {
  const auto outcome = spbcheck("simulate --seconds 0.2 --variant mainline --readings all");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("readings all"), HasSubstr("the time was up")));
}

TEST_F(SimulateVerb, RefusesWhatIsNoSeedVariantOrReading) {
  EXPECT_EQ(spbcheck("simulate --seed xyz").status, 2);
  EXPECT_THAT(spbcheck("simulate --seed -1").text, HasSubstr("a number below 2^64, or a commit"));
  EXPECT_THAT(spbcheck("simulate --variant rfc-v3").text, HasSubstr("rfc-v2"));
  EXPECT_EQ(spbcheck("simulate --readings none").status, 2);
  const auto none = spbcheck("simulate --variant rfc-v1@30 --readings clean --lives 1");
  EXPECT_EQ(none.status, 2) << none.text;
  EXPECT_THAT(none.text, AllOf(HasSubstr("another variant"), Not(HasSubstr("lives"))));
}

}  // namespace
}  // namespace spb::test
