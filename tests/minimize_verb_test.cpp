// SPDX-License-Identifier: GPL-2.0-only
//
// `spbcheck minimize` and `spbcheck file` as a user meets them.
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
using testing::Not;

// A folder for one test, with a program that breaks an expectation and one that holds.
class MinimizeVerb : public testing::Test {
 protected:
  MinimizeVerb()
      : folder_(fs::path(testing::TempDir()) / ("spb_minimize_" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
    std::ofstream(file("breaks.txt"))
        << "zone superpageblocks=1 pageblocks=4 pageblock_order=1 variant=mainline\n"
           "a = rmqueue order=1 mt=MOVABLE\n"
           "b = rmqueue order=0 mt=MOVABLE  expect outcome=none  # it is a page\n"
           "free a\n";
    std::ofstream(file("holds.txt"))
        << "zone superpageblocks=1 pageblocks=4 pageblock_order=1 variant=mainline\n"
           "a = rmqueue order=1 mt=MOVABLE\n";
  }
  ~MinimizeVerb() override { fs::remove_all(folder_); }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  std::string text_of(const std::string& name) const {
    std::ifstream in(file(name));
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  CommandOutcome spbcheck(const std::string& arguments) const {
    return run_command("cd '" + folder_.string() + "' && '" SPB_PROGRAM "' " + arguments);
  }

 private:
  fs::path folder_;
};

TEST_F(MinimizeVerb, PrintsAProgramThatStillBreaksTheSame) {
  const CommandOutcome outcome = spbcheck("minimize breaks.txt -o least.txt");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("expectation (outcome=none, found page)"));
  EXPECT_THAT(
      text_of("least.txt"),
      AllOf(HasSubstr("# expectation (outcome=none, found page)"), HasSubstr("rmqueue order=0"),
            HasSubstr("expect outcome=none"), Not(HasSubstr("free"))));
  EXPECT_EQ(spbcheck("run least.txt").status, 1);
}

TEST_F(MinimizeVerb, SaysSoWhereAllHolds) {
  const CommandOutcome outcome = spbcheck("minimize holds.txt -o least.txt");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("holds.txt: all holds"));
  EXPECT_FALSE(fs::exists(file("least.txt")));
}

TEST_F(MinimizeVerb, ReplacesNoFileUnasked) {
  std::ofstream(file("least.txt")) << "mine\n";
  const CommandOutcome outcome = spbcheck("minimize breaks.txt -o least.txt");
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("least.txt"));
  EXPECT_EQ(text_of("least.txt"), "mine\n");
  EXPECT_EQ(spbcheck("minimize breaks.txt -o least.txt --force").status, 1);
  EXPECT_NE(text_of("least.txt"), "mine\n");
}

TEST_F(MinimizeVerb, NamesTheLineOfWhatIsNoProgram) {
  std::ofstream(file("no.txt"))
      << "zone superpageblocks=1 pageblocks=4 pageblock_order=1 variant=mainline\nalloc\n";
  const CommandOutcome outcome = spbcheck("minimize no.txt");
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("no.txt:2:"));
}

TEST_F(MinimizeVerb, RefusesAPlantedFaultInABuildWithoutFaults) {
  const CommandOutcome outcome =
      run_command("SPB_FAULT=taint-first '" SPB_PROGRAM "' minimize '" + file("holds.txt") + "'");
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("SPB_FAULT"), HasSubstr("no planted faults")));
}

using FileVerb = MinimizeVerb;

TEST_F(FileVerb, KeepsOneFileForFindingsThatAreTheSame) {
  const CommandOutcome outcome = spbcheck("file breaks.txt holds.txt breaks.txt --to findings");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr(", new: "), HasSubstr(", known: "),
                                  HasSubstr("holds.txt: all holds in this build")));
  EXPECT_EQ(std::distance(fs::directory_iterator(file("findings")), fs::directory_iterator{}), 1);
}

TEST_F(FileVerb, GoesOnAfterWhatItCannotRead) {
  const CommandOutcome outcome = spbcheck("file missing.txt breaks.txt --to findings");
  // A finding counts more than what could not be read, which is told.
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text,
              AllOf(HasSubstr("missing.txt: found no such file"), HasSubstr(", new: "),
                    HasSubstr("2 programs: 0 hold, 1 finding, 0 of them not filed, 1 refused")));
  EXPECT_EQ(spbcheck("file missing.txt --to findings").status, 2);
}

TEST_F(FileVerb, SaysSoWhereAFindingIsKeptNowhere) {
  const CommandOutcome outcome = spbcheck("file breaks.txt --to /dev/null/findings");
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("breaks.txt: not filed: "), HasSubstr("/dev/null")));
}

TEST_F(FileVerb, FilesBesideAFileThatIsNoProgram) {
  EXPECT_EQ(spbcheck("file breaks.txt --to findings").status, 1);
  const fs::path first = fs::directory_iterator(file("findings"))->path();
  std::ofstream(first) << "half a file";
  const CommandOutcome outcome = spbcheck("file breaks.txt --to findings");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text,
              AllOf(HasSubstr(", new: "), HasSubstr("is no program and is findings/")));
  EXPECT_EQ(spbcheck("run " + first.string()).status, 1);
  EXPECT_EQ(std::distance(fs::directory_iterator(file("findings")), fs::directory_iterator{}), 2);
}

TEST_F(FileVerb, KeepsControlCharactersOfNamesFromTheTerminal) {
  const std::string name = "bad\x1b[31m\xc2\x9b.txt";
  fs::copy_file(file("breaks.txt"), file(name));
  for (const std::string& call :
       {"file '" + name + "' --to findings", "minimize '" + name + "'", "run '" + name + "'",
        "run 'no-" + name + "'", "convert '" + name + "' -o '" + name + "'"}) {
    const std::string text = spbcheck(call).text;
    EXPECT_THAT(text, AllOf(HasSubstr("bad\\x1b[31m\\xc2\\x9b.txt"), Not(HasSubstr("\x1b")),
                            Not(HasSubstr("\xc2"))))
        << call;
  }
}

}  // namespace
}  // namespace spb::test
