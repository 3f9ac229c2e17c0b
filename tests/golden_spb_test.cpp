// SPDX-License-Identifier: GPL-2.0-only
//
// What the series' own functions answered against rfc-v2, and what becomes of a vector that is
// damaged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/command.h"
#include "trace/golden_spb_replay.h"

namespace spb::test {
namespace {

namespace fs = std::filesystem;
using namespace spb::trace;
using testing::HasSubstr;
using testing::StartsWith;

const fs::path data = fs::path(SPB_SOURCE_DIR) / "tests/data/golden-spb";

// ---- every vector

std::vector<fs::path> vectors_of(char letter) {
  std::vector<fs::path> files = golden_files(data);
  std::erase_if(files, [&](const fs::path& f) { return f.filename().string()[0] != letter; });
  return files;
}

class GoldenSpbVectors : public testing::TestWithParam<char> {};

TEST_P(GoldenSpbVectors, AgreeWithThePostedSeriesInEveryAnswerAndState) {
  const std::vector<fs::path> files = vectors_of(GetParam());
  EXPECT_EQ(files.size(), GetParam() == 'X' ? 14U : 30U);
  for (const fs::path& file : files) {
    const SpbVector vector = read_golden_spb(file);
    const GoldenResult result = replay_golden_spb(vector);
    EXPECT_FALSE(result.difference)
        << file << ":" << result.difference->line << "\nexpected: " << result.difference->expected
        << "\nfound:    " << result.difference->found;
    EXPECT_EQ(result.operations, vector.nr_operations) << file;
    EXPECT_EQ(result.states, vector.nr_states) << file;
  }
}

INSTANTIATE_TEST_SUITE_P(Geometry, GoldenSpbVectors,
                         testing::Values('P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X'),
                         [](const testing::TestParamInfo<char>& letter) {
                           return std::string(1, letter.param);
                         });

// ---- one vector, checked by hand

// Two superpageblocks of two pageblocks, 8 pages each, the largest buddy is a pageblock; the
// reserve is one pageblock. 1 taints superpageblock 0, 2 is served next to it, 3 by the hint that 2
// left. 4 opens superpageblock 1. 5 gives pageblock 0 back, which is clean then.
const std::string by_hand = R"(# spb golden vectors, format 1
# a remark
geometry hand superpageblocks=2 pageblocks=2 pageblock_order=3 )"
                            "max_page_order=3 absent_first=0 absent_last=0 "
                            R"(reserve_min=1
features isolate
profile hand
seed 0
state 0
stat free=32 blocks=32 hafree=0 hares=0 live=0
tags MMMM
bits F F F F
spb 0 free=2 unmov=0 recl=0 mov=0 rsv=0 total=2 pages=16
spb 1 free=2 unmov=0 recl=0 mov=0 rsv=0 total=2 pages=16
at empty 0 1
list 0 3 M 0 8
list 1 3 M 16 24
end
alloc 2 U - -> 0 by=CLAIM walk=NONE:2 ext=whole:3:M tag=0:M>U bit=0:-F,0:+U evac=2:U:q shrink=1
alloc 1 U N -> 4 by=PASS_1 walk=PASS_1:1
alloc 1 U - -> 6 by=HINT walk=HINT:0 hint=0:t:1
alloc 3 M NK -> 16 by=PASS_3 walk=PASS_3:1 bit=2:-F,2:+M
free 0 2 - -> ins=0/2/U/h
isolate 3 -> ok
isolate 3 -> fail already
unisolate 2 -> fail notisolated
free 6 1 T -> ins=6/1/U/t
state 9
stat free=14 blocks=8 hafree=0 hares=0 live=10
tags UMMM
bits U F M F
iso 3
spb 0 free=1 unmov=1 recl=0 mov=0 rsv=0 total=2 pages=14
spb 1 free=1 unmov=0 recl=0 mov=1 rsv=0 total=2 pages=8
at clean.2 1
at tainted.2 0
hint 1 U cpu=0 zone=0
list 0 1 U 6
list 0 2 U 0
list 0 3 M 8
list 1 3 I 24
end
eof ops=9
)";

GoldenResult replay_text(const std::string& text) {
  return replay_golden_spb(parse_golden_spb(text, "hand.txt"));
}

std::string by_hand_with(const std::string& from, const std::string& to) {
  std::string text = by_hand;
  const std::size_t place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return text.replace(place, from.size(), to);
}

std::string refusal(const std::string& text) {
  try {
    replay_text(text);
  } catch (const trace::InputError& error) {
    return error.what();
  }
  return {};
}

TEST(GoldenSpb, AgreesWithAVectorCheckedByHand) {
  const GoldenResult result = replay_text(by_hand);
  EXPECT_FALSE(result.difference) << result.difference->expected << "\n"
                                  << result.difference->found;
  EXPECT_EQ(result.operations, 9U);
  EXPECT_EQ(result.states, 2U);
}

struct Change {
  const char* from;
  const char* to;
};

