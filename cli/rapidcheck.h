// SPDX-License-Identifier: GPL-2.0-only
// Failures of RapidCheck's properties, which only spb_properties can draw again: it files the
// program that fails (SPB_FINDINGS), and this reads it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "program/text.h"

namespace spb::cli {

/// What a line says of RapidCheck's parameters: `RC_PARAMS="reproduce=..."`, `reproduce=...`,
/// `seed=7 max_success=1000`. Nothing where it says nothing of them.
std::optional<std::string> rapidcheck_parameters_in(std::string_view line);

/// The program on which a property fails with these parameters; nothing where none fails. Throws
/// std::runtime_error where `properties` cannot be run, does not understand them, or fails without
/// filing a program, with its own words then.
std::optional<TextProgram> rapidcheck_program(const std::string& properties,
                                              const std::string& parameters);

}  // namespace spb::cli
