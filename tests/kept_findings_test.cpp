// SPDX-License-Identifier: GPL-2.0-only
//
// What a fuzz target keeps of what it finds.
#include "fuzz/kept_findings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace spb::test {
namespace {

namespace fs = std::filesystem;
using fuzz::KeptFindings;

class Kept : public testing::Test {
 protected:
  Kept() : folder_(fs::path(testing::TempDir()) / ("spb_kept_" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~Kept() override { fs::remove_all(folder_); }

  // The sizes of the files of findings.
  std::vector<std::uintmax_t> sizes() const {
    std::vector<std::uintmax_t> sizes;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (entry.path().filename().string().starts_with("found-"))
        sizes.push_back(entry.file_size());
    }
    return sizes;
  }

  fs::path folder_;
};

TEST_F(Kept, AreOneOfEachKindAndReadingAndAnyTwiceAsShort) {
  KeptFindings kept(folder_);
  const std::vector<uint8_t> bytes(100, 7);
  const std::span<const uint8_t> all(bytes);
  EXPECT_TRUE(kept.keep("kind", "reading", all));
  EXPECT_FALSE(kept.keep("kind", "reading", all));
  EXPECT_FALSE(kept.keep("kind", "reading", all.first(51)));
  EXPECT_TRUE(kept.keep("kind", "reading", all.first(50)));
  EXPECT_TRUE(kept.keep("kind", "other reading", all));
  EXPECT_TRUE(kept.keep("other kind", "reading", all));
  EXPECT_EQ(sizes().size(), 4U);
}

TEST_F(Kept, AreNoMoreThanSomeReadingsOfAKind) {
  KeptFindings kept(folder_);
  const std::vector<uint8_t> bytes(100, 7);
  for (std::size_t i = 0; i < 2 * KeptFindings::readings_max; ++i)
    EXPECT_EQ(kept.keep("kind", std::to_string(i), bytes), i < KeptFindings::readings_max);
}

TEST_F(Kept, AreKnownToTheNextProcess) {
  const std::vector<uint8_t> bytes(100, 7);
  { EXPECT_TRUE(KeptFindings(folder_).keep("kind", "reading", bytes)); }
  KeptFindings again(folder_);
  EXPECT_FALSE(again.keep("kind", "reading", bytes));
  EXPECT_TRUE(again.keep("kind", "reading", std::span(bytes).first(10)));
}

TEST_F(Kept, AreCountedByAllProcessesTogether) {
  KeptFindings one(folder_);
  KeptFindings other(folder_);
  one.count();
  other.count();
  one.count();
  EXPECT_EQ(fuzz::SharedCount(folder_ / ".executions").value(), 3U);
}

TEST_F(Kept, LeaveOnlyFindingsAndTheirCount) {
  const std::vector<uint8_t> bytes(5000, 7);
  { EXPECT_TRUE(KeptFindings(folder_).keep("kind", "reading", bytes)); }
  EXPECT_EQ(sizes(), std::vector<std::uintmax_t>{5000});
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator{}), 2);
}

TEST_F(Kept, HaveTheirRoomBeforehand) {
  KeptFindings kept(folder_);
  const fs::path room = folder_ / (".room-" + std::to_string(getpid()));
  EXPECT_EQ(fs::file_size(room), 4096U);
  const std::vector<uint8_t> bytes(100, 7);
  EXPECT_TRUE(kept.keep("kind", "reading", bytes));
  EXPECT_EQ(fs::file_size(room), 4096U);
}

TEST_F(Kept, NeedAFolderThatIsThere) {
  EXPECT_THROW(KeptFindings(folder_ / "nowhere"), std::runtime_error);
}

}  // namespace
}  // namespace spb::test
