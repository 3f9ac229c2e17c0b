// SPDX-License-Identifier: GPL-2.0-only
//
// Findings of planted faults: minimised, told apart and filed.
#include "program/finding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "files/findings_folder.h"
#include "model/policy/variant.h"
#include "model/words/gfp.h"
#include "program/load.h"
#include "program/normalise.h"
#include "tests/planted.h"
#include "tests/program_files.h"

namespace spb::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::optional<MinimalFinding> minimal_with(std::string_view fault, const TextProgram& program) {
  const Planted planted(fault);
  return minimise_finding(program, {});
}

// Requests of every type and order, and frees; the same for the same seed.
TextProgram random_program(uint32_t seed, std::size_t operations) {
  std::mt19937 random(seed);
  const auto below = [&random](uint32_t count) { return static_cast<uint32_t>(random() % count); };
  Program program;
  program.zone.geometry.superpageblocks = 4;
  program.zone.variant = static_cast<uint32_t>(find_variant("rfc-v2") - variants().data());
  for (std::size_t i = 0; i < operations; ++i) {
    const uint32_t slot = below(64);
    const auto order = static_cast<uint8_t>(below(3) * below(3));
    program.operations.push_back(
        below(2) ? Operation{.kind = OpKind::free, .slot = slot}
                 : Operation{.kind = OpKind::rmqueue, .order = order, .slot = slot, .a = below(3)});
  }
  return with_lines(normalised(std::move(program)));
}

// The folder of one test; removed with the object.
class Folder {
 public:
  Folder() : path_(fs::path(testing::TempDir()) / ("spb_findings_" + std::to_string(getpid()))) {}
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(path_), fs::directory_iterator{}));
  }

 private:
  fs::path path_;
};

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class Minimal : public testing::TestWithParam<std::string_view> {};

TEST_P(Minimal, ProgramShowsTheSameAndLosesItWithAnyOperation) {
  const Planted fault(GetParam());
  const auto minimal = minimise_finding(random_program(1, 4096), {});
  ASSERT_TRUE(minimal);
  const TextProgram& text = minimal->text;
  const auto again = minimise_finding(text, {});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->signature, minimal->signature);
  EXPECT_EQ(again->text.program, text.program);
  for (std::size_t i = 0; i < text.program.operations.size(); ++i) {
    Program less = text.program;
    less.operations.erase(less.operations.begin() + static_cast<std::ptrdiff_t>(i));
    const auto other = minimise_finding(with_lines(less), {});
    EXPECT_TRUE(!other || other->signature != minimal->signature) << print_text(text) << i;
  }
}

TEST_P(Minimal, ProgramHoldsWithoutTheFault) {
  const auto minimal = minimal_with(GetParam(), random_program(1, 4096));
  ASSERT_TRUE(minimal);
  EXPECT_FALSE(minimise_finding(minimal->text, {}));
}

INSTANTIATE_TEST_SUITE_P(Faults, Minimal,
                         testing::Values("taint-not-counted", "split-half-lost", "taint-first"),
                         [](const auto& test) { return test_name(std::string(test.param)); });

// A bound on how it grows with the program, far above what an idle machine takes.
constexpr double busy_machine_seconds = 8;

// Time of this process alone.
double seconds_of(const TextProgram& program, std::size_t operations) {
  const std::clock_t start = std::clock();
  const auto minimal = minimise_finding(program, {});
  const std::clock_t end = std::clock();
  EXPECT_TRUE(minimal && minimal->text.program.operations.size() == operations)
      << (minimal ? print_text(minimal->text) : "all holds");
  return static_cast<double>(end - start) / CLOCKS_PER_SEC;
}

// A whole pageblock comes and goes without a split to order 0; the last of 4,096 operations is one,
// by the same pass where another one came before.
TEST(Minimise, TakesSecondsForFourThousandOperations) {
  TextProgram late = random_program(2, 4096);
  for (uint32_t i = 0; i < 4095; ++i) {
    const Operation come{.kind = OpKind::rmqueue, .order = 3, .slot = i / 2 % 64, .a = i / 2 % 3};
    late.program.operations[i] = i % 2 ? Operation{.kind = OpKind::free, .slot = come.slot} : come;
  }
  late.program.operations[4095] = {.kind = OpKind::rmqueue, .a = MIGRATE_MOVABLE};
  const Planted fault("split-half-lost");
  EXPECT_LT(seconds_of(late, 2), busy_machine_seconds);
}

// Every page has to be taken for the last request to get none, so a thousand operations stay.
TEST(Minimise, TakesSecondsWhereAThousandOperationsAreNeeded) {
  std::string program =
      "zone superpageblocks=16 pageblocks=4 pageblock_order=4 slots=1025 variant=rfc-v2\n";
  for (int i = 0; i < 4096; ++i)
    program += "s" + std::to_string(i / 4) + " = rmqueue order=0 mt=MOVABLE\n";
  program += "s1024 = rmqueue order=0 mt=MOVABLE expect outcome=page\n";
  EXPECT_LT(seconds_of(parse_text(program, "full.txt"), 1025), busy_machine_seconds);
}

TEST(FindingText, SaysWhatItBreaks) {
  const auto minimal = minimal_with("split-half-lost", random_program(1, 200));
  ASSERT_TRUE(minimal);
  EXPECT_THAT(print_text(minimal->text),
              AllOf(StartsWith("# " + signature_text(minimal->signature)), HasSubstr("expected")));
}

