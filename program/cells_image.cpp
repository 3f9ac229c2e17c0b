// SPDX-License-Identifier: GPL-2.0-only
#include "program/cells_image.h"

#include <algorithm>
#include <string>

#include "model/policy/variant.h"
#include "program/digest.h"

namespace spb {

uint64_t CellsImage::names() {
  std::string all;
  for (const Variant& variant : variants())
    all += std::string(variant.name) + "\n";
  for (uint32_t cell = 0; cell < nr_cells; ++cell)
    all += name_of_cell(cell) + "\n";
  return digest(all);
}

std::vector<uint64_t> CellsImage::of(const Cells& cells) {
  std::vector<uint64_t> image{magic, names(), cells.runs_, cells.operations_};
  image.reserve(words);
  image.insert(image.end(), cells.times_.begin(), cells.times_.end());
  image.insert(image.end(), cells.runs_with_.begin(), cells.runs_with_.end());
  return image;
}

bool CellsImage::read(std::span<const uint64_t> image, Cells& cells) {
  if (image.size() != words || image[0] != magic || image[1] != names()) return false;
  cells.runs_ = image[runs_at];
  cells.operations_ = image[operations_at];
  std::copy_n(image.begin() + header, counts, cells.times_.begin());
  std::copy_n(image.begin() + header + counts, counts, cells.runs_with_.begin());
  return true;
}

}  // namespace spb
