// SPDX-License-Identifier: GPL-2.0-only
// The wall: the only file that includes Z3's header. z3::expr converts to bool without a word, so
// none gets out of here: a question comes in as text, a reply goes out as plain values.
#include <z3++.h>

#include <new>
#include <string>

#include "smt/cpu_time.h"
#include "smt/solver.h"

namespace spb::smt {

namespace {

std::string value_text(const z3::expr& value) {
  if (value.is_true()) return "true";
  if (value.is_false()) return "false";
  return value.to_string();
}

void read_model(const z3::model& model, Reply& reply) {
  for (unsigned i = 0; i < model.num_consts(); ++i) {
    const z3::func_decl constant = model.get_const_decl(i);
    reply.model[constant.name().str()] = value_text(model.get_const_interp(constant));
  }
}

uint64_t resources_of(const z3::stats& statistics) {
  for (unsigned i = 0; i < statistics.size(); ++i) {
    if (statistics.key(i) == "rlimit count" && statistics.is_uint(i)) {
      return statistics.uint_value(i);
    }
  }
  return 0;
}

/// Against a hang alone: the limit is `rlimit`.
constexpr unsigned guard_milliseconds = 30 * 60 * 1000;

Reply check(const std::string& script, const Budget& budget, bool want_model) {
  z3::context context;
  // The default solver first tries tactics that cost more than a small question does.
  z3::solver solver =
      budget.large ? z3::solver(context) : z3::solver(context, z3::solver::simple());
  z3::params params(context);
  if (budget.large) params.set("arith.solver", 2U);
  params.set("rlimit", budget.rlimit);
  params.set("timeout", guard_milliseconds);
  // Its handler of SIGINT would turn the signal into an answer.
  params.set("ctrl_c", false);
  params.set("random_seed", 1U);
  solver.set(params);
  solver.from_string(script.c_str());
  Reply reply;
  switch (solver.check()) {
    case z3::unsat:
      reply.answer = Answer::unsat;
      break;
    case z3::sat:
      reply.answer = Answer::sat;
      if (want_model) read_model(solver.get_model(), reply);
      break;
    case z3::unknown:
      reply.answer = Answer::unknown;
      reply.detail = solver.reason_unknown();
      break;
  }
  reply.resources = resources_of(solver.statistics());
  return reply;
}

}  // namespace

Reply ask_z3(const std::string& script, const Budget& budget, bool want_model) {
  const double begin = thread_cpu_seconds();
  Reply reply;
  try {
    reply = check(script, budget, want_model);
  } catch (const z3::exception& error) {
    reply.detail = error.msg();
    const bool no_memory = reply.detail.find("out of memory") != std::string::npos;
    reply.answer = no_memory ? Answer::trouble : Answer::error;
  } catch (const std::bad_alloc&) {
    reply.answer = Answer::trouble;
    reply.detail = "out of memory";
  }
  reply.seconds = thread_cpu_seconds() - begin;
  return reply;
}

}  // namespace spb::smt
