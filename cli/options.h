// SPDX-License-Identifier: GPL-2.0-only
// Options that several verbs have.
#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "invariants/checker.h"
#include "program/load.h"
#include "program/program.h"

namespace spb::cli {

/// Another zone than the program's own: --variant and --set.
struct ZoneChanges {
  std::string variant;
  std::vector<std::string> settings;  ///< name=value

  bool any() const { return !variant.empty() || !settings.empty(); }
  /// Throws InputError.
  ZoneSpec applied_to(ZoneSpec zone) const;
};
void add_options(CLI::App& verb, ZoneChanges& changes);

/// --as text|bytes|container: the form of the programs, instead of what their content says.
void add_form_option(CLI::App& verb, const std::string& name, const std::string& claim,
                     std::optional<Form>& form);

/// --checks none|incremental|full|both and --no-conformance.
void add_check_options(CLI::App& verb, Checks& checks, bool& no_conformance);
/// --notes FILE, or the environment's SPB_NOTES: what becomes part of a run's record
/// (files/notes.h); empty: nothing.
void add_notes_option(CLI::App& verb, std::string& file);

// ---- values

/// A whole number from `low` to `high` in decimal digits, and nothing else: no sign, no blank, no
/// unit, no leading 0 that could mean another base. What was there before is the default.
CLI::Option* add_number(CLI::App& verb, const std::string& name, uint64_t& value, uint64_t low,
                        uint64_t high, const std::string& claim);
CLI::Option* add_number(CLI::App& verb, const std::string& name, uint32_t& value, uint32_t low,
                        uint32_t high, const std::string& claim);

/// A time in seconds, digits with or without a decimal point, up to 10 million.
CLI::Option* add_seconds(CLI::App& verb, const std::string& name, std::optional<double>& value,
                         const std::string& claim);

/// An empty value is a variable that was not set somewhere, never what was meant: every option and
/// argument of every verb refuses it. Call it once all of them are there.
void refuse_empty_values(CLI::App& app);

}  // namespace spb::cli
