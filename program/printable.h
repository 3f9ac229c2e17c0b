// SPDX-License-Identifier: GPL-2.0-only
// Text from outside that a terminal is to show.
#pragma once

#include <string>
#include <string_view>

namespace spb {

/// A file's name, or what a message says of it: control characters, and what is no UTF-8, as \xNN.
std::string printable(std::string_view text);

}  // namespace spb
