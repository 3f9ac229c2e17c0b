// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/cell_features.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "program/cells_image.h"

namespace spb::fuzz {

// ---- the engine's own counters

namespace {

constexpr std::size_t nr_features = nr_variants * nr_cells;

}  // namespace

#ifdef __AFL_COMPILER

// AFL++ gives each entry of this section a place in its map, as it does for the code's own edges.
[[gnu::section("__sancov_guards"), gnu::used]] static uint32_t places[nr_features];
extern "C" void __sanitizer_cov_trace_pc_guard(uint32_t* guard);

static void show(std::size_t feature) {
  __sanitizer_cov_trace_pc_guard(&places[feature]);
}

#else

// libFuzzer reads this section after each execution, and clears it before the next.
[[gnu::section("__libfuzzer_extra_counters"), gnu::used]] static uint8_t counters[nr_features];

static void show(std::size_t feature) {
  counters[feature] = 1;
}

#endif

void show_engine(std::size_t variant, const RunCells& reached) {
  for (const uint32_t cell : reached.reached())
    show(variant * nr_cells + cell);
}

// ---- for the estimate

namespace {

constexpr std::size_t bytes = CellsImage::words * sizeof(uint64_t);

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& found,
                         const char* expected) {
  throw std::runtime_error(path.string() + ": found " + found + ", expected " + expected);
}

/// Room on the disk first: a mapped page without any would be a signal later.
int open_with_room(const std::filesystem::path& path) {
  const int file = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
  if (file < 0) refuse(path, std::strerror(errno), "a file for cells");
  errno = posix_fallocate(file, 0, static_cast<off_t>(bytes));
  if (errno != 0) refuse(path, std::strerror(errno), "room for cells");
  return file;
}

}  // namespace

SharedCells::SharedCells(const std::filesystem::path& path) {
  const int file = path.empty() ? -1 : open_with_room(path);
  const int flags = MAP_SHARED | (path.empty() ? MAP_ANONYMOUS : 0);
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, file, 0);
  if (memory == MAP_FAILED) refuse(path, std::strerror(errno), "memory for cells");
  if (file >= 0) close(file);
  numbers_ = static_cast<std::atomic<uint64_t>*>(memory);
  // Processes that begin together all write the same.
  uint64_t none = 0;
  numbers_[1].compare_exchange_strong(none, CellsImage::names());
  none = 0;
  numbers_[0].compare_exchange_strong(none, CellsImage::magic);
  if (numbers_[0] == CellsImage::magic && numbers_[1] == CellsImage::names()) return;
  refuse(path, "the cells of another build", "a new file");
}

SharedCells::~SharedCells() {
  munmap(numbers_, bytes);
}

void SharedCells::add_run(std::size_t variant, const RunCells& reached, uint64_t operations) {
  for (const uint32_t cell : reached.reached()) {
    add(CellsImage::times_at(variant, cell), reached.times(cell));
    add(CellsImage::runs_with_at(variant, cell), 1);
  }
  add(CellsImage::runs_at, 1);
  add(CellsImage::operations_at, operations);
}

Cells SharedCells::all() const {
  std::vector<uint64_t> image(CellsImage::words);
  for (std::size_t i = 0; i < image.size(); ++i)
    image[i] = numbers_[i];
  Cells cells;
  CellsImage::read(image, cells);
  return cells;
}

}  // namespace spb::fuzz
