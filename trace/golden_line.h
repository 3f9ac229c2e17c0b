// SPDX-License-Identifier: GPL-2.0-only
// One line of a golden vector, of either format: its words, and the fields of its answer.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "trace/input.h"
#include "trace/text.h"

namespace spb::trace {

/// U M R H C I, by Migratetype.
inline constexpr std::string_view golden_type_letters = "UMRHCI";

inline std::string number_text(uint64_t number) {
  return std::to_string(number);
}

/// The next line, without the space that some header lines end in. Throws InputError at the end.
std::string_view next_line(LineReader& in, std::string_view expected);

/// The words of one line, one space between them.
class Words {
 public:
  Words(const LineReader& in, std::string_view line) : in_(in), rest_(line) {}

  bool at_end() const { return rest_.empty(); }

  std::string_view next(std::string_view expected) {
    const std::size_t length = std::min(rest_.find(' '), rest_.size());
    if (length == 0) refuse(rest_.empty() ? "the end of the line" : "two spaces", expected);
    const std::string_view word = rest_.substr(0, length);
    rest_.remove_prefix(std::min(length + 1, rest_.size()));
    return word;
  }

  void literal(std::string_view text) {
    const std::string_view word = next(quoted(text));
    if (word != text) refuse(quoted(word), quoted(text));
  }

  uint32_t number(std::string_view what, uint32_t min, uint32_t max) {
    return number_in(next(what), what, min, max);
  }

  /// `label=N`.
  uint32_t labelled(std::string_view label, uint32_t min, uint32_t max) {
    const std::string expected = std::string(label) + "=NUMBER";
    const std::string_view word = next(expected);
    const std::size_t equals = word.find('=');
    if (word.substr(0, equals) != label || equals == std::string_view::npos) {
      refuse(quoted(word), expected);
    }
    return number_in(word.substr(equals + 1), label, min, max);
  }

  uint8_t type(std::string_view allowed) {
    const std::string expected = "a type of " + std::string(allowed);
    const std::string_view word = next(expected);
    if (word.size() != 1 || allowed.find(word) == std::string_view::npos) {
      refuse(quoted(word), expected);
    }
    return static_cast<uint8_t>(golden_type_letters.find(word));
  }

  void end() {
    if (!at_end()) refuse(quoted(rest_), "the end of the line");
  }

  [[noreturn]] void refuse(std::string_view found, std::string_view expected) const {
    in_.refuse({std::string(found), std::string(expected)});
  }

 private:
  uint32_t number_in(std::string_view text, std::string_view what, uint32_t min,
                     uint32_t max) const {
    uint32_t number = 0;
    if (!parse_number(text, 10, number) || number < min || number > max) {
      refuse(quoted(text),
             std::string(what) + " from " + number_text(min) + " to " + number_text(max));
    }
    return number;
  }

  const LineReader& in_;
  std::string_view rest_;
};

/// `name=ITEM,ITEM..`; in a form # stands for a number, T for the letter of a type, and W for a
/// word of capitals, digits and _.
struct AnswerField {
  std::string_view name;
  std::array<std::string_view, 6> forms;
};

/// The rest of an answer: some of `allowed`, each once at most and in that order.
void check_fields(Words& words, std::span<const AnswerField> fields, std::string_view allowed);

}  // namespace spb::trace
