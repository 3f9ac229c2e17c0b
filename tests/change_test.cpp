// SPDX-License-Identifier: GPL-2.0-only
//
// The changes that docs/change.md works: each diff applies to the tree as it is, touches few files,
// and has commands below it. What they print is ci/changes' to compare, which builds each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/command.h"
#include "tests/source_tree.h"
#include "tests/verb_folder.h"

namespace spb::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Change {
  std::string title;
  std::string diff;
  std::vector<std::string> files = {};  ///< that it touches, tests and documents aside
  std::size_t commands = 0;
};

bool begins(const std::string& line, const std::string& with) {
  return line.rfind(with, 0) == 0;
}

std::string touched_file(const std::string& line) {
  const std::string path = line.substr(std::string("+++ b/").size());
  const bool aside = begins(path, "tests/") || begins(path, "docs/") || begins(path, "corpus/");
  return aside ? "" : path;
}

/// The diffs between ```diff and ```, each under its section's title.
std::vector<Change> changes_of(const std::string& text) {
  std::vector<Change> changes;
  std::istringstream in(text);
  std::string title;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (begins(line, "## ")) title = line.substr(3);
    if (begins(line, "```")) {
      inside = line == "```diff";
      if (inside) changes.push_back({.title = title, .diff = ""});
      continue;
    }
    if (begins(line, "    $ ") && !changes.empty()) ++changes.back().commands;
    if (!inside) continue;
    changes.back().diff += line + "\n";
    if (!begins(line, "+++ b/")) continue;
    if (const std::string file = touched_file(line); !file.empty())
      changes.back().files.push_back(file);
  }
  return changes;
}

std::string document() {
  std::ifstream in(SPB_SOURCE_DIR "/docs/change.md");
  return {std::istreambuf_iterator<char>(in), {}};
}

class ChangingTheAllocator : public VerbFolder {
 protected:
  /// What patch says of a diff that it does not take, without writing anything.
  CommandOutcome tried(const std::string& diff) const {
    write("change.diff", diff);
    return bash("patch --dry-run --force --fuzz=0 -p1 -d '" SPB_SOURCE_DIR "' < change.diff");
  }
};

TEST_F(ChangingTheAllocator, EveryDiffAppliesToTheTree) {
  const std::vector<Change> changes = changes_of(document());
  ASSERT_EQ(changes.size(), 5U);
  for (const Change& change : changes) {
    const CommandOutcome outcome = tried(change.diff);
    EXPECT_EQ(outcome.status, 0) << change.title << "\n" << outcome.text;
  }
}

TEST_F(ChangingTheAllocator, ADiffThatIsOutOfDateIsSeen) {
  std::string diff = changes_of(document()).front().diff;
  const std::size_t at = diff.find("rules::not_movable_nor_cma");
  ASSERT_NE(at, std::string::npos);
  diff.replace(at, 5, "laws_");
  EXPECT_NE(tried(diff).status, 0);
}

TEST_F(ChangingTheAllocator, ADiffTouchesTwoFilesAtMost) {
  for (const Change& change : changes_of(document())) {
    EXPECT_LE(change.files.size(), 2U) << change.title;
    EXPECT_THAT(change.files, testing::Not(IsEmpty())) << change.title;
  }
}

TEST_F(ChangingTheAllocator, EveryDiffHasCommandsThatTellWhatItDid) {
  for (const Change& change : changes_of(document()))
    EXPECT_GE(change.commands, 2U) << change.title;
}

TEST_F(ChangingTheAllocator, FilesOfTestsAndDocumentsAreNotCounted) {
  const std::string text =
      "## A\n```diff\n+++ b/model/a.h\n+++ b/tests/a.txt\n+++ b/docs/a.md\n```\n+++ b/model/b.h\n";
  EXPECT_THAT(changes_of(text).front().files, ElementsAre("model/a.h"));
}

}  // namespace
}  // namespace spb::test
