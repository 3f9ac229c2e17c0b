// SPDX-License-Identifier: GPL-2.0-only
// The symbolic value domain: terms over booleans, integers and three sorts without structure. A
// term is a handle into a store, equal terms are one, and nothing converts to bool or int. No
// solver is in here: a term is printed as SMT-LIB text, and that text is what every solver reads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace spb::smt {

enum class Sort : uint8_t { Bool, Int, Chunk, Pageblock, Superpageblock };

enum class TermOp : uint8_t {
  truth,   ///< value 0 or 1
  number,  ///< value
  symbol,  ///< a constant, or a bound variable
  apply,   ///< an uninterpreted function
  conjunction,
  disjunction,
  negation,
  equal,
  less,
  plus,
  minus,
  times,
  choice,  ///< ite
  forall,  ///< arguments: the bound variable, the body
};

using TermId = uint32_t;

struct TermNode {
  TermOp op = TermOp::truth;
  Sort sort = Sort::Bool;
  bool bound = false;  ///< a variable of a quantifier, or a term that holds one free
  int value = 0;
  std::string name;  ///< of a symbol or function
  std::vector<TermId> arguments;
  bool operator==(const TermNode&) const = default;
};

/// The store that terms live in. One is current at a time, from its construction to its
/// destruction; a term must not outlive it.
class Terms {
 public:
  Terms();
  ~Terms();
  Terms(const Terms&) = delete;
  Terms& operator=(const Terms&) = delete;

  static Terms& current();

  TermId add(TermNode node);
  const TermNode& node(TermId id) const { return nodes_[id]; }
  std::size_t size() const { return nodes_.size(); }
  /// A name that was not handed out before: `stem` and a number.
  std::string fresh(std::string_view stem);

 private:
  struct Hash {
    std::size_t operator()(const TermNode& node) const;
  };

  std::vector<TermNode> nodes_;
  std::unordered_map<TermNode, TermId, Hash> ids_;
  uint32_t names_ = 0;
  Terms* outer_;
};

/// The domain that the policy's templates are instantiated with.
struct Symbolic {
  class Bool {
   public:
    explicit Bool(TermId id) : id_(id) {}
    TermId id() const { return id_; }
    friend Bool operator&&(Bool a, Bool b);
    friend Bool operator||(Bool a, Bool b);
    friend Bool operator!(Bool a);

   private:
    TermId id_;
  };

  class Int {
   public:
    explicit Int(TermId id) : id_(id) {}
    TermId id() const { return id_; }
    friend Int operator+(Int a, Int b);
    friend Int operator-(Int a, Int b);
    friend Int operator*(Int a, Int b);
    friend Bool operator==(Int a, Int b);
    friend Bool operator!=(Int a, Int b) { return !(a == b); }
    friend Bool operator<(Int a, Int b);
    friend Bool operator>(Int a, Int b) { return b < a; }
    friend Bool operator<=(Int a, Int b) { return !(b < a); }
    friend Bool operator>=(Int a, Int b) { return !(a < b); }

   private:
    TermId id_;
  };

  static Int lit(int value);
  static Bool truth(bool value);
  static bool possible(Bool condition);
  static Int select(Bool condition, Int yes, Int no);
};

/// A member of a sort without structure; or, of any sort, what a function is applied to.
class Thing {
 public:
  explicit Thing(TermId id) : id_(id) {}
  TermId id() const { return id_; }
  friend Symbolic::Bool operator==(Thing a, Thing b);

 private:
  TermId id_;
};

Symbolic::Bool a_bool(std::string_view name);
Symbolic::Int an_int(std::string_view name);
Thing a_thing(std::string_view name, Sort sort);
/// The variable of forall(): one a sort, so that equal quantified terms are one term. Quantifiers
/// are not nested with a variable of the outer one inside the inner one.
Thing a_variable(Sort sort);

Symbolic::Bool bool_of(std::string_view function, Thing of);
Symbolic::Int int_of(std::string_view function, Thing of);
Thing thing_of(std::string_view function, Thing of, Sort sort);

Symbolic::Bool forall(Thing variable, Symbolic::Bool body);

/// The value of a term that folded to one: 0 or 1, and false where it did not.
bool is_true(Symbolic::Bool term);
bool is_false(Symbolic::Bool term);

/// A script that asks whether the assertions can hold together: declarations, shared subterms as
/// constants that equal them (Z3 reads many define-fun slowly), assertions, check-sat.
std::string to_smtlib(const std::vector<Symbolic::Bool>& assertions);

}  // namespace spb::smt
