// SPDX-License-Identifier: GPL-2.0-only
// A program that names a property, judged by the engine: whether it breaks it, and the minimal
// program as a finding like any other.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "program/finding.h"
#include "program/program.h"
#include "program/run.h"

namespace spb::smt {

/// There is a property or a question about several steps of this id.
bool is_property(std::string_view id);

/// What the program breaks of it first; nothing where it does not, or where the property is not
/// about a zone. `policy` null: the variant's.
std::optional<Finding> judge(std::string_view id, const Program& program,
                             const Policy<Concrete>* policy = nullptr);

/// The smallest program that still breaks it; this one has to. Once `stop` is true the smallest so
/// far is good enough.
Program minimised(std::string_view id, Program program, const Policy<Concrete>* policy = nullptr,
                  const std::atomic<bool>* stop = nullptr);

/// A program that breaks it, with a header that says what and where it comes from.
MinimalFinding property_finding(std::string_view id, const Program& program,
                                const std::string& source,
                                const Policy<Concrete>* policy = nullptr);

}  // namespace spb::smt
