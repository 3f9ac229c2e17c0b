// SPDX-License-Identifier: GPL-2.0-only
#include "trace/golden_line.h"

namespace spb::trace {

std::string_view next_line(LineReader& in, std::string_view expected) {
  std::string_view text;
  if (in.next(text)) {
    drop_trailing_blanks(text);
    return text;
  }
  throw InputError(in.name(), in.line_number() + 1, {"the end of the file", std::string(expected)});
}

namespace {

bool is_word_letter(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Cuts off what stands for `sign`, one of # T W or itself.
bool cut(std::string_view& item, char sign) {
  if (item.empty()) return false;
  std::size_t length = 0;
  if (sign == '#' || sign == 'W') {
    const auto belongs = [sign](char c) { return sign == '#' ? is_digit(c) : is_word_letter(c); };
    while (length < item.size() && belongs(item[length]))
      ++length;
  } else if (sign == 'T') {
    length = golden_type_letters.find(item.front()) != std::string_view::npos;
  } else {
    length = item.front() == sign;
  }
  item.remove_prefix(length);
  return length > 0;
}

bool matches(std::string_view item, std::string_view form) {
  return std::all_of(form.begin(), form.end(), [&](char sign) { return cut(item, sign); }) &&
         item.empty();
}

bool matches_any(std::string_view item, const AnswerField& field) {
  return std::any_of(field.forms.begin(), field.forms.end(),
                     [&](std::string_view form) { return !form.empty() && matches(item, form); });
}

std::string forms_of(const AnswerField& field) {
  std::string text = std::string(field.name) + "=";
  bool words = false;
  for (const std::string_view form : field.forms) {
    if (form.empty()) continue;
    if (text.back() != '=') text += " or ";
    text += form;
    words = words || form.find('W') != std::string_view::npos;
  }
  text += " (# a number, T a type of " + std::string(golden_type_letters);
  return text + (words ? ", W a word)" : ")");
}

void check_field(const Words& words, std::string_view items, const AnswerField& field) {
  for (;;) {
    const std::size_t comma = items.find(',');
    const std::string_view item = items.substr(0, comma);
    if (!matches_any(item, field)) words.refuse(quoted(item), forms_of(field));
    if (comma == std::string_view::npos) return;
    items.remove_prefix(comma + 1);
  }
}

/// Where `name` stands among the names in `allowed`, a blank between two, or npos.
std::size_t place_among(std::string_view allowed, std::string_view name) {
  for (std::string_view rest = allowed; !rest.empty();) {
    const std::string_view word = next_word(rest);
    if (word == name) return static_cast<std::size_t>(word.data() - allowed.data());
  }
  return std::string_view::npos;
}

}  // namespace

void check_fields(Words& words, std::span<const AnswerField> fields, std::string_view allowed) {
  while (!words.at_end()) {
    const std::string expected = "a field of: " + std::string(allowed);
    const std::string_view word = words.next(expected);
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const AnswerField& f) { return f.name == name; });
    const std::size_t place = place_among(allowed, name);
    if (field == fields.end() || place == std::string_view::npos ||
        equals == std::string_view::npos) {
      words.refuse(quoted(word), expected);
    }
    // bulk of no page says by= with nothing behind it
    if (!(name == "by" && word.size() == equals + 1)) {
      check_field(words, word.substr(equals + 1), *field);
    }
    allowed.remove_prefix(place + name.size());
  }
}

}  // namespace spb::trace
