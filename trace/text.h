// SPDX-License-Identifier: GPL-2.0-only
// Words and numbers of a line of text.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spb::trace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/// A word that can be shown and be part of a file's name.
constexpr bool is_plain_name(std::string_view text) {
  constexpr std::size_t longest = 32;
  for (const char c : text) {
    if (c <= ' ' || c > '~' || c == '/') return false;
  }
  return !text.empty() && text.size() <= longest;
}

constexpr void skip_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
}

constexpr void drop_trailing_blanks(std::string_view& text) {
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
}

/// The first word, which is cut off `text`; empty if there is none.
constexpr std::string_view next_word(std::string_view& text) {
  skip_blanks(text);
  std::size_t length = 0;
  while (length < text.size() && !is_blank(text[length]))
    ++length;
  const std::string_view word = text.substr(0, length);
  text.remove_prefix(length);
  return word;
}

constexpr std::string_view last_word(std::string_view text) {
  drop_trailing_blanks(text);
  const std::size_t blank = text.find_last_of(" \t");
  return blank == std::string_view::npos ? text : text.substr(blank + 1);
}

/// The text without blanks around it.
constexpr std::string_view trimmed(std::string_view text) {
  skip_blanks(text);
  drop_trailing_blanks(text);
  return text;
}

/// The whole text is one number of that base.
template <class Number>
bool parse_number(std::string_view text, int base, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  return error == std::errc() && stop == end && !text.empty();
}

/// A hexadecimal number, with or without 0x.
inline bool parse_hex(std::string_view text, uint64_t& number) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  return parse_number(text, 16, number);
}

}  // namespace spb::trace
