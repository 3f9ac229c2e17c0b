// SPDX-License-Identifier: GPL-2.0-only
// The text of a golden vector as the model would have written it.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "trace/golden_line.h"

namespace spb::trace {

/// Text that grows by numbers, words and letters.
class Text {
 public:
  template <class Piece>
  Text& operator<<(Piece piece) {
    constexpr bool number = std::is_integral_v<Piece> && !std::is_same_v<Piece, char>;
    if constexpr (number) {
      add_number(piece);
    } else {
      text_ += piece;
    }
    return *this;
  }
  void clear() { text_.clear(); }
  const std::string& str() const { return text_; }

 private:
  void add_number(uint64_t number) {
    std::array<char, 20> digits;
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    text_.append(digits.data(), end);
  }

  std::string text_;
};

inline char letter(uint32_t type) {
  return type < golden_type_letters.size() ? golden_type_letters[type] : '?';
}

/// `name=A,B,..`: the name before the first item, a comma before each other one.
class Items {
 public:
  Items(Text& out, std::string_view name) : out_(out), name_(name) {}
  Text& next() {
    if (any_) return out_ << ',';
    any_ = true;
    if (!out_.str().empty()) out_ << ' ';
    return out_ << name_ << '=';
  }

 private:
  Text& out_;
  std::string_view name_;
  bool any_ = false;
};

}  // namespace spb::trace
