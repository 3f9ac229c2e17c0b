// SPDX-License-Identifier: GPL-2.0-only
// A defect of the model or of a checker can end in a signal. Then there is still something to tell:
// which operation of which program it was.
#pragma once

#include <csignal>
#include <functional>

namespace spb::cli {

/// SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT.
sigset_t crash_signals();

/// What is told of a crash may wait for a lock that the crash left behind, the heap's first of all.
inline constexpr unsigned seconds_to_tell = 10;

/// Runs `work` on this thread. Where it ends in a signal, `tell` says so: nothing that `work`
/// worked on can be used or destroyed any more. Telling that takes longer than `limit` seconds ends
/// the program, as a finding. A build with a sanitizer leaves these signals to it.
void survive(const std::function<void()>& work, const std::function<void(int signal)>& tell,
             unsigned limit = seconds_to_tell);

}  // namespace spb::cli
