// SPDX-License-Identifier: GPL-2.0-only
// One program read in two ways, operation by operation, up to the first that comes out otherwise.
// What follows that one is its consequence, so a program has one difference, and a class: programs
// of the same class differ in the same way. Where two passes give the same page and leave the same
// tags, nothing has come out otherwise yet: that counts only where nothing else does.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "program/program.h"
#include "program/run.h"

namespace spb {

/// A reading of programs: a variant with its parameters. Those of a program's own zone are left
/// out.
struct Side {
  uint32_t variant = 0;
  Parameters parameters;

  bool operator==(const Side&) const = default;
};
using Sides = std::array<Side, 2>;

/// The zone as this side reads it.
ZoneSpec read_as(ZoneSpec zone, const Side& side);

/// What of an operation differs, the first that does.
enum class Differs : uint8_t {
  result,    ///< a page or none, done or refused
  refusal,   ///< why isolation was refused
  pages,     ///< how many pages a batch got
  page,      ///< which page
  tag,       ///< the same page, but a pageblock has another tag
  category,  ///< or a superpageblock counts as empty, clean or tainted otherwise
  pass,      ///< nothing of these, but another pass served it
  state,     ///< or the state's digest is another, where that is all that is known
};
std::string_view name_of(Differs what);

/// What differences have in common.
struct DifferenceClass {
  std::string request;  ///< the operation's kind and type: "rmqueue MOVABLE", "free"
  Differs what = Differs::result;
  std::array<std::string, 2> came;  ///< of it on each side: "page by PASS_2C", "tag UNMOVABLE"

  auto operator<=>(const DifferenceClass&) const = default;
};

struct Difference {
  DifferenceClass of;
  std::size_t operation = 0;  ///< from 1
};

/// "alloc UNMOVABLE, may wait".
std::string request_class(const Operation& op);
/// "page by PASS_2C", "refused: edge", without the page's number.
std::string came_of(const Outcome& outcome);

/// Two machines of the same size, each with a reading of its own, that get the same operations.
class BothSides {
 public:
  BothSides(const ZoneSpec& zone, const Sides& sides);

  void reset();
  /// The difference of this operation, normalised for the zone; but for `pass`, the states differ
  /// from then on.
  std::optional<DifferenceClass> step(const Operation& op);
  const Machine& machine(std::size_t side) const { return *machines_[side]; }
  const Outcome& outcome(std::size_t side) const { return outcomes_[side]; }

 private:
  std::optional<DifferenceClass> differing(const Operation& op) const;
  /// The zone where the last operation happened.
  const Zone& where(std::size_t side) const { return machine(side).zone(outcome(side).zone); }

  std::array<std::unique_ptr<Machine>, 2> machines_;
  std::array<Outcome, 2> outcomes_;
};

/// Of a program, whatever reading its own zone has.
std::optional<Difference> first_difference(const Program& program, const Sides& sides);

/// The smallest program with a difference of this class; this one has to have it.
Program minimise_difference(const Program& program, const DifferenceClass& of, const Sides& sides);

}  // namespace spb
