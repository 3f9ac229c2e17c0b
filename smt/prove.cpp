// SPDX-License-Identifier: GPL-2.0-only
#include "smt/prove.h"

#include <array>
#include <vector>

namespace spb::smt {

std::string_view name_of(Outcome outcome) {
  static constexpr std::array<std::string_view, 6> names{"proven",  "refuted", "invalid",
                                                         "skipped", "timeout", "error"};
  return names[static_cast<std::size_t>(outcome)];
}

std::string_view name_of(Expected expected) {
  static constexpr std::array<std::string_view, 3> names{"proven", "refuted", "skipped"};
  return names[static_cast<std::size_t>(expected)];
}

std::vector<Geometry> smaller_sizes() {
  Geometry one;
  one.superpageblocks = 1;
  one.pageblocks = 2;
  one.pageblock_order = 3;
  one.max_page_order = 3;
  one.absent_first = 4;
  Geometry two = one;
  two.superpageblocks = 2;
  two.max_page_order = 4;
  two.absent_last = 4;
  return {one, two};
}

Geometry small_size() {
  Geometry size;
  size.superpageblocks = 3;
  size.pageblocks = 4;
  size.pageblock_order = 3;
  size.max_page_order = 4;
  size.absent_first = 20;
  size.absent_last = 28;
  return size;
}

Geometry wide_size(uint32_t superpageblocks) {
  Geometry size;
  size.superpageblocks = superpageblocks;
  size.pageblocks = 1;
  size.pageblock_order = 3;
  size.max_page_order = 3;
  size.absent_first = superpageblocks > 1 ? 4 : 0;
  size.absent_last = size.absent_first;
  return size;
}

Subject subject_for(const Property& property, std::size_t variant) {
  Subject subject = subject_of(variant);
  if (property.parameters) property.parameters(subject.parameters);
  return subject;
}

Outcome compared(Outcome outcome, Answer cvc5) {
  const bool contradicts = (outcome == Outcome::proven && cvc5 == Answer::sat) ||
                           (outcome == Outcome::refuted && cvc5 == Answer::unsat);
  return contradicts || cvc5 == Answer::error ? Outcome::error : outcome;
}

bool as_expected(const Property& property, std::size_t variant, Outcome outcome) {
  return name_of(property.expected[variant]) == name_of(outcome);
}

bool as_expected_at_size(const Property& property, std::size_t variant, Outcome outcome) {
  const bool counterexample_elsewhere =
      property.expected[variant] == Expected::refuted && outcome == Outcome::proven;
  return counterexample_elsewhere || as_expected(property, variant, outcome);
}

namespace {

constexpr std::size_t large_question = 8000;  // terms

struct Question {
  std::string script;
  std::size_t terms;
};

template <class W>
using Part = Symbolic::Bool (*)(const W&, const Reading<Symbolic>&);

/// "A well-formed state, and this part of the statement."
template <class W>
Question question(const Premises& premises, const Policy<Symbolic>& policy, Part<W> part) {
  Terms terms;
  const W world(premises);
  const Reading<Symbolic> reading(policy, world.request(), world.limits());
  const Symbolic::Bool asked = part(world, reading);
  return {to_smtlib({world.assumptions(), asked}), terms.size()};
}

Verdict of_reply(Outcome outcome, const Reply& reply, const Question& asked) {
  Verdict verdict;
  verdict.outcome = outcome;
  verdict.detail = reply.detail;
  if (reply.answer == Answer::trouble) verdict.trouble = "Z3: " + reply.detail;
  verdict.z3_seconds = reply.seconds;
  verdict.resources = reply.resources;
  verdict.terms = asked.terms;
  verdict.script = asked.script;
  verdict.model = reply.model;
  return verdict;
}

/// What a reply means where it is neither sat nor unsat.
Outcome no_answer(const Reply& reply) {
  return reply.answer == Answer::unknown ? Outcome::timeout : Outcome::error;
}

class Proof {
 public:
  Proof(const Statement& statement, const Subject& subject, const Effort& effort,
        bool lists_follow_tags)
      : statement_(statement),
        subject_(subject),
        policy_(shaped(subject.symbolic, parameters_of(subject, effort.size))),
        effort_(effort),
        lists_follow_tags_(lists_follow_tags) {}

