// SPDX-License-Identifier: GPL-2.0-only
//
// An installation in a folder: somebody else's project finds it, and man pages and completions say
// what --help says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

#include "tests/verb_folder.h"

namespace spb::test {
namespace {

using testing::HasSubstr;
using testing::Not;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool is_sanitized = true;
#elif defined(__has_feature)
constexpr bool is_sanitized = __has_feature(address_sanitizer);
#else
constexpr bool is_sanitized = false;
#endif

using Installation = VerbFolder;

// The build's own folder is where the program is: BUILD/bin/spbcheck.
const std::string install = R"sh(
  set -e
  build=$(dirname "$(dirname "$SPBCHECK")")
  cmake --install "$build" --prefix "$PWD/installed" >install.log
  moved=$PWD/elsewhere
  mv installed "$moved"
)sh";

TEST_F(Installation, IsFoundByAProjectThatBuildsAndRuns) {
  if (is_sanitized) GTEST_SKIP() << "a sanitizer's libraries ask the consumer for the same flags";
  const CommandOutcome outcome =
      bash(install + R"(
    compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[^=]*=//p' "$build/CMakeCache.txt")
    cmake -S ')" SPB_SOURCE_DIR
                     R"(/tests/consumer' -B consumer -G Ninja -DCMAKE_CXX_COMPILER="$compiler" \
      -DCMAKE_PREFIX_PATH="$moved" -DCMAKE_CXX_FLAGS=-Werror >configure.log
    cmake --build consumer >build.log || { cat build.log; exit 1; }
    consumer/consumer
    "$moved/bin/spbcheck" --version
  )");
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_EQ(outcome.text, "3 operations hold under rfc-v2\nspbcheck 0.1.0\n");
}

TEST_F(Installation, RefusesAConsumerOfALaterVersion) {
  const CommandOutcome outcome = bash(install + R"(
    cp -r ')" SPB_SOURCE_DIR R"(/tests/consumer' later
    sed -i 's/spbcheck 0.1/spbcheck 0.2/' later/CMakeLists.txt
    cmake -S later -B consumer -G Ninja -DCMAKE_PREFIX_PATH="$moved"
  )");
  EXPECT_NE(outcome.status, 0) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("requested version \"0.2\""));
}

// Verbs and long options, of `--help`.
std::vector<std::string> words_of(const std::string& help, const std::regex& word) {
  std::vector<std::string> words;
  for (std::sregex_iterator it(help.begin(), help.end(), word), end; it != end; ++it)
    words.push_back((*it)[1]);
  return words;
}

class Manual : public VerbFolder {
 protected:
  Manual() { made_ = spbcheck("manual share"); }
  std::vector<std::string> verbs() const {
    return words_of(spbcheck("--help").text, std::regex("\n  ([a-z]+) "));
  }
  CommandOutcome made_;
};

TEST_F(Manual, HasAPageForEveryVerbWithEveryOptionOfItsHelp) {
  ASSERT_EQ(made_.status, 0) << made_.text;
  ASSERT_GE(verbs().size(), 12U);
  const std::string all = read("share/man/man1/spbcheck.1");
  for (const std::string& verb : verbs()) {
    EXPECT_THAT(all, HasSubstr("\\fB" + verb + "\\fR"));
    const std::string page = read("share/man/man1/spbcheck-" + verb + ".1");
    const auto options =
        words_of(spbcheck(verb + " --help").text, std::regex("(?:,|\n  )--([a-z-]+)"));
    EXPECT_FALSE(options.empty()) << verb;
    for (const std::string& option : options) {
      const std::string name = std::regex_replace(option, std::regex("-"), "\\-");
      EXPECT_THAT(page, HasSubstr("\\fB\\-\\-" + name + "\\fR")) << verb;
    }
  }
}

TEST_F(Manual, IsNoVerbOfTheHelp) {
  EXPECT_THAT(spbcheck("--help").text, Not(HasSubstr("manual")));
  EXPECT_THAT(spbcheck("manua").text, Not(HasSubstr("manual")));
}

TEST_F(Manual, IsReadByTheShellsAndByRoffWhereTheyAreThere) {
  const CommandOutcome outcome = bash(R"(
    bash -n share/bash-completion/completions/spbcheck
    if command -v zsh >/dev/null; then zsh -n share/zsh/site-functions/_spbcheck; fi
    if command -v fish >/dev/null; then fish -n share/fish/vendor_completions.d/spbcheck.fish; fi
    if command -v groff >/dev/null; then groff -man -Tutf8 -ww -z share/man/man1/*.1; fi
  )");
  EXPECT_EQ(outcome.text, "");
}

TEST_F(Manual, CompletesVerbsOptionsAndValuesInBash) {
  const auto complete = [this](const std::string& line) {
    return bash("source share/bash-completion/completions/spbcheck; COMP_WORDS=(" + line +
                "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _spbcheck; echo \"${COMPREPLY[*]}\"")
        .text;
  };
  EXPECT_EQ(complete("spbcheck sim"), "simulate\n");
  EXPECT_EQ(complete("spbcheck run --cou"), "--counts\n");
  EXPECT_EQ(complete("spbcheck simulate --readings p"), "posted\n");
  EXPECT_EQ(complete("spbcheck list inv"), "invariants\n");
  // A program, which the shell completes as a file.
  EXPECT_EQ(complete("spbcheck run cor"), "\n");
}

}  // namespace
}  // namespace spb::test
