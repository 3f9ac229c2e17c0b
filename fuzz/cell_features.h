// SPDX-License-Identifier: GPL-2.0-only
// The cells that an execution reached, for the engine that chooses what to mutate next, and for the
// estimate at the end.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "program/cells.h"

namespace spb::fuzz {

/// A feature for each cell of each variant: libFuzzer's extra counters, or places of AFL++'s map.
/// They say whether a cell was reached, not how often: a program that does a thing twice is no
/// news.
void show_engine(std::size_t variant, const RunCells& reached);

/// What all executions reached, also those of processes before and beside this one.
class SharedCells {
 public:
  /// In a file (CellsImage), which is made if need be; an empty path: in memory alone. Throws
  /// std::runtime_error where it cannot be, or is no such file.
  explicit SharedCells(const std::filesystem::path& path);
  ~SharedCells();
  SharedCells(const SharedCells&) = delete;
  SharedCells& operator=(const SharedCells&) = delete;

  void add_run(std::size_t variant, const RunCells& reached, uint64_t operations);
  Cells all() const;

 private:
  void add(std::size_t at, uint64_t more) {
    numbers_[at].fetch_add(more, std::memory_order_relaxed);
  }

  std::atomic<uint64_t>* numbers_;
};

}  // namespace spb::fuzz
