// SPDX-License-Identifier: GPL-2.0-only
#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "program/words.h"
#include "program/zone_line.h"

namespace spb::cli {

ZoneSpec ZoneChanges::applied_to(ZoneSpec zone) const {
  const std::string variant_option = "--variant";
  if (!variant.empty()) zone.variant = parse_variant({variant, 1}, {variant_option, 0});
  const std::string set_option = "--set";
  for (const std::string& setting : settings)
    set_parameter(zone.parameters, {setting, 1}, {set_option, 0});
  return zone;
}

void add_options(CLI::App& verb, ZoneChanges& changes) {
  verb.add_option("--variant", changes.variant, "Another variant than the program's own")
      ->type_name("NAME");
  verb.add_option("--set", changes.settings, "A parameter's value; may be repeated")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
}

void add_form_option(CLI::App& verb, const std::string& name, const std::string& claim,
                     std::optional<Form>& form) {
  const std::map<std::string, Form> names{
      {"text", Form::text}, {"bytes", Form::bytes}, {"container", Form::container}};
  verb.add_option_function<std::string>(
          name, [&form, names](const std::string& word) { form = names.at(word); }, claim)
      ->type_name("FORM")
      ->check(CLI::IsMember(names));
}

}  // namespace spb::cli
