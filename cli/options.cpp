// SPDX-License-Identifier: GPL-2.0-only
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <string_view>

#include "cli/options.h"
#include "program/words.h"
#include "program/zone_line.h"

namespace spb::cli {

ZoneSpec ZoneChanges::applied_to(ZoneSpec zone) const {
  const std::string variant_option = "--variant";
  if (!variant.empty()) set_variant(zone, {variant, 1}, {variant_option, 0});
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

void add_notes_option(CLI::App& verb, std::string& file) {
  verb.add_option("--notes", file,
                  "Add to these notes what `spbcheck report` makes a run's record of")
      ->type_name("FILE")
      ->envname("SPB_NOTES");
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

void add_check_options(CLI::App& verb, Checks& checks, bool& no_conformance) {
  const std::map<std::string, Checks> names{{"none", Checks::none},
                                            {"incremental", Checks::incremental},
                                            {"full", Checks::full},
                                            {"both", Checks::both}};
  verb.add_option_function<std::string>(
          "--checks", [&checks, names](const std::string& word) { checks = names.at(word); },
          "After every operation: none; what it touched; the whole zone; or both, which have to "
          "agree")
      ->type_name("none|incremental|full|both")
      ->default_str("incremental")
      ->check(CLI::IsMember(names));
  verb.add_flag("--no-conformance", no_conformance,
                "Do not search the whole zone for what a pass should have found");
}

// ---- values

namespace {

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

uint64_t whole_number(const std::string& name, const std::string& text, uint64_t low,
                      uint64_t high) {
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const bool decimal = all_digits(text) && (text.size() == 1 || text.front() != '0');
  const bool fits = decimal && std::from_chars(text.data(), end, value).ec == std::errc();
  if (fits && value >= low && value <= high) return value;
  throw InputError(name, 0, 0, spb::quoted(text),
                   "a number from " + std::to_string(low) + " to " + std::to_string(high));
}

double seconds_of(const std::string& name, const std::string& text) {
  constexpr double least = 1e-9;
  constexpr double most = 1e7;
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = std::string_view(text).substr(0, point);
  const std::string_view part = std::string_view(text).substr(std::min(point + 1, text.size()));
  const bool decimal = all_digits(whole) && (point == text.size() || all_digits(part));
  double value = 0;
  if (decimal) std::from_chars(text.data(), text.data() + text.size(), value);
  if (value >= least && value <= most) return value;
  throw InputError(name, 0, 0, spb::quoted(text), "seconds, above 0 and at most 10000000");
}

}  // namespace

CLI::Option* add_number(CLI::App& verb, const std::string& name, uint64_t& value, uint64_t low,
                        uint64_t high, const std::string& claim) {
  return verb
      .add_option_function<std::string>(
          name,
          [&value, name, low, high](const std::string& text) {
            value = whole_number(name, text, low, high);
          },
          claim)
      ->type_name("N");
}

CLI::Option* add_number(CLI::App& verb, const std::string& name, uint32_t& value, uint32_t low,
                        uint32_t high, const std::string& claim) {
  return verb
      .add_option_function<std::string>(
          name,
          [&value, name, low, high](const std::string& text) {
            value = static_cast<uint32_t>(whole_number(name, text, low, high));
          },
          claim)
      ->type_name("N");
}

CLI::Option* add_seconds(CLI::App& verb, const std::string& name, std::optional<double>& value,
                         const std::string& claim) {
  return verb
      .add_option_function<std::string>(
          name, [&value, name](const std::string& text) { value = seconds_of(name, text); }, claim)
      ->type_name("S");
}

void refuse_empty_values(CLI::App& app) {
  const auto refuse = [](const std::string& value) {
    return value.empty() ? std::string("found an empty value, expected one") : std::string();
  };
  for (CLI::Option* option : app.get_options()) {
    if (option->get_expected_max() > 0) option->check(refuse, "");
  }
  for (CLI::App* verb : app.get_subcommands(nullptr))
    refuse_empty_values(*verb);
}

}  // namespace spb::cli
