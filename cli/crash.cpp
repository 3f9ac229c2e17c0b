// SPDX-License-Identifier: GPL-2.0-only
#include "cli/crash.h"

#include <pthread.h>

#include <array>
#include <csetjmp>
#include <cstddef>
#include <memory>

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

/// Handlers on a stack of their own, since a stack that has run out is one of the reasons.
class Handlers {
 public:
  Handlers() : stack_(std::make_unique<std::byte[]>(stack_bytes)) {
    stack_t stack{};
    stack.ss_sp = stack_.get();
    stack.ss_size = stack_bytes;
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
  static constexpr std::size_t stack_bytes = 64 * 1024;

  std::unique_ptr<std::byte[]> stack_;
  stack_t stack_before_{};
  std::array<struct sigaction, signals.size()> before_{};
};

}  // namespace

sigset_t crash_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals)
    sigaddset(&set, signal);
  return set;
}

int crash_of(const std::function<void()>& work) {
  if (sanitized) {
    work();
    return 0;
  }
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

}  // namespace spb::cli
