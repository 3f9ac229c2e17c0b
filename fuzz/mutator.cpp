// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/mutator.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "model/operation/operation.h"
#include "model/words/gfp.h"
#include "program/bytes.h"
#include "program/normalise.h"
#include "program/random.h"
#include "program/readings.h"

namespace spb::fuzz {

namespace {

constexpr std::size_t op_size = bytes_operation_size;
using OperationBytes = std::array<uint8_t, op_size>;

/// The bytes of a program as its header and whole operations.
class Bytes {
 public:
  Bytes(uint8_t* data, std::size_t size, std::size_t max_size)
      : data_(data), begin_(operations_offset({data, size})), max_((max_size - begin_) / op_size) {
    if (size < begin_) std::memset(data + size, 0, begin_ - size);
    count_ = size < begin_ ? 0 : (size - begin_) / op_size;
  }

  uint8_t* header() { return data_; }
  std::size_t header_size() const { return begin_; }
  uint32_t count() const { return static_cast<uint32_t>(count_); }
  bool full() const { return count_ >= max_; }
  uint8_t* at(std::size_t i) { return data_ + begin_ + i * op_size; }
  std::size_t size() const { return begin_ + count_ * op_size; }

  void insert(std::size_t i, const OperationBytes& op) {
    if (full()) return;
    std::memmove(at(i + 1), at(i), (count_ - i) * op_size);
    std::copy(op.begin(), op.end(), at(i));
    ++count_;
  }
  void erase(std::size_t first, std::size_t n) {
    std::memmove(at(first), at(first + n), (count_ - first - n) * op_size);
    count_ -= n;
  }
  OperationBytes copy(std::size_t i) {
    OperationBytes op;
    std::copy(at(i), at(i) + op_size, op.begin());
    return op;
  }

