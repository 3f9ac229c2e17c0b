// SPDX-License-Identifier: GPL-2.0-only
// Options that several verbs have.
#pragma once

#include <CLI/App.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

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

}  // namespace spb::cli
