// SPDX-License-Identifier: GPL-2.0-only
#include "cli/again.h"

#include <algorithm>

namespace spb::cli {

namespace {

/// As bash reads it, with nothing that a terminal takes for a command.
std::string escaped_word(std::string_view word) {
  constexpr const char* digits = "0123456789abcdef";
  std::string escaped = "$'";
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (c < ' ' || c > '~') {
      escaped += std::string("\\x") + digits[byte >> 4U] + digits[byte & 15U];
    } else {
      escaped += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    }
  }
  return escaped + "'";
}

}  // namespace

std::string shell_word(std::string_view word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:@%,";
  if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos) {
    return std::string(word);
  }
  if (std::any_of(word.begin(), word.end(), [](char c) { return c < ' ' || c > '~'; })) {
    return escaped_word(word);
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
