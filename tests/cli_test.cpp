// SPDX-License-Identifier: GPL-2.0-only
//
// The program spbcheck as a user meets it: exit statuses, errors, what it writes and what it leaves
// alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/command.h"

namespace spb::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr const char* good =
    "zone superpageblocks=1 pageblocks=2 pageblock_order=3 max_page_order=4 variant=mainline\n"
    "a = rmqueue order=0 mt=MOVABLE  expect pass=SMALLEST  # the lowest page\n"
    "free a\n";
constexpr const char* failing =
    "zone superpageblocks=1 pageblocks=2 pageblock_order=3 variant=mainline\n"
    "a = rmqueue order=0 mt=MOVABLE  expect pass=CLAIM\n";
constexpr const char* broken = "zone superpageblocks=1 pageblocks=2\n";

class Cli : public testing::Test {
 protected:
  Cli() : folder_(fs::path(testing::TempDir()) / ("spb_cli_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~Cli() override { fs::remove_all(folder_); }

  // Runs `spbcheck ARGUMENTS` in the test's folder.
  CommandOutcome spbcheck(const std::string& arguments) const {
    return run_command("cd '" + folder_.string() + "' && '" SPB_PROGRAM "' " + arguments);
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  std::string read(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  bool exists(const std::string& name) const { return fs::exists(folder_ / name); }
  std::size_t files() const {
    const auto begin = fs::recursive_directory_iterator(folder_);
    return static_cast<std::size_t>(std::distance(begin, fs::recursive_directory_iterator{}));
  }

  fs::path folder_;
};

// ---- run

TEST_F(Cli, RunEndsWith0WhereAllHolds) {
  write("good.txt", good);
  const CommandOutcome outcome = spbcheck("run good.txt");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_EQ(outcome.text,
            "good.txt: holds, 2 operations on 1 superpageblock x 2 pageblocks x 8 pages, "
            "mainline\n");
  EXPECT_THAT(spbcheck("run -q good.txt").text, IsEmpty());
}

constexpr const char* breaks_a_property =
    "zone superpageblocks=2 pageblocks=2 pageblock_order=1 max_page_order=1 absent_first=1 "
    "variant=rfc-v1@31\n"
    "property taint-comes-last\n"
    "take pfn=2 order=1 mt=UNMOVABLE\n"
    "b = rmqueue order=0 mt=UNMOVABLE\n"
    "free b\n";

TEST_F(Cli, RunTellsThePropertyThatAProgramBreaksAndWhyEachPassDeclined) {
  write("p.txt", breaks_a_property);
  const CommandOutcome outcome = spbcheck("run p.txt");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, StartsWith("FINDING after operation 2 (p.txt:4)"));
  for (const char* line : {
           "property taint-comes-last\n  claim:  A non-movable request enters",
           "\n    PASS_1   no UNMOVABLE chunk of order 0 to 1 in tainted superpageblocks\n",
           "\n    PASS_2B  order 0 at pfn=1 may not be claimed: ZONE_BOUNDARY\n",
           "\n    PASS_3   no UNMOVABLE chunk of order 1 in empty superpageblocks\n",
           "\n    CLAIM    turns to MOVABLE, order 1 at pfn=",
       }) {
    EXPECT_THAT(outcome.text, HasSubstr(line));
  }
  EXPECT_EQ(spbcheck("run --variant rfc-v2 p.txt").status, 0) << "expectations are the variant's";
  EXPECT_EQ(spbcheck("run --variant rfc-v1@30 --property taint-comes-last p.txt").status, 1);
  EXPECT_EQ(spbcheck("run --variant rfc-v2 --property taint-comes-last p.txt").status, 0);
  EXPECT_EQ(spbcheck("run --property no-such p.txt").status, 2);
}

TEST_F(Cli, FilesTheMinimalProgramThatBreaksAProperty) {
  write("p.txt", breaks_a_property);
  const CommandOutcome outcome = spbcheck("file p.txt --to findings");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("findings/taint-comes-last-"));
  const std::string name = outcome.text.substr(outcome.text.find("findings/"));
  const std::string filed = name.substr(0, name.find(','));
  EXPECT_THAT(read(filed), HasSubstr("\nproperty taint-comes-last\n"));
  EXPECT_THAT(read(filed), Not(HasSubstr("free")));
  EXPECT_EQ(spbcheck("run -q " + filed).status, 1);
}

TEST_F(Cli, ProveTellsWhatStepsDoAndWritesThePrograms) {
  const CommandOutcome outcome =
      spbcheck("prove --steps 50000 2c-never-taints-more-steps --programs found");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("refuted by a program of 4 operations"));
  EXPECT_EQ(spbcheck("run found/2c-never-taints-more-steps.rfc-v1@31.txt").status, 1);
  EXPECT_EQ(spbcheck("prove --steps 10 2d-never-taints-more-requests-whole").status, 3)
      << "what is not searched to its end is no answer";
}

TEST_F(Cli, RunEndsWith1AtAFinding) {
  write("failing.txt", failing);
  const CommandOutcome outcome = spbcheck("run failing.txt");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(StartsWith("FINDING after operation 1 (failing.txt:2)"),
                                  HasSubstr("expected pass=CLAIM, found pass=SMALLEST")));
}

