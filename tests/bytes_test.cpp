// SPDX-License-Identifier: GPL-2.0-only
//
// The laws of programs as bytes: any bytes decode, what decodes is normalised, encoding loses
// nothing.
#include "program/bytes.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "model/policy/variant.h"
#include "model/words/gfp.h"
#include "program/normalise.h"

namespace spb::test {
namespace {

using Bytes = std::vector<uint8_t>;

Program decoded(const Bytes& bytes) {
  Program program;
  decode_bytes(bytes, program);
  return program;
}

Bytes random_bytes(std::mt19937& random, std::size_t size) {
  Bytes bytes(size);
  for (uint8_t& byte : bytes)
    byte = static_cast<uint8_t>(random());
  if (size > 11 && random() % 2) bytes[0] = bytes[10] = bytes[11] = 0xff;  // a wide header
  return bytes;
}

uint32_t any_number(std::mt19937& random) {
  return static_cast<uint32_t>(random()) >> random() % 32;
}

// Anything that the types can hold.
Program random_program(std::mt19937& random) {
  Program program;
  program.zone.geometry = {any_number(random), any_number(random), any_number(random),
                           any_number(random), any_number(random), any_number(random),
                           any_number(random), any_number(random), random() % 2 == 0,
                           any_number(random)};
  program.zone.variant = any_number(random);
  for (uint16_t& value : program.zone.parameters.values)
    value = static_cast<uint16_t>(any_number(random));
  program.operations.resize(random() % 20);
  for (Operation& op : program.operations) {
    op = {.kind = static_cast<OpKind>(random()),
          .order = static_cast<uint8_t>(random()),
          .flags = static_cast<uint16_t>(random()),
          .slot = any_number(random),
          .a = any_number(random),
          .b = any_number(random)};
  }
  return program;
}

TEST(Normalise, BringsAnythingIntoRangeAndTwiceChangesNothing) {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    const Program program = normalised(random_program(random));
    ASSERT_EQ(program.zone.geometry.check(), std::nullopt) << i;
    ASSERT_EQ(normalised(program), program) << i;
  }
}

TEST(Normalise, ClearsFieldsThatTheKindDoesNotUse) {
  const Geometry geometry;
  const Operation op{
      .kind = OpKind::isolate, .order = 3, .flags = 0xffff, .slot = 9, .a = 2, .b = 7};
  EXPECT_EQ(normalised(op, geometry), (Operation{.kind = OpKind::isolate, .a = 2}));
  EXPECT_EQ(
      normalised({.kind = OpKind::irq_work, .order = 3, .flags = 0xffff, .slot = 9, .a = 2, .b = 7},
                 geometry),
      Operation{});
}

TEST(Normalise, KeepsOneMobilityAndAlignsFrames) {
  const Geometry geometry;
  const uint32_t both = __GFP_MOVABLE | __GFP_RECLAIMABLE;
  EXPECT_EQ(normalised({.kind = OpKind::alloc, .a = both}, geometry).a, uint32_t{__GFP_MOVABLE});
  EXPECT_EQ(normalised({.kind = OpKind::take, .order = 2, .a = 7}, geometry).a, 4U);
  EXPECT_EQ(normalised({.kind = OpKind::take, .a = 64 + 7}, geometry).a, 7U);
}

TEST(Bytes, AnyBytesDecodeToANormalisedProgram) {
  std::mt19937 random(2);
  for (int i = 0; i < 20000; ++i) {
    const Bytes bytes = random_bytes(random, random() % 200);
    const Program program = decoded(bytes);
    ASSERT_EQ(program.zone.geometry.check(), std::nullopt) << i;
    ASSERT_EQ(normalised(program), program) << i;
    ASSERT_EQ(decoded(encode_bytes(program)), program) << i;
  }
}

TEST(Bytes, EncodingLosesNothingOfANormalisedProgram) {
  std::mt19937 random(3);
  for (int i = 0; i < 20000; ++i) {
    const Program program = normalised(random_program(random));
    ASSERT_EQ(decoded(encode_bytes(program)), program) << i;
  }
}

TEST(Bytes, HoldTheLargestMachine) {
  Program program;
  program.zone.geometry = {.superpageblocks = 238,
                           .pageblocks = 512,
                           .pageblock_order = 9,
                           .max_page_order = 10,
                           .base_pfn = 512U << 9U,
                           .absent_first = 0x1000,
                           .absent_last = 0x200,
                           .slots = 1U << 20U,
                           .start_allocated = true};
  program.operations = {
      {.kind = OpKind::alloc, .order = 10, .slot = (1U << 20U) - 1, .a = GFP_KERNEL}};
  program = normalised(std::move(program));
  EXPECT_EQ(program.zone.geometry.superpageblocks, 238U);
  EXPECT_EQ(program.zone.geometry.slots, 1U << 20U);
  EXPECT_EQ(decoded(encode_bytes(program)), program);
}

TEST(Bytes, MissingOnesAreZeroAndZeroMeansDefaults) {
  const Program program = decoded({});
  EXPECT_EQ(program.zone.parameters, Parameters());
  EXPECT_TRUE(program.operations.empty());
  EXPECT_EQ(decoded(Bytes(bytes_header_size)), program);
}

TEST(Bytes, AShortLastOperationIsFilledWithZeros) {
  Bytes bytes(bytes_header_size);
  bytes[5] = 2;
  bytes.insert(bytes.end(), {static_cast<uint8_t>(OpKind::free), 0, 1});
  const Program program = decoded(bytes);
  ASSERT_EQ(program.operations.size(), 1U);
  EXPECT_EQ(program.operations[0], (Operation{.kind = OpKind::free, .flags = op_tail}));
}

TEST(Bytes, RandomOnesAreMostlySmallZones) {
  std::mt19937 random(4);
  int small = 0;
  int whole = 0;
  for (int i = 0; i < 1000; ++i) {
    Bytes bytes = random_bytes(random, bytes_header_size);
    bytes[10] = 0;
    const Program program = decoded(bytes);
    small += state_bytes(program.zone) <= 64 * 1024;
    whole += program.zone.geometry.absent_first == 0;
  }
  EXPECT_GT(small, 950);
  EXPECT_GT(whole, 300);
}

TEST(Bytes, TheLayoutIsWhatTheHeaderSays) {
  Program program;
  program.zone.geometry = {.superpageblocks = 2,
                           .pageblocks = 4,
                           .pageblock_order = 3,
                           .max_page_order = 4,
                           .base_pfn = 32,
                           .absent_first = 1,
                           .absent_last = 2,
                           .slots = 64,
                           .start_allocated = true};
  program.zone.variant = 3;
  program.zone.parameters[ParameterId::isolation] = 1;
  program.operations = {{.kind = OpKind::take, .order = 1, .a = 0x22, .b = 2}};
  const Bytes bytes = encode_bytes(program);
  const Bytes expected{0, 3, 3, 1, 2, 2, 1, 1, 2, 63, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0};
  EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 22), expected);
  const Bytes operation{7, 1, 0, 0, 0, 0, 0, 0, 0x22, 0, 0, 0, 2, 0, 0, 0};
  EXPECT_EQ(Bytes(bytes.end() - 16, bytes.end()), operation);
  EXPECT_EQ(bytes.size(), bytes_header_size + bytes_parameters_size + bytes_operation_size);
}

