// SPDX-License-Identifier: GPL-2.0-only
#include "program/digest.h"

namespace spb {

uint64_t digest(std::span<const std::byte> bytes) {
  uint64_t hash = 14695981039346656037ULL;
  for (const std::byte byte : bytes)
    hash = (hash ^ std::to_integer<uint64_t>(byte)) * 1099511628211ULL;
  return hash;
}

uint64_t digest(std::string_view text) {
  return digest(std::as_bytes(std::span(text.data(), text.size())));
}

uint64_t digest(const Machine& machine) {
  return digest(machine.image());
}

uint64_t combined(uint64_t so_far, uint64_t next) {
  return digest(digest_text(so_far) + digest_text(next));
}

std::string digest_text(uint64_t digest, std::size_t digits) {
  constexpr std::string_view digit = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < digits; ++i)
    text += digit[digest >> (60 - 4 * i) & 0xfU];
  return text;
}

}  // namespace spb