  Verdict run() const {
    Verdict verdict = decide();
    if (effort_.second_opinion) ask_again(verdict);
    return verdict;
  }

  Verdict run_at_size(const Geometry& size) const {
    const Question fixed = question<FixedSize>(premises_at(size), policy_, statement_.broken_fixed);
    Budget budget = effort_.budget;
    budget.large = fixed.terms >= large_question;
    const Reply reply = ask_z3(fixed.script, budget, true);
    Outcome outcome = no_answer(reply);
    if (reply.answer == Answer::unsat) outcome = Outcome::proven;
    if (reply.answer == Answer::sat) outcome = Outcome::refuted;
    Verdict verdict = of_reply(outcome, reply, fixed);
    verdict.size = size;
    return verdict;
  }

 private:
  Premises premises_at(const Geometry& size) const {
    Premises premises = premises_of(subject_, size);
    premises.lists_follow_tags = lists_follow_tags_;
    return premises;
  }

  /// First a state it speaks about, then one that breaks it at some size, then the proof for any.
  Verdict decide() const {
    const Premises premises = premises_at(effort_.size);
    const Question about = question<FixedSize>(premises, policy_, statement_.about_fixed);
    const Reply spoken = ask_z3(about.script, effort_.budget);
    if (spoken.answer == Answer::unsat) {
      return of_reply(Outcome::invalid, spoken, about);
    }
    if (spoken.answer != Answer::sat) return of_reply(no_answer(spoken), spoken, about);
    for (const Geometry& size : effort_.smaller) {
      Verdict smaller = run_at_size(size);
      if (smaller.outcome == Outcome::refuted) return smaller;
    }
    Verdict small = run_at_size(effort_.size);
    return small.outcome == Outcome::proven ? decide_any_number() : small;
  }

  Verdict decide_any_number() const {
    const Question any =
        question<AnyNumber>(premises_at(effort_.size), policy_, statement_.broken_any);
    const Reply reply = ask_z3(any.script, effort_.budget);
    Outcome outcome = no_answer(reply);
    if (reply.answer == Answer::unsat) outcome = Outcome::proven;
    if (reply.answer == Answer::sat) outcome = Outcome::refuted;
    Verdict verdict = of_reply(outcome, reply, any);
    verdict.any_number = true;
    if (outcome == Outcome::refuted) verdict.detail = "only beyond the size that was searched";
    return verdict;
  }

  /// cvc5 reads the question that decided; the two must not contradict each other.
  void ask_again(Verdict& verdict) const {
    if (verdict.outcome != Outcome::proven && verdict.outcome != Outcome::refuted) return;
    const Reply reply = ask_cvc5(verdict.script, effort_.budget);
    verdict.cvc5 = reply.answer;
    verdict.cvc5_seconds = reply.seconds;
    if (reply.answer == Answer::trouble) verdict.trouble = "cvc5: " + reply.detail;
    const Outcome outcome = compared(verdict.outcome, reply.answer);
    if (outcome == verdict.outcome) return;
    verdict.outcome = outcome;
    verdict.detail = reply.answer == Answer::error ? "cvc5: " + reply.detail
                                                   : "Z3 and cvc5 contradict each other";
  }

  const Statement& statement_;
  const Subject& subject_;
  Policy<Symbolic> policy_;
  Effort effort_;
  bool lists_follow_tags_;
};

}  // namespace

Verdict prove(const Property& property, const Subject& subject, const Effort& effort) {
  return Proof(property.statement, subject, effort, property.lists_follow_tags).run();
}

Verdict prove_at_size(const Property& property, const Subject& subject, const Effort& effort) {
  return Proof(property.statement, subject, effort, property.lists_follow_tags)
      .run_at_size(effort.size);
}

Verdict prove_weakened(const Property& property, const Weakened& weakened, const Effort& effort) {
  Subject subject = subject_for(property, weakened.variant);
  if (weakened.edit.symbolic) weakened.edit.symbolic(subject.symbolic);
  if (weakened.edit.concrete) weakened.edit.concrete(subject.concrete);
  const Statement& statement = weakened.instead ? *weakened.instead : property.statement;
  return Proof(statement, subject, effort, property.lists_follow_tags && weakened.lists_follow_tags)
      .run();
}

}  // namespace spb::smt