TEST(Bytes, SayInOldProgramsNothingOfHowMuchAZoneGrows) {
  Program program;
  program.zone.geometry.grows_by = 3;
  program.operations = {{.kind = OpKind::grow}};
  Bytes bytes = encode_bytes(program);
  EXPECT_EQ(Bytes(bytes.begin(), bytes.begin() + 12),
            (Bytes{0xfe, 0, 0, 1, 2, 2, 1, 0, 0, 63, 3, 0}));
  EXPECT_EQ(bytes.size(), bytes_header_size + bytes_operation_size);
  EXPECT_EQ(decoded(bytes), program);
  bytes[0] = 0;
  EXPECT_EQ(decoded(bytes).zone.geometry, Geometry{});
}

// A program written before a parameter went, or read before one came, keeps its zone and
// operations.
TEST(Bytes, OfAParameterThatIsNotKnownShiftNothing) {
  Program program;
  program.zone.parameters[ParameterId::isolation] = 1;
  program.operations = {{.kind = OpKind::take, .order = 1, .a = 0x22, .b = 2}};
  program = normalised(program);
  Bytes bytes = encode_bytes(program);
  bytes[bytes_header_size + 4] = 0xfe;
  bytes[bytes_header_size + 5] = 0xff;
  EXPECT_EQ(decoded(bytes), program);
}

TEST(Parameters, HaveKeysOfTheirOwn) {
  std::set<uint16_t> keys{0};
  for (const ParameterInfo& parameter : parameter_infos())
    EXPECT_TRUE(keys.insert(parameter.key).second) << parameter.name;
}

TEST(Bytes, TellTheStateOfAZoneWithoutBuildingIt) {
  Program program;
  EXPECT_LT(state_bytes(program.zone), 16U * 1024);
  const Machine machine(program.zone.geometry, variants()[0], program.zone.parameters);
  EXPECT_EQ(state_bytes(program.zone), machine.image().size());
}

}  // namespace
}  // namespace spb::test
