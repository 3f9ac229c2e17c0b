// SPDX-License-Identifier: GPL-2.0-only
#include "explore/state_set.h"

#include <algorithm>
#include <utility>

namespace spb {

uint64_t hash_of(std::span<const uint64_t> code) {
  uint64_t hash = 0x243f6a8885a308d3U;
  for (const uint64_t word : code) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 29U;
  }
  hash *= 0xbf58476d1ce4e5b9U;
  return hash ^ hash >> 32U;
}

bool MemoryBudget::take(std::size_t bytes) {
  if (used.fetch_add(bytes) + bytes <= most) return true;
  used -= bytes;
  return false;
}

StateSet::Added StateSet::add(const uint64_t* code, uint64_t hash, uint32_t before) {
  if (size_ + 1 > table_.size() / 4 * 3 && !grow_table()) return Added::no_room;
  std::size_t at = slot_of(hash);
  for (; table_[at] != 0; at = (at + 1) & (table_.size() - 1)) {
    const auto number = static_cast<uint32_t>(table_[at]) - 1;
    if (table_[at] == entry(number, hash) && std::equal(code, code + words_, this->code(number)))
      return Added::known;
  }
  if (!make_room()) return Added::no_room;
  Block& block = *blocks_.back();
  block.codes.insert(block.codes.end(), code, code + words_);
  block.before.push_back(before);
  table_[at] = entry(size_++, hash);
  return Added::added;
}

void StateSet::prefetch_code(uint64_t hash) const {
  if (table_.empty()) return;
  const uint64_t there = table_[slot_of(hash)];
  const auto number = static_cast<uint32_t>(there) - 1;
  if (there != 0 && there == entry(number, hash)) __builtin_prefetch(code(number));
}

bool StateSet::make_room() {
  if (size_ % block_states != 0) return true;
  if (size_ == UINT32_MAX - 1 ||
      !budget_.take(block_states * (words_ * sizeof(uint64_t) + sizeof(uint32_t))))
    return false;
  blocks_.push_back(std::make_unique<Block>());
  blocks_.back()->codes.reserve(block_states * words_);
  blocks_.back()->before.reserve(block_states);
  return true;
}

bool StateSet::grow_table() {
  const std::size_t places = std::max<std::size_t>(1024, table_.size() * 2);
  if (!budget_.take(places * sizeof(uint64_t))) return false;
  const std::vector<uint64_t> old = std::exchange(table_, std::vector<uint64_t>(places));
  for (uint32_t i = 0; i < size_; ++i) {
    const uint64_t hash = hash_of({code(i), words_});
    std::size_t at = slot_of(hash);
    while (table_[at] != 0)
      at = (at + 1) & (places - 1);
    table_[at] = entry(i, hash);
  }
  budget_.used -= old.size() * sizeof(uint64_t);
  return true;
}

}  // namespace spb
