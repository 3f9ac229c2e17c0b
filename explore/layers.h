// SPDX-License-Identifier: GPL-2.0-only
// What a search has seen, layer by layer: layer n are the states that a shortest program of n
// operations leads to. With a folder each layer is a file, whole or absent, so that a search goes
// on where it was after whatever ended it, kill -9 too.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "explore/state_set.h"

namespace spb {

/// What a search counted.
struct SearchCounts {
  uint64_t states = 0;       ///< no two alike
  uint64_t transitions = 0;  ///< operations run, each in each state once
  uint64_t left = 0;         ///< of these, led to states that are known to be broken
  uint64_t tried_alike = 0;  ///< states that were expanded again as another one like it
  uint32_t depth = 0;        ///< operations to the farthest state
  uint64_t bytes = 0;        ///< that the states take

  bool operator==(const SearchCounts&) const = default;
};

class Layers {
 public:
  /// Sets of states. Their number is part of the order in which states are gone through, so it is
  /// the same on any number of threads.
  static constexpr uint32_t nr_sets = 16;
  static uint32_t set_of(uint64_t hash) { return static_cast<uint32_t>(hash >> 60U); }

  Layers(std::size_t words, std::size_t memory_max);

  StateSet& set(uint32_t number) { return sets_[number]; }
  /// Layers that are complete. The states added since will be the next one.
  uint32_t count() const { return static_cast<uint32_t>(begins_.size()) - 1; }
  /// What was added since is a layer.
  void close();
  /// States of a complete layer.
  uint64_t size(uint32_t layer) const;
  /// A state of a layer by its number there.
  const uint64_t* code(uint32_t layer, uint64_t number) const;
  /// The numbers of the states of a shortest program, from the first layer to this state.
  std::vector<uint64_t> path_to(uint32_t layer, uint64_t number) const;
  uint64_t states() const;
  std::size_t bytes() const { return budget_.used; }

  /// Writes the last complete layer, whole or not at all. Throws std::runtime_error.
  void write_last(const std::filesystem::path& folder, const SearchCounts& counts) const;
  /// Reads the next layer, if there is one, and what was counted up to there. False: there is none.
  /// Throws std::runtime_error where the file is no such layer, or there is no room for it.
  bool read_next(const std::filesystem::path& folder, SearchCounts& counts);

 private:
  struct Place {
    uint32_t set;
    uint32_t number;
  };
  Place place(uint32_t layer, uint64_t number) const;

  std::size_t words_;
  MemoryBudget budget_;
  std::vector<StateSet> sets_;
  std::vector<std::array<uint32_t, nr_sets>> begins_;  ///< by layer, of each set
};

/// The folder says what is searched; an empty one is made to say it. Throws std::runtime_error
/// where it says something else.
void claim_folder(const std::filesystem::path& folder, const std::string& question);

}  // namespace spb