TEST_F(Cli, RunEndsWith2AtBadInput) {
  write("broken.txt", broken);
  const CommandOutcome outcome = spbcheck("run broken.txt");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.text,
            "spbcheck: broken.txt:1:1: found a zone without pageblock_order, expected "
            "pageblock_order=N\n");
  EXPECT_EQ(spbcheck("run nowhere.txt").status, 2);
  EXPECT_EQ(spbcheck("run .").status, 2);
}

TEST_F(Cli, RunEndsWith3WhereTheTimeIsUp) {
  std::string text = good;
  for (int i = 0; i < 1000; ++i)
    text += "irq_work\n";
  write("long.txt", text);
  const CommandOutcome outcome = spbcheck("run --seconds 0.000001 long.txt");
  EXPECT_EQ(outcome.status, 3) << outcome.text;
}

TEST_F(Cli, RunGoesOnAfterBadInputAndAFindingWins) {
  write("good.txt", good);
  write("broken.txt", broken);
  write("failing.txt", failing);
  const CommandOutcome outcome = spbcheck("run broken.txt failing.txt good.txt");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.text, HasSubstr("3 programs: 1 hold, 1 finding, 1 refused, 0 unfinished"));
}

TEST_F(Cli, RunTellsEveryOperationAndEventUnderV) {
  write("good.txt", good);
  const CommandOutcome outcome = spbcheck("run -v good.txt");
  EXPECT_THAT(outcome.text,
              AllOf(HasSubstr("# 1  a = rmqueue order=0 mt=MOVABLE  -> page pfn=0 by SMALLEST\n"),
                    HasSubstr(": mm_page_alloc_zone_locked: page=0000000000000000 pfn=0x0 order=0 "
                              "migratetype=1 percpu_refill=1\n"),
                    HasSubstr("# 2  free a  -> done pfn=0\n")));
}

TEST_F(Cli, RunUnderAnotherVariantDoesNotAskForExpectations) {
  write("failing.txt", failing);
  const CommandOutcome outcome = spbcheck("run --variant rfc-v2 --set reentry-bound=3 failing.txt");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("rfc-v2"));
}

TEST_F(Cli, RunRefusesOptionsThatCannotBe) {
  write("good.txt", good);
  EXPECT_THAT(spbcheck("run --variant rfc-v3 good.txt").text,
              HasSubstr("--variant: found 'rfc-v3', expected a variant"));
  EXPECT_THAT(spbcheck("run --set compact-cluster=33 good.txt").text,
              HasSubstr("--set: found '33', expected a number from 1 to 32"));
  EXPECT_THAT(spbcheck("run --set nonsense good.txt").text, HasSubstr("expected NAME=VALUE"));
  for (const std::string arguments :
       {"", "bogus", "run", "run --bogus good.txt", "run --checks some good.txt", "list",
        "list bogus", "run --set isolation=maybe good.txt", "run --seconds -1 good.txt",
        "convert --to paper good.txt"}) {
    const CommandOutcome outcome = spbcheck(arguments);
    EXPECT_EQ(outcome.status, 2) << arguments << "\n" << outcome.text;
    EXPECT_THAT(outcome.text, Not(IsEmpty())) << arguments;
  }
}

