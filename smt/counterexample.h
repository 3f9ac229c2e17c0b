// SPDX-License-Identifier: GPL-2.0-only
// From a refuted property to a program: a state of the solver is rebuilt by operations, must pass
// the full check, must break the property in the engine itself, and is minimised. Where it cannot
// be rebuilt, a small zone is searched for another one.
#pragma once

#include <optional>
#include <string>

#include "program/program.h"
#include "smt/prove.h"

namespace spb::smt {

struct Counterexample {
  Program program;     ///< its last operation shows it
  std::string source;  ///< where it comes from: the solver's state, or the search
};

/// The operation at which the engine breaks the statement, counted from 1; nothing if it never
/// does, or if the full check fails anywhere before.
std::optional<std::size_t> breaks(const Statement& statement, const Program& program,
                                  const Policy<Concrete>& policy);

/// A minimal program that breaks the property on this policy; nothing where neither the solver's
/// state nor the search gives one, or where the property is not about a zone.
std::optional<Counterexample> counterexample(const Property& property, const Subject& subject,
                                             const Verdict& verdict);

}  // namespace spb::smt
