// SPDX-License-Identifier: GPL-2.0-only
#include "smt/terms.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <functional>
#include <map>
#include <utility>

namespace spb::smt {

namespace {
thread_local Terms* current_terms = nullptr;
}  // namespace

Terms::Terms() : outer_(std::exchange(current_terms, this)) {}
Terms::~Terms() {
  current_terms = outer_;
}

Terms& Terms::current() {
  assert(current_terms != nullptr);
  return *current_terms;
}

std::size_t Terms::Hash::operator()(const TermNode& node) const {
  std::size_t hash = std::hash<std::string>{}(node.name) + static_cast<std::size_t>(node.value);
  const auto mix = [&hash](std::size_t value) { hash = hash * 0x9e3779b97f4a7c15U + value; };
  mix(static_cast<std::size_t>(node.op));
  for (const TermId argument : node.arguments)
    mix(argument);
  return hash;
}

TermId Terms::add(TermNode node) {
  const auto known = ids_.find(node);
  if (known != ids_.end()) return known->second;
  const auto id = static_cast<TermId>(nodes_.size());
  nodes_.push_back(node);
  ids_.emplace(std::move(node), id);
  return id;
}

std::string Terms::fresh(std::string_view stem) {
  return std::string(stem) + "!" + std::to_string(names_++);
}

namespace {

const TermNode& node(TermId id) {
  return Terms::current().node(id);
}

TermId make(TermOp op, Sort sort, std::vector<TermId> arguments, std::string name = {}) {
  const bool bound = std::any_of(arguments.begin(), arguments.end(),
                                 [](TermId argument) { return node(argument).bound; });
  return Terms::current().add({op, sort, bound, 0, std::move(name), std::move(arguments)});
}

bool is_value(TermId id) {
  return node(id).op == TermOp::truth || node(id).op == TermOp::number;
}

/// Two numbers, whose result is then one.
bool both_values(TermId a, TermId b) {
  return is_value(a) && is_value(b);
}

}  // namespace

// ---- the domain

Symbolic::Int Symbolic::lit(int value) {
  return Int(Terms::current().add({TermOp::number, Sort::Int, false, value, {}, {}}));
}

Symbolic::Bool Symbolic::truth(bool value) {
  return Bool(Terms::current().add({TermOp::truth, Sort::Bool, false, value, {}, {}}));
}

bool is_true(Symbolic::Bool term) {
  return node(term.id()).op == TermOp::truth && node(term.id()).value == 1;
}

bool is_false(Symbolic::Bool term) {
  return node(term.id()).op == TermOp::truth && node(term.id()).value == 0;
}
bool Symbolic::possible(Bool condition) {
  return !is_false(condition);
}

Symbolic::Int Symbolic::select(Bool condition, Int yes, Int no) {
  if (is_true(condition) || yes.id() == no.id()) return yes;
  if (is_false(condition)) return no;
  return Int(make(TermOp::choice, Sort::Int, {condition.id(), yes.id(), no.id()}));
}

Symbolic::Bool operator&&(Symbolic::Bool a, Symbolic::Bool b) {
  if (is_false(a) || is_true(b) || a.id() == b.id()) return a;
  if (is_false(b) || is_true(a)) return b;
  return Symbolic::Bool(make(TermOp::conjunction, Sort::Bool, {a.id(), b.id()}));
}

Symbolic::Bool operator||(Symbolic::Bool a, Symbolic::Bool b) {
  if (is_true(a) || is_false(b) || a.id() == b.id()) return a;
  if (is_true(b) || is_false(a)) return b;
  return Symbolic::Bool(make(TermOp::disjunction, Sort::Bool, {a.id(), b.id()}));
}

Symbolic::Bool operator!(Symbolic::Bool a) {
  const TermNode& inner = node(a.id());
  if (inner.op == TermOp::truth) return Symbolic::truth(inner.value == 0);
  if (inner.op == TermOp::negation) return Symbolic::Bool(inner.arguments[0]);
  return Symbolic::Bool(make(TermOp::negation, Sort::Bool, {a.id()}));
}

Symbolic::Int operator+(Symbolic::Int a, Symbolic::Int b) {
  if (both_values(a.id(), b.id())) return Symbolic::lit(node(a.id()).value + node(b.id()).value);
  return Symbolic::Int(make(TermOp::plus, Sort::Int, {a.id(), b.id()}));
}

Symbolic::Int operator-(Symbolic::Int a, Symbolic::Int b) {
  if (both_values(a.id(), b.id())) return Symbolic::lit(node(a.id()).value - node(b.id()).value);
  return Symbolic::Int(make(TermOp::minus, Sort::Int, {a.id(), b.id()}));
}

Symbolic::Int operator*(Symbolic::Int a, Symbolic::Int b) {
  if (both_values(a.id(), b.id())) return Symbolic::lit(node(a.id()).value * node(b.id()).value);
  return Symbolic::Int(make(TermOp::times, Sort::Int, {a.id(), b.id()}));
}

namespace {

Symbolic::Bool equal(TermId a, TermId b) {
  if (a == b) return Symbolic::truth(true);
  if (both_values(a, b)) return Symbolic::truth(node(a).value == node(b).value);
  return Symbolic::Bool(make(TermOp::equal, Sort::Bool, {std::min(a, b), std::max(a, b)}));
}

}  // namespace

Symbolic::Bool operator==(Symbolic::Int a, Symbolic::Int b) {
  return equal(a.id(), b.id());
}

Symbolic::Bool operator==(Thing a, Thing b) {
  return equal(a.id(), b.id());
}

Symbolic::Bool operator<(Symbolic::Int a, Symbolic::Int b) {
  if (a.id() == b.id()) return Symbolic::truth(false);
  if (both_values(a.id(), b.id())) {
    return Symbolic::truth(node(a.id()).value < node(b.id()).value);
  }
  return Symbolic::Bool(make(TermOp::less, Sort::Bool, {a.id(), b.id()}));
}

// ---- symbols and functions

namespace {

TermId symbol(std::string_view name, Sort sort, bool bound) {
  return Terms::current().add({TermOp::symbol, sort, bound, 0, std::string(name), {}});
}

}  // namespace

Symbolic::Bool a_bool(std::string_view name) {
  return Symbolic::Bool(symbol(name, Sort::Bool, false));
}
Symbolic::Int an_int(std::string_view name) {
  return Symbolic::Int(symbol(name, Sort::Int, false));
}
Thing a_thing(std::string_view name, Sort sort) {
  return Thing(symbol(name, sort, false));
}
Thing a_variable(Sort sort) {
  return Thing(symbol("any", sort, true));
}

Symbolic::Bool bool_of(std::string_view function, Thing of) {
  return Symbolic::Bool(make(TermOp::apply, Sort::Bool, {of.id()}, std::string(function)));
}
Symbolic::Int int_of(std::string_view function, Thing of) {
  return Symbolic::Int(make(TermOp::apply, Sort::Int, {of.id()}, std::string(function)));
}
Thing thing_of(std::string_view function, Thing of, Sort sort) {
  return Thing(make(TermOp::apply, sort, {of.id()}, std::string(function)));
}

Symbolic::Bool forall(Thing variable, Symbolic::Bool body) {
  if (node(body.id()).op == TermOp::truth) return body;
  // Nothing is quantified over a variable of an outer quantifier, so the result is closed.
  return Symbolic::Bool(
      Terms::current().add({TermOp::forall, Sort::Bool, false, 0, {}, {variable.id(), body.id()}}));
}

// ---- SMT-LIB text

namespace {

constexpr std::array<std::string_view, 5> sort_names{"Bool", "Int", "Chunk", "Pageblock",
                                                     "Superpageblock"};

std::string_view sort_name(Sort sort) {
  return sort_names[static_cast<std::size_t>(sort)];
}

std::string_view operator_name(TermOp op) {
  switch (op) {
    case TermOp::conjunction:
      return "and";
    case TermOp::disjunction:
      return "or";
    case TermOp::negation:
      return "not";
    case TermOp::equal:
      return "=";
    case TermOp::less:
      return "<";
    case TermOp::plus:
      return "+";
    case TermOp::minus:
      return "-";
    case TermOp::times:
      return "*";
    case TermOp::choice:
      return "ite";
    default:
      return "";
  }
}

/// Writes one script: every closed compound term that is used twice gets a name, so the text is as
/// small as the graph.
class Script {
 public:
  std::string of(const std::vector<Symbolic::Bool>& assertions) {
    for (const Symbolic::Bool assertion : assertions)
      count(assertion.id());
    for (const Symbolic::Bool assertion : assertions) {
      define(assertion.id());
      asserts_ += "(assert " + text(assertion.id()) + ")\n";
    }
    return "(set-logic ALL)\n" + declarations_ + definitions_ + asserts_ + "(check-sat)\n";
  }