TEST_F(Cli, RunChecksInEveryMode) {
  write("good.txt", good);
  for (const std::string checks : {"none", "incremental", "full", "both"}) {
    EXPECT_EQ(spbcheck("run --checks " + checks + " good.txt").status, 0) << checks;
    EXPECT_EQ(spbcheck("run --no-conformance --checks " + checks + " good.txt").status, 0);
  }
}

TEST_F(Cli, RunShowsTheStateAndCountsWhatWasReached) {
  write("good.txt", good);
  const CommandOutcome outcome = spbcheck("run --state --counts good.txt");
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("superpageblock 0   [..]  empty  nr_free=2"),
                                  HasSubstr("mainline    pass      SMALLEST                        "
                                            "1\n")));
}

TEST_F(Cli, RunTakesAnyFileWithoutACrash) {
  write("empty", "");
  write("zeros", std::string(300, '\0'));
  write("junk", "\x01\x02\xff\xfe junk \x80");
  write("large", std::string(100000, '\x05'));
  write("magic.spb", "SPBPROG\n");
  EXPECT_EQ(spbcheck("run empty").status, 2);
  EXPECT_EQ(spbcheck("run zeros").status, 0);
  EXPECT_EQ(spbcheck("run junk").status, 0);
  EXPECT_THAT(spbcheck("run junk").text, HasSubstr("read as fuzzer's bytes"));
  EXPECT_EQ(spbcheck("run large").status, 2);
  EXPECT_EQ(spbcheck("run --as bytes large").status, 0);
  EXPECT_THAT(spbcheck("run magic.spb").text, HasSubstr("it was cut short"));
}

// ---- list

TEST_F(Cli, ListExplainsEverythingInLinesThatFit) {
  for (const std::string what : {"variants", "passes", "refusals", "ladder", "isolation",
                                 "invariants", "parameters", "operations", "causes"}) {
    const CommandOutcome outcome = spbcheck("list " + what);
    EXPECT_EQ(outcome.status, 0) << what;
    std::istringstream lines(outcome.text);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count)
      EXPECT_LE(line.size(), 100U) << line;
    EXPECT_GT(count, 1U) << what;
  }
  EXPECT_THAT(spbcheck("list passes").text, HasSubstr("[series v1 31/45]"));
  EXPECT_THAT(spbcheck("list refusals").text, HasSubstr("Unreachable: "));
}

TEST_F(Cli, ExplainsItself) {
  const CommandOutcome help = spbcheck("--help");
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.text, AllOf(HasSubstr("run"), HasSubstr("convert"), HasSubstr("Exit status")));
  EXPECT_THAT(spbcheck("--version").text, StartsWith("spbcheck "));
  EXPECT_EQ(spbcheck("--version").status, 0);
  EXPECT_EQ(spbcheck("run --help").status, 0);
}

TEST_F(Cli, AStrayByteInATextIsRefusedAndNotReadAsBytes) {
  write("stray", std::string(good) + "b = rmqueue" + '\0' + " order=0 mt=UNMOVABLE\n");
  const CommandOutcome outcome = spbcheck("run stray");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("stray:"));
  EXPECT_EQ(spbcheck("run --as bytes stray").status, 0);
}

TEST_F(Cli, AnArchiveIsNoProgram) {
  write("vector.txt.xz",
        "\xFD"
        "7zXZ and more");
  const CommandOutcome outcome = spbcheck("run vector.txt.xz");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("an xz archive"));
}

// ---- convert

