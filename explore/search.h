// SPDX-License-Identifier: GPL-2.0-only
// Breadth first through a world: every state that operations lead to, each by a shortest program.
// What it counts and what it finds is the same on any number of threads, and after a search that
// was cut short goes on.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "explore/layers.h"
#include "explore/world.h"
#include "model/operation/operation.h"

namespace spb {

struct SearchOptions {
  uint32_t threads = 1;
  uint64_t transitions_max = UINT64_MAX;  ///< it ends before a batch of states that could pass it
  std::size_t memory_max = std::size_t{1} << 30U;  ///< bytes of states and what finds them
  /// One state in so many is expanded again as another like it; 0: none is.
  uint32_t alike_one_in = 1024;
  std::filesystem::path folder{};  ///< keeps the layers; empty: nobody does
  std::string question{};          ///< what is searched, for the folder
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const SearchCounts&)> progress{};  ///< called after every batch
};

enum class SearchEnd : uint8_t {
  complete,     ///< there are no further states
  found,        ///< an operation found something
  transitions,  ///< so many transitions were run
  memory,       ///< there is no room for more states
  stopped,      ///< somebody said so
};

struct SearchResult {
  SearchEnd end = SearchEnd::complete;
  SearchCounts counts;
  uint64_t transitions_before = 0;  ///< of these, run by the searches that this one goes on from
  std::vector<Operation> path{};    ///< where something was found: a shortest program that shows it
};

/// A world for each thread, all of the same.
using MakeWorld = std::function<std::unique_ptr<World>()>;

/// Throws what a world throws, and std::runtime_error where the folder does not fit.
SearchResult search(const MakeWorld& make_world, const SearchOptions& options);

}  // namespace spb
