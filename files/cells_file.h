// SPDX-License-Identifier: GPL-2.0-only
// Cells in a file, as the fuzz targets share them (program/cells_image.h).
#pragma once

#include <string>

#include "program/cells.h"

namespace spb {

/// Its first bytes say that it is one.
bool is_cells_file(const std::string& path);
/// Throws InputError where it is damaged, or of another build.
Cells read_cells(const std::string& path);
/// Adds them to the file, which is made if need be. Throws std::runtime_error.
void add_to_cells_file(const std::string& path, Cells cells);

}  // namespace spb
