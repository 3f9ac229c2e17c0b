// SPDX-License-Identifier: GPL-2.0-only
//
// Containers: everything comes back, and nothing that is cut short or damaged is taken for whole.
#include "program/container.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <string>

#include "model/words/gfp.h"
#include "program/normalise.h"
#include "program/words.h"

namespace spb::test {
namespace {

using testing::HasSubstr;

std::string written(const Program& program) {
  std::ostringstream out;
  ContainerWriter writer(out, program.zone);
  for (const Operation& op : program.operations)
    writer.add(op);
  writer.finish();
  return out.str();
}

Program read(const std::string& bytes) {
  std::istringstream in(bytes);
  ContainerReader reader(in, "c.spb");
  Program program{reader.zone(), {}};
  for (Operation op; reader.next(op);)
    program.operations.push_back(op);
  return program;
}

std::string refusal(const std::string& bytes) {
  try {
    read(bytes);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

Program small_program() {
  Program program;
  program.zone.geometry.base_pfn = 0x1000;
  program.zone.variant = 2;
  program.zone.parameters[ParameterId::isolation] = 1;
  program.operations = {{.kind = OpKind::alloc, .slot = 3, .a = GFP_KERNEL},
                        {.kind = OpKind::take, .order = 2, .a = 0x1004, .b = 1},
                        {.kind = OpKind::give, .flags = op_tail, .a = 0x1005},
                        {.kind = OpKind::worker, .flags = op_error, .a = 0xffffffff, .b = 1},
                        {.kind = OpKind::free, .slot = 3}};
  return normalised(std::move(program));
}

Program long_program(std::size_t operations) {
  std::mt19937 random(1);
  Program program;
  program.zone.geometry = normalised(Geometry{.superpageblocks = 4,
                                              .pageblocks = 512,
                                              .pageblock_order = 9,
                                              .max_page_order = 10,
                                              .slots = 1U << 20U});
  for (std::size_t i = 0; i < operations; ++i) {
    Operation op;
    op.kind = static_cast<OpKind>(random() % static_cast<uint32_t>(OpKind::count));
    op.slot = static_cast<uint32_t>(random());
    op.a = static_cast<uint32_t>(random());
    op.b = static_cast<uint32_t>(random());
    program.operations.push_back(normalised(op, program.zone.geometry));
  }
  return program;
}

TEST(Container, HoldsTheSameProgram) {
  EXPECT_EQ(read(written(small_program())), small_program());
  EXPECT_EQ(read(written(Program{})), Program{});
}

TEST(Container, HoldsManyBlocks) {
  const Program program = long_program(100000);
  const std::string bytes = written(program);
  EXPECT_GT(bytes.size(), 2U * 64 * 1024);
  EXPECT_LT(bytes.size(), program.operations.size() * sizeof(Operation));
  EXPECT_EQ(read(bytes), program);
}

TEST(Container, IsRefusedWhereverItIsCut) {
  const std::string whole = written(small_program());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(refusal(whole.substr(0, size)), HasSubstr("it was cut short")) << size;
  }
}

TEST(Container, IsRefusedWhereverAByteIsDamaged) {
  const std::string whole = written(small_program());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      EXPECT_THAT(refusal(damaged), HasSubstr("c.spb: found ")) << at;
    }
  }
}

TEST(Container, IsRefusedWithMoreBehindItsEnd) {
  EXPECT_THAT(refusal(written(small_program()) + "x"), HasSubstr("bytes after the end mark"));
}

TEST(Container, IsRecognisedByItsMagic) {
  const std::string whole = written(small_program());
  EXPECT_TRUE(ContainerReader::recognises(whole.data(), whole.size()));
  EXPECT_FALSE(ContainerReader::recognises(whole.data(), 4));
  EXPECT_FALSE(ContainerReader::recognises("zone supe", 9));
}

TEST(Container, SaysSoWhereItCannotBeWritten) {
  std::ostringstream out;
  ContainerWriter writer(out, ZoneSpec{});
  out.setstate(std::ios::badbit);
  EXPECT_THROW(writer.finish(), std::runtime_error);
}

TEST(Container, SurvivesAnyBytes) {
  std::mt19937 random(2);
  const std::string head = written(Program{}).substr(0, 12);
  for (int i = 0; i < 5000; ++i) {
    std::string bytes = head;
    const std::size_t size = random() % 64;
    for (std::size_t n = 0; n < size; ++n)
      bytes += static_cast<char>(random());
    EXPECT_NE(refusal(bytes), "accepted");
  }
}

}  // namespace
}  // namespace spb::test
