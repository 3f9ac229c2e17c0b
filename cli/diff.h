// SPDX-License-Identifier: GPL-2.0-only
// What `spbcheck diff` compares: two readings of the model in this program, or two builds of it.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "program/difference.h"
#include "program/passes_tried.h"

namespace spb::cli {

/// The operation that differs, as a side tells it.
struct ToldSide {
  std::string came;  ///< "page pfn=4 by PASS_2C"
  std::vector<Search> searches;
};

/// The two that are compared.
class Compared {
 public:
  virtual ~Compared() = default;

  /// "readings", "builds".
  virtual std::string kind() const = 0;
  /// Of each program its first difference, if any.
  virtual std::vector<std::optional<Difference>> first(std::span<const Program> programs) = 0;
  /// The smallest program of this class; this one is of it.
  virtual Program least(const Program& program, const DifferenceClass& of) = 0;
  /// The operation with this number, on both sides.
  virtual std::array<ToldSide, 2> told(const Program& program, std::size_t operation) = 0;
  /// What operations are generated for, one after the other.
  virtual std::vector<Side> generated_for() const = 0;
  /// How a side is asked what it proves: a build, and its variant (empty: all).
  virtual std::array<std::vector<std::string>, 2> proving() const = 0;
};

std::unique_ptr<Compared> two_readings(const Sides& sides);
/// Paths of two programs spbcheck. Throws std::runtime_error where one of them is none.
std::unique_ptr<Compared> two_builds(const std::array<std::string, 2>& builds);

/// A line for each property that comes out otherwise, with both outcomes; a side is a command, the
/// program first. Throws std::runtime_error where it cannot be run.
std::vector<std::string> differing_proofs(const std::array<std::vector<std::string>, 2>& commands);

}  // namespace spb::cli
