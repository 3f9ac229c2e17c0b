// SPDX-License-Identifier: GPL-2.0-only
//
// Programs as text: what is read, what is printed, and what is refused.
#include "program/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "model/policy/variant.h"
#include "model/words/gfp.h"
#include "program/bytes.h"
#include "program/normalise.h"
#include "program/words.h"

namespace spb::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::string zone =
    "zone superpageblocks=2 pageblocks=4 pageblock_order=3 variant=rfc-v1@31\n";

TextProgram parse(const std::string& text) {
  return parse_text(text, "p.txt");
}

// What the parser says to a text that it refuses.
std::string refusal(const std::string& text) {
  try {
    parse(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

// The same for a statement after the zone's line.
std::string statement_refusal(const std::string& statement) {
  return refusal(zone + statement + "\n");
}

Operation only_operation(const std::string& statement) {
  const TextProgram text = parse(zone + statement + "\n");
  EXPECT_EQ(text.program.operations.size(), 1U);
  return text.program.operations.at(0);
}

// ---- the zone

TEST(Text, ReadsTheZone) {
  const ZoneSpec spec =
      parse(
          "zone superpageblocks=3 pageblocks=8 pageblock_order=2 max_page_order=4 "
          "base_pfn=0x100 absent_first=1 absent_last=2 slots=5 start=allocated variant=rfc-v2 "
          "isolation=bit-only reentry-bound=3 without=PASS_2D|PASS_4\n")
          .program.zone;
  Geometry geometry{.superpageblocks = 3,
                    .pageblocks = 8,
                    .pageblock_order = 2,
                    .max_page_order = 4,
                    .base_pfn = 0x100,
                    .absent_first = 1,
                    .absent_last = 2,
                    .slots = 5,
                    .start_allocated = true};
  EXPECT_EQ(spec.geometry, geometry);
  EXPECT_EQ(variants()[spec.variant].name, "rfc-v2");
  EXPECT_TRUE(spec.parameters.is(ParameterId::isolation, Isolation::bit_only));
  EXPECT_EQ(spec.parameters[ParameterId::reentry_bound], 3);
  EXPECT_EQ(spec.parameters[ParameterId::without], 1U << static_cast<unsigned>(PassId::PASS_2D) |
                                                       1U << static_cast<unsigned>(PassId::PASS_4));
  EXPECT_EQ(spec.parameters[ParameterId::evacuate_items], Parameters::unset);
}

TEST(Text, TakesTheKernelsMaxPageOrderWhereNoneIsGiven) {
  const auto max_page_order = [](const std::string& sizes) {
    return parse("zone " + sizes + " variant=mainline\n").program.zone.geometry.max_page_order;
  };
  EXPECT_EQ(max_page_order("superpageblocks=1 pageblocks=512 pageblock_order=9"), 10U);
  EXPECT_EQ(max_page_order("superpageblocks=1 pageblocks=1 pageblock_order=9"), 9U);
}

TEST(Text, RefusesAZoneThatCannotBe) {
  EXPECT_EQ(refusal("zone superpageblocks=2 pageblocks=3 pageblock_order=3 variant=mainline\n"),
            "p.txt:1:1: found a zone whose pageblocks is 3, expected a power of two up to 32768: "
            "buddies must not cross a superpageblock's border");
  EXPECT_THAT(refusal("zone superpageblocks=2 pageblocks=4 variant=mainline\n"),
              HasSubstr("found a zone without pageblock_order, expected pageblock_order=N"));
  EXPECT_THAT(refusal("zone superpageblocks=2 pageblocks=4 pageblock_order=3\n"),
              HasSubstr("without variant"));
  EXPECT_THAT(refusal("zone superpageblocks=2 pageblocks=4294967295 pageblock_order=4294967295 "
                      "variant=mainline\n"),
              HasSubstr("p.txt:1:35: found '4294967295'"));
  EXPECT_THAT(refusal("zone superpageblocks=2 superpageblocks=2\n"),
              HasSubstr("p.txt:1:24: found 'superpageblocks', expected each name once"));
  EXPECT_THAT(
      refusal(zone + zone),
      HasSubstr("p.txt:2:24: found 'pageblocks', expected superpageblocks, grows_by, base_pfn"));
}

TEST(Text, NamesTheNearestCandidate) {
  EXPECT_THAT(refusal("zone superpageblock=2\n"), HasSubstr("did you mean 'superpageblocks'?"));
  EXPECT_THAT(refusal("zone superpageblocks=2 variant=rfc-v1@32\n"),
              HasSubstr("did you mean 'rfc-v1@3"));
  EXPECT_THAT(refusal("zone superpageblocks=2 isolation=bitonly\n"),
              HasSubstr("did you mean 'bit-only'?"));
  EXPECT_THAT(refusal("zone superpageblocks=2 isolaton=bit-only\n"),
              HasSubstr("did you mean 'isolation'?"));
  EXPECT_THAT(refusal("zone superpageblocks=2 without=PASS_1\n"),
              HasSubstr("p.txt:1:32: found 'PASS_1', expected HINT, PASS_2, PASS_2B, PASS_2C"));
  EXPECT_THAT(statement_refusal("a = aloc order=0 gfp=GFP_KERNEL"),
              HasSubstr("p.txt:2:5: found 'aloc'"));
  EXPECT_THAT(statement_refusal("a = aloc order=0 gfp=GFP_KERNEL"),
              HasSubstr("did you mean 'alloc'?"));
  EXPECT_THAT(statement_refusal("a = alloc order=0 gfp=GFP_KERNAL"),
              HasSubstr("did you mean 'GFP_KERNEL'?"));
  EXPECT_THAT(statement_refusal("a = alloc ordr=0 gfp=GFP_KERNEL"),
              HasSubstr("did you mean 'order'?"));
  EXPECT_THAT(statement_refusal("expect spb0.nr_fre=1"), HasSubstr("did you mean"));
}

// ---- operations

TEST(Text, ReadsEveryOperation) {
  const TextProgram text = parse(zone +
                                 "a = alloc order=1 gfp=GFP_KERNEL|__GFP_RECLAIMABLE\n"
                                 "b = alloc order=0 gfp=GFP_ATOMIC reclaim=a compact=b\n"
                                 "a = rmqueue order=2 mt=MOVABLE flags=ALLOC_NOFRAGMENT|0x10\n"
                                 "free b tail\n"
                                 "isolate 3\n"
                                 "unisolate 7\n"
                                 "irq_work\n"
                                 "worker clean=0x3 fail=4 error\n"
                                 "take pfn=0x14 order=2 mt=RECLAIMABLE\n"
                                 "give pfn=20 order=0 tail\n"
                                 "tag 5 UNMOVABLE\n");
  EXPECT_THAT(
      text.program.operations,
      ElementsAre(Operation{.kind = OpKind::alloc, .order = 1, .a = GFP_KERNEL | __GFP_RECLAIMABLE},
                  Operation{.kind = OpKind::alloc, .slot = 1, .a = GFP_ATOMIC, .b = 2U << 16U | 1U},
                  Operation{.kind = OpKind::rmqueue,
                            .order = 2,
                            .a = MIGRATE_MOVABLE,
                            .b = ALLOC_NOFRAGMENT | ALLOC_NON_BLOCK},
                  Operation{.kind = OpKind::free, .flags = op_tail, .slot = 1},
                  Operation{.kind = OpKind::isolate, .a = 3},
                  Operation{.kind = OpKind::unisolate, .a = 7}, Operation{.kind = OpKind::irq_work},
                  Operation{.kind = OpKind::worker, .flags = op_error, .a = 3, .b = 4},
                  Operation{.kind = OpKind::take, .order = 2, .a = 20, .b = MIGRATE_RECLAIMABLE},
                  Operation{.kind = OpKind::give, .flags = op_tail, .a = 20},
                  Operation{.kind = OpKind::tag, .a = 5, .b = MIGRATE_UNMOVABLE}));
  EXPECT_EQ(normalised(text.program), text.program);
}

TEST(Text, GivesNamesTheLowestSlotsInTheOrderOfFirstAppearance) {
  const TextProgram text = parse(zone +
                                 "x = alloc order=0 gfp=GFP_KERNEL\n"
                                 "s0 = alloc order=0 gfp=GFP_KERNEL\n"
                                 "free y\n"
                                 "free x\n"
                                 "free s2\n"
                                 "free z\n");
  const auto slot = [&](std::size_t i) { return text.program.operations[i].slot; };
  EXPECT_EQ(slot(1), 0U);  // s0 is slot 0, wherever it appears
  EXPECT_EQ(slot(0), 1U);
  EXPECT_EQ(slot(4), 2U);
  EXPECT_EQ(slot(2), 3U);  // y, the lowest that is left
  EXPECT_EQ(slot(3), 1U);
  EXPECT_EQ(slot(5), 4U);
  EXPECT_EQ(slot_name(3, text.slot_names), "y");
  EXPECT_EQ(slot_name(0, text.slot_names), "s0");
}

TEST(Text, GivesABatchSlotsSideBySide) {
  const TextProgram text = parse(zone +
                                 "s1 = rmqueue order=0 mt=MOVABLE\n"
                                 "x = bulk order=0 count=3 mt=MOVABLE flags=ALLOC_CMA\n"
                                 "s7 = bulk order=0 count=2 mt=MOVABLE\n"
                                 "free x.2\n"
                                 "y = bulk order=0 count=2 mt=UNMOVABLE\n"
                                 "free y.1\n"
                                 "z = rmqueue order=0 mt=MOVABLE flags=ALLOC_HIGHATOMIC\n"
                                 "unreserve mt=UNMOVABLE force\n");
  EXPECT_THAT(
      text.program.operations,
      ElementsAre(
          Operation{.kind = OpKind::rmqueue, .slot = 1, .a = MIGRATE_MOVABLE},
          Operation{
              .kind = OpKind::bulk, .flags = 3, .slot = 2, .a = MIGRATE_MOVABLE, .b = ALLOC_CMA},
          Operation{.kind = OpKind::bulk, .flags = 2, .slot = 7, .a = MIGRATE_MOVABLE},
          Operation{.kind = OpKind::free, .slot = 4},
          Operation{.kind = OpKind::bulk, .flags = 2, .slot = 5, .a = MIGRATE_UNMOVABLE},
          Operation{.kind = OpKind::free, .slot = 6},
          Operation{
              .kind = OpKind::rmqueue, .slot = 9, .a = MIGRATE_MOVABLE, .b = ALLOC_HIGHATOMIC},
          Operation{.kind = OpKind::unreserve, .flags = op_force, .a = MIGRATE_UNMOVABLE}));
  EXPECT_EQ(normalised(text.program), text.program);
  EXPECT_EQ(parse(print_text(text)), text);
}

TEST(Text, RefusesABatchBeyondTheSlots) {
  EXPECT_THAT(statement_refusal("s63 = bulk order=0 count=2 mt=MOVABLE"), HasSubstr("slots"));
  EXPECT_THAT(statement_refusal("x = bulk order=0 count=60 mt=MOVABLE\n"
                                "y = bulk order=0 count=5 mt=MOVABLE"),
              HasSubstr("slots"));
  EXPECT_THAT(statement_refusal("s32 = rmqueue order=0 mt=MOVABLE\n"
                                "x = bulk order=0 count=40 mt=MOVABLE"),
              HasSubstr("slots"));
}

TEST(Text, RefusesMoreNamesThanSlots) {
  const std::string two =
      "zone superpageblocks=2 pageblocks=4 pageblock_order=3 slots=2 "
      "variant=mainline\n";
  EXPECT_THAT(refusal(two + "free a\nfree b\nfree a\nfree c\n"),
              HasSubstr("p.txt:5:6: found 'c', expected at most 2 names"));
  EXPECT_THAT(refusal(two + "free s2\n"), HasSubstr("expected s0 to s1"));
}

TEST(Text, RefusesWhatIsNoOperation) {
  EXPECT_THAT(statement_refusal("alloc order=0 gfp=GFP_KERNEL"),
              HasSubstr("found 'alloc', expected a name for the result"));
  EXPECT_THAT(statement_refusal("a = free b"), HasSubstr("found '=', expected no result"));
  EXPECT_THAT(statement_refusal("a ="), HasSubstr("p.txt:2:3: found '=', expected an operation"));
  EXPECT_THAT(statement_refusal("a = alloc gfp=GFP_KERNEL"), HasSubstr("alloc without order"));
  EXPECT_THAT(statement_refusal("isolate"), HasSubstr("isolate without its argument"));
  EXPECT_THAT(statement_refusal("isolate 8"),
              HasSubstr("p.txt:2:9: found '8', expected a number from 0 to 7"));
  EXPECT_THAT(statement_refusal("isolate 1 2"), HasSubstr("found '2', expected isolate BLOCK"));
  EXPECT_THAT(statement_refusal("a = alloc order=0 order=0 gfp=0"),
              HasSubstr("p.txt:2:25: found '0', expected each argument once"));
  EXPECT_THAT(statement_refusal("tag 3 ISOLATE"),
              HasSubstr("UNMOVABLE, MOVABLE, RECLAIMABLE, HIGHATOMIC or CMA"));
  EXPECT_THAT(statement_refusal("a = rmqueue order=0 mt=CMA"),
              HasSubstr("UNMOVABLE, MOVABLE or RECLAIMABLE"));
  EXPECT_THAT(statement_refusal("a = bulk order=0 count=0 mt=MOVABLE"),
              HasSubstr("a number from 1 to "));
  EXPECT_THAT(statement_refusal("a = bulk order=0 mt=MOVABLE"), HasSubstr("bulk without count"));
  EXPECT_THAT(statement_refusal("unreserve mt=MOVABLE tail"),
              HasSubstr("unreserve mt=TYPE [force]"));
  EXPECT_THAT(statement_refusal("free a.1"), HasSubstr("the page N behind the first of a batch"));
  EXPECT_THAT(statement_refusal("free 7"), HasSubstr("found '7', expected a name"));
  EXPECT_THAT(statement_refusal("zone = alloc order=0 gfp=0"),
              HasSubstr("found 'zone', expected a name for the"));
  EXPECT_THAT(statement_refusal("free tail"), HasSubstr("found 'tail', expected a name"));
  EXPECT_EQ(refusal("free a\n"),
            "p.txt:1:1: found 'free', expected a line that begins with `zone`");
  EXPECT_THAT(refusal(""), HasSubstr("found the end of the file, expected a line that begins"));
}

TEST(Text, RefusesBadNumbers) {
  for (const std::string number :
       {"", "-1", "1x", "0x", "5", "99999999999999999999", "1.0", "+1"}) {
    EXPECT_THAT(statement_refusal("a = alloc order=" + number + " gfp=0"),
                HasSubstr("p.txt:2:17: found '" + number + "', expected a number from 0 to 4"))
        << number;
  }
}

TEST(Text, RefusesFlagsThatAreNone) {
  EXPECT_THAT(statement_refusal("a = alloc order=0 gfp=0x80000000"),
              HasSubstr("found '0x80000000', expected known bits only"));
  EXPECT_THAT(statement_refusal("a = alloc order=0 gfp=__GFP_MOVABLE|__GFP_RECLAIMABLE"),
              HasSubstr("not both"));
  EXPECT_THAT(statement_refusal("a = alloc order=0 gfp=GFP_KERNEL|"),
              HasSubstr("p.txt:2:34: found ''"));
  EXPECT_THAT(statement_refusal("a = rmqueue order=0 mt=MOVABLE flags=GFP_KERNEL"),
              HasSubstr("expected ALLOC_ flags"));
}

TEST(Text, RefusesAFrameOutsideTheZoneOrOffItsOrder) {
  EXPECT_THAT(statement_refusal("take pfn=64 order=0 mt=MOVABLE"),
              HasSubstr("found '64', expected a number from 0 to 63"));
  EXPECT_THAT(statement_refusal("take pfn=6 order=2 mt=MOVABLE"),
              HasSubstr("p.txt:2:10: found '6', expected a multiple of 4"));
}

TEST(Text, RefusesJunk) {
  EXPECT_THAT(refusal(std::string("zone \0 x\n", 9)),
              HasSubstr("p.txt:1:6: found the byte '\\x00'"));
  EXPECT_THAT(refusal("\x7f"
                      "ELF\x02\x01\n"),
              HasSubstr("found the byte '\\x7f'"));
  EXPECT_THAT(refusal("zone s\xc3\xa9"
                      "x=1\n"),
              HasSubstr("found the byte '\\xc3'"));
  EXPECT_THAT(refusal("# a bell: \a\n"), HasSubstr("p.txt:1:11: found the byte '\\x07'"));
  EXPECT_THAT(refusal(std::string(5000, 'x') + "\n"),
              HasSubstr("p.txt:1:1: found a line of 5000 bytes, expected at most 4096"));
}

TEST(Text, ToleratesLineEndsTabsAndAMissingLastNewline) {
  const TextProgram plain = parse(zone + "a = alloc order=0 gfp=GFP_KERNEL\n");
  std::string odd = zone + "\ta \t=  alloc\torder=0   gfp=GFP_KERNEL";
  EXPECT_EQ(parse(odd), plain);
  odd.insert(odd.find('\n'), "\r");
  EXPECT_EQ(parse(odd), plain);
}

// ---- expectations

TEST(Text, KeepsExpectationsAsData) {
  const TextProgram text = parse(zone +
                                 "expect spb0.nr_free=4\n"
                                 "a = alloc order=0 gfp=GFP_KERNEL  expect pass=PASS_3 pfn=0\n"
                                 "expect block0.has=unmovable head0.3.UNMOVABLE=none\n"
                                 "free a\n");
  ASSERT_EQ(text.expectations.size(), 5U);
  EXPECT_EQ(text.expectations[1].value, static_cast<int64_t>(PassId::PASS_3));
  EXPECT_EQ(text.expectations[1].line, 3U);
  EXPECT_EQ(text.expectations[4].value, -1);
  const auto ranges = expectation_ranges(text);
  ASSERT_EQ(ranges.size(), 3U);
  EXPECT_EQ(ranges[0].first, 0U);
  EXPECT_EQ(ranges[0].last, 1U);
  EXPECT_EQ(ranges[1].last, 5U);
  EXPECT_EQ(ranges[2].first, ranges[2].last);
}

TEST(Text, RefusesExpectationsThatCannotBe) {
  const auto refused = [](const std::string& expectation) {
    return statement_refusal("irq_work expect " + expectation);
  };
  EXPECT_THAT(refused("spb2.nr_free=1"),
              HasSubstr("p.txt:2:20: found '2', expected a number from 0 to 1"));
  EXPECT_THAT(refused("block8.tag=MOVABLE"), HasSubstr("found '8'"));
  EXPECT_THAT(refused("chunks0.5.MOVABLE=1"), HasSubstr("found '5'"));
  EXPECT_THAT(refused("chunks0.1.CMB=1"), HasSubstr("did you mean 'CMA'?"));
  EXPECT_THAT(refused("pass=PASS_9"), HasSubstr("expected NO_PAGE, PASS_1"));
  EXPECT_THAT(refused("outcome"), HasSubstr("expected KEY=VALUE"));
  EXPECT_THAT(refused("nonsense=1"), HasSubstr("expected something to expect"));
  EXPECT_THAT(statement_refusal("expect"), HasSubstr("found 'expect', expected KEY=VALUE"));
  EXPECT_THAT(statement_refusal("expect pass=PASS_1"),
              HasSubstr("found 'pass=PASS_1', expected an operation before it"));
}

TEST(Text, ListsAreTheZonesWhereTheVariantSaysSo) {
  const std::string mainline =
      "zone superpageblocks=1 pageblocks=4 pageblock_order=3 "
      "variant=mainline\n";
  EXPECT_THAT(refusal(mainline + "expect chunks0.1.MOVABLE=1\n"),
              HasSubstr("expected `zone`: the free lists of mainline are the zone's"));
  EXPECT_EQ(refusal(mainline + "expect chunkszone.1.MOVABLE=1\n"), "accepted");
  EXPECT_EQ(refusal(mainline + "expect chunks.zone.1.MOVABLE=1\n"), "accepted");
  EXPECT_THAT(refusal(zone + "expect chunkszone.1.MOVABLE=1\n"), HasSubstr("found 'zone'"));
}

// ---- printing

TEST(Text, PrintsWhatItReadWithNamesCommentsAndExpectations) {
  const std::string text =
      "# two superpageblocks\n"
      "zone superpageblocks=2 pageblocks=4 pageblock_order=3 max_page_order=4 variant=rfc-v1@31 "
      "isolation=bit-only\n"
      "\n"
      "a = alloc order=0 gfp=GFP_KERNEL|__GFP_RECLAIMABLE  expect pass=PASS_3 tag=RECLAIMABLE\n"
      "b = alloc order=0 gfp=GFP_NOWAIT reclaim=a  # from a's room: \xe2\x80\xa6\n"
      "expect spb0.category=tainted chunks1.4.MOVABLE=2\n"
      "property taint-comes-last  # said by whom\n"
      "worker clean=0x3 error\n"
      "take pfn=0 order=0 mt=MOVABLE\n";
  EXPECT_EQ(print_text(parse(text)), text);
}

TEST(Text, PrintsWhatItDoesNotKnowTheSameWayTwice) {
  const std::string untidy = zone + "  # x \n\n a=1 # y";
  EXPECT_EQ(refusal(untidy),
            "p.txt:4:2: found 'a=1', expected an operation, `zone`, `expect` or `property`");
  const std::string printed = print_text(parse(zone + "  # x \t\n\n isolate   0x3   # y  "));
  EXPECT_THAT(printed, testing::EndsWith("\n# x\n\nisolate 3  # y\n"));
  EXPECT_EQ(print_text(parse(printed)), printed);
}

TEST(Text, NamesOnePropertyAtMost) {
  EXPECT_EQ(parse(zone + "property borrow\n").property, "borrow");
  EXPECT_EQ(refusal(zone + "property borrow\nproperty borrow\n"),
            "p.txt:3:1: found 'property', expected one property a program");
  EXPECT_EQ(
      refusal(zone + "property Borrow\n"),
      "p.txt:2:10: found 'Borrow', expected `property ID`, an id of `spbcheck prove --table`");
}

TEST(Text, OfBytesParsesBackToTheSameProgram) {
  Program program;
  program.zone.geometry.base_pfn = 0x20000;
  program.zone.parameters[ParameterId::without] = removable_passes();
  program.operations = {{.kind = OpKind::alloc, .slot = 40, .a = GFP_KERNEL, .b = 3U << 16U},
                        {.kind = OpKind::free, .slot = 7},
                        {.kind = OpKind::take, .a = 0x20003, .b = 1}};
  program = normalised(std::move(program));
  const std::string text = print_text(with_lines(program));
  EXPECT_THAT(text, StartsWith("zone "));
  EXPECT_THAT(text, HasSubstr("s40 = alloc order=0 gfp=GFP_KERNEL compact=s2\n"));
  EXPECT_EQ(parse(text).program, program);
}

TEST(Text, RefusesFlagsThatAskForALowerZone) {
  for (const char* gfp : {"__GFP_DMA", "GFP_KERNEL|__GFP_DMA32", "GFP_DMA", "0x4"}) {
    EXPECT_THAT(statement_refusal(std::string("a = alloc order=0 gfp=") + gfp),
                HasSubstr("the model's zones are Normal"))
        << gfp;
  }
}

TEST(Text, NamesFlagsByTheirLongestNames) {
  EXPECT_EQ(gfp_text(GFP_KERNEL | __GFP_MOVABLE), "GFP_KERNEL|__GFP_MOVABLE");
  EXPECT_EQ(gfp_text(GFP_HIGHUSER_MOVABLE), "GFP_HIGHUSER_MOVABLE");
  EXPECT_EQ(gfp_text(0), "0");
  EXPECT_EQ(alloc_flags_text(ALLOC_NOFRAGMENT | ALLOC_NON_BLOCK),
            "ALLOC_NOFRAGMENT|ALLOC_NON_BLOCK");
  for (uint32_t bit = 0; bit < 32; ++bit) {
    const uint32_t gfp = 1U << bit & known_gfp_bits() & ~uint32_t{__GFP_MOVABLE};
    EXPECT_EQ(only_operation("a = alloc order=0 gfp=" + gfp_text(gfp)).a, gfp);
  }
}

}  // namespace
}  // namespace spb::test
