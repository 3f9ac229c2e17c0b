// SPDX-License-Identifier: GPL-2.0-only
#include "cli/again.h"

namespace spb::cli {

std::string shell_word(std::string_view word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:@%,";
  if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos) {
    return std::string(word);
  }
  std::string quoted = "'";
  for (const char c : word)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string command_text(const std::vector<std::string>& words) {
  std::string text = "spbcheck";
  for (const std::string& word : words)
    text += " " + shell_word(word);
  return text;
}

std::string again_line(const std::vector<std::string>& words) {
  return "again: " + command_text(words) + "\n";
}

}  // namespace spb::cli
