// SPDX-License-Identifier: GPL-2.0-only
// A man page of the description that a verb's --help is made of.
#include <fmt/format.h>

#include "cli/described.h"

namespace spb::cli {

namespace {

/// No character of it is one of roff's own.
std::string plain(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool at_start = result.empty() || result.back() == '\n';
    if (at_start && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  return result;
}

std::string heading(const DescribedOption& option) {
  std::string text;
  for (const std::string& name : option.names) {
    if (!text.empty()) text += ", ";
    text += (option.is_argument() ? "\\fI" : "\\fB") + plain(name) + "\\fR";
  }
  if (!option.value.empty()) text += fmt::format(" \\fI{}\\fR", plain(option.value));
  return text;
}

std::string choices(const DescribedOption& option) {
  if (option.choices.empty()) return {};
  return plain(fmt::format("\nOne of: {}.", fmt::join(option.choices, ", ")));
}

void add_options(const DescribedVerb& verb, bool arguments, std::string& page) {
  bool any = false;
  for (const DescribedOption& option : verb.options) {
    if (option.is_argument() != arguments) continue;
    if (!any) page += arguments ? ".SH ARGUMENTS\n" : ".SH OPTIONS\n";
    any = true;
    page += fmt::format(".TP\n{}\n{}{}\n", heading(option), plain(option.text), choices(option));
  }
}

void add_verbs(const DescribedVerb& verb, std::string& page) {
  if (verb.verbs.empty()) return;
  page += ".SH COMMANDS\n";
  for (const DescribedVerb& one : verb.verbs)
    page += fmt::format(".TP\n\\fB{}\\fR\n{}\n", plain(one.name), plain(one.text));
}

std::string synopsis(const std::string& call, const DescribedVerb& verb) {
  std::string line = fmt::format("\\fB{}\\fR [\\fIOPTIONS\\fR]", plain(call));
  if (!verb.verbs.empty()) line += " \\fICOMMAND\\fR";
  for (const DescribedOption& option : verb.options)
    if (option.is_argument()) line += fmt::format(" \\fI{}\\fR...", plain(option.names.front()));
  return line;
}

std::string page_of(const DescribedVerb& program, const DescribedVerb& verb, bool is_whole) {
  const std::string name = is_whole ? program.name : program.name + "-" + verb.name;
  const std::string call = is_whole ? program.name : program.name + " " + verb.name;
  std::string page = fmt::format(".TH {} 1 \"\" \"{}\"\n.SH NAME\n{} \\- {}\n", plain(name),
                                 program.name, plain(name), plain(verb.text));
  page += fmt::format(".SH SYNOPSIS\n{}\n", synopsis(call, verb));
  add_options(verb, true, page);
  add_options(verb, false, page);
  add_verbs(verb, page);
  page += fmt::format(".SH EXIT STATUS\n{}\n.SH SEE ALSO\n", plain(program.footer));
  if (!is_whole) return page + fmt::format("\\fB{}\\fR(1)\n", program.name);
  std::string between;
  for (const DescribedVerb& one : program.verbs) {
    page += fmt::format("{}\\fB{}\\fR(1)", between, plain(program.name + "-" + one.name));
    between = ",\n";
  }
  return page + "\n";
}

}  // namespace

std::string man_page(const DescribedVerb& program, const std::string& verb) {
  for (const DescribedVerb& one : program.verbs)
    if (one.name == verb) return page_of(program, one, false);
  return page_of(program, program, true);
}

}  // namespace spb::cli
