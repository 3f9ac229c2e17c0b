// SPDX-License-Identifier: GPL-2.0-only
//
// One line of ftrace text.
#include "trace/ftrace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace spb::test {
namespace {

using testing::HasSubstr;
using trace::Complaint;
using trace::EventKind;
using trace::LineKind;

const std::string_view plain =
    "       record.sh-10498   [001] d..3.  1970.466733: mm_page_alloc_zone_locked: "
    "pfn=0x118003 order=2 migratetype=1 percpu_refill=1";

// The event of a line that must be one; its views live as long as the line.
trace::Event event_of(std::string_view line) {
  trace::Event event;
  Complaint complaint;
  EXPECT_EQ(trace::parse_line(line, event, complaint), LineKind::event)
      << complaint.found << ", expected " << complaint.expected;
  return event;
}

LineKind kind_of(std::string_view line) {
  trace::Event event;
  Complaint complaint;
  return trace::parse_line(line, event, complaint);
}

// What is said of a line that must be of that kind: "FOUND, expected EXPECTED".
std::string complaint_about(std::string_view line, LineKind kind = LineKind::unreadable) {
  trace::Event event;
  Complaint complaint;
  EXPECT_EQ(trace::parse_line(line, event, complaint), kind) << line;
  return complaint.found + ", expected " + complaint.expected;
}

std::string with_fields(std::string_view event, std::string_view fields) {
  return "  a-1 [000] ..... 1.5: " + std::string(event) + ": " + std::string(fields);
}

TEST(Ftrace, ReadsHeadAndFieldsOfALine) {
  const trace::Event event = event_of(plain);
  EXPECT_EQ(event.kind, EventKind::mm_page_alloc_zone_locked);
  EXPECT_EQ(event.comm, "record.sh");
  EXPECT_EQ(event.pid, "10498");
  EXPECT_EQ(event.cpu, 1U);
  EXPECT_EQ(event.time, "1970.466733");
  EXPECT_EQ(event.pfn, 0x118003U);
  EXPECT_EQ(event.order, 2U);
  EXPECT_EQ(event.migratetype, 1U);
  EXPECT_EQ(event.percpu_refill, 1U);
}

TEST(Ftrace, ReadsEveryFieldOfAFallback) {
  const std::string line = with_fields(
      "mm_page_alloc_extfrag",
      "page=00000000c0ffee pfn=0x160c00 alloc_order=3 fallback_order=10 pageblock_order=9 "
      "alloc_migratetype=0 fallback_migratetype=2 fragmenting=1 change_ownership=1");
  const trace::Event event = event_of(line);
  EXPECT_EQ(event.kind, EventKind::mm_page_alloc_extfrag);
  EXPECT_EQ(event.pfn, 0x160c00U);
  EXPECT_EQ(event.alloc_order, 3U);
  EXPECT_EQ(event.fallback_order, 10U);
  EXPECT_EQ(event.pageblock_order, 9U);
  EXPECT_EQ(event.alloc_migratetype, 0U);
  EXPECT_EQ(event.fallback_migratetype, 2U);
  EXPECT_EQ(event.fragmenting, 1U);
  EXPECT_EQ(event.change_ownership, 1U);
}

TEST(Ftrace, FindsFieldsByNameInAnyOrderAndToleratesUnknownOnes) {
  const std::string line =
      with_fields("mm_page_free", "nid=1 order=3 zone=Normal pfn=0x40 walk=[fp=1 below=2] done");
  const trace::Event event = event_of(line);
  EXPECT_EQ(event.pfn, 0x40U);
  EXPECT_EQ(event.order, 3U);
}

TEST(Ftrace, TellsAHexadecimalFrameFromADecimalOneByIts0x) {
  const auto frame = [](std::string_view pfn) {
    static std::string line;
    line = with_fields("mm_page_free", "order=0 pfn=" + std::string(pfn));
    return event_of(line);
  };
  EXPECT_EQ(frame("0x1F").pfn, 31U);
  EXPECT_EQ(frame("0x1F").pfn_form, trace::FrameForm::hexadecimal);
  EXPECT_EQ(frame("0x10").pfn, 16U);
  EXPECT_EQ(frame("10").pfn, 10U);
  EXPECT_EQ(frame("10").pfn_form, trace::FrameForm::decimal);
  EXPECT_EQ(frame("0").pfn_form, trace::FrameForm::unknown) << "failed allocations print it";
  EXPECT_EQ(frame("0x0").pfn_form, trace::FrameForm::unknown);
}

TEST(Ftrace, KeepsTheGfpFlagsAsText) {
  const std::string line =
      with_fields("mm_page_alloc", "pfn=0x1 order=0 gfp_flags=GFP_NOFS|__GFP_NOFAIL migratetype=0");
  EXPECT_EQ(event_of(line).gfp_flags, "GFP_NOFS|__GFP_NOFAIL");
}

TEST(Ftrace, AllowsBlanksDashesColonsAndBracketsInAComm) {
  const std::string_view line =
      " my [4] app: x-2-77     [012] ..... 5.000001: mm_page_free: pfn=0x2 order=1";
  const trace::Event event = event_of(line);
  EXPECT_EQ(event.comm, "my [4] app: x-2");
  EXPECT_EQ(event.pid, "77");
  EXPECT_EQ(event.cpu, 12U);
  EXPECT_EQ(event.pfn, 2U);
}

TEST(Ftrace, AllowsACommThatLooksLikeAComment) {
  EXPECT_EQ(event_of("   #sh-3 [000] ..... 1.0: mm_page_free: pfn=0x2 order=1").comm, "#sh");
}

TEST(Ftrace, ReadsLinesWithoutFlagsWithATgidAndWithACounterForAClock) {
  EXPECT_EQ(event_of("a-1 [003] 1.5: mm_page_free: pfn=0x2 order=1").cpu, 3U);
  const auto with_tgid = event_of("a-12 (   10) [000] d.... 1.5: mm_page_free: pfn=0x2 order=1");
  EXPECT_EQ(with_tgid.pid, "12");
  EXPECT_EQ(with_tgid.comm, "a");
  EXPECT_EQ(event_of("a-1 [000] d.... 123456: mm_page_free: pfn=0x2 order=1").time, "123456");
}

TEST(Ftrace, TellsCommentsAndLostEventsFromEvents) {
  EXPECT_EQ(kind_of(""), LineKind::comment);
  EXPECT_EQ(kind_of("   "), LineKind::comment);
  EXPECT_EQ(kind_of("# tracer: nop"), LineKind::comment);
  EXPECT_EQ(kind_of("cpus=2"), LineKind::comment);
  EXPECT_EQ(kind_of("version = 6"), LineKind::comment);
  EXPECT_EQ(kind_of("CPU 1 is empty"), LineKind::comment);
  EXPECT_EQ(kind_of("CPU:1 [LOST 12 EVENTS]"), LineKind::lost_events);
}

TEST(Ftrace, ReadsHowManyEventsWereLostInTheWordsOfEachTracer) {
  const auto lost = [](std::string_view line) {
    EXPECT_EQ(kind_of(line), LineKind::lost_events) << line;
    return trace::lost_events(line);
  };
  EXPECT_EQ(lost("CPU:1 [LOST 12 EVENTS]"), 12U);
  EXPECT_EQ(lost("CPU:13 [204600 EVENTS DROPPED]"), 204600U);
  EXPECT_EQ(lost("CPU:1 [EVENTS DROPPED]"), std::nullopt);
  EXPECT_EQ(lost("9777/9888 [006] 1.000000001: unknown: PERF_RECORD_LOST lost 9"), 9U);
  EXPECT_EQ(lost("##### CPU 2 buffer started ####"), std::nullopt) << "printed after overruns only";
}

TEST(Ftrace, ReadsHowManyEntriesTheHeadingsCount) {
  const auto entries =
      trace::buffer_entries("# entries-in-buffer/entries-written: 205/1342   #P:4");
  ASSERT_TRUE(entries);
  EXPECT_EQ(entries->in_buffer, 205U);
  EXPECT_EQ(entries->written, 1342U);
  const auto latency = trace::buffer_entries(
      "# latency: 0 us, #17/19, CPU#0 | (M:preempt VP:0, KP:0, SP:0 HP:0 #P:2)");
  ASSERT_TRUE(latency);
  EXPECT_EQ(latency->in_buffer, 17U);
  EXPECT_EQ(latency->written, 19U);
  EXPECT_FALSE(trace::buffer_entries("#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION"));
}

TEST(Ftrace, ReadsIrqInfoOfAnyWidth) {
  for (const std::string_view flags : {"d..1", "....", "d..3.", "dNh31", "d.h.3..", "bDn.L511"}) {
    const std::string line =
        "  a-1 [003] " + std::string(flags) + " 1.5: mm_page_free: pfn=0x2 order=1";
    EXPECT_EQ(event_of(line).time, "1.5") << flags;
    EXPECT_EQ(event_of(line).pfn, 2U) << flags;
  }
}

TEST(Ftrace, ReadsLatencyFormat) {
  for (const std::string_view time : {"12us+:", "12us :", "1234567us!:", "12:"}) {
    const std::string line =
        " my app-77      3d.h2. " + std::string(time) + " mm_page_free: pfn=0x2 order=1";
    const trace::Event event = event_of(line);
    EXPECT_EQ(event.comm, "my app") << time;
    EXPECT_EQ(event.pid, "77") << time;
    EXPECT_EQ(event.cpu, 3U) << time;
    EXPECT_EQ(event.kind, EventKind::mm_page_free) << time;
  }
}

TEST(Ftrace, ReadsTheTextOfPerfScript) {
  for (const std::string_view head : {"kworker/0:1-eve  6429 [002]    22.498450:",
                                      "kworker/0:1-eve  6429/6430 [002]    22.498450:",
                                      "kworker/0:1-eve  6429 [002]    22.498450:          1"}) {
    const std::string line =
        std::string(head) + "             kmem:mm_page_free: page=0x2 pfn=2 order=1";
    const trace::Event event = event_of(line);
    EXPECT_EQ(event.comm, "kworker/0:1-eve") << head;
    EXPECT_EQ(event.pid, "6429") << head;
    EXPECT_EQ(event.cpu, 2U) << head;
    EXPECT_EQ(event.name, "mm_page_free") << head;
    EXPECT_EQ(event.pfn, 2U) << head;
  }
}

TEST(Ftrace, ReadsAnEventWithItsSubsystemAndNoOther) {
  EXPECT_EQ(event_of(with_fields("kmem:mm_page_free", "pfn=0x2 order=1")).kind,
            EventKind::mm_page_free);
  EXPECT_EQ(event_of(with_fields("other:mm_page_free", "pfn=0x2 order=1")).kind, EventKind::other);
}

TEST(Ftrace, ReadsTheNamesOf2009) {
  EXPECT_EQ(event_of(with_fields("mm_page_free_direct", "pfn=2 order=1")).kind,
            EventKind::mm_page_free);
  EXPECT_EQ(event_of(with_fields("mm_pagevec_free", "pfn=2 order=0 cold=0")).kind,
            EventKind::mm_page_free);
}

TEST(Ftrace, PassesOverStackTraces) {
  for (const std::string_view line :
       {"  a-1 [004] ...1 7.5: <stack trace>", "  a-1 [004] 7.5: <user stack trace>",
        "  a-1 [004] 7.5: kernel_stack:         <stack trace >", " => free_unref_page_list",
        "=> do_syscall_64 (ffffffffb5a3e8c1)", " =>  <00007f2a1c0f5c37>",
        "\tffffffffb5a3e8c1 __alloc_pages+0x1 ([kernel.kallsyms])"}) {
    EXPECT_EQ(kind_of(line), LineKind::stack) << line;
  }
}

TEST(Ftrace, ToleratesALineOfTheFunctionTracer) {
  EXPECT_EQ(event_of("  a-1 [000] d..1 1.5: free_pcp_prepare <-free_unref_page").kind,
            EventKind::other);
}

TEST(Ftrace, ToleratesEventsItDoesNotKnowWhateverTheyPrint) {
  const trace::Event event = event_of(with_fields("sched_switch", "prev_comm=a b ==> pfn=zz"));
  EXPECT_EQ(event.kind, EventKind::other);
  EXPECT_EQ(event.name, "sched_switch");
}

TEST(Ftrace, RefusesAnEventWithoutAFieldThatItNeeds) {
  EXPECT_EQ(complaint_about(with_fields("mm_page_free", "pfn=0x2")),
            "mm_page_free without order=, expected an event with these fields");
  EXPECT_THAT(complaint_about(with_fields("mm_page_alloc_zone_locked", "order=0")),
              HasSubstr("without pfn= migratetype="));
}

TEST(Ftrace, RefusesAFieldThatIsNoNumberOrComesTwice) {
  EXPECT_EQ(complaint_about(with_fields("mm_page_free", "pfn=0xfg order=0")),
            "pfn='0xfg', expected a frame number: hexadecimal with 0x, or decimal");
  EXPECT_THAT(complaint_about(with_fields("mm_page_free", "pfn=1f order=0")),
              HasSubstr("pfn='1f'"));
  EXPECT_EQ(complaint_about(with_fields("mm_page_free", "pfn=0x2 order=-1")),
            "order='-1', expected a decimal number");
  EXPECT_EQ(complaint_about(with_fields("mm_page_free", "pfn=0x2 order=99999999999")),
            "order='99999999999', expected a decimal number");
  EXPECT_EQ(complaint_about(with_fields("mm_page_free", "pfn= order=0")),
            "pfn='', expected a frame number: hexadecimal with 0x, or decimal");
  EXPECT_EQ(complaint_about(with_fields("mm_page_free", "pfn=0x2 order=0 order=1")),
            "the field order twice, expected each field once");
}

TEST(Ftrace, RefusesALineThatIsNoEvent) {
  for (const std::string_view line :
       {"hello", "a-1 [000]", "a-1 [x] 1.0: mm_page_free: pfn=0x1 order=0",
        "a-1 [000] ..... mm_page_free: pfn=0x1 order=0", "a-1 [000] ..... 1.0: : pfn=0x1 order=0",
        "a [000] ..... 1.0: mm_page_free: pfn=0x1 order=0", "\x7f\x45\x4c\x46\x02[1]"}) {
    EXPECT_THAT(complaint_about(line, LineKind::malformed),
                HasSubstr("expected `comm-pid [cpu] flags time: event:"));
  }
}

TEST(Ftrace, ReadsNoEventIntoALineThatIsCutBeforeItsLastNeededField) {
  const std::string_view last_needed = "migratetype=";
  const std::size_t end = plain.find(last_needed) + last_needed.size();
  for (std::size_t length = 0; length <= end; ++length) {
    EXPECT_NE(kind_of(plain.substr(0, length)), LineKind::event) << length;
  }
  EXPECT_EQ(kind_of(plain.substr(0, end + 1)), LineKind::event);
}

}  // namespace
}  // namespace spb::test
