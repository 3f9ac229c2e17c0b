// SPDX-License-Identifier: GPL-2.0-only
//
// Recordings as people have them, one small folder a form, given to the program: what is read, what
// is refused, and what is said of it. Most come from public reports, rewritten, with zones and free
// blocks that fit; those called like a tracer hold the events of the recording `hand`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "tests/command.h"

namespace spb::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr const char* as_hand = "8 events replayed, 87.500% applied; 14 operations";

struct Form {
  std::string name;  // of the test
  std::string folder;
  std::string options;
  int status = 0;
  std::vector<std::string> said;
};

std::ostream& operator<<(std::ostream& out, const Form& form) {
  return out << form.folder << " " << form.options;
}

const std::vector<Form> forms{
    {"Hexadecimal",
     "hexadecimal",
     "",
     0,
     {"3 events replayed, 100.000%", "block: 2 of 2 (", "frames   hexadecimal"}},
    {"Decimal",
     "decimal",
     "",
     0,
     {"3 events replayed, 100.000%", "block: 2 of 2 (", "frames   decimal"}},
    {"DecimalAligned",
     "decimal-aligned",
     "",
     0,
     {"1 events replayed, 100.000%", "frames   decimal"}},
    {"ExtfragHexadecimal", "extfrag-hexadecimal", "", 0, {"1 events replayed, 100.000%"}},
    {"ExtfragDecimal", "extfrag-decimal", "", 0, {"1 events replayed, 100.000%"}},
    // The free of two pages is a return of its own before 5.14.
    {"FourFlagsDecimal",
     "four-flags-decimal",
     "",
     0,
     {"9 events replayed, 77.778%", "frames   decimal"}},
    {"LatencyFormat", "latency-format", "", 0, {as_hand, "15 events in 23 lines; 8 comments"}},
    {"TraceCmdReport", "trace-cmd-report", "", 0, {as_hand, "9 lines of stack traces"}},
    {"PerfScript",
     "perf-script",
     "",
     0,
     {"1 events replayed, 100.000%", "0 of the free lists, 1 of",
      "what callers got and gave back stands for them"}},
    {"PerfCallchain", "perf-callchain", "", 0, {as_hand, "12 lines of stack traces"}},
    {"PrefixedEvents", "prefixed-events", "", 0, {as_hand}},
    {"StackTrace",
     "stack-trace",
     "",
     0,
     {"1 event in 5 lines; 0 comments, 4 lines of stack traces"}},
    {"NamesOf2009", "names-of-2009", "", 0, {"5 events replayed, 100.000%"}},
    {"OldGfpNames", "old-gfp-names", "", 0, {"of 3 departures known, of 0 not readable"}},
    {"RawGfp",
     "raw-gfp",
     "",
     0,
     {"of 0 departures known, of 1 not readable",
      "flags that cannot be read (first: 0x140cca, "
      "line 2)"}},
    {"RawGfpOfARelease",
     "raw-gfp",
     "--gfp-of 6.13",
     0,
     {"of 1 departures known, of 0 not readable"}},
    {"LostEvents", "lost-events", "", 2, {"lost     1025 events", "found 1025 events lost"}},
    {"LostEventsAllowed", "lost-events", "--lossy", 0, {"lost     1025 events", as_hand}},
    {"DroppedEvents", "dropped-events", "", 2, {"found 1025 events lost"}},
    {"OverrunBuffers", "overrun-buffers", "", 2, {"found 2033 events lost"}},
    {"OverlappingZones", "overlapping-zones", "", 0, {"1 events replayed, 100.000%"}},
    {"OverlappingZonesOne",
     "overlapping-zones",
     "--zone Movable",
     2,
     {"found no event that a replay can follow", "1 of other zones"}},
    {"OfflinedZone",
     "offlined-zone",
     "",
     0,
     {"4 lines, 2 zones", "0 HIGHATOMIC, 2 CMA, 0 ISOLATE",
      "3 migratetypes from 4 on without pagetypeinfo", "0 tainted, 1 clean"}},
    {"CmaWithoutPagetypeinfo", "cma-without-pagetypeinfo", "", 2, {"expected pagetypeinfo.before"}},
    {"JunkPagetypeinfo", "junk-pagetypeinfo", "", 2, {"pagetypeinfo.before:1: found 'cat: "}},
    {"PageblocksOfOrder13", "pageblocks-of-order-13", "", 0, {"3 events replayed, 100.000%"}},
};