 private:
  void count(TermId id) {
    if (++uses_[id] > 1) return;
    for (const TermId argument : node(id).arguments)
      count(argument);
  }

  void define(TermId id) {
    if (!defined_.emplace(id, false).second) return;
    const TermNode& term = node(id);
    for (const TermId argument : term.arguments)
      define(argument);
    declare(term);
    if (term.arguments.empty() || term.bound || uses_[id] < 2) return;
    definitions_ += "(declare-fun t" + std::to_string(id) + " () " +
                    std::string(sort_name(term.sort)) + ")\n(assert (= t" + std::to_string(id) +
                    " " + text(id) + "))\n";
    defined_[id] = true;
  }

  void declare(const TermNode& term) {
    declare_sort(term.sort);
    const bool symbol = term.op == TermOp::symbol && !term.bound;
    if (!symbol && term.op != TermOp::apply) return;
    if (!declared_.emplace(term.name, true).second) return;
    std::string domain;
    for (const TermId argument : term.arguments)
      domain += sort_name(node(argument).sort);
    declarations_ += "(declare-fun |" + term.name + "| (" + domain + ") " +
                     std::string(sort_name(term.sort)) + ")\n";
  }

  void declare_sort(Sort sort) {
    if (sort == Sort::Bool || sort == Sort::Int) return;
    if (!declared_.emplace(sort_name(sort), true).second) return;
    declarations_ += "(declare-sort " + std::string(sort_name(sort)) + " 0)\n";
  }

