// SPDX-License-Identifier: GPL-2.0-only
//
// What ci/fleet-check refuses, and that the workflows ask for nothing that a clone has not: no
// secret, no right to write, no script or option that is not there. That
// the targets as they are keep the contract is a step of ci/test.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "tests/source_tree.h"
#include "tests/verb_folder.h"

namespace spb::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Fleet : public VerbFolder {
 protected:
  CommandOutcome check(const std::string& arguments) const { return bash(script_ + arguments); }
  // A project.yaml in which `line` takes the place of the one that begins like it, or is added.
  CommandOutcome check_project(const std::string& line) const {
    const std::string key = line.substr(0, line.find(':') + 1);
    return bash("sed '/^" + key +
                "/d' '" SPB_SOURCE_DIR "/ci/oss-fuzz/project.yaml' >p.yaml; echo '" + line +
                "' >>p.yaml; " + script_ + "--project \"$PWD/p.yaml\"");
  }

  // With a folder of its own, for several may run at once.
  const std::string script_ = "SPB_BUILD_FOLDER=$PWD/build '" SPB_SOURCE_DIR "/ci/fleet-check' ";
};

TEST_F(Fleet, RefusesWhatIsNoEngineNoSanitizerNoFolderAndNoFile) {
  for (const std::string arguments : {"--engine klee", "--sanitizer thread", "--out nowhere",
                                      "--project nowhere.yaml", "--engine"}) {
    const CommandOutcome outcome = check(arguments);
    EXPECT_EQ(outcome.status, 2) << arguments << "\n" << outcome.text;
    EXPECT_THAT(outcome.text, HasSubstr("usage: ci/fleet-check"));
  }
}

TEST_F(Fleet, RefusesMemoryWithoutALibraryThatIsBuiltWithIt) {
  const CommandOutcome outcome = check("--sanitizer memory");
  EXPECT_EQ(outcome.status, 2) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("SPB_MSAN_LIBCXX"));
}

TEST_F(Fleet, TakesAProjectFileWhoseKeysExist) {
  const CommandOutcome outcome = check_project("help_url: \"https://example.org/help\"");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
}

TEST_F(Fleet, FindsAKeyAndAValueThatNoFleetKnows) {
  const CommandOutcome key = check_project("fuzzing_engine: libfuzzer");
  EXPECT_EQ(key.status, 1) << key.text;
  EXPECT_THAT(key.text, HasSubstr("found the key 'fuzzing_engine'"));
  const CommandOutcome language = check_project("language: cpp");
  EXPECT_EQ(language.status, 1) << language.text;
  EXPECT_THAT(language.text, HasSubstr("language has 'cpp', expected one of: c c++"));
  const CommandOutcome contact = check_project("primary_contact: somebody");
  EXPECT_EQ(contact.status, 1) << contact.text;
  EXPECT_THAT(contact.text, HasSubstr("primary_contact is no address"));
}

TEST_F(Fleet, FindsABuildWithoutTargets) {
  std::filesystem::create_directories(folder_ / "out");
  const CommandOutcome outcome = check("--out \"$PWD/out\"");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("it has no fuzz target"));
}

// A target of a line, as somebody would build it by hand: with libstdc++, no sanitizer and nothing
// beside it. It has to be told of every breach, not only of the first.
TEST_F(Fleet, FindsABadBuild) {
  write("hand.cpp",
        "#include <cstdint>\n#include <cstddef>\n#include <string>\n"
        "extern \"C\" int LLVMFuzzerTestOneInput(const uint8_t* d, std::size_t n) {\n"
        "  return std::string(reinterpret_cast<const char*>(d), n) == \"x\" ? 0 : 0;\n}\n");
  const CommandOutcome outcome =
      bash("set -e; mkdir out; clang++-14 -fsanitize=fuzzer hand.cpp -o out/hand_fuzzer; " +
           script_ + "--out \"$PWD/out\"");
  EXPECT_EQ(outcome.status, 1) << outcome.text;
  EXPECT_THAT(
      outcome.text,
      AllOf(HasSubstr("it loads libstdc++.so.6"), HasSubstr("it has no seeds"),
            HasSubstr("it has no hand_fuzzer.dict"), HasSubstr("it has no hand_fuzzer.options"),
            HasSubstr("0 calls of ASan, expected 1000 at least"),
            HasSubstr("edges, expected 100 at least")));
}

// An alert is all that one may write.
TEST(Workflows, NeedNoSecretAndNoRightToWriteButAlerts) {
  static const std::regex alerts("security-events: write");
  int workflows = 0;
  for (const SourceFile& file : text_files()) {
    if (file.path.rfind(".github/workflows/", 0) != 0) continue;
    ++workflows;
    const std::string text = std::regex_replace(joined(file.lines), alerts, "");
    EXPECT_THAT(text, AllOf(Not(HasSubstr("secrets.")), Not(HasSubstr(": write")),
                            HasSubstr("permissions:")))
        << file.path;
  }
  EXPECT_GE(workflows, 3);
}

// SCRIPT, with the mode where one is named, and each --option behind it, of every line that runs a
// script of ci/.
std::vector<std::pair<std::string, std::string>> options_in_workflows() {
  static const std::regex call("(ci/[a-z-]+(?: --mode [a-z]+)?)((?: +[^ &|]+)*)");
  static const std::regex option("--[a-z-]+");
  std::vector<std::pair<std::string, std::string>> options;
  for (const SourceFile& file : text_files()) {
    if (file.path.rfind(".github/workflows/", 0) != 0) continue;
    for (const std::string& line : file.lines) {
      if (line.find("run: ") == std::string::npos) continue;
      for (std::sregex_iterator at(line.begin(), line.end(), call), end; at != end; ++at) {
        const std::string words = (*at)[2];
        options.emplace_back((*at)[1], "usage");
        for (std::sregex_iterator o(words.begin(), words.end(), option); o != end; ++o)
          options.emplace_back((*at)[1], o->str());
      }
    }
  }
  return options;
}

TEST(Workflows, CallScriptsByOptionsThatTheyHave) {
  const auto options = options_in_workflows();
  EXPECT_GE(options.size(), 12U);
  for (const auto& [script, option] : options) {
    const CommandOutcome help = run_command(SPB_SOURCE_DIR "/" + script + " --help");
    EXPECT_EQ(help.status, 0) << script;
    EXPECT_THAT(help.text, HasSubstr(option)) << script;
  }
}

}  // namespace
}  // namespace spb::test
