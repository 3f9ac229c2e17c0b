// SPDX-License-Identifier: GPL-2.0-only
#include "files/cells_file.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <vector>

#include "files/whole_file.h"
#include "program/cells_image.h"
#include "program/words.h"

namespace spb {

namespace {

std::vector<uint64_t> numbers_of(const std::string& path, std::size_t most) {
  std::ifstream file(path, std::ios::binary);
  std::vector<uint64_t> numbers(most);
  const std::size_t size = sizeof numbers.front();
  file.read(reinterpret_cast<char*>(numbers.data()), static_cast<std::streamsize>(most * size));
  numbers.resize(static_cast<std::size_t>(file.gcount()) / size);
  return numbers;
}

}  // namespace

bool is_cells_file(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  const auto numbers = numbers_of(path, 1);
  return numbers.size() == 1 && numbers[0] == CellsImage::magic;
}

Cells read_cells(const std::string& path) {
  Cells cells;
  const auto numbers = numbers_of(path, CellsImage::words + 1);
  if (CellsImage::read(numbers, cells)) return cells;
  throw InputError(path, 0, 0, "cells that are cut short or of another build",
                   "those of this build", "remove the file and run the engine again");
}

void add_to_cells_file(const std::string& path, Cells cells) {
  if (std::filesystem::exists(path)) cells.add(read_cells(path));
  const std::vector<uint64_t> image = CellsImage::of(cells);
  const auto* bytes = reinterpret_cast<const char*>(image.data());
  write_whole(path, std::string(bytes, image.size() * sizeof image.front()));
}

}  // namespace spb
