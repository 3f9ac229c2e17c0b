// SPDX-License-Identifier: GPL-2.0-only
#include "report/schema.h"

#include <algorithm>
#include <string_view>

#include "program/words.h"
#include "report/embedded.h"

namespace spb::report {

using nlohmann::json;

namespace {

/// A value may be a megabyte.
std::string shown(const json& value) {
  constexpr std::size_t most = 60;
  const std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  return text.size() <= most ? text : text.substr(0, most) + "...";
}

bool is_of_type(const json& value, std::string_view type) {
  if (type == "integer") return value.is_number_integer();
  return value.is_number() ? type == "number" : value.type_name() == type;
}

/// One value and where it is.
struct Checked {
  const json& value;
  std::string place;
  const std::string& path;

  [[noreturn]] void refuse(const std::string& found, const std::string& expected) const {
    throw InputError(path, 0, 0, found + " at " + (place.empty() ? "its top" : place), expected,
                     "docs/record.md has the form");
  }
  void check(const json& schema) const;

 private:
  void check_word(const json& schema) const;
  void check_members(const json& schema) const;
};

void Checked::check_word(const json& schema) const {
  if (schema.contains("const") && value != schema["const"])
    refuse(shown(value), shown(schema["const"]));
  if (!schema.contains("enum")) return;
  const json& words = schema["enum"];
  if (std::find(words.begin(), words.end(), value) == words.end())
    refuse(shown(value), "one of " + shown(words));
}

void Checked::check_members(const json& schema) const {
  for (const json& name : schema.value("required", json::array())) {
    if (!value.contains(name.get<std::string>())) refuse("no " + shown(name), "one");
  }
  const json& properties = schema["properties"];
  for (const auto& [name, member] : value.items()) {
    if (!properties.contains(name)) refuse("an unknown " + shown(name), "no such member");
    Checked{member, place + "/" + name, path}.check(properties[name]);
  }
}

void Checked::check(const json& schema) const {
  const std::string type = schema.value("type", "");
  if (!type.empty() && !is_of_type(value, type)) refuse(shown(value), "a value of type " + type);
  check_word(schema);
  if (schema.contains("minimum") && value < schema["minimum"])
    refuse(shown(value), shown(schema["minimum"]) + " or more");
  if (schema.contains("properties")) check_members(schema);
  if (!schema.contains("items")) return;
  for (std::size_t i = 0; i < value.size(); ++i)
    Checked{value[i], place + "/" + std::to_string(i), path}.check(schema["items"]);
}

}  // namespace

const json& record_schema() {
  static const json schema = json::parse(schema_text());
  return schema;
}

void check_schema(const json& value, const json& schema, const std::string& path) {
  Checked{value, "", path}.check(schema);
}

}  // namespace spb::report
