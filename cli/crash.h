// SPDX-License-Identifier: GPL-2.0-only
// A defect of the model or of a checker can end in a signal. Then there is still something to tell:
// which operation of which program it was.
#pragma once

#include <csignal>
#include <functional>

namespace spb::cli {

/// SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT.
sigset_t crash_signals();

/// Runs `work` on this thread. Returns 0 where it came to its end, else the signal that it ended
/// in: then nothing that it worked on can be used or destroyed any more. A build with a sanitizer
/// leaves these signals to it.
int crash_of(const std::function<void()>& work);

}  // namespace spb::cli
