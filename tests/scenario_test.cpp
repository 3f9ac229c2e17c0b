// SPDX-License-Identifier: GPL-2.0-only
//
// Every program of the repository is a test of its own name: it holds with full and incremental
// checks and conformance, but for what a cause of its reading breaks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "model/policy/variant.h"
#include "program/load.h"
#include "program/reach.h"
#include "program/run.h"
#include "program/story.h"
#include "tests/program_files.h"

namespace spb::test {
namespace {

constexpr RunOptions every_check{Checks::both, true};

std::string absolute(const std::string& path) {
  return SPB_SOURCE_DIR "/" + path;
}

// ---- every program

class Scenario : public testing::TestWithParam<std::string> {};

TEST_P(Scenario, Holds) {
  const auto program = load_program(absolute(GetParam()));
  ASSERT_TRUE(program->text);
  Runner runner(program->zone, every_check);
  const auto finding = run(runner, *program->source, &*program->text);
  const std::string story = finding ? tell(*finding, program->zone, *program->source, every_check,
                                           &*program->text, {10, GetParam()})
                                    : "";
  EXPECT_FALSE(finding) << story;
  if (finding) return;
  Operation rest;
  EXPECT_FALSE(program->source->next(rest))
      << "cut short after operation " << runner.counts().operations
      << ", where nothing is expected";
}

TEST_P(Scenario, PrintsAndParsesBackToTheSame) {
  const auto program = load_program(absolute(GetParam()));
  const std::string printed = print_text(*program->text);
  const TextProgram again = parse_text(printed, "printed");
  EXPECT_EQ(again, *program->text);
  EXPECT_EQ(print_text(again), printed);
}

std::string name_of_file(const testing::TestParamInfo<std::string>& file) {
  return test_name(file.param.substr(0, file.param.size() - 4));
}

INSTANTIATE_TEST_SUITE_P(Files, Scenario,
                         testing::ValuesIn(program_files({"tests/scenarios", "corpus"})),
                         name_of_file);

TEST(Scenarios, ShowEachPassRefusalAndStep) {
  EXPECT_GE(program_files({"tests/scenarios/passes"}).size(), 10U);
  EXPECT_GE(program_files({"tests/scenarios/refusals"}).size(), 4U);
  EXPECT_GE(program_files({"tests/scenarios/ladder"}).size(), 4U);
  EXPECT_GE(program_files({"tests/scenarios/isolation"}).size(), 4U);
}

// ---- what the corpus reaches

Statistics statistics_of_all_programs(uint32_t variant) {
  Statistics sum;
  for (const std::string& file : program_files({"tests/scenarios", "corpus"})) {
    const auto program = load_program(absolute(file));
    program->zone.variant = variant;
    Runner runner(program->zone, {Checks::none, false});
    run(runner, *program->source);
    add(sum, runner.zone().statistics);
  }
  return sum;
}

class ReachOfCorpus : public testing::TestWithParam<uint32_t> {};

TEST_P(ReachOfCorpus, IsEveryRowThatCanBeReached) {
  const Variant& variant = variants()[GetParam()];
  const Statistics statistics = statistics_of_all_programs(GetParam());
  for (const Reach item : reach_of(variant)) {
    const bool reached = count_of(statistics, item) > 0;
    const bool unreachable = !why_unreachable(variant, item).empty();
    EXPECT_TRUE(reached || unreachable) << name_of(item.kind) << " " << name_of(item);
    EXPECT_FALSE(reached && unreachable) << name_of(item.kind) << " " << name_of(item);
  }
}

INSTANTIATE_TEST_SUITE_P(Variants, ReachOfCorpus,
                         testing::Range(0U, static_cast<uint32_t>(variants().size())),
                         [](const testing::TestParamInfo<uint32_t>& index) {
                           return test_name(std::string(variants()[index.param].name));
                         });

}  // namespace
}  // namespace spb::test
