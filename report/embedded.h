// SPDX-License-Identifier: GPL-2.0-only
// Files that the program has in it, put there by the build.
#pragma once

#include <string_view>

namespace spb::report {

/// docs/record.schema.json
std::string_view schema_text();
/// report/page.css
std::string_view page_style();

}  // namespace spb::report