TEST(GoldenSpb, ComparesEveryPartOfAnAnswerAndAState) {
  constexpr Change changes[] = {
      {"-> 0 by=CLAIM", "-> 1 by=CLAIM"},
      {"by=CLAIM", "by=STEAL"},
      {"walk=NONE:2", "walk=NONE:3"},
      {"ext=whole:3:M", "ext=whole:3:R"},
      {" evac=2:U:q", ""},
      {"evac=2:U:q", "evac=2:U:h"},
      {" shrink=1", " shrink=2"},
      {"bit=0:-F,0:+U", "bit=0:+U,0:-F"},
      {"hint=0:t:1", "hint=0:c:1"},
      {"hint=0:t:1", "hint=0:t:2"},
      {"ins=0/2/U/h", "ins=0/2/U/h defrag=0"},
      {"blocks=8", "blocks=0"},
      {"hafree=0 hares=0 live=10", "hafree=1 hares=0 live=10"},
      {"hafree=0 hares=0 live=10", "hafree=0 hares=8 live=10"},
      {"tags UMMM", "tags MMMM"},
      {"bits U F M F", "bits U F - F"},
      {"iso 3\n", ""},
      {"unmov=1", "unmov=0"},
      {"mov=1 rsv=0", "mov=1 rsv=1"},
      {"at clean.2 1", "at clean.1 1"},
      {"hint 1 U cpu=0", "hint 1 U cpu=1"},
      {"hint 1 U cpu=0 zone=0\n", ""},
      {"list 0 1 U 6\n", ""},
  };
  for (const Change& change : changes) {
    const GoldenResult result = replay_text(by_hand_with(change.from, change.to));
    EXPECT_TRUE(result.difference) << change.from << " -> " << change.to;
  }
}

bool is_answer(std::size_t place) {
  const std::size_t begin = by_hand.rfind('\n', place - 1) + 1;
  const std::string line = by_hand.substr(begin, by_hand.find('\n', begin) - begin);
  const std::size_t arrow = line.find("-> ");
  return arrow != std::string::npos ? place >= begin + arrow : !line.starts_with("eof");
}

TEST(GoldenSpb, NoticesEveryChangedByteOfAnAnswerOrState) {
  for (std::size_t place = by_hand.find("state 0"); place + 1 < by_hand.size(); ++place) {
    if (!is_answer(place) || by_hand[place] == '\n') continue;
    for (const char c : {'0', '7', 'M', 'x', ',', ' ', '\n', '\0', '\xff'}) {
      if (by_hand[place] == c) continue;
      std::string text = by_hand;
      text[place] = c;
      const bool noticed = !refusal(text).empty() || replay_text(text).difference.has_value();
      EXPECT_TRUE(noticed) << "byte " << place << " became " << static_cast<int>(c);
    }
  }
}

// ---- damaged input

struct Damage {
  const char* from;
  const char* to;
  const char* message;
};

TEST(GoldenSpbInput, IsRefusedWithLineFoundAndExpected) {
  constexpr Damage damages[] = {
      {"format 1", "format 2", "hand.txt:1: found '# spb golden vectors, format 2', expected"},
      {"superpageblocks=2", "superpageblocks=0", "hand.txt:3: found '0', expected superpageblocks"},
      {"pageblocks=2 pageblock_order", "pageblocks=3 pageblock_order",
       "hand.txt:3: found pageblocks is 3"},
      {"features isolate", "features levitate", "hand.txt:4: found 'levitate', expected 'base'"},
      {"features isolate", "features base",
       "hand.txt:22: found 'isolate', expected 'isolate' among"},
      {"alloc 1 U N", "alloc 1 U Q", "hand.txt:18: found 'Q', expected '-' or flags of NKBOH"},
      {"alloc 1 U N", "alloc 1 U O", "hand.txt:18: found 'O', expected 'optional' among"},
      {"alloc 1 U N", "alloc 4 U N", "hand.txt:18: found '4', expected an order from 0 to 3"},
      {"walk=NONE:2", "walk=NONE", "hand.txt:17: found 'NONE', expected walk=W:#"},
      {"-> 16 by", "-> 32 by", "hand.txt:20: found '32', expected a pfn from 0 to 31"},
      {"free 6 1", "free 6 2", "hand.txt:25: found 'free 6 2 T"},
      {"state 9", "state 8", "hand.txt:26: found state '8', expected state 9"},
      {"bits U F M F", "bits U F M", "hand.txt:29: found the end of the line, expected letters"},
      {"at clean.2 1", "at clean.5 1", "hand.txt:33: found 'clean.5', expected 'empty'"},
      {"list 1 3 I 24", "lost 1 3 I 24", "hand.txt:39: found 'lost 1 3 I 24', expected stat"},
      {"eof ops=9", "eof ops=8", "hand.txt:41: found 'ops=8', expected ops=9"},
      {"eof ops=9\n", "", "hand.txt:41: found the end of the file, expected an operation"},
  };
  for (const Damage& damage : damages) {
    EXPECT_THAT(refusal(by_hand_with(damage.from, damage.to)), StartsWith(damage.message));
  }
}

TEST(GoldenSpbInput, IsRefusedWhereverItIsCutOff) {
  for (std::size_t length = 0; length + 1 < by_hand.size(); ++length)
    EXPECT_NE(refusal(by_hand.substr(0, length)), "") << length;
}

TEST(GoldenSpbVerb, TellsTheFormatsApart) {
  const std::string files = std::string(SPB_SOURCE_DIR) + "/tests/data/golden-spb/X-D1-P.txt.xz " +
                            SPB_SOURCE_DIR + "/tests/data/golden/base/A-001.txt.xz";
  const CommandOutcome outcome = run_command(std::string(SPB_PROGRAM) + " golden " + files);
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_THAT(outcome.text, HasSubstr("2 files agree, 0 differ"));
}

}  // namespace
}  // namespace spb::test
