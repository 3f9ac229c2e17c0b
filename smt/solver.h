// SPDX-License-Identifier: GPL-2.0-only
// Two solvers, one question: SMT-LIB text goes in, an answer comes out. Z3 runs in this process
// behind z3_wall.cpp, cvc5 as a process of its own.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace spb::smt {

enum class Answer : uint8_t {
  unsat,
  sat,
  unknown,  ///< the solver gave up, or its budget ended
  error,    ///< it could not read the question
  absent,   ///< it is not installed
  trouble,  ///< the machine kept it from answering: no memory, no process, no life in it
};

struct Reply {
  Answer answer = Answer::error;
  double seconds = 0;                        ///< of computing
  std::string detail;                        ///< why it is unknown, an error or in trouble
  std::map<std::string, std::string> model;  ///< of sat, if asked for: constant -> value
  uint64_t resources = 0;                    ///< what Z3 counted as spent
};

/// How far a solver may go, in its own count of steps: the same on every machine, however loaded.
/// What never ends all the same is stopped by guards far beyond, and counts as unknown (Z3) or
/// trouble (cvc5).
struct Budget {
  uint32_t rlimit = 20'000'000;      ///< Z3's
  uint32_t cvc5_rlimit = 2'000'000;  ///< cvc5's: thirty times what the hardest question takes
  uint32_t idle_seconds = 30;        ///< without computing, after which cvc5 counts as hanging
  bool large = false;  ///< thousands of terms: worth what Z3 spends on simplifying them first
};

/// z3_wall.cpp, the one file that sees Z3.
Reply ask_z3(const std::string& script, const Budget& budget, bool want_model = false);

/// Runs `cvc5` from PATH, a process that ends with this one.
Reply ask_cvc5(const std::string& script, const Budget& budget);
bool cvc5_installed();

}  // namespace spb::smt