TEST_F(Cli, ConvertGoesRoundByBytesAndContainer) {
  write("good.txt", good);
  EXPECT_EQ(spbcheck("convert good.txt -o good.bin").status, 0);
  EXPECT_EQ(spbcheck("convert good.txt --to container -o good.spb").status, 0);
  EXPECT_EQ(spbcheck("convert good.txt --to text -o same.txt").status, 0);
  EXPECT_EQ(read("same.txt"), good);
  const std::string plain = spbcheck("convert good.bin").text;
  EXPECT_THAT(plain, HasSubstr("s0 = rmqueue order=0 mt=MOVABLE\nfree s0\n"));
  EXPECT_EQ(spbcheck("convert good.spb").text, plain);
  EXPECT_EQ(spbcheck("convert good.spb --to bytes").text, read("good.bin"));
  EXPECT_EQ(spbcheck("run -q good.txt good.bin good.spb").status, 0);
}

TEST_F(Cli, ConvertCompilesManyFilesIntoAFolder) {
  write("a.txt", good);
  write("b.txt", failing);
  const CommandOutcome outcome = spbcheck("convert --to bytes -o seeds/new a.txt b.txt");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_TRUE(exists("seeds/new/a.bin") && exists("seeds/new/b.bin"));
  EXPECT_EQ(files(), 6U);
}

TEST_F(Cli, ConvertReplacesNothingWithoutForce) {
  write("good.txt", good);
  write("out.bin", "precious");
  const CommandOutcome outcome = spbcheck("convert good.txt -o out.bin");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("out.bin: found a file that exists"));
  EXPECT_EQ(read("out.bin"), "precious");
  EXPECT_EQ(spbcheck("convert --force good.txt -o out.bin").status, 0);
  EXPECT_NE(read("out.bin"), "precious");
  EXPECT_EQ(files(), 2U);
}

TEST_F(Cli, ConvertLeavesEverythingAsItWasWhereOneProgramIsBad) {
  write("a.txt", good);
  write("b.txt", broken);
  fs::create_directory(folder_ / "out");
  write("out/a.bin", "precious");
  const CommandOutcome outcome = spbcheck("convert --force --to bytes -o out a.txt b.txt");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("b.txt:1:1: found a zone without"));
  EXPECT_EQ(read("out/a.bin"), "precious");
  EXPECT_EQ(files(), 4U);
}

TEST_F(Cli, ConvertLeavesNothingOfATruncatedContainer) {
  write("good.txt", good);
  ASSERT_EQ(spbcheck("convert good.txt --to container -o good.spb").status, 0);
  write("cut.spb", read("good.spb").substr(0, read("good.spb").size() - 9));
  const CommandOutcome outcome = spbcheck("convert cut.spb -o cut.txt");
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_EQ(files(), 3U);
}

TEST_F(Cli, ConvertRefusesPlacesThatCannotBeWritten) {
  write("good.txt", good);
  write("other.txt", good);
  EXPECT_THAT(spbcheck("convert good.txt -o nowhere/out.bin").text,
              HasSubstr("found no folder nowhere"));
  EXPECT_THAT(spbcheck("convert --force good.txt -o /dev/null").text,
              HasSubstr("found something else than a file"));
  EXPECT_THAT(spbcheck("convert good.txt other.txt").text, HasSubstr("expected -o FOLDER"));
  EXPECT_THAT(spbcheck("convert good.txt good.txt -o out").text, HasSubstr("found two programs"));
  EXPECT_THAT(spbcheck("convert good.txt other.txt -o good.txt").text,
              HasSubstr("expected a folder"));
  EXPECT_EQ(spbcheck("convert good.txt >/dev/full").status, 2);
  EXPECT_EQ(spbcheck("run good.txt >/dev/full").status, 2);
  EXPECT_EQ(read("good.txt"), good);
}

TEST_F(Cli, ConvertUnderAnotherVariantForgetsExpectations) {
  write("good.txt", good);
  const CommandOutcome outcome = spbcheck("convert --to text --variant rfc-v2 good.txt");
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("variant=rfc-v2"), Not(HasSubstr("expect")),
                                  HasSubstr("a = rmqueue order=0 mt=MOVABLE  # the lowest page")));
}

}  // namespace
}  // namespace spb::test
