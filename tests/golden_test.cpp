// SPDX-License-Identifier: GPL-2.0-only
//
// The kernel's own answers against the model's, and what becomes of a vector that is damaged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <tuple>
#include <vector>

#include "tests/command.h"
#include "trace/golden_replay.h"

namespace spb::test {
namespace {

namespace fs = std::filesystem;
using namespace spb::trace;
using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const fs::path data = fs::path(SPB_SOURCE_DIR) / "tests/data/golden";

// ---- every vector

std::vector<fs::path> vectors_of(const std::string& folder, char geometry) {
  std::vector<fs::path> files = golden_files(data / folder);
  std::erase_if(files, [&](const fs::path& f) { return f.filename().string()[0] != geometry; });
  return files;
}

// Folder and letter of the geometry.
class GoldenVectors : public testing::TestWithParam<std::tuple<std::string, char>> {};

TEST_P(GoldenVectors, AgreeWithMainlineInEveryAnswerAndState) {
  const auto [folder, geometry] = GetParam();
  const std::vector<fs::path> files = vectors_of(folder, geometry);
  ASSERT_FALSE(files.empty());
  for (const fs::path& file : files) {
    const GoldenVector vector = read_golden(file);
    const GoldenResult result = replay_golden(vector);
    EXPECT_FALSE(result.difference)
        << file << ":" << result.difference->line << "\nexpected: " << result.difference->expected
        << "\nfound:    " << result.difference->found;
    EXPECT_GT(result.operations, 500U) << file;
    EXPECT_EQ(result.operations, vector.nr_operations) << file;
    EXPECT_EQ(result.states, vector.nr_states) << file;
  }
}

std::string name_of_group(const testing::TestParamInfo<std::tuple<std::string, char>>& info) {
  return std::get<0>(info.param) + std::string(1, std::get<1>(info.param));
}

INSTANTIATE_TEST_SUITE_P(Base, GoldenVectors,
                         testing::Combine(testing::Values("base"),
                                          testing::Values('A', 'B', 'C', 'D', 'E', 'F')),
                         name_of_group);
INSTANTIATE_TEST_SUITE_P(Isolate, GoldenVectors,
                         testing::Combine(testing::Values("isolate"),
                                          testing::Values('A', 'B', 'C', 'D', 'F')),
                         name_of_group);
INSTANTIATE_TEST_SUITE_P(Others, GoldenVectors,
                         testing::Combine(testing::Values("cma", "bulk"),
                                          testing::Values('A', 'B', 'C', 'D', 'E', 'F')),
                         name_of_group);
INSTANTIATE_TEST_SUITE_P(Highatomic, GoldenVectors,
                         testing::Combine(testing::Values("highatomic"), testing::Values('E')),
                         name_of_group);

TEST(GoldenData, IsCompleteAndSortedByFeature) {
  EXPECT_EQ(golden_files(data / "base").size(), 201U);
  EXPECT_EQ(golden_files(data / "isolate").size(), 29U);
  EXPECT_EQ(golden_files(data / "cma").size(), 35U);
  EXPECT_EQ(golden_files(data / "highatomic").size(), 20U);
  EXPECT_EQ(golden_files(data / "bulk").size(), 30U);
}

// ---- one vector, checked by hand

// 22 pages, pageblocks of 4, largest buddy 8; pageblock 5 is cut after 2 pages:
//
//   page   0       4       8       12      16      20
//          |  B0   |  B1   |  B2   |  B3   |  B4   |  B5
//   start  [      3:M      |      3:M      |  2:M  |1:M
//   op 5   [  2:U  |  2:I  |      3:M      |  2:M  |#.      # allocated, . order 0
//   op 11  [## R ##|  2:I  |###### R ######|## R ##|#.
//
// Operation 1 claims the first chunk whole, 4 makes it fall apart, 9 claims a whole U pageblock, 11
// may not claim part of pageblock 5 and steals.
const std::string by_hand = R"(# golden vectors, format 1
geometry hand pages=22 pageblock_order=2 max_page_order=3
features isolate
profile hand
seed 0
cma_blocks none
state 0
stat free=22 blocks=20 cma=0 hafree=0 hares=0 live=0
tags MMMMMM
list 1 M 20
list 2 M 16
list 3 M 0 8
end
alloc 0 U N -> 0 ext=whole:3:M:1 tag=0:M>U,1:M>U
alloc 0 M - -> 20
free 0 0 - -> ins=0/3/U/h
isolate 1 -> ok ins=0/2/U/h,4/2/I/h
isolate 5 -> fail edge
state 5
stat free=17 blocks=16 cma=0 hafree=0 hares=0 live=1
tags UUMMMM
iso 1
list 0 M 21
list 2 U 0
list 2 M 16
list 2 I 4
list 3 M 8
end
free 20 0 T -> ins=20/1/M/t
alloc 3 R - -> 8 ext=whole:3:M:1 tag=2:M>R,3:M>R
alloc 3 U - -> none
alloc 2 R - -> 0 ext=whole:2:U:1 tag=0:U>R
alloc 2 R - -> 16 ext=whole:2:M:1 tag=4:M>R
alloc 0 R - -> 20 ext=steal:1:M:0 ref=1:M:edge
state 11
stat free=1 blocks=0 cma=0 hafree=0 hares=0 live=17
tags RURRRM
iso 1
list 0 M 21
list 2 I 4
end
eof ops=11
)";

// The vector above with one place changed.
std::string by_hand_with(const std::string& from, const std::string& to) {
  std::string text = by_hand;
  const std::size_t place = text.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  EXPECT_EQ(text.find(from, place + 1), std::string::npos) << from << " is not the only one";
  return text.replace(place, from.size(), to);
}

GoldenResult replay_text(const std::string& text) {
  return replay_golden(parse_golden(text, "hand.txt"));
}

// What is said about a text that cannot be understood; empty where it can.
std::string refusal(const std::string& text) {
  try {
    replay_text(text);
    return "";
  } catch (const trace::InputError& error) {
    return error.what();
  }
}

TEST(Golden, AgreesWithAVectorCheckedByHand) {
  const GoldenResult result = replay_text(by_hand);
  EXPECT_FALSE(result.difference) << result.difference->found;
  EXPECT_EQ(result.operations, 11U);
  EXPECT_EQ(result.states, 3U);
}

TEST(Golden, ShowsBothSidesOfAnAnswerThatDiffers) {
  const GoldenResult result = replay_text(by_hand_with("M - -> 20", "M - -> 21"));
  ASSERT_TRUE(result.difference);
  EXPECT_EQ(result.difference->line, 15U);
  EXPECT_EQ(result.difference->operation, 2U);
  EXPECT_FALSE(result.difference->in_state);
  EXPECT_EQ(result.difference->expected, "alloc 0 M - -> 21");
  EXPECT_EQ(result.difference->found, "alloc 0 M - -> 20");
  EXPECT_EQ(result.operations, 1U);
  EXPECT_EQ(result.states, 1U);
}

TEST(Golden, ShowsBothSidesOfALineOfAState) {
  const GoldenResult result = replay_text(by_hand_with("list 3 M 0 8", "list 3 M 8 0"));
  ASSERT_TRUE(result.difference);
  EXPECT_EQ(result.difference->line, 12U);
  EXPECT_EQ(result.difference->operation, 0U);
  EXPECT_TRUE(result.difference->in_state);
  EXPECT_EQ(result.difference->expected, "list 3 M 8 0");
  EXPECT_EQ(result.difference->found, "list 3 M 0 8");
}

TEST(Golden, ShowsAListThatIsNotThere) {
  const GoldenResult result = replay_text(by_hand_with("list 2 U 0\n", ""));
  ASSERT_TRUE(result.difference);
  EXPECT_EQ(result.difference->line, 24U);
  EXPECT_EQ(result.difference->expected, "list 2 M 16");
  EXPECT_EQ(result.difference->found, "list 2 U 0");
}

// One place of the vector changed, and the line where that shows.
struct Change {
  const char* from;
  const char* to;
  uint64_t line;
};

TEST(Golden, ComparesEveryPartOfAnAnswer) {
  constexpr Change changes[] = {
      {"ext=whole:3:M:1 tag=0", "ext=part:3:M:1:4/0 tag=0", 14},
      {"ext=whole:3:M:1 tag=0", "ext=whole:2:M:1 tag=0", 14},
      {"ext=whole:3:M:1 tag=0", "ext=whole:3:R:1 tag=0", 14},
      {"ext=whole:3:M:1 tag=0", "ext=whole:3:M:0 tag=0", 14},
      {"ext=whole:3:M:1 tag=0", "tag=0", 14},
      {"tag=0:M>U,1:M>U", "tag=1:M>U,0:M>U", 14},
      {" tag=0:M>U,1:M>U", "", 14},
      {"ins=0/3/U/h", "ins=0/3/U/t", 16},
      {"ins=0/3/U/h", "ins=0/3/M/h", 16},
      {"ins=0/2/U/h,4/2/I/h", "ins=4/2/I/h,0/2/U/h", 17},
      {"fail edge", "fail unmovable", 18},
      {"fail edge", "ok", 18},
      {"-> none", "-> 0", 31},
      {"ref=1:M:edge", "ref=1:M:half:1/1", 34},
      {" ref=1:M:edge", "", 34},
  };
  for (const Change& change : changes) {
    const GoldenResult result = replay_text(by_hand_with(change.from, change.to));
    ASSERT_TRUE(result.difference) << change.from << " -> " << change.to;
    EXPECT_EQ(result.difference->line, change.line) << change.from << " -> " << change.to;
  }
}

TEST(Golden, ComparesEveryPartOfAState) {
  constexpr Change changes[] = {
      {"free=17", "free=18", 20},
      {"blocks=16", "blocks=20", 20},
      {"live=17", "live=18", 36},
      {"cma=0 hafree=0 hares=0 live=17", "cma=1 hafree=0 hares=0 live=17", 36},
      {"cma=0 hafree=0 hares=0 live=17", "cma=0 hafree=1 hares=0 live=17", 36},
      {"cma=0 hafree=0 hares=0 live=17", "cma=0 hafree=0 hares=4 live=17", 36},
      {"UUMMMM", "UMMMMM", 21},
      {"UUMMMM\niso 1\n", "UUMMMM\n", 22},
      {"UUMMMM\niso 1\n", "UUMMMM\niso 1 2\n", 22},
      {"list 2 I 4\nlist", "list 2 I 4 5\nlist", 26},
      {"list 3 M 8\n", "", 27},
  };
  for (const Change& change : changes) {
    const GoldenResult result = replay_text(by_hand_with(change.from, change.to));
    ASSERT_TRUE(result.difference) << change.from << " -> " << change.to;
    EXPECT_TRUE(result.difference->in_state);
    EXPECT_EQ(result.difference->line, change.line) << change.from << " -> " << change.to;
  }
}

// The first vector of a folder that says `from` somewhere, with `to`, as long, in its place.
GoldenVector changed_vector(const std::string& folder, const std::string& from,
                            const std::string& to, uint64_t& operation) {
  for (const fs::path& file : golden_files(data / folder)) {
    GoldenVector vector = read_golden(file);
    for (const GoldenStep& step : vector.steps) {
      const std::size_t place = vector.text_of(step).find(from);
      if (place == std::string_view::npos) continue;
      vector.text.replace(step.begin + place, from.size(), to);
      operation = step.operation;
      return vector;
    }
  }
  ADD_FAILURE() << "no vector says " << from;
  return {};
}

TEST(Golden, ComparesWhatTheOtherFeaturesAnswer) {
  constexpr std::array<std::array<const char*, 3>, 8> changes{{
      {"highatomic", " reserved=1", " reserved=0"},
      {"highatomic", " reserved=0", " reserved=1"},
      {"highatomic", " src=H", " src=C"},
      {"highatomic", " 1 -> ok tag=", " 1 -> no tag="},
      {"cma", " src=C", " src=H"},
      {"bulk", " 2 U - -> 2 ", " 2 U - -> 1 "},
      {"bulk", ":steal:", ":whole:"},
      {"bulk", ":half:", ":edge:"},
  }};
  for (const auto& [folder, from, to] : changes) {
    uint64_t operation = 0;
    const GoldenVector vector = changed_vector(folder, from, to, operation);
    const GoldenResult result = replay_golden(vector);
    ASSERT_TRUE(result.difference) << from;
    EXPECT_EQ(result.difference->operation, operation) << from;
  }
}

// Where what the kernel said stands: behind an arrow, or in a state.
bool is_answer(std::size_t place) {
  const std::size_t begin = by_hand.rfind('\n', place - 1) + 1;
  const std::string line = by_hand.substr(begin, by_hand.find('\n', begin) - begin);
  const std::size_t arrow = line.find("-> ");
  if (arrow != std::string::npos) return place >= begin + arrow;
  return line.starts_with("stat") || line.starts_with("list") || line.starts_with("tags") ||
         line.starts_with("iso");
}

TEST(Golden, NoticesEveryChangedByteOfAnAnswerOrState) {
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

// ---- geometries

std::string header(uint32_t pages, uint32_t pageblock_order, uint32_t max_page_order) {
  return "# golden vectors, format 1\ngeometry any pages=" + std::to_string(pages) +
         " pageblock_order=" + std::to_string(pageblock_order) +
         " max_page_order=" + std::to_string(max_page_order) +
         "\nfeatures base\nprofile none\nseed 0\ncma_blocks none\n";
}

std::string stat(uint32_t free, uint32_t blocks, uint32_t live) {
  return "stat free=" + std::to_string(free) + " blocks=" + std::to_string(blocks) +
         " cma=0 hafree=0 hares=0 live=" + std::to_string(live) + "\n";
}

TEST(GoldenGeometry, MayBeOnePage) {
  const std::string text =
      header(1, 3, 9) + "state 0\n" + stat(1, 0, 0) + "tags M\nlist 0 M 0\nend\neof ops=0\n";
  EXPECT_FALSE(replay_text(text).difference);
}

TEST(GoldenGeometry, MayBeSmallerThanTheLargestBuddy) {
  // 20 pages in pageblocks of 4 under buddies of up to 64: 16 pages and 4.
  const std::string text = header(20, 2, 6) + "state 0\n" + stat(20, 20, 0) +
                           "tags MMMMM\nlist 2 M 16\nlist 4 M 0\nend\neof ops=0\n";
  EXPECT_FALSE(replay_text(text).difference);
}

TEST(GoldenGeometry, MayHaveMorePageblocksThanASuperpageblock) {
  constexpr uint32_t pages = 131072;
  std::string list = "list 1 M";
  for (uint32_t pfn = 0; pfn < pages; pfn += 2)
    list += " " + std::to_string(pfn);
  const std::string text = header(pages, 1, 1) + "state 0\n" + stat(pages, pages, 0) + "tags " +
                           std::string(pages / 2, 'M') + "\n" + list + "\nend\neof ops=0\n";
  EXPECT_FALSE(replay_text(text).difference);
  EXPECT_GT(parse_golden(text, "hand.txt").geometry.superpageblocks, 1U);
}

// The i-th of the pageblocks of 2 pages that a chunk of 2^11 pages falls into merges with those
// before it to the largest chunk that ends with it; to the tail where the pair's other half is
// free.
std::string insertion(uint32_t i) {
  const auto merges = static_cast<uint32_t>(std::countr_zero(i + 1));
  const uint32_t order = 1 + merges;
  const uint32_t first = (i + 1 - (1U << merges)) * 2;
  const bool tail = order + 1 < 11 && (first >> (order + 1) & 1U) != 0;
  return std::to_string(first) + "/" + std::to_string(order) + "/U/" + (tail ? "t" : "h");
}

TEST(GoldenGeometry, MayHaveALargestBuddyOfAThousandPageblocks) {
  std::string tags;
  std::string insertions;
  for (uint32_t i = 0; i < 1024; ++i) {
    const std::string comma = i == 0 ? "" : ",";
    tags += comma + std::to_string(i) + ":M>U";
    insertions += comma + insertion(i);
  }
  const std::string text = header(2048, 1, 11) + "alloc 11 U - -> 0 ext=whole:11:M:1 tag=" + tags +
                           "\nfree 0 11 - -> ins=" + insertions + "\nstate 2\n" +
                           stat(2048, 2048, 0) + "tags " + std::string(1024, 'U') +
                           "\nlist 11 U 0\nend\neof ops=2\n";
  const GoldenResult result = replay_text(text);
  EXPECT_FALSE(result.difference) << result.difference->found;
}

TEST(GoldenGeometry, ThatCannotBeIsRefused) {
  EXPECT_THAT(refusal(header(0, 3, 4)),
              AllOf(HasSubstr("hand.txt:2: found '0'"), HasSubstr("pages from 1 to")));
  EXPECT_THAT(refusal(header(4294967295, 3, 4)), HasSubstr("hand.txt:2: found '4294967295'"));
  EXPECT_THAT(refusal(header(64, 0, 4)), HasSubstr("pageblock_order from 1 to 12"));
  EXPECT_THAT(refusal(header(64, 13, 13)), HasSubstr("pageblock_order from 1 to 12"));
  EXPECT_THAT(refusal(header(64, 3, 2)), HasSubstr("max_page_order from 3 to 15"));
  EXPECT_THAT(refusal(header(64, 3, 16)), HasSubstr("max_page_order from 3 to 15"));
  EXPECT_THAT(refusal(by_hand_with("pages=22 ", "")), HasSubstr("expected pages=NUMBER"));
  EXPECT_THAT(refusal(by_hand_with("pages=22", "pages=-22")), HasSubstr("hand.txt:2: found '-22'"));
}

TEST(GoldenGeometry, OfAnotherSizeShowsInTheFirstState) {
  // Still six pageblocks, but two pages more.
  const GoldenResult result = replay_text(by_hand_with("pages=22", "pages=24"));
  ASSERT_TRUE(result.difference);
  EXPECT_EQ(result.difference->line, 8U);
}

// ---- what cannot be understood

struct Damage {
  const char* from;
  const char* to;
  const char* message;  // how the refusal begins
};

TEST(GoldenInput, IsRefusedWithLineFoundAndExpected) {
  constexpr Damage damages[] = {
      {"format 1", "format 2", "hand.txt:1: found '# golden vectors, format 2', expected"},
      {"features isolate", "features levitate", "hand.txt:3: found 'levitate', expected 'base'"},
      {"features isolate", "feature isolate", "hand.txt:3: found 'feature', expected 'features'"},
      {"features isolate", "features base",
       "hand.txt:17: found 'isolate', expected 'isolate' among"},
      {"cma_blocks none", "cma_blocks 4-2", "hand.txt:6: found '4-2', expected 'none' or"},
      {"cma_blocks none", "cma_blocks 1-2", "hand.txt:6: found '1-2', expected 'cma' among"},
      {"alloc 3 U", "allocate 3 U", "hand.txt:31: found 'allocate 3 U - -> none', expected alloc,"},
      {"alloc 3 U", "alloc 4 U", "hand.txt:31: found '4', expected an order from 0 to 3"},
      {"alloc 3 U", "alloc 3 I", "hand.txt:31: found 'I', expected a type of UMR"},
      {"alloc 3 U -", "alloc 3 U C", "hand.txt:31: found 'C', expected 'cma' among the features"},
      {"alloc 3 U -", "alloc 3 U T", "hand.txt:31: found 'T', expected '-' or flags of NCBH"},
      {"alloc 3 U", "alloc  3 U", "hand.txt:31: found two spaces, expected an order"},
      {"-> none", "none", "hand.txt:31: found 'none', expected '->'"},
      {"-> none", "->", "hand.txt:31: found the end of the line, expected a pfn or 'none'"},
      {"-> none", "-> 22", "hand.txt:31: found '22', expected a pfn from 0 to 21"},
      {"-> none", "-> none got=3", "hand.txt:31: found 'got=3', expected a field of: ext src"},
      {"ins=20/1/M/t", "ins=20/1/M", "hand.txt:29: found '20/1/M', expected ins=#/#/T/h or"},
      {"ins=20/1/M/t", "ext=steal:1:M:0", "hand.txt:29: found 'ext=steal:1:M:0', expected a field"},
      {"free 20 0 T", "free 21 0 T",
       "hand.txt:29: found 'free 21 0 T -> ins=20/1/M/t', expected a"},
      {"free 20 0 T", "free 20 1 T",
       "hand.txt:29: found 'free 20 1 T -> ins=20/1/M/t', expected a"},
      {"isolate 5", "isolate 6", "hand.txt:18: found '6', expected a pageblock from 0 to 5"},
      {"fail edge", "fail blue", "hand.txt:18: found 'blue', expected a reason of: already cma"},
      {"isolate 5 -> fail edge\n", "", "hand.txt:18: found state '5', expected state 4, as many"},
      {"tags UUMMMM", "tags UUMMM", "hand.txt:21: found 'UUMMM', expected 6 letters"},
      {"stat free=17", "stat fine=17", "hand.txt:20: found 'fine=17', expected free=NUMBER"},
      {"list 2 U 0", "lost 2 U 0", "hand.txt:24: found 'lost 2 U 0', expected stat, tags, iso"},
      {"eof ops=11", "eof ops=12", "hand.txt:42: found 'ops=12', expected ops=11"},
      {"eof ops=11\n", "", "hand.txt:42: found the end of the file, expected an operation"},
      {"eof ops=11\n", "eof ops=11\nfree",
       "hand.txt:43: found 'free', expected the end of the file"},
  };
  for (const Damage& damage : damages) {
    EXPECT_THAT(refusal(by_hand_with(damage.from, damage.to)), StartsWith(damage.message));
  }
}

TEST(GoldenInput, IsRefusedWhereverItIsCutOff) {
  for (std::size_t length = 0; length + 1 < by_hand.size(); ++length)
    EXPECT_NE(refusal(by_hand.substr(0, length)), "") << length;
}

TEST(GoldenInput, MayComeFromAnotherSystem) {
  std::string text;
  for (const char c : by_hand)
    text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_FALSE(replay_text(text).difference);
}

// A folder of files, removed with the object.
class Folder {
 public:
  Folder() : path_(fs::path(testing::TempDir()) / ("spb_golden_" + std::to_string(getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string refusal_of_file(const std::string& file) {
  try {
    replay_golden(read_golden(file));
    return "";
  } catch (const trace::InputError& error) {
    return error.what();
  }
}

TEST(GoldenInput, ThatIsATruncatedXzIsRefused) {
  const Folder folder;
  const std::string whole = bytes_of(vectors_of("base", 'A').front());
  ASSERT_EQ(refusal_of_file(folder.write("whole.txt.xz", whole)), "");
  for (const std::size_t part : {1U, 2U, 4U, 16U}) {
    const std::string cut = whole.substr(0, whole.size() - whole.size() / part / 2);
    EXPECT_THAT(refusal_of_file(folder.write("cut.txt.xz", cut)),
                HasSubstr("cut.txt.xz: found the end of the file within an xz stream"));
  }
}

TEST(GoldenInput, ThatIsADamagedXzIsRefused) {
  const Folder folder;
  std::string bytes = bytes_of(vectors_of("base", 'A').front());
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x10);
  EXPECT_THAT(refusal_of_file(folder.write("bad.txt.xz", bytes)), HasSubstr("damaged xz stream"));
}

TEST(GoldenInput, ThatIsBinaryEmptyOrMissingIsRefused) {
  const Folder folder;
  std::string binary;
  for (int i = 0; i < 4096; ++i)
    binary += static_cast<char>(i * 7 % 256);
  EXPECT_THAT(refusal_of_file(folder.write("binary.txt", binary)),
              HasSubstr("binary.txt:1: found '\\x00"));
  EXPECT_THAT(refusal_of_file(folder.write("empty.txt", "")),
              HasSubstr("empty.txt:1: found the end of the file"));
  EXPECT_THAT(refusal_of_file(folder.path() + "/missing.txt"), HasSubstr("a file that can be"));
}

// ---- the verb

CommandOutcome golden(const std::string& arguments) {
  return run_command("'" SPB_PROGRAM "' golden " + arguments);
}

std::string file_of(const char* name) {
  return "'" + (data / name).string() + "'";
}

TEST(GoldenVerb, CountsWhatAgrees) {
  const CommandOutcome outcome = golden(file_of("isolate"));
  EXPECT_EQ(outcome.status, 0) << outcome.text;
  EXPECT_EQ(outcome.text, "29 files agree, 0 differ: 52257 operations and 1089 states agree\n");
}

TEST(GoldenVerb, ShowsADifferenceAndGoesOnWithTheNextFile) {
  const Folder folder;
  const std::string other = folder.write("other.txt", by_hand_with("M - -> 20", "M - -> 21"));
  const std::string hand = folder.write("hand.txt", by_hand);
  const CommandOutcome outcome = golden(other + " " + hand);
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.text, other +
                              ":15: the model differs at operation 2\n"
                              "  expected: alloc 0 M - -> 21\n"
                              "  found:    alloc 0 M - -> 20\n"
                              "1 files agree, 1 differ: 12 operations and 4 states agree\n");
}

TEST(GoldenVerb, ShowsOfALongLineThePartThatDiffers) {
  const Folder folder;
  // 200 buddies of two pages each, 300 and 302 swapped.
  std::string list = "list 1 M";
  for (int pfn = 0; pfn < 400; pfn += 2)
    list += " " + std::to_string(pfn == 300 ? 302 : pfn == 302 ? 300 : pfn);
  const std::string vector = header(400, 1, 1) + "state 0\n" + stat(400, 400, 0) + "tags " +
                             std::string(200, 'M') + "\n" + list + "\nend\neof ops=0\n";
  const CommandOutcome outcome = golden(folder.write("long.txt", vector));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.text,
              HasSubstr("long.txt:10: the model differs in the state after operation 0"));
  EXPECT_THAT(outcome.text, ContainsRegex("expected: \\.\\.\\. .* 298 302 300 304 .* \\.\\.\\.\n"));
  EXPECT_THAT(outcome.text, ContainsRegex("found:    \\.\\.\\. .* 298 300 302 304 .* \\.\\.\\.\n"));
  EXPECT_THAT(outcome.text, Not(HasSubstr(" 100 ")));
}

TEST(GoldenVerb, RefusesWhatItCannotUnderstandAndGoesOnWithTheNextFile) {
  const Folder folder;
  const std::string bad = folder.write("bad.txt", by_hand_with("fail edge", "fail blue"));
  const std::string hand = folder.write("hand.txt", by_hand);
  const CommandOutcome outcome = golden(bad + " " + hand);
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr(bad + ":18: found 'blue', expected a reason of"));
  EXPECT_THAT(outcome.text, HasSubstr("1 files agree, 0 differ: 11 operations"));
  EXPECT_THAT(outcome.text, EndsWith("1 files refused\n"));
}

TEST(GoldenVerb, RefusesAFolderWithoutVectorsAndACallWithoutFiles) {
  const Folder folder;
  folder.write("README.md", "no vector");
  const CommandOutcome outcome = golden(folder.path());
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("found no vector in this folder, expected files *.txt or"));
  EXPECT_EQ(golden("").status, 2);
}

TEST(GoldenFiles, OfAFolderAreSortedAndThoseBelowAreFound) {
  const Folder folder;
  folder.write("b.txt", "");
  folder.write("a.txt.xz", "");
  folder.write("c.md", "");
  fs::create_directories(fs::path(folder.path()) / "sub");
  folder.write("sub/a.txt", "");
  std::vector<std::string> names;
  for (const fs::path& file : golden_files(folder.path()))
    names.push_back(file.lexically_relative(folder.path()).generic_string());
  EXPECT_THAT(names, ElementsAre("a.txt.xz", "b.txt", "sub/a.txt"));
}

}  // namespace
}  // namespace spb::test
