// SPDX-License-Identifier: GPL-2.0-only
// Plain text that fits a mail: 72 columns, paragraphs and two columns beside each other.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "program/passes_tried.h"

namespace spb {

inline constexpr std::size_t mail_columns = 72;

/// The words of a text in lines of at most `width`; a word that is longer is cut.
std::vector<std::string> folded(std::string_view text, std::size_t width);

/// A paragraph: its first line behind `first`, the others behind as many blanks.
std::string paragraph(std::string_view first, std::string_view text);

/// A row of a table with two columns behind a short name: what is the same in both stands once.
std::string two_columns(std::string_view name, const std::array<std::string, 2>& cells);

/// What two searches tried, pass by pass.
std::string side_by_side(const std::array<std::vector<Search>, 2>& searches);

}  // namespace spb
