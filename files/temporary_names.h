// SPDX-License-Identifier: GPL-2.0-only
// Names that must not outlive the program: SIGHUP, SIGINT and SIGTERM remove these files before
// they end it as they would have.
#pragma once

#include <filesystem>

namespace spb {

/// From the first name on, these signals have a handler where they had none.
void remove_at_signal(const std::filesystem::path& name);
void keep_at_signal(const std::filesystem::path& name);

}  // namespace spb
