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
  EXPECT_THAT(
      outcome.text,
      AllOf(HasSubstr("missing.txt: found no such file"), HasSubstr(", new: "),
            HasSubstr(
                "2 programs: 0 hold, 1 finding, 0 of them not filed, 1 refused, 0 not answered")));
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

// Every page has to be taken for the last request to get none, so nothing can be left out, and to
// see that takes many seconds.
TEST_F(FileVerb, FilesTheSmallestSoFarWhereTheTimeIsUp) {
  std::ofstream large(file("large.txt"));
  large << "zone superpageblocks=1 pageblocks=8 pageblock_order=9 max_page_order=9 "
           "variant=mainline\n";
  for (int i = 0; i < 4096; ++i)
    large << "a = rmqueue order=0 mt=MOVABLE\n";
  large << "b = rmqueue order=0 mt=MOVABLE expect outcome=page\n";
  large.close();
  const CommandOutcome outcome = spbcheck("file --seconds 1 large.txt breaks.txt --to findings");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("the time was up"), HasSubstr("breaks.txt: findings/"),
                                  HasSubstr("2 programs: 0 hold")));
}

TEST_F(FileVerb, SaysWhatItCouldNotAnswerInTime) {
  std::ofstream(file("huge.txt")) << "zone superpageblocks=1500 pageblocks=512 pageblock_order=9 "
                                     "slots=1 variant=rfc-v2\n"
                                     "a = rmqueue order=0 mt=MOVABLE\n";
  const CommandOutcome outcome = spbcheck("file --seconds 0.01 huge.txt --to findings");
  EXPECT_EQ(outcome.status, 3) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("not answered: huge.txt: the time was up before it was"));
  EXPECT_FALSE(fs::exists(file("findings")));
}

// The machine's own words, with the path, and no exception of a library.
TEST_F(FileVerb, SaysWhyALinkThatLeadsToItselfCannotBeRead) {
  fs::create_symlink("loop", file("loop"));
  fs::create_directories(file("recording"));
  fs::create_symlink("trace.txt", file("recording/trace.txt"));
  for (const std::string call :
       {"run loop", "minimize loop", "file loop", "convert loop", "golden loop", "replay loop",
        "import loop", "show loop", "replay recording", "import recording", "run loop/program"}) {
    const CommandOutcome outcome = spbcheck(call);
    EXPECT_EQ(outcome.status, 2) << call << '\n' << outcome.text;
    EXPECT_THAT(outcome.text, AllOf(HasSubstr("Too many levels of symbolic links"),
                                    Not(HasSubstr("filesystem error"))))
        << call;
  }
}

// Folders of recordings and programs, and what their files say, reach the terminal as well.
TEST_F(FileVerb, KeepsControlCharactersOfFoldersFromTheTerminal) {
  const std::string shown = "bad\\x1b[31m\\xc2\\x9b";
  const std::string name = "bad\x1b[31m\xc2\x9b";
  fs::copy(SPB_SOURCE_DIR "/tests/data/recordings/hand", file(name));
  fs::create_directories(file(name + "/corpus/known"));
  fs::copy_file(file("breaks.txt"), file(name + "/breaks.txt"));
  fs::copy_file(file("holds.txt"), file(name + "/corpus/known/holds.txt"));
  std::ofstream(file(name + "/trace.txt"), std::ios::app)
      << "t-1 [000] d.... 1.0: bad\x1b[31m\xc2\x9b: pfn=0x40\n";
  const std::string in = "'" + name + "'";
  for (const std::string& call :
       {"replay " + in, "import " + in, "import --force -o " + in + " " + in, "golden " + in,
        "golden " + in + "/trace.txt", "show 'no-" + name + "'", "replay 'no-" + name + "'",
        "run " + in, "run --digest " + in + "/breaks.txt holds.txt",
        "run " + in + "/breaks.txt " + in + "/corpus/known/holds.txt",
        "run --seconds 0.000001 " + in + "/breaks.txt", "run --checks " + in + " holds.txt",
        "run --variant " + in + " holds.txt", "run --no-" + in + " holds.txt", "minimize " + in,
        "convert holds.txt -o 'no-" + name + "/b'",
        "record --tracing /nowhere '" + name + "' -- true", in,
        "prove --programs 'holds.txt/" + name + "' borrow"}) {
    const std::string text = spbcheck(call).text;
    EXPECT_THAT(text, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\xc2")))) << call;
  }
  EXPECT_THAT(spbcheck("replay " + in).text,
              AllOf(HasSubstr(shown + ": "), HasSubstr("unknown events (first: " + shown)));
}

}  // namespace
}  // namespace spb::test