class RecordingForms : public testing::TestWithParam<Form> {
 protected:
  RecordingForms() : out_(fs::path(testing::TempDir()) / ("forms_" + std::to_string(getpid()))) {
    fs::remove_all(out_);
    fs::create_directories(out_);
  }
  ~RecordingForms() override { fs::remove_all(out_); }

  CommandOutcome spbcheck(const std::string& verb) const {
    return run_command("'" SPB_PROGRAM "' " + verb + " " + GetParam().options +
                       " '" SPB_SOURCE_DIR "/tests/data/recordings/forms/" + GetParam().folder +
                       "'");
  }
  bool wrote_any() const { return fs::directory_iterator(out_) != fs::directory_iterator(); }

  fs::path out_;
};

TEST_P(RecordingForms, AreReplayedOrRefusedWithTheReason) {
  const CommandOutcome outcome = spbcheck("replay --variant mainline");
  EXPECT_EQ(outcome.status, GetParam().status) << outcome.text;
  for (const std::string& said : GetParam().said)
    EXPECT_THAT(outcome.text, HasSubstr(said));
}

TEST_P(RecordingForms, AreImportedOrRefusedAndThenNothingIsWritten) {
  const CommandOutcome outcome = spbcheck("import -o '" + out_.string() + "'");
  EXPECT_EQ(outcome.status, GetParam().status) << outcome.text;
  EXPECT_EQ(wrote_any(), GetParam().status == 0);
}

INSTANTIATE_TEST_SUITE_P(All, RecordingForms, testing::ValuesIn(forms),
                         [](const testing::TestParamInfo<Form>& form) { return form.param.name; });

CommandOutcome replay(const std::string& arguments) {
  return run_command("cd '" SPB_SOURCE_DIR "/tests/data/recordings' && '" SPB_PROGRAM "' replay " +
                     arguments);
}

TEST(Replay, GoesOnBehindARecordingThatCannotBeReplayed) {
  const CommandOutcome outcome =
      replay("--variant mainline forms/lost-events no-such-folder forms/decimal");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("found 1025 events lost"));
  EXPECT_THAT(outcome.text, HasSubstr("no-such-folder: found neither trace.txt nor"));
  EXPECT_THAT(outcome.text, HasSubstr("2 of 3 recordings not replayed\n3 events replayed"));
}

TEST(Replay, IsNotAnsweredForNothing) {
  EXPECT_EQ(replay("--variant '' hand").status, 2);
  EXPECT_EQ(replay("--zone Nowhere hand").status, 2);
  EXPECT_EQ(replay("--gfp-of 3.10 hand").status, 2);
  EXPECT_EQ(replay("--zone Normal hand").status, 0);
}

TEST(Replay, SaysOfNothingThatItIsNoShare) {
  const CommandOutcome outcome = replay("forms/extfrag-decimal");
  EXPECT_THAT(outcome.text, HasSubstr("of a known free block: none to compare\n"));
  EXPECT_THAT(outcome.text, Not(HasSubstr("0 of 0 (100")));
}

// A request at a frame of the variant's choice: nothing stands for a page that came back unasked.
TEST(Replay, IsNotAnsweredWhereNoEventIsApplied) {
  const CommandOutcome outcome = replay("--variant rfc-v2 forms/stack-trace");
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.text, HasSubstr("found 1 events of which none was applied"));
}

}  // namespace
}  // namespace spb::test
