// SPDX-License-Identifier: GPL-2.0-only
// Codes of states, each once, in the order in which they came: exact, so that no two states are
// ever taken for one. A search shares them out over several sets by their hashes, and a set belongs
// to one thread at a time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace spb {

/// Of the words of a code. The upper bits choose the set, the others the place in it.
uint64_t hash_of(std::span<const uint64_t> code);

/// Bytes that all sets of a search may have together.
struct MemoryBudget {
  std::size_t most;
  std::atomic<std::size_t> used = 0;

  /// False where there is no room.
  bool take(std::size_t bytes);
};

class StateSet {
 public:
  enum class Added : uint8_t { known, added, no_room };

  StateSet(std::size_t words, MemoryBudget& budget) : words_(words), budget_(budget) {}

  /// `before` is kept with a new one: by what number its program goes on from.
  Added add(const uint64_t* code, uint64_t hash, uint32_t before);
  /// Somebody will ask for this hash soon.
  void prefetch(uint64_t hash) const {
    if (!table_.empty()) __builtin_prefetch(&table_[slot_of(hash)]);
  }
  /// Somebody will ask for this hash next: a code that may be the same.
  void prefetch_code(uint64_t hash) const;

  uint32_t size() const { return size_; }
  const uint64_t* code(uint32_t i) const {
    return blocks_[i / block_states]->codes.data() + std::size_t{i % block_states} * words_;
  }
  uint32_t before(uint32_t i) const { return blocks_[i / block_states]->before[i % block_states]; }

 private:
  static constexpr uint32_t block_states = 1U << 12U;
  struct Block {
    std::vector<uint64_t> codes;
    std::vector<uint32_t> before;
  };
  /// A place of the table: number + 1 of a state and, above it, bits of its hash; 0 is empty.
  static uint64_t entry(uint32_t i, uint64_t hash) {
    return (hash << 16U & 0xffffffff00000000U) | (i + 1U);
  }
  std::size_t slot_of(uint64_t hash) const { return hash & (table_.size() - 1); }
  bool make_room();
  bool grow_table();

  std::size_t words_;
  MemoryBudget& budget_;
  uint32_t size_ = 0;
  std::vector<uint64_t> table_;
  std::vector<std::unique_ptr<Block>> blocks_;
};

}  // namespace spb
