// SPDX-License-Identifier: GPL-2.0-only
#include "program/words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <numeric>

#include "program/printable.h"

namespace spb {

namespace {

std::string place_text(const std::string& file, uint32_t line, uint32_t column) {
  std::string text = printable(file);
  if (line > 0) text += ":" + std::to_string(line);
  if (line > 0 && column > 0) text += ":" + std::to_string(column);
  return text;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

constexpr std::size_t quoted_bytes_max = 60;

}  // namespace

InputError::InputError(const std::string& file, uint32_t line, uint32_t column,
                       const std::string& found, const std::string& expected,
                       const std::string& hint)
    : std::runtime_error(place_text(file, line, column) + ": found " + found + ", expected " +
                         expected + (hint.empty() ? "" : " (" + hint + ")")) {}

std::string quoted(std::string_view text) {
  std::string result = "'";
  // Byte by byte, so that nothing but ASCII is left as it is.
  for (const char& c : text.substr(0, quoted_bytes_max))
    result += printable({&c, 1});
  return result + (text.size() > quoted_bytes_max ? "...'" : "'");
}

void FileLine::refuse(uint32_t column, const std::string& found, const std::string& expected,
                      const std::string& hint) const {
  throw InputError(file, line, column, found, expected, hint);
}

void FileLine::refuse(const Word& word, const std::string& expected,
                      const std::string& hint) const {
  refuse(word.column, quoted(word.text), expected, hint);
}

std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < line.size();) {
    if (is_blank(line[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < line.size() && !is_blank(line[end]))
      ++end;
    words.push_back({line.substr(at, end - at), static_cast<uint32_t>(at + 1)});
    at = end;
  }
  return words;
}

KeyValue key_value_of(const Word& word) {
  const std::size_t sign = word.text.find('=');
  if (sign == std::string_view::npos) return {word, {}, false};
  return {{word.text.substr(0, sign), word.column},
          {word.text.substr(sign + 1), word.column + static_cast<uint32_t>(sign) + 1},
          true};
}

uint32_t number_of(const Word& word, uint32_t low, uint32_t high, const FileLine& place) {
  std::string_view digits = word.text;
  int base = 10;
  if (digits.starts_with("0x") || digits.starts_with("0X")) {
    digits.remove_prefix(2);
    base = 16;
  }
  uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
  const bool is_number = error == std::errc() && stop == end && !digits.empty();
  if (!is_number || value < low || value > high) {
    place.refuse(word, "a number from " + std::to_string(low) + " to " + std::to_string(high));
  }
  return static_cast<uint32_t>(value);
}

std::string counted(uint64_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string hex_text(uint64_t number) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return "0x" + std::string(digits.data(), end);
}

std::string pfn_text(uint64_t pfn) {
  return pfn < 0x10000 ? std::to_string(pfn) : hex_text(pfn);
}

std::vector<Word> parts_of(const Word& word) {
  std::vector<Word> parts;
  for (std::size_t at = 0; at <= word.text.size();) {
    const std::size_t bar = std::min(word.text.find('|', at), word.text.size());
    parts.push_back({word.text.substr(at, bar - at), word.column + static_cast<uint32_t>(at)});
    at = bar + 1;
  }
  return parts;
}

// ---- names

namespace {

/// Single-character insertions, deletions and replacements from one word to the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

constexpr std::size_t known_name_bytes_max = 64;

}  // namespace

std::string nearest_hint(std::string_view word, const Names& names) {
  if (word.size() > known_name_bytes_max) return {};
  std::string_view nearest;
  std::size_t least = word.size() / 2 + 1;
  for (const std::string_view name : names) {
    const std::size_t d = distance(word, name);
    if (d >= least) continue;
    least = d;
    nearest = name;
  }
  return nearest.empty() ? "" : "did you mean " + quoted(nearest) + "?";
}

uint32_t index_of(const Word& word, const Names& names, const std::string& expected,
                  const FileLine& place) {
  const auto it = std::find(names.begin(), names.end(), word.text);
  if (it == names.end()) place.refuse(word, expected, nearest_hint(word.text, names));
  return static_cast<uint32_t>(it - names.begin());
}

std::string alternatives(const Names& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace spb
