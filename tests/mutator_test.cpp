// SPDX-License-Identifier: GPL-2.0-only
//
// Mutations of a program's bytes keep its zone among the readings that a campaign is about.
#include "fuzz/mutator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "program/bytes.h"
#include "program/readings.h"
#include "program/text.h"

namespace spb::test {
namespace {

// Writes the row of parameters that stands behind a small header: isolation=bit-only.
std::size_t isolation_as_a_bit(uint8_t* data, std::size_t size, std::size_t /*max_size*/) {
  constexpr std::size_t row = bytes_header_size;
  if (size < row + 4) return size;
  data[row] = static_cast<uint8_t>(info(ParameterId::isolation).key);
  data[row + 2] = static_cast<uint8_t>(Isolation::bit_only);
  data[row + 1] = data[row + 3] = 0;
  return size;
}

// Of this many mutations, those whose zone has isolation as the bit alone.
int nr_bit_only(ReadingSet readings, const std::string& reading) {
  const std::vector<uint8_t> before = encode_bytes(
      parse_text("zone superpageblocks=1 pageblocks=2 pageblock_order=2 max_page_order=2 " +
                     reading + "\na = rmqueue order=0 mt=MOVABLE\n",
                 "p.txt")
          .program);
  int count = 0;
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    std::vector<uint8_t> bytes(4096);
    std::copy(before.begin(), before.end(), bytes.begin());
    bytes.resize(
        fuzz::mutate(bytes.data(), before.size(), 4096, seed, isolation_as_a_bit, readings));
    Program program;
    decode_bytes(bytes, program);
    EXPECT_TRUE(is_in(readings, reading_of(program.zone)));
    count += program.zone.parameters.is(ParameterId::isolation, Isolation::bit_only);
  }
  return count;
}

TEST(Mutator, BringsAZoneThatItChangesBackIntoTheReadings) {
  EXPECT_GT(nr_bit_only(ReadingSet::all, "variant=mainline reentry-bound=9"), 0);
  EXPECT_EQ(nr_bit_only(ReadingSet::posted, "variant=mainline reentry-bound=9"), 0);
  EXPECT_EQ(nr_bit_only(ReadingSet::clean, "variant=mainline reentry-bound=9 fix=D11"), 0);
  EXPECT_EQ(nr_bit_only(ReadingSet::posted, "variant=rfc-v2 reentry-bound=9"), 0);
}

}  // namespace
}  // namespace spb::test
