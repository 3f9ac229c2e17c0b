// SPDX-License-Identifier: GPL-2.0-only
// Defects of the posted series (v2 40/40) that showed when its own code ran, and one of mainline
// (D11). Parameter `fix` mends each by itself, so that a program run with and without it shows what
// the defect costs.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/words/parameters.h"

namespace spb {

/// Numbered as in docs/findings.md; D4 and D8 to D10 are outside the model. An enumerator's value
/// is its bit in parameter `fix`, so new ones go to the end.
enum class Defect : uint8_t { D1, D2, D3, D5, D6, D7, D11, count };

struct DefectInfo {
  std::string_view name;
  std::string_view claim;     ///< what the posted code does, in a sentence
  std::string_view fix;       ///< what it does instead once `fix` names the defect
  std::string_view function;  ///< of mm/page_alloc.c, where it is
};

/// In the order of Defect.
std::span<const DefectInfo> defect_infos();

/// Every bit that parameter `fix` has.
inline constexpr uint16_t all_fixes = (1U << static_cast<unsigned>(Defect::count)) - 1;

constexpr bool fixes(const Parameters& parameters, Defect defect) {
  return (parameters[ParameterId::fix] >> static_cast<unsigned>(defect) & 1U) != 0;
}

}  // namespace spb
