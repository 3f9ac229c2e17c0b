// SPDX-License-Identifier: GPL-2.0-only
#include "cli/crash.h"

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csetjmp>
#include <cstddef>
#include <cstdio>

#include "cli/verbs.h"

namespace spb::cli {

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
constexpr bool sanitized = __has_feature(address_sanitizer);
#else
constexpr bool sanitized = false;
#endif

constexpr std::array<int, 5> signals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

thread_local sigjmp_buf* place_to_return_to = nullptr;

extern "C" void on_crash(int signal) {
  if (place_to_return_to != nullptr) siglongjmp(*place_to_return_to, signal);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

// A stack that has run out is one of the reasons; after a crash nothing of the heap may be given
// back, so this is no part of it.
thread_local std::array<std::byte, 64 * 1024> stack_of_handlers;

/// Handlers on a stack of their own.
class Handlers {
 public:
  Handlers() {
    stack_t stack{};
    stack.ss_sp = stack_of_handlers.data();
    stack.ss_size = stack_of_handlers.size();
    sigaltstack(&stack, &stack_before_);
    struct sigaction action {};
    action.sa_handler = on_crash;
    action.sa_flags = SA_ONSTACK;
    for (std::size_t i = 0; i < signals.size(); ++i)
      sigaction(signals[i], &action, &before_[i]);
    const sigset_t set = crash_signals();
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  }
  ~Handlers() {
    for (std::size_t i = 0; i < signals.size(); ++i)
      sigaction(signals[i], &before_[i], nullptr);
    sigaltstack(&stack_before_, nullptr);
  }
  Handlers(const Handlers&) = delete;
  Handlers& operator=(const Handlers&) = delete;

 private:
  stack_t stack_before_{};
  std::array<struct sigaction, signals.size()> before_{};
};

/// The signal that it ended in, 0 for none.
int signal_of(const std::function<void()>& work) {
  const Handlers handlers;
  sigjmp_buf here;
  const int signal = sigsetjmp(here, 1);
  if (signal == 0) {
    place_to_return_to = &here;
    try {
      work();
    } catch (...) {
      place_to_return_to = nullptr;
      throw;
    }
  }
  place_to_return_to = nullptr;
  return signal;
}

extern "C" void on_late(int) {
  constexpr char words[] =
      "spbcheck: a crash damaged the heap, so nothing can be told of it: run the programs one at a "
      "time to see which it is\n";
  const auto written = ::write(STDERR_FILENO, words, sizeof words - 1);
  static_cast<void>(written);
  std::_Exit(finding);
}

/// While one is there, the alarm ends the program; several threads may tell of crashes.
class InTime {
 public:
  explicit InTime(unsigned limit) {
    std::signal(SIGALRM, on_late);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    ++tellers_;
    alarm(limit);
  }
  ~InTime() {
    if (--tellers_ == 0) alarm(0);
  }
  InTime(const InTime&) = delete;
  InTime& operator=(const InTime&) = delete;

 private:
  static inline std::atomic<int> tellers_ = 0;
};

}  // namespace

sigset_t crash_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals)
    sigaddset(&set, signal);
  return set;
}

void survive(const std::function<void()>& work, const std::function<void(int signal)>& tell,
             unsigned limit) {
  if (sanitized) return work();
  const int signal = signal_of(work);
  if (signal == 0) return;
  const InTime in_time(limit);
  // What was told before is not lost, whatever becomes of this.
  std::fflush(stdout);
  tell(signal);
}

}  // namespace spb::cli