  std::string text(TermId id) const {
    const auto named = defined_.find(id);
    if (named != defined_.end() && named->second) return "t" + std::to_string(id);
    const TermNode& term = node(id);
    switch (term.op) {
      case TermOp::truth:
        return term.value ? "true" : "false";
      case TermOp::number:
        return term.value < 0 ? "(- " + std::to_string(-term.value) + ")"
                              : std::to_string(term.value);
      case TermOp::symbol:
        return "|" + term.name + "|";
      case TermOp::forall:
        return "(forall ((" + text(term.arguments[0]) + " " +
               std::string(sort_name(node(term.arguments[0]).sort)) + ")) " +
               text(term.arguments[1]) + ")";
      case TermOp::apply:
        return call("|" + term.name + "|", term);
      default:
        return call(std::string(operator_name(term.op)), term);
    }
  }

  std::string call(const std::string& name, const TermNode& term) const {
    std::string result = "(" + name;
    for (const TermId argument : term.arguments)
      result += " " + text(argument);
    return result + ")";
  }

  std::map<TermId, int> uses_;
  std::map<TermId, bool> defined_;  // true: it has a name in the text
  std::map<std::string, bool, std::less<>> declared_;
  std::string declarations_;
  std::string definitions_;
  std::string asserts_;
};

}  // namespace

std::string to_smtlib(const std::vector<Symbolic::Bool>& assertions) {
  return Script().of(assertions);
}

}  // namespace spb::smt