TEST(FailedExpectation, IsMinimisedWithTheZoneAndTheExpectationAsTheyWere) {
  const TextProgram text = parse_text(
      "zone superpageblocks=2 pageblocks=4 pageblock_order=3 variant=rfc-v2\n"
      "a = rmqueue order=2 mt=MOVABLE expect outcome=page\n"
      "b = rmqueue order=0 mt=UNMOVABLE\n"
      "free a\n"
      "c = rmqueue order=1 mt=UNMOVABLE expect outcome=none\n"
      "d = rmqueue order=1 mt=UNMOVABLE\n",
      "test.txt");
  const auto minimal = minimise_finding(text, {});
  ASSERT_TRUE(minimal);
  EXPECT_EQ(minimal->signature.detail, "outcome=none, found page");
  // The first request taints a superpageblock, so that the second is served by the same pass.
  ASSERT_EQ(minimal->text.program.operations.size(), 2U);
  EXPECT_EQ(minimal->text.program.zone, text.program.zone);
  EXPECT_THAT(print_text(minimal->text), HasSubstr("expect outcome=none"));
  const TextProgram again = parse_text(print_text(minimal->text), "again.txt");
  ASSERT_TRUE(minimise_finding(again, {}));
}

TEST(FindingFolder, HasOneFileForEachDistinctFinding) {
  Folder folder;
  const auto one = minimal_with("split-half-lost", random_program(1, 500));
  const auto same = minimal_with("split-half-lost", random_program(2, 500));
  const auto other = minimal_with("taint-not-counted", random_program(1, 500));
  ASSERT_TRUE(one && same && other);
  EXPECT_EQ(file_finding(*one, folder.path()).what, Filed::added);
  EXPECT_EQ(file_finding(*one, folder.path()).what, Filed::kept);
  EXPECT_EQ(file_finding(*other, folder.path()).what, Filed::added);
  const bool is_same = blame_text(*same) == blame_text(*one);
  EXPECT_EQ(file_finding(*same, folder.path()).what == Filed::added, !is_same);
  EXPECT_EQ(folder.files(), is_same ? 2U : 3U);
}

TEST(FindingFolder, ReplacesALongerProgramAndNeverAShorterOne) {
  Folder folder;
  const auto least = minimal_with("split-half-lost", random_program(1, 500));
  ASSERT_TRUE(least);
  MinimalFinding longer = *least;
  longer.text = with_lines(least->text.program);
  longer.text.program.operations.push_back(Operation{});
  longer.text = with_lines(longer.text.program);
  const FiledFinding first = file_finding(longer, folder.path());
  EXPECT_EQ(first.what, Filed::added);
  EXPECT_EQ(file_finding(*least, folder.path()).what, Filed::replaced);
  EXPECT_EQ(file_finding(longer, folder.path()).what, Filed::kept);
  EXPECT_EQ(text_of(first.path), print_text(least->text));
  EXPECT_EQ(folder.files(), 1U);
}

// The pass and the operation that led to it are ways to the same finding; another reading is not.
TEST(FindingFolder, TellsFindingsApartByClauseAndReading) {
  Folder folder;
  const auto one = minimal_with("split-half-lost", random_program(1, 500));
  ASSERT_TRUE(one);
  MinimalFinding other_way = *one;
  other_way.signature.kind = OpKind::free;
  other_way.signature.pass = PassId::STEAL;
  MinimalFinding other_reading = *one;
  other_reading.text.program.zone.parameters[ParameterId::isolation] = 1;
  MinimalFinding other_clause = *one;
  other_clause.signature.detail = "another";
  EXPECT_EQ(file_finding(*one, folder.path()).what, Filed::added);
  EXPECT_EQ(file_finding(other_way, folder.path()).what, Filed::kept);
  EXPECT_EQ(file_finding(other_reading, folder.path()).what, Filed::added);
  EXPECT_EQ(file_finding(other_clause, folder.path()).what, Filed::added);
  EXPECT_EQ(folder.files(), 3U);
}

TEST(FindingFolder, SetsAsideWhatIsNoProgramAndFilesAllTheSame) {
  Folder folder;
  const auto finding = minimal_with("split-half-lost", random_program(1, 500));
  ASSERT_TRUE(finding);
  const fs::path path = file_finding(*finding, folder.path()).path;
  for (const std::string note : {"a note\n", "", "zone superpageblocks=1\n"}) {
    std::ofstream(path) << note;
    const FiledFinding filed = file_finding(*finding, folder.path());
    EXPECT_EQ(filed.what, Filed::added);
    EXPECT_EQ(text_of(path), print_text(finding->text));
    EXPECT_EQ(text_of(filed.set_aside), note);
  }
  EXPECT_EQ(folder.files(), 4U);
}

TEST(FindingFolder, IsNamedInTheErrorWhereItCannotBeMade) {
  const auto finding = minimal_with("split-half-lost", random_program(1, 500));
  ASSERT_TRUE(finding);
  try {
    file_finding(*finding, "/dev/null/findings");
    FAIL() << "a folder below /dev/null";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("/dev/null/findings"));
  }
}

}  // namespace
}  // namespace spb::test
