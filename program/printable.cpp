// SPDX-License-Identifier: GPL-2.0-only
#include "program/printable.h"

#include <cstddef>

namespace spb {

namespace {

bool prints(char c) {
  return c >= ' ' && c <= '~';
}

std::string escaped(char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  return {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
}

/// How many bytes the UTF-8 character at the front has; 0 where there is none, or where it is a
/// control character (C1, which are two bytes).
std::size_t character_bytes(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return prints(text[0]) ? 1 : 0;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  return overlong || (first == 0xc2 && byte(1) < 0xa0) ? 0 : size;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t size = character_bytes(text);
    result += size > 0 ? std::string(text.substr(0, size)) : escaped(text.front());
    text.remove_prefix(size > 0 ? size : 1);
  }
  return result;
}

}  // namespace spb