 private:
  uint8_t* data_;
  std::size_t begin_;
  std::size_t max_;
  std::size_t count_ = 0;
};

// ---- operations that make sense

/// Mostly pages, sometimes up to a pageblock or more.
uint8_t likely_order(Random& random) {
  return static_cast<uint8_t>(random.below(4) > 0 ? random.below(2) : random.below(8));
}

uint32_t likely_gfp(Random& random) {
  constexpr std::array<uint32_t, 6> bases{GFP_KERNEL, GFP_ATOMIC, GFP_NOWAIT,
                                          GFP_KERNEL, GFP_NOFS,   GFP_HIGHUSER_MOVABLE};
  constexpr std::array<uint32_t, 6> more{
      0, __GFP_RETRY_MAYFAIL, __GFP_RECLAIMABLE, __GFP_MOVABLE, __GFP_NORETRY, __GFP_NOWARN};
  return bases[random.below(bases.size())] | more[random.below(more.size())];
}

uint32_t likely_alloc_flags(Random& random) {
  constexpr std::array<uint32_t, 8> flags{0,
                                          ALLOC_NOFRAGMENT,
                                          ALLOC_NOFRAGMENT | ALLOC_NOFRAG_TAINTED_OK,
                                          ALLOC_NOFRAGMENT | ALLOC_NON_BLOCK,
                                          ALLOC_HIGHATOMIC | ALLOC_NON_BLOCK,
                                          ALLOC_HIGHATOMIC | ALLOC_NON_BLOCK | ALLOC_NOFRAGMENT,
                                          ALLOC_CMA,
                                          ALLOC_HIGHORDER_OPTIONAL | ALLOC_NOFRAGMENT};
  return flags[random.below(flags.size())];
}

/// An operation whose values are often in range as they are; the decoder brings the others there.
/// `place` gives it a zone and a CPU.
Operation likely_operation(Random& random, bool place) {
  Operation op;
  if (place) {
    op.zone = static_cast<uint8_t>(random.below(2));
    op.cpu = static_cast<uint8_t>(random.below(2));
  }
  const auto kinds = static_cast<uint32_t>(OpKind::count);
  op.kind = static_cast<OpKind>(random.below(2) ? random.below(3) : random.below(kinds));
  op.order = likely_order(random);
  op.flags = static_cast<uint16_t>(random.below(4) == 0);
  op.slot = random.below(16);
  op.a = random.below(64);
  op.b = random.below(5);
  if (op.kind == OpKind::alloc) {
    op.a = likely_gfp(random);
    op.b = random.below(4) == 0 ? random.below(16) << 16U | random.below(16) : 0;
  }
  if (op.kind == OpKind::rmqueue || op.kind == OpKind::bulk) {
    op.a = random.below(3);
    op.b = likely_alloc_flags(random);
    if (op.kind == OpKind::bulk) op.flags = static_cast<uint16_t>(1 + random.below(8));
  }
  return op;
}

OperationBytes bytes_of(const Operation& op) {
  const auto byte = [](uint32_t value, unsigned shift) {
    return static_cast<uint8_t>(value >> shift);
  };
  // Zone and CPU, where the header says that there are several; else the decoder leaves them out.
  const auto place = static_cast<uint8_t>(op.zone | op.cpu << 4U);
  OperationBytes bytes{static_cast<uint8_t>(op.kind), op.order, byte(op.flags, 0), place};
  const std::array<uint32_t, 3> words{op.slot, op.a, op.b};
  for (std::size_t i = 0; i < 12; ++i)
    bytes[4 + i] = byte(words[i / 4], static_cast<unsigned>(i % 4 * 8));
  return bytes;
}

// ---- mutations

void mutate_part(uint8_t* data, std::size_t size, MutateBytes mutate_bytes) {
  const std::size_t left = mutate_bytes(data, size, size);
  if (left < size) std::memset(data + left, 0, size - left);
}

void erase_some(Bytes& bytes, Random& random) {
  const uint32_t first = random.below(bytes.count());
  const uint32_t most = std::min(bytes.count() - first, 8U);
  bytes.erase(first, 1 + random.below(most));
}

/// A run of operations once more, elsewhere.
void repeat_some(Bytes& bytes, Random& random) {
  const uint32_t first = random.below(bytes.count());
  const uint32_t n = 1 + random.below(std::min(bytes.count() - first, 8U));
  const uint32_t to = random.below(bytes.count() + 1);
  for (uint32_t i = 0; i < n && !bytes.full(); ++i) {
    const uint32_t from = first + i;
    bytes.insert(to + i, bytes.copy(from >= to ? from + i : from));
  }
}

void swap_two(Bytes& bytes, Random& random) {
  const uint32_t i = random.below(bytes.count());
  const uint32_t j = random.below(bytes.count());
  std::swap_ranges(bytes.at(i), bytes.at(i) + op_size, bytes.at(j));
}

void mutate_operations(Bytes& bytes, Random& random, MutateBytes mutate_bytes) {
  switch (random.below(5)) {
    case 0:
      erase_some(bytes, random);
      break;
    case 1:
      repeat_some(bytes, random);
      break;
    case 2:
      swap_two(bytes, random);
      break;
    default:
      mutate_part(bytes.at(random.below(bytes.count())), op_size, mutate_bytes);
  }
}

/// Returns the new size. The first zone may grow, by as much as a small header can say.
std::size_t let_grow(uint8_t* data, std::size_t size, std::size_t max_size, Random& random) {
  Program program;
  decode_bytes({data, size}, program);
  program.zone.geometry.grows_by = random.below(4);
  program = normalised(std::move(program));
  const std::vector<uint8_t> bytes = encode_bytes(program);
  if (bytes.size() > max_size) return size;
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}

/// Returns the new size. What has no room or cannot be brought there stays.
std::size_t bring_bytes_into(ReadingSet readings, uint8_t* data, std::size_t size,
                             std::size_t max_size) {
  Program program;
  decode_bytes({data, size}, program);
  if (is_in(readings, reading_of(program.zone)) || !bring_into(readings, program.zone)) return size;
  const std::vector<uint8_t> bytes = encode_bytes(program);
  if (bytes.size() > max_size) return size;
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}

}  // namespace

std::size_t mutate(uint8_t* data, std::size_t size, std::size_t max_size, uint32_t seed,
                   MutateBytes mutate_bytes, ReadingSet readings) {
  if (max_size < bytes_before_operations_max + op_size) {
    return mutate_bytes(data, size, max_size);
  }
  Random random(seed);
  if (random.below(64) == 0) return let_grow(data, size, max_size, random);
  Bytes bytes(data, size, max_size);
  const uint32_t what = random.below(8);
  if (what == 0) {
    // The marks of a wide header, which is a huge zone, and of a machine with the number of its
    // zones stay: all operations would shift.
    constexpr std::size_t machine_at = 13;
    uint8_t* header = bytes.header();
    const std::array<uint8_t, 4> marks{header[0], header[machine_at], header[machine_at + 1],
                                       header[machine_at + 2]};
    mutate_part(header, bytes.header_size(), mutate_bytes);
    header[0] = marks[0];
    std::copy(marks.begin() + 1, marks.end(), header + machine_at);
  } else if (what <= 3 || bytes.count() == 0) {
    bytes.insert(random.below(bytes.count() + 1),
                 bytes_of(likely_operation(random, has_places({data, size}))));
  } else {
    mutate_operations(bytes, random, mutate_bytes);
  }
  return what == 0 ? bring_bytes_into(readings, data, bytes.size(), max_size) : bytes.size();
}

std::size_t cross_over(std::span<const uint8_t> one, std::span<const uint8_t> other,
                       std::span<uint8_t> out, uint32_t seed) {
  Random random(seed);
  const auto cut = [&random](std::span<const uint8_t> bytes) {
    const std::size_t begin = std::min(operations_offset(bytes), bytes.size());
    const auto count = static_cast<uint32_t>((bytes.size() - begin) / op_size);
    return begin + random.below(count + 1) * op_size;
  };
  const std::span<const uint8_t> head = one.first(std::min(cut(one), out.size()));
  const std::span<const uint8_t> rest = other.subspan(cut(other));
  const std::span<const uint8_t> tail = rest.first(std::min(rest.size(), out.size() - head.size()));
  std::copy(head.begin(), head.end(), out.begin());
  std::copy(tail.begin(), tail.end(), out.begin() + static_cast<std::ptrdiff_t>(head.size()));
  return head.size() + tail.size();
}

}  // namespace spb::fuzz
