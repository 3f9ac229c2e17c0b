// SPDX-License-Identifier: GPL-2.0-only
//
// The faults of faults/: each is a small diff that applies to the model as it is, says what it is,
// and has a witness that holds without it. ci/faults is tried with one that is caught and one that
// nobody can tell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "program/load.h"
#include "program/run.h"
#include "tests/command.h"
#include "tests/fake_machine.h"
#include "tests/program_files.h"
#include "tests/verb_folder.h"

namespace spb::test {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

constexpr int changed_lines_max = 20;  // of both sides: what a hunk takes out and puts in

struct FaultDiff {
  std::string sentence;
  std::map<std::string, std::string> fields;  // Source, Caught-by, Witness
  std::vector<std::string> files;
  int changed_lines = 0;
};

/// A field's line, or one that goes on with it; the sentence comes before the first.
void read_header_line(const std::string& line, FaultDiff& diff, std::string& field) {
  const std::size_t colon = line.find(": ");
  const std::string name = line.substr(0, colon);
  if (name == "Source" || name == "Caught-by" || name == "Witness") {
    field = name;
    diff.fields[field] = line.substr(colon + 2);
  } else if (field.empty()) {
    diff.sentence += line;
  } else if (!line.empty()) {
    diff.fields[field] += " " + line;
  }
}

FaultDiff read_diff(const fs::path& path) {
  FaultDiff diff;
  std::ifstream in(path);
  std::string field;
  bool in_header = true;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("--- ", 0) == 0) in_header = false;
    if (in_header) {
      read_header_line(line, diff, field);
    } else if (line.rfind("+++ b/", 0) == 0) {
      diff.files.push_back(line.substr(6));
    } else if (line.rfind("--- ", 0) != 0 && (line[0] == '+' || line[0] == '-')) {
      ++diff.changed_lines;
    }
  }
  return diff;
}

std::vector<std::string> fault_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(fs::path(SPB_SOURCE_DIR) / "faults")) {
    if (entry.path().extension() == ".diff") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Fault : public testing::TestWithParam<std::string> {
 protected:
  Fault()
      : path_(fs::path(SPB_SOURCE_DIR) / "faults" / (GetParam() + ".diff")),
        diff_(read_diff(path_)) {}

  fs::path path_;
  FaultDiff diff_;
};

TEST_P(Fault, SaysWhatItIs) {
  EXPECT_THAT(diff_.sentence, testing::EndsWith("."));
  for (const char* field : {"Source", "Caught-by", "Witness"})
    EXPECT_NE(diff_.fields[field], "") << field;
}

TEST_P(Fault, ChangesAFewLinesOfTheModel) {
  EXPECT_GE(diff_.changed_lines, 1);
  EXPECT_LE(diff_.changed_lines, changed_lines_max);
  EXPECT_FALSE(diff_.files.empty());
  for (const std::string& file : diff_.files)
    EXPECT_THAT(file, testing::StartsWith("model/"));
}

TEST_P(Fault, AppliesToTheModelAsItIs) {
  const CommandOutcome outcome =
      run_command("patch --dry-run --fuzz=0 --strip=1 --directory='" SPB_SOURCE_DIR "' <'" +
                  path_.string() + "'");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
}

TEST_P(Fault, HasAWitnessThatHoldsWithoutIt) {
  const std::string witness = diff_.fields["Witness"];
  ASSERT_TRUE(fs::exists(fs::path(SPB_SOURCE_DIR) / witness)) << witness;
  const auto program = load_program(std::string(SPB_SOURCE_DIR "/") + witness);
  Runner runner(program->zone, {Checks::both, true});
  EXPECT_FALSE(run(runner, *program->source, &*program->text));
}

INSTANTIATE_TEST_SUITE_P(Each, Fault, testing::ValuesIn(fault_names()),
                         [](const testing::TestParamInfo<std::string>& name) {
                           return test_name(name.param);
                         });

TEST(Faults, HaveWitnessesOfTheirOwnAndNoOthers) {
  std::vector<std::string> named;
  for (const std::string& name : fault_names()) {
    const fs::path path = fs::path(SPB_SOURCE_DIR) / "faults" / (name + ".diff");
    named.push_back(read_diff(path).fields["Witness"]);
  }
  for (const std::string& program : program_files({"corpus/faults"}))
    EXPECT_THAT(named, testing::Contains(program));
}

// ---- ci/faults

constexpr const char* nothing_changes = R"(Nothing changes.

Source: a test
Caught-by: nothing
Witness: corpus/faults/split-half-lost.txt

--- a/model/engine/buddy.cpp
+++ b/model/engine/buddy.cpp
@@ -1,3 +1,4 @@
 // SPDX-License-Identifier: GPL-2.0-only
+// Another comment.
 #include "model/engine/buddy.h"
 
)";

using PlantedFaultsOfCi = VerbFolder;

TEST_F(PlantedFaultsOfCi, AreToldFromADiffThatChangesNothingAndLeaveTheTreeAlone) {
  const std::string model = "cat '" SPB_SOURCE_DIR "'/model/*/*.cpp | sha1sum";
  const std::string before = run_command(model).text;
  write("diffs/nothing-changes.diff", nothing_changes);
  fs::copy_file(SPB_SOURCE_DIR "/faults/split-half-lost.diff",
                folder_ / "diffs/split-half-lost.diff");
  const std::string build = (fs::path(SPB_PROGRAM).parent_path() / "../faults_test").string();
  const CommandOutcome outcome = run_command("SPB_BUILD_FOLDER='" + build + "' " +
                                             ci("faults --from '" + folder_.string() + "/diffs'"));
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text,
              AllOf(ContainsRegex("\nnothing-changes +- +- .*WRONG: holds"),
                    ContainsRegex("\nsplit-half-lost +free-lists \\(uncovered\\) +1 +free-lists")));
  EXPECT_EQ(run_command(model).text, before);
}

TEST(CiFaults, RefusesAFaultThatIsNotThere) {
  const CommandOutcome outcome = run_command(ci("faults no-such-fault"));
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_THAT(outcome.text, AllOf(HasSubstr("no-such-fault.diff"), HasSubstr("usage: ci/faults")));
}

}  // namespace
}  // namespace spb::test
