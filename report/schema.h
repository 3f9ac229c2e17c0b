// SPDX-License-Identifier: GPL-2.0-only
// The part of JSON Schema that docs/record.schema.json uses: type, const, enum, minimum, required,
// properties, additionalProperties and items. The program has that file in it, so there is one
// truth.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace spb::report {

const nlohmann::json& record_schema();

/// Throws InputError with the place in the document as a JSON pointer.
void check_schema(const nlohmann::json& value, const nlohmann::json& schema,
                  const std::string& path);

}  // namespace spb::report
