// SPDX-License-Identifier: GPL-2.0-only
//
// Every build runs a program the same way: the digests of its states are the ones that are stored.
#include "program/digest.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "program/load.h"
#include "program/run.h"

namespace spb::test {
namespace {

const std::string folder = SPB_SOURCE_DIR "/tests/data/digests/";

// What `spbcheck run --digest` prints of it.
std::string digest_of_states(const std::string& path) {
  const auto program = load_program(path);
  RunOptions unchecked;
  unchecked.checks = Checks::none;
  Runner runner(program->zone, unchecked);
  uint64_t all = 0;
  for (Operation op; program->source->next(op);) {
    runner.step(op);
    all = combined(all, digest(runner.machine()));
  }
  return digest_text(all);
}

TEST(Digest, OfEveryStateIsTheOneThatIsStored) {
  std::ifstream list(folder + "digests");
  std::string stored;
  std::string name;
  int programs = 0;
  while (list >> stored >> name) {
    ++programs;
    EXPECT_EQ(digest_of_states(folder + name), stored)
        << name << ": where the model is meant to behave differently now, store what\n"
        << "  cd tests/data/digests && spbcheck run --quiet --checks none --digest *.txt >digests\n"
        << "prints; where only this build differs, `spbcheck run --digest -v` of both shows the "
        << "operation";
  }
  EXPECT_EQ(programs, 5);
}

TEST(Digest, TellsStatesAndTheirOrderApart) {
  const Program program;
  Runner runner(program.zone, {});
  const uint64_t before = digest(runner.machine());
  runner.step({.kind = OpKind::rmqueue, .a = MIGRATE_MOVABLE});
  const uint64_t after = digest(runner.machine());
  EXPECT_NE(after, before);
  EXPECT_NE(combined(before, after), combined(after, before));
  runner.reset();
  EXPECT_EQ(digest(runner.machine()), before);
}

TEST(Digest, IsTheKnownOneOfAKnownText) {
  // FNV-1a's published values of the empty text and of "a".
  EXPECT_EQ(digest_text(digest(std::string_view{})), "cbf29ce484222325");
  EXPECT_EQ(digest_text(digest(std::string_view{"a"})), "af63dc4c8601ec8c");
  EXPECT_EQ(digest_text(0x0123456789abcdefU, 4), "0123");
}

}  // namespace
}  // namespace spb::test
