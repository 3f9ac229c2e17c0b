// SPDX-License-Identifier: GPL-2.0-only
#include "program/columns.h"

#include <algorithm>

namespace spb {

namespace {

constexpr std::size_t name_width = 10;
constexpr std::size_t column_indent = 2;
constexpr std::size_t gap = 2;
constexpr std::size_t cell_width = (mail_columns - column_indent - name_width - gap) / 2;

std::string padded(std::string_view text, std::size_t width) {
  std::string result(text);
  result.resize(std::max(width, text.size()), ' ');
  return result;
}

std::string line_of(std::string text) {
  text.resize(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

}  // namespace

std::vector<std::string> folded(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(' '));
    const bool joins = lines.back().empty();
    const std::size_t taken = lines.back().size() + (joins ? 0 : 1);
    if (taken + word.size() > width && !joins) {
      lines.emplace_back();
      continue;
    }
    word = word.substr(0, width);
    lines.back() += (joins ? "" : " ") + std::string(word);
    text.remove_prefix(word.size());
    if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  }
  return lines;
}

std::string paragraph(std::string_view first, std::string_view text) {
  std::string result;
  for (const std::string& line : folded(text, mail_columns - first.size()))
    result += (result.empty() ? std::string(first) : std::string(first.size(), ' ')) + line + "\n";
  return result;
}

std::string two_columns(std::string_view name, const std::array<std::string, 2>& cells) {
  const auto left = folded(cells[0], cell_width);
  const auto right = folded(cells[0] == cells[1] ? "=" : cells[1], cell_width);
  std::string text;
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::string cell = i < left.size() ? left[i] : "";
    text += line_of(std::string(column_indent, ' ') + padded(i == 0 ? name : "", name_width) +
                    padded(cell, cell_width + gap) + (i < right.size() ? right[i] : ""));
  }
  return text;
}

// ---- searches

namespace {

using Passes = std::vector<PassTried>;

bool tries_later(const Passes& passes, std::size_t from, const std::string& pass) {
  return std::any_of(passes.begin() + static_cast<std::ptrdiff_t>(from), passes.end(),
                     [&](const PassTried& tried) { return tried.pass == pass; });
}

/// Rows in an order that both have; where one side does not try a pass, its cell is a dash.
std::string rows(const Passes& a, const Passes& b) {
  std::string text;
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    const bool same = i < a.size() && j < b.size() && a[i].pass == b[j].pass;
    const bool only_a =
        !same && i < a.size() &&
        (j == b.size() || tries_later(a, i, b[j].pass) || !tries_later(b, j, a[i].pass));
    const std::string name = same || only_a ? a[i].pass : b[j].pass;
    const std::string left = same || only_a ? a[i++].why : "-";
    const std::string right = same || !only_a ? b[j++].why : "-";
    text += two_columns(name, {left, right});
  }
  return text;
}

bool same(const Search& a, const Search& b) {
  const auto equal = [](const PassTried& x, const PassTried& y) {
    return x.pass == y.pass && x.why == y.why;
  };
  return a.request == b.request &&
         std::equal(a.passes.begin(), a.passes.end(), b.passes.begin(), b.passes.end(), equal);
}

}  // namespace

std::string side_by_side(const std::array<std::vector<Search>, 2>& searches) {
  const auto& [left, right] = searches;
  std::string text;
  const Search none;
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const Search& a = i < left.size() ? left[i] : none;
    const Search& b = i < right.size() ? right[i] : none;
    const auto request = [](const Search& search) {
      return search.request.empty() ? std::string("no search") : search.request;
    };
    text += two_columns("search " + std::to_string(i + 1), {request(a), request(b)});
    text += same(a, b) ? two_columns("", {"every pass answers the same", "="})
                       : rows(a.passes, b.passes);
  }
  return text;
}

}  // namespace spb
