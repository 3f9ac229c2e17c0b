// SPDX-License-Identifier: GPL-2.0-only
//
// What comes of a signal in the midst of work: it is told, and telling cannot wait for ever.
#include "cli/crash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace spb::test {
namespace {

using cli::survive;

class Crash : public testing::Test {
 protected:
  void SetUp() override {
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "a sanitizer has the signals";
#endif
  }
};

TEST_F(Crash, IsToldByItsSignalAndWhoGoesOnMayCrashAgain) {
  for (const int signal : {SIGABRT, SIGSEGV, SIGABRT}) {
    int told = 0;
    survive([signal] { std::raise(signal); }, [&](int of) { told = of; });
    EXPECT_EQ(told, signal);
  }
}

TEST_F(Crash, IsNoneWhereWorkReturnsOrThrows) {
  const auto none = [](int) { FAIL(); };
  bool worked = false;
  survive([&] { worked = true; }, none);
  EXPECT_TRUE(worked);
  EXPECT_THROW(survive([] { throw std::runtime_error("no"); }, none), std::runtime_error);
}

// As where malloc itself ended the work, with its lock held.
TEST_F(Crash, ThatCannotBeToldEndsTheProgramAsAFinding) {
  const auto waits = [](int) {
    while (true)
      pause();
  };
  EXPECT_EXIT(survive([] { std::abort(); }, waits, 1), testing::ExitedWithCode(1),
              "nothing can be told of it");
}

// The alarm of one that was told does not end what comes later.
TEST_F(Crash, ThatWasToldLeavesNoAlarm) {
  survive([] { std::abort(); }, [](int) {}, 1);
  EXPECT_EQ(alarm(0), 0U);
}

}  // namespace
}  // namespace spb::test
