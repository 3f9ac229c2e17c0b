// SPDX-License-Identifier: GPL-2.0-only
// What shells complete, of the description that a verb's --help is made of: verbs, options, and
// values where they are a short list. Everything else is a file.
#include <fmt/format.h>

#include <cstddef>
#include <string_view>

#include "cli/described.h"

namespace spb::cli {

namespace {

/// Each of these characters with a backslash before it.
std::string escaped(const std::string& text, std::string_view characters) {
  std::string result;
  for (const char c : text) {
    if (characters.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

/// Inside single quotes of bash and zsh.
std::string single_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text)
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

/// The first sentence, for a line.
std::string short_text(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// Options, or the verb's own verbs.
std::vector<std::string> words_of(const DescribedVerb& verb) {
  std::vector<std::string> words;
  for (const DescribedVerb& one : verb.verbs)
    words.push_back(one.name);
  for (const DescribedOption& option : verb.options)
    for (const std::string& name : option.names)
      if (!option.is_argument()) words.push_back(name);
  return words;
}

std::string bash_choices(const DescribedVerb& verb) {
  std::string text;
  for (const DescribedOption& option : verb.options) {
    if (option.choices.empty()) continue;
    for (const std::string& name : option.names)
      text += fmt::format("    '{} {}') words='{}' ;;\n", verb.name, name,
                          fmt::join(option.choices, " "));
  }
  return text;
}

std::string zsh_option(const DescribedOption& option) {
  std::string text;
  for (const std::string& name : option.names) {
    std::string spec = fmt::format("{}[{}]", name, escaped(short_text(option.text), "[]\\:"));
    if (!option.choices.empty()) {
      spec += fmt::format(":{}:({})", escaped(option.value, ":\\"), fmt::join(option.choices, " "));
    } else if (!option.value.empty()) {
      spec += fmt::format(":{}:_files", escaped(option.value, ":\\"));
    }
    text += " \\\n      " + single_quoted(spec);
  }
  return text;
}

std::string zsh_verb(const DescribedVerb& verb) {
  std::string text = fmt::format("    {})\n      _arguments", verb.name);
  for (const DescribedOption& option : verb.options)
    if (!option.is_argument()) text += zsh_option(option);
  if (verb.verbs.empty()) return text + " \\\n      '*:file:_files'\n      ;;\n";
  std::vector<std::string> names;
  for (const DescribedVerb& one : verb.verbs)
    names.push_back(one.name);
  return text + fmt::format(" \\\n      '*:command:({})'\n      ;;\n", fmt::join(names, " "));
}

/// Fish escapes quotes inside single quotes by a backslash.
std::string fish_quoted(const std::string& text) {
  return "'" + escaped(short_text(text), "'\\") + "'";
}

std::string fish_option(const std::string& verb, const DescribedOption& option) {
  std::string text = fmt::format("complete -c spbcheck -n '__fish_seen_subcommand_from {}'", verb);
  for (const std::string& name : option.names)
    text += name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1);
  if (!option.choices.empty()) {
    text += fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
  } else if (!option.value.empty()) {
    text += " -r";
  }
  return text + " -d " + fish_quoted(option.text) + "\n";
}

}  // namespace

std::string bash_completion(const DescribedVerb& program) {
  std::string values;
  std::string verbs;
  for (const DescribedVerb& verb : program.verbs) {
    values += bash_choices(verb);
    verbs += fmt::format("      {}) words='{}' ;;\n", verb.name, fmt::join(words_of(verb), " "));
  }
  return fmt::format(
      "# bash completion for spbcheck, made by `spbcheck manual`\n"
      "_spbcheck() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} verb=${{COMP_WORDS[1]}} words=\n"
      "  COMPREPLY=()\n"
      "  case \"$verb ${{COMP_WORDS[COMP_CWORD - 1]}}\" in\n{}  esac\n"
      "  if [[ $COMP_CWORD == 1 ]]; then\n    words='{}'\n"
      "  elif [[ -z $words ]]; then\n    case $verb in\n{}    esac\n"
      "    [[ $word == -* || $words != -* ]] || words=\n  fi\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
      "}}\n"
      "complete -o default -F _spbcheck spbcheck\n",
      values, fmt::join(words_of(program), " "), verbs);
}

std::string zsh_completion(const DescribedVerb& program) {
  std::string names;
  std::string verbs;
  for (const DescribedVerb& verb : program.verbs) {
    names += "    " + single_quoted(verb.name + ":" + escaped(short_text(verb.text), ":\\")) + "\n";
    verbs += zsh_verb(verb);
  }
  return fmt::format(
      "#compdef spbcheck\n"
      "# zsh completion for spbcheck, made by `spbcheck manual`\n"
      "local -a verbs\n"
      "if (( CURRENT == 2 )); then\n  verbs=(\n{}  )\n  _describe verb verbs\nelse\n"
      "  case $words[2] in\n{}  esac\nfi\n",
      names, verbs);
}

std::string fish_completion(const DescribedVerb& program) {
  std::string text = "# fish completion for spbcheck, made by `spbcheck manual`\n";
  for (const DescribedVerb& verb : program.verbs) {
    text += fmt::format("complete -c spbcheck -f -n __fish_use_subcommand -a {} -d {}\n", verb.name,
                        fish_quoted(verb.text));
    for (const DescribedOption& option : verb.options)
      if (!option.is_argument()) text += fish_option(verb.name, option);
    for (const DescribedVerb& one : verb.verbs)
      text +=
          fmt::format("complete -c spbcheck -f -n '__fish_seen_subcommand_from {}' -a {} -d {}\n",
                      verb.name, one.name, fish_quoted(one.text));
  }
  return text;
}

}  // namespace spb::cli
