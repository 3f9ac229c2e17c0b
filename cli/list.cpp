// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/verbs.h"
#include "invariants/invariant.h"
#include "invariants/reading.h"
#include "model/policy/variant.h"
#include "program/arguments.h"
#include "program/reach.h"
#include "program/zone_line.h"

namespace spb::cli {

namespace {

constexpr std::size_t columns_max = 100;
constexpr std::size_t name_columns_max = 32;

/// A name, then text that is wrapped beside it.
struct Row {
  std::string name;
  std::string text;
};
using Table = std::vector<Row>;

/// Prints words, beginning a new line at the column where the text began.
class Wrapped {
 public:
  explicit Wrapped(std::size_t indent) : indent_(indent), column_(indent) {}

  void add(std::string_view word) {
    const bool first = column_ == indent_;
    if (!first && column_ + 1 + word.size() > columns_max) {
      fmt::print("\n{:{}}", "", indent_);
      column_ = indent_;
    } else if (!first) {
      fmt::print(" ");
      ++column_;
    }
    fmt::print("{}", word);
    column_ += word.size();
  }

 private:
  std::size_t indent_;
  std::size_t column_;
};

void print_wrapped(std::string_view text, std::size_t indent) {
  Wrapped out(indent);
  while (!text.empty()) {
    const std::size_t blank = std::min(text.find(' '), text.size());
    if (blank > 0) out.add(text.substr(0, blank));
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  fmt::print("\n");
}

/// Names too long to stand beside their text stand above it.
void print(const Table& table) {
  std::size_t width = 0;
  for (const Row& row : table)
    width = std::max(width, row.name.size());
  const bool above = width > name_columns_max;
  const std::size_t indent = above ? 4 : width + 2;
  for (const Row& row : table) {
    above ? fmt::print("{}\n{:{}}", row.name, "", indent) : fmt::print("{:<{}}", row.name, indent);
    print_wrapped(row.text, indent);
  }
}

std::string sentence(std::string_view claim, std::string_view source) {
  return fmt::format("{} [{}]", claim, source);
}

// ---- the model

Table variant_rows() {
  Table table;
  for (const Variant& variant : variants())
    table.push_back({std::string(variant.name), sentence(variant.claim, variant.source)});
  return table;
}

std::string defaults_text(ParameterId id) {
  std::string text;
  for (const Variant& variant : variants()) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", variant.name,
                        parameter_value(id, variant.defaults[id]));
  }
  return text;
}

bool same_everywhere(ParameterId id) {
  return std::all_of(variants().begin(), variants().end(), [id](const Variant& variant) {
    return variant.defaults[id] == variants()[0].defaults[id];
  });
}

Table parameter_rows() {
  Table table;
  for (std::size_t i = 0; i < nr_parameters; ++i) {
    const auto id = static_cast<ParameterId>(i);
    const std::string defaults =
        same_everywhere(id) ? parameter_value(id, variants()[0].defaults[id]) : defaults_text(id);
    table.push_back({std::string(info(id).name),
                     sentence(info(id).claim, info(id).source) +
                         fmt::format(" Values: {}. Default: {}. It is {}.", parameter_range(id),
                                     defaults, name_of(info(id).standing))});
  }
  return table;
}

/// Which variants have the row, and where it cannot be reached.
std::string variants_with(Reach::Kind kind, uint8_t id) {
  std::string names;
  std::string unreachable;
  for (const Variant& variant : variants()) {
    for (const Reach item : reach_of(variant)) {
      if (item.kind != kind || item.id != id) continue;
      names += (names.empty() ? "" : ", ") + std::string(variant.name);
      const std::string_view why = why_unreachable(variant, item);
      if (!why.empty()) unreachable = fmt::format(" Unreachable: {}.", why);
    }
  }
  return fmt::format(" In {}.{}", names, unreachable);
}

/// Words that have a sentence, and the variants whose tables have them.
template <class Id>
Table word_rows(Reach::Kind kind) {
  Table table;
  for (const Named<Id>& word : names_of(Id{})) {
    if (word.claim.empty()) continue;
    table.push_back(
        {std::string(word.name),
         sentence(word.claim, word.source) + variants_with(kind, static_cast<uint8_t>(word.id))});
  }
  return table;
}

Table pass_rows() {
  return word_rows<PassId>(Reach::Kind::pass);
}
Table refusal_rows() {
  return word_rows<Refusal>(Reach::Kind::refusal);
}
Table ladder_rows() {
  return word_rows<LadderStep>(Reach::Kind::ladder);
}
Table isolation_rows() {
  return word_rows<IsolateRefusal>(Reach::Kind::isolation);
}
/// The steps, then the order in which each variant takes them.
Table driver_rows() {
  Table table;
  for (const Named<DriverStep>& step : driver_names)
    table.push_back({std::string(step.name), sentence(step.claim, step.source)});
  for (const Variant& variant : variants()) {
    std::string order;
    for (const auto& row : shaped(variant.policy, variant.defaults).driver)
      order += (order.empty() ? "" : ", ") + std::string(name_of(row.id));
    table.push_back({std::string(variant.name), order + "."});
  }
  return table;
}

// ---- invariants and programs

Table invariant_rows() {
  Table table;
  for (const InvariantInfo& invariant : invariant_infos()) {
    table.push_back(
        {std::string(invariant.name), fmt::format("{}: {}", name_of(invariant.kind),
                                                  sentence(invariant.claim, invariant.source))});
  }
  return table;
}

std::string invariant_names(std::span<const InvariantId> ids) {
  std::string names;
  for (const InvariantId id : ids)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", info(id).name);
  return names;
}

/// Those that have the cause with the parameters that they have by themselves.
std::string variants_with(const Cause& cause) {
  std::string names;
  for (const Variant& variant : variants()) {
    if (cause.is_in({variant, variant.defaults}))
      names += fmt::format("{}{}", names.empty() ? "" : ", ", variant.name);
  }
  return names;
}

Table cause_rows() {
  Table table;
  for (const Cause& cause : causes()) {
    const std::string by_default = variants_with(cause);
    std::string text =
        fmt::format("{}. {}.", cause.reason,
                    by_default.empty() ? "By a parameter alone" : fmt::format("In {}", by_default));
    for (const Damage& damage : cause.damages) {
      text += fmt::format(" Breaks {}: {} ({}).", invariant_names(damage.invariants), damage.does,
                          damage.program);
    }
    table.push_back({std::string(cause.name), std::move(text)});
  }
  return table;
}

Table operation_rows() {
  Table table;
  for (const OperationInfo& operation : operation_infos())
    table.push_back({std::string(operation.syntax), std::string(operation.claim)});
  return table;
}

struct List {
  const char* name;
  const char* purpose;
  Table (*rows)();
};

constexpr std::array<List, 10> lists{{
    {"variants", "The allocators that the model can be", variant_rows},
    {"passes", "What can serve a request", pass_rows},
    {"refusals", "Why a claim is refused", refusal_rows},
    {"ladder", "Steps by which an atomic request relaxes", ladder_rows},
    {"driver", "What a caller turns to whose fast path found nothing", driver_rows},
    {"isolation", "Why isolating a pageblock is refused", isolation_rows},
    {"invariants", "What must hold", invariant_rows},
    {"parameters", "What can be set, on a zone's line or by --set", parameter_rows},
    {"operations", "What a program can do", operation_rows},
    {"causes", "Why an invariant does not hold in a reading, and what shows it", cause_rows},
}};

}  // namespace

void add_list(CLI::App& app, int& status) {
  CLI::App* verb = app.add_subcommand("list", "Explain what there is, each in a sentence");
  verb->require_subcommand(1);
  for (const List& list : lists) {
    verb->add_subcommand(list.name, list.purpose)->callback([&list, &status] {
      print(list.rows());
      status = holds;
    });
  }
}

}  // namespace spb::cli
