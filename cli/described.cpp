// SPDX-License-Identifier: GPL-2.0-only
#include "cli/described.h"

#include <cstddef>
#include <sstream>

namespace spb::cli {

namespace {

std::vector<std::string> parts_of(const std::string& text, char between) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, between);)
    parts.push_back(part);
  return parts;
}

/// CLI11 says `NAME:{one,other}` where a value is one of a few.
void describe_value(const std::string& type, DescribedOption& option) {
  const std::size_t brace = type.find(":{");
  option.value = type.substr(0, brace);
  if (brace != std::string::npos && type.back() == '}')
    option.choices = parts_of(type.substr(brace + 2, type.size() - brace - 3), ',');
}

DescribedOption described(const CLI::Option& option) {
  DescribedOption result;
  for (const std::string& name : option.get_snames())
    result.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames())
    result.names.push_back("--" + name);
  if (result.names.empty()) result.names.push_back(option.get_name());
  const bool is_flag = option.get_items_expected_max() == 0;
  if (!is_flag && !result.is_argument()) describe_value(option.get_type_name(), result);
  result.text = option.get_description();
  return result;
}

}  // namespace

DescribedVerb described(const CLI::App& app) {
  DescribedVerb result;
  result.name = app.get_name();
  result.text = app.get_description();
  result.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options())
    if (!option->get_group().empty()) result.options.push_back(described(*option));
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; }))
    if (!verb->get_group().empty()) result.verbs.push_back(described(*verb));
  return result;
}

}  // namespace spb::cli
