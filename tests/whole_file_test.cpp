// SPDX-License-Identifier: GPL-2.0-only
//
// Files are there whole or not at all, whatever ends the program that writes them.
#include "files/whole_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "files/temporary_names.h"
#include "tests/command.h"

namespace spb::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Files : public testing::Test {
 protected:
  Files() : folder_(fs::path(testing::TempDir()) / ("spb_files_" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~Files() override { fs::remove_all(folder_); }

  fs::path at(const std::string& name) const { return folder_ / name; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(at(name)) << text;
  }
  std::string text_of(const std::string& name) const {
    std::ifstream in(at(name));
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  std::ptrdiff_t files() const {
    return std::distance(fs::directory_iterator(folder_), fs::directory_iterator{});
  }
  // A process of its own does this and waits for the signal that ends it.
  static void end_by(int number, const std::function<void()>& work) {
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
      work();
      if (write_byte(ready[1])) pause();
      _exit(0);
    }
    char byte = 0;
    ASSERT_EQ(read(ready[0], &byte, 1), 1);
    kill(child, number);
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == number) << status;
    close(ready[0]);
    close(ready[1]);
  }

 private:
  static bool write_byte(int file) { return ::write(file, "r", 1) == 1; }
  fs::path folder_;
};

TEST_F(Files, HaveNoNameBeforeTheyAreComplete) {
  WholeFile file(at("a"));
  file.stream() << "all";
  EXPECT_FALSE(fs::exists(at("a")));
  file.complete();
  file.name(false);
  EXPECT_EQ(text_of("a"), "all");
  EXPECT_EQ(files(), 1);
}

TEST_F(Files, LeaveNothingBehindWithoutAName) {
  { WholeFile(at("a")).stream() << "half"; }
  EXPECT_EQ(files(), 0);
}

TEST_F(Files, ReplaceOnlyWhereAsked) {
  write("a", "old");
  WholeFile kept(at("a"));
  kept.complete();
  EXPECT_THROW(kept.name(false), std::runtime_error);
  EXPECT_EQ(text_of("a"), "old");
  write_whole(at("a"), "new");
  EXPECT_EQ(text_of("a"), "new");
  EXPECT_EQ(files(), 1);
}

TEST_F(Files, KeepTheModeOfWhatTheyReplace) {
  write("a", "old");
  fs::permissions(at("a"), fs::perms(0640));
  write_whole(at("a"), "new");
  EXPECT_EQ(fs::status(at("a")).permissions(), fs::perms(0640));
}

TEST_F(Files, ReplaceWhatALinkLeadsToAndNotTheLink) {
  fs::create_directory(at("there"));
  write("there/a", "old");
  fs::create_symlink("there/a", at("link"));
  write_whole(at("link"), "new");
  EXPECT_TRUE(fs::is_symlink(at("link")));
  EXPECT_EQ(text_of("there/a"), "new");
}

TEST_F(Files, RefuseALinkThatLeadsNowhereOrInACircle) {
  fs::create_symlink("nothing", at("broken"));
  fs::create_symlink("circle", at("circle"));
  for (const std::string name : {"broken", "circle"}) {
    EXPECT_THROW(write_whole(at(name), "new"), std::runtime_error) << name;
    EXPECT_TRUE(fs::is_symlink(at(name)));
  }
}

TEST_F(Files, LeaveNothingBehindWhateverEndsTheProgram) {
  for (const int number : {SIGKILL, SIGTERM, SIGINT, SIGHUP}) {
    end_by(number, [this] {
      auto* file = new WholeFile(at("a"));
      file->stream() << "half";
      file->stream().flush();
    });
    EXPECT_EQ(files(), 0) << number;
  }
}

// As where a file has to have a name from the start.
TEST_F(Files, UnderATemporaryNameAreRemovedBySignals) {
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    end_by(number, [this] {
      remove_at_signal(at("kept"));
      remove_at_signal(at("temporary"));
      write("kept", "");
      write("temporary", "");
      keep_at_signal(at("kept"));
    });
    EXPECT_TRUE(fs::exists(at("kept"))) << number;
    EXPECT_FALSE(fs::exists(at("temporary"))) << number;
  }
}

TEST_F(Files, SayWhatIsWrongWithThePlace) {
  try {
    write_whole(at("nowhere/a\x1b"), "new");
    FAIL() << "a folder that is not there";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("nowhere/a\\x1b: found a place that cannot be written to"));
  }
}

TEST_F(Files, TellAFullDiskAndLeaveNothing) {
  const std::string inside =
      "mount -t tmpfs -o size=64k none '" + at("").string() + "' && cd '" + at("").string() +
      "' && ('" SPB_PROGRAM "' convert '" SPB_SOURCE_DIR
      "/corpus/examples/borrow.txt' -o out.bin; "
      "echo status \\$?; head -c 1M /dev/zero >fill; "
      "'" SPB_PROGRAM "' convert --force --to container '" SPB_SOURCE_DIR
      "/corpus/examples/borrow.txt' -o out.bin; echo status \\$?; find . -type f | sort)";
  const CommandOutcome outcome = run_command("unshare -m sh -c \"" + inside + "\"");
  if (outcome.text.find("status") == std::string::npos) {
    GTEST_SKIP() << "no mount of its own here: " << outcome.text;
  }
  EXPECT_THAT(outcome.text, HasSubstr("status 0"));
  EXPECT_THAT(outcome.text, HasSubstr("spbcheck: the program could not be written"));
  EXPECT_THAT(outcome.text, HasSubstr("status 2\n./fill\n./out.bin\n"));
}

TEST(Output, ThatIsFullIsTroubleWhateverIsPrinted) {
  for (const std::string call : {"--version", "--help", "run --help", "list variants"}) {
    EXPECT_EQ(run_command("'" SPB_PROGRAM "' " + call + " >/dev/full").status, 2) << call;
  }
}

}  // namespace
}  // namespace spb::test
