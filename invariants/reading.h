// SPDX-License-Identifier: GPL-2.0-only
// How the kernel's code is read, and what follows from it. A reading in which every invariant is
// expected to hold is clean; any other has causes, each with a name and with what it does to the
// state or to an operation. What breaks in it is a consequence of one of these, or news.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "invariants/invariant.h"
#include "model/policy/variant.h"

namespace spb {

/// A variant, and the values of all parameters: what resolve() makes of those chosen.
struct Reading {
  const Variant& variant;
  Parameters parameters;
};

/// What a cause does, and how that shows.
struct Damage {
  std::string_view does;                    ///< a sentence
  std::span<const InvariantId> invariants;  ///< that it can break
  /// Whether the violation is its doing: what was met on the way there, by the variant's own tables
  /// and the zone's geometry.
  bool (*shows)(const Reading& reading, const Geometry& geometry, const Violation& violation);
  std::string_view program;  ///< shows it: a path from the repository's root
};

struct Cause {
  enum class Origin : uint8_t {
    source,    ///< the code that the variant stands for does it
    question,  ///< somebody asks what if: a parameter has another value than in that code
  };

  std::string_view name;
  Origin origin;
  bool (*is_in)(const Reading& reading);
  std::string_view reason;  ///< why, with its source, in a sentence
  std::span<const Damage> damages;
  /// Sets the parameter that takes it out; null where none does.
  void (*take_out)(Parameters& parameters);
};

/// All of them, in the order in which they are asked.
std::span<const Cause> causes();

bool is_clean(const Reading& reading);

/// What a violation is put down to.
struct Consequence {
  const Cause* cause = nullptr;  ///< null: it is news
  const Damage* damage = nullptr;
  explicit operator bool() const { return cause != nullptr; }
  bool operator==(const Consequence&) const = default;
};

/// The first cause of this reading that explains the violation.
Consequence explain(const Reading& reading, const Geometry& geometry, const Violation& violation);

/// Which readings a campaign is about; each set has the ones before it.
enum class ReadingSet : uint8_t {
  clean,   ///< without a cause
  posted,  ///< with causes of the source alone: mainline's code and the series', or parts mended
  all,
};

/// None where there is no set of this name.
std::optional<ReadingSet> find_reading_set(std::string_view name);
bool is_in(ReadingSet set, const Reading& reading);

}  // namespace spb
