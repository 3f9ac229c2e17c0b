// SPDX-License-Identifier: GPL-2.0-only
// Words and numbers of program text, and the error that bad input ends in.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace spb {

/// Input that cannot be understood: "FILE:LINE:COLUMN: found F, expected E (HINT)". Line and column
/// count from 1; 0 stands for the file as a whole.
class InputError : public std::runtime_error {
 public:
  InputError(const std::string& file, uint32_t line, uint32_t column, const std::string& found,
             const std::string& expected, const std::string& hint = {});
};

/// The text in quotes for a message: cut after 60 bytes, what does not print as \xNN.
std::string quoted(std::string_view text);

/// A word of a line, and where it is.
struct Word {
  std::string_view text;
  uint32_t column = 1;
};

/// A line of a file, for errors about it.
struct FileLine {
  const std::string& file;
  uint32_t line = 0;

  [[noreturn]] void refuse(uint32_t column, const std::string& found, const std::string& expected,
                           const std::string& hint = {}) const;
  /// The same about a word: it is what was found.
  [[noreturn]] void refuse(const Word& word, const std::string& expected,
                           const std::string& hint = {}) const;
};

/// The words of a line; blanks and tabs separate them.
std::vector<Word> words_of(std::string_view line);

/// `key=value`, split at the first '='; no value means that there was no '='.
struct KeyValue {
  Word key;
  Word value;
  bool has_value = false;
};
KeyValue key_value_of(const Word& word);

/// A decimal or 0x-hexadecimal number from `low` to `high`; anything else is refused.
uint32_t number_of(const Word& word, uint32_t low, uint32_t high, const FileLine& place);

/// "1 page", "2 pages".
std::string counted(uint64_t count, std::string_view noun);

/// 0x2a.
std::string hex_text(uint64_t number);
/// A pfn as one reads it best: decimal while it is short, else hexadecimal.
std::string pfn_text(uint64_t pfn);

/// The parts between bars, each with its own column.
std::vector<Word> parts_of(const Word& word);

/// The names that a word could have been.
using Names = std::vector<std::string_view>;
/// Index of the word in `names`; anything else is refused, with the nearest name as the hint.
uint32_t index_of(const Word& word, const Names& names, const std::string& expected,
                  const FileLine& place);
/// "did you mean `X`?", or nothing where no name is near.
std::string nearest_hint(std::string_view word, const Names& names);
/// "a, b or c".
std::string alternatives(const Names& names);

}  // namespace spb
