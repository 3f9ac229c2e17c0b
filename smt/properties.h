// SPDX-License-Identifier: GPL-2.0-only
// What is proven about the policy: each property with its sentence, its source, the outcome that is
// expected for each variant, and at least one weakened table for which it must be refuted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/policy/variant.h"
#include "smt/reading.h"
#include "smt/world.h"

namespace spb::smt {

/// A policy that is asked about: the same table for both readers, and the parameters it runs with.
struct Subject {
  std::string name;  ///< of the variant
  Policy<Symbolic> symbolic;
  Policy<Concrete> concrete;
  Parameters parameters;  ///< chosen ones; unset: the variant's
};

/// By the variant's place in variants().
Subject subject_of(std::size_t variant);

/// The parameters as the engine resolves them for this geometry.
Parameters parameters_of(const Subject& subject, const Geometry& geometry);
Premises premises_of(const Subject& subject, const Geometry& geometry);

/// An edit of a policy, made alike for both readers.
struct Edit {
  std::string_view what;
  void (*symbolic)(Policy<Symbolic>&) = nullptr;
  void (*concrete)(Policy<Concrete>&) = nullptr;
};

/// One statement over every kind of state. `about` says when the property speaks, `broken` that it
/// speaks and is wrong; `at_step` is `broken` for one step of the engine and the chunk it takes.
struct Statement {
  Symbolic::Bool (*about_any)(const AnyNumber&, const Reading<Symbolic>&);
  Symbolic::Bool (*broken_any)(const AnyNumber&, const Reading<Symbolic>&);
  Symbolic::Bool (*about_fixed)(const FixedSize&, const Reading<Symbolic>&);
  Symbolic::Bool (*broken_fixed)(const FixedSize&, const Reading<Symbolic>&);
  /// Null: only at steps, or about no zone.
  bool (*broken_state)(const ZoneWorld&, const Reading<Concrete>&) = nullptr;
  /// Null: about states, or about no zone.
  bool (*broken_step)(const ZoneWorld&, const Reading<Concrete>&, std::size_t step,
                      const ZoneWorld::Spot& taken) = nullptr;
};

/// What must make the property fail: an edited table, or the statement with a part left out.
struct Weakened {
  Edit edit;
  std::optional<Statement> instead{};
  bool lists_follow_tags = true;
  std::size_t variant = tables::index_of_variant("rfc-v2");  ///< on which it is tried
};

enum class Expected : uint8_t { proven, refuted, skipped };

struct Property {
  std::string_view id;
  std::string_view sentence;
  std::string_view source;
  std::string_view assumes{};  ///< beyond a well-formed state; empty: nothing
  Statement statement;
  std::array<Expected, nr_variants> expected;
  Table<Weakened, 2> weakened{};
  void (*parameters)(Parameters&) = nullptr;  ///< null: the variant's own
  bool lists_follow_tags = true;
};

std::span<const Property> properties();
const Property* find_property(std::string_view id);

}  // namespace spb::smt
