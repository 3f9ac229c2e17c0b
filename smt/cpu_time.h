// SPDX-License-Identifier: GPL-2.0-only
// Time that a solver was computing: the wall clock of a busy machine says little about a question.
#pragma once

#include <ctime>

namespace spb::smt {

inline double thread_cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace spb::smt
