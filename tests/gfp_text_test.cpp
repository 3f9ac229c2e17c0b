// SPDX-License-Identifier: GPL-2.0-only
//
// Gfp flags as kernels of sixteen years print them.
#include "trace/gfp_text.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>

#include "model/words/gfp.h"

namespace spb::test {
namespace {

using trace::GfpReading;
using trace::parse_release;
using trace::read_gfp;
using trace::Release;

constexpr std::optional<Release> no_release;

uint32_t bits_of(std::string_view text, const std::optional<Release>& release = no_release) {
  const GfpReading reading = read_gfp(text, release);
  EXPECT_TRUE(reading.known) << text << ", not read: " << reading.not_read;
  return reading.bits;
}

std::string_view not_read(std::string_view text,
                          const std::optional<Release>& release = no_release) {
  const GfpReading reading = read_gfp(text, release);
  EXPECT_FALSE(reading.known) << text;
  EXPECT_EQ(reading.bits, 0U) << text;
  return reading.not_read;
}

TEST(GfpText, ReadsNamesOf6And7) {
  EXPECT_EQ(bits_of("GFP_KERNEL_ACCOUNT|__GFP_ZERO"), uint32_t{GFP_KERNEL_ACCOUNT} | __GFP_ZERO);
  EXPECT_EQ(bits_of("GFP_HIGHUSER_MOVABLE|__GFP_SKIP_KASAN|__GFP_NO_OBJ_EXT"),
            uint32_t{GFP_HIGHUSER_MOVABLE});
}

TEST(GfpText, ReadsNamesOf4And5) {
  EXPECT_EQ(bits_of("GFP_ATOMIC|__GFP_COLD|__GFP_NOTRACK|__GFP_OTHER_NODE"), uint32_t{GFP_ATOMIC});
  EXPECT_EQ(bits_of("GFP_TEMPORARY"), uint32_t{GFP_KERNEL} | __GFP_RECLAIMABLE);
  EXPECT_EQ(bits_of("__GFP_REPEAT"), uint32_t{__GFP_RETRY_MAYFAIL});
  EXPECT_EQ(bits_of("GFP_DIRECT_RECLAIM|GFP_IO|GFP_NOWARN"),
            uint32_t{__GFP_DIRECT_RECLAIM} | __GFP_IO | __GFP_NOWARN)
      << "4.4 and 4.5 print no underscores";
}

TEST(GfpText, ReadsNamesOfTheTimeOfGfpWait) {
  EXPECT_EQ(bits_of("GFP_WAIT|GFP_IO|__GFP_NOWARN"), uint32_t{GFP_NOFS} | __GFP_NOWARN);
  EXPECT_EQ(bits_of("GFP_WAIT|GFP_NO_KSWAPD"), uint32_t{__GFP_DIRECT_RECLAIM});
  EXPECT_EQ(bits_of("GFP_NOWAIT|GFP_MOVABLE"), uint32_t{GFP_NOWAIT} | __GFP_MOVABLE);
}

TEST(GfpText, LeavesOutWhatChoosesALowerZone) {
  EXPECT_EQ(bits_of("GFP_KERNEL|GFP_DMA32"), uint32_t{GFP_KERNEL});
  EXPECT_EQ(bits_of("none"), 0U);
}

TEST(GfpText, KnowsNothingOfACallerWithANameThatIsNotKnown) {
  EXPECT_EQ(not_read("GFP_KERNEL|__GFP_BRANDNEW"), "__GFP_BRANDNEW");
  EXPECT_EQ(not_read("GFP_KERNE"), "GFP_KERNE");
  EXPECT_EQ(not_read("GFP_KERNEL|"), "");
  EXPECT_EQ(not_read(""), "");
}

TEST(GfpText, ReadsANumberOnlyWithTheRelease) {
  EXPECT_EQ(not_read("0x140cca"), "0x140cca");
  EXPECT_EQ(bits_of("0x140cca", Release{6, 13}), uint32_t{GFP_HIGHUSER_MOVABLE} | __GFP_COMP);
  EXPECT_EQ(bits_of("1313994", Release{6, 13}), uint32_t{GFP_HIGHUSER_MOVABLE} | __GFP_COMP);
  EXPECT_EQ(not_read("GFP_KERNEL|0x800000"), "0x800000");
  EXPECT_EQ(bits_of("GFP_KERNEL|0x800000", Release{6, 13}), uint32_t{GFP_KERNEL});
  EXPECT_EQ(not_read("0xfffffffff", Release{6, 13}), "0xfffffffff");
  EXPECT_EQ(not_read("0x", Release{6, 13}), "0x");
}

// What these kernels print into their logs when an allocation fails, number and name.
TEST(GfpText, ReadsTheNumbersOfEachRelease) {
  struct {
    Release release;
    std::string_view kernel, user;
  } const printed[] = {{{4, 4}, "0x24000c0", "0x24200ca"},  {{4, 9}, "0x24000c0", "0x24200ca"},
                       {{4, 10}, "0x14000c0", "0x14200ca"}, {{4, 17}, "0x14000c0", "0x14200ca"},
                       {{4, 18}, "0x6000c0", "0x6200ca"},   {{5, 0}, "0x6000c0", "0x6200ca"},
                       {{5, 1}, "0xcc0", "0x100cca"},       {{5, 14}, "0xcc0", "0x100cca"},
                       {{6, 10}, "0xcc0", "0x100cca"},      {{7, 0}, "0xcc0", "0x100cca"}};
  for (const auto& row : printed) {
    EXPECT_EQ(bits_of(row.kernel, row.release), uint32_t{GFP_KERNEL})
        << row.release.major << "." << row.release.minor;
    EXPECT_EQ(bits_of(row.user, row.release), uint32_t{GFP_HIGHUSER_MOVABLE})
        << row.release.major << "." << row.release.minor;
  }
}

TEST(GfpText, KnowsThatHugePagesWereAskedForWithoutReclaimIn46) {
  EXPECT_EQ(bits_of("GFP_TRANSHUGE"), uint32_t{GFP_TRANSHUGE});
  EXPECT_EQ(bits_of("GFP_TRANSHUGE", Release{4, 8}), uint32_t{GFP_TRANSHUGE});
  EXPECT_TRUE(gfp_is_atomic(bits_of("GFP_TRANSHUGE", Release{4, 6})));
  EXPECT_FALSE(gfp_is_atomic(bits_of("GFP_TRANSHUGE", Release{4, 4})));
  EXPECT_TRUE(bits_of("GFP_TRANSHUGE", Release{4, 7}) & __GFP_NORETRY);
}

TEST(GfpText, ReadsAReleaseAsUnameSaysIt) {
  EXPECT_EQ(parse_release("6.10"), (Release{6, 10}));
  EXPECT_EQ(parse_release("6.1.0-18-amd64"), (Release{6, 1}));
  EXPECT_EQ(parse_release("7.0-rc6"), (Release{7, 0}));
  for (const std::string_view text : {"", "6", "6.", ".1", "6.x", "6.1x", "4.3", "7.1", "v6.1"})
    EXPECT_FALSE(parse_release(text)) << text;
}

}  // namespace
}  // namespace spb::test
