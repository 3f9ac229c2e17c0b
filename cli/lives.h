// SPDX-License-Identifier: GPL-2.0-only
// A life of `spbcheck simulate` by its name, `seed=1 life=17 readings=posted`: what simulate prints
// of what it finds, and reproduce reads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "program/simulate.h"

namespace spb::cli {

inline constexpr uint32_t sample_of_both_max = 1'000'000;

/// What lives are drawn from.
struct Walk {
  std::string seed = "1";             ///< a number below 2^64, or a commit
  std::vector<std::string> variants;  ///< names; none: all
  std::string readings = "posted";
  bool uniform = false;
  uint32_t sample_of_both = usual_sample_of_both;
  // No part of a life's name.
  std::vector<std::string> from;     ///< files of programs whose states lives may begin with
  std::vector<std::string> towards;  ///< rows of the policy that lives are to come to
  std::vector<std::string> like;     ///< files of programs whose last operations are preferred
};

/// A number, or a commit: its first sixteen hexadecimal digits are one. Throws InputError.
uint64_t seed_of(const std::string& text);
/// Throws InputError where a variant has no such name, or a file is no program.
SimulateOptions options_of(const Walk& walk);

struct LifeName {
  Walk walk;
  uint64_t life = 0;
};
/// `seed=1 life=17 readings=posted variant=mainline|rfc-v2`; `both=N` where it is not the usual
/// sample.
std::string text_of(const LifeName& name);
/// The life that a line names; nothing where it names none. Throws InputError where it does, and
/// what it says of it cannot be.
std::optional<LifeName> life_in(std::string_view line);

}  // namespace spb::cli
