// SPDX-License-Identifier: GPL-2.0-only
// Asks the solvers about one property of one policy and says honestly what came out.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "smt/properties.h"
#include "smt/solver.h"

namespace spb::smt {

enum class Outcome : uint8_t {
  proven,   ///< for any number of superpageblocks, pageblocks and chunks
  refuted,  ///< a state breaks it
  invalid,  ///< it speaks about no state at all
  skipped,  ///< it is not asked of this variant
  timeout,  ///< a solver gave up or its budget ended: nothing is known
  error,    ///< a solver failed, or two answers contradict each other
};

std::string_view name_of(Outcome outcome);
std::string_view name_of(Expected expected);

/// How far to look for a counterexample, and how much to spend.
struct Effort {
  Geometry size;                  ///< of FixedSize, the largest that is searched
  std::vector<Geometry> smaller;  ///< searched before it: a small counterexample is found sooner,
                                  ///< by cvc5 above all
  Budget budget;
  bool second_opinion = true;  ///< cvc5 answers the same text
};

/// One superpageblock of two pageblocks, one cut; and two of them, both ends cut.
std::vector<Geometry> smaller_sizes();
/// Three superpageblocks, of which the first has two pageblocks, one cut, and the last one cut
/// pageblock.
Geometry small_size();
/// That many superpageblocks of one pageblock each, of which the border cuts the first and the
/// last.
Geometry wide_size(uint32_t superpageblocks);

struct Verdict {
  Outcome outcome = Outcome::error;
  std::string detail;     ///< why, where it is not proven or refuted
  std::string trouble;    ///< what the machine did to a solver; empty: nothing
  double z3_seconds = 0;  ///< of the answer that decided
  double cvc5_seconds = 0;
  Answer cvc5 = Answer::absent;
  uint64_t resources = 0;
  std::size_t terms = 0;                     ///< size of the question that decided
  std::string script;                        ///< that question
  bool any_number = false;                   ///< it was asked about any number of superpageblocks
  std::map<std::string, std::string> model;  ///< of a refuted one, at `size`
  Geometry size;
};

/// The subject with the parameters that the property asks for.
Subject subject_for(const Property& property, std::size_t variant);

/// One property of one policy, whatever is expected of it.
Verdict prove(const Property& property, const Subject& subject, const Effort& effort);
/// The same for a weakened table of the property, which has to be refuted.
Verdict prove_weakened(const Property& property, const Weakened& weakened, const Effort& effort);

/// At the effort's size alone: proven means that no state of this size breaks it. So is what can be
/// refuted only at another size.
Verdict prove_at_size(const Property& property, const Subject& subject, const Effort& effort);

/// Z3's outcome in the light of what cvc5 says about the same text.
Outcome compared(Outcome outcome, Answer cvc5);

/// The outcome is what the property expects of this variant.
bool as_expected(const Property& property, std::size_t variant, Outcome outcome);
/// The outcome at one size does not contradict it.
bool as_expected_at_size(const Property& property, std::size_t variant, Outcome outcome);

}  // namespace spb::smt
