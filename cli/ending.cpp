// SPDX-License-Identifier: GPL-2.0-only
#include "cli/ending.h"

#include <fmt/core.h>
#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>

#include "cli/crash.h"
#include "cli/verbs.h"

namespace spb::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int done_signal = SIGUSR2;
constexpr std::chrono::milliseconds moment{300};

/// Whoever started us under nohup wants us to outlive the terminal.
bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  if (!is_ignored(SIGHUP)) sigaddset(&set, SIGHUP);
  sigaddset(&set, done_signal);
  return set;
}

/// The next of the signals, 0 where `end` comes first.
int next_signal(const sigset_t& set, std::optional<Clock::time_point> end) {
  for (;;) {
    if (!end) {
      const int signal = sigwaitinfo(&set, nullptr);
      if (signal > 0) return signal;
      continue;
    }
    const auto left = std::max(*end - Clock::now(), Clock::duration::zero());
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
    const timespec time{whole.count(),
                        std::chrono::duration_cast<std::chrono::nanoseconds>(left - whole).count()};
    const int signal = sigtimedwait(&set, nullptr, &time);
    if (signal > 0) return signal;
    if (Clock::now() >= *end) return 0;
  }
}

/// Waits for the work or for what ends it, and says which.
void wait(End& end, const sigset_t& set, const std::atomic<bool>& done,
          std::optional<Clock::time_point> until) {
  while (!done) {
    const int signal = next_signal(set, until);
    if (signal == done_signal) continue;
    if (done) break;
    end.signal = signal;
    end.time_is_up = signal == 0;
    return;
  }
}

}  // namespace

std::chrono::steady_clock::time_point after_seconds(double seconds) {
  return Clock::now() +
         std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

End run_until(std::optional<double> seconds_max, std::atomic<bool>& stop,
              const std::function<void()>& work) {
  std::optional<Clock::time_point> until;
  if (seconds_max) until = after_seconds(*seconds_max);
  // This thread waits for these, no other is interrupted by them; a crash is the worker's.
  const sigset_t set = ending_signals();
  const sigset_t crashes = crash_signals();
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &set, &before);
  std::atomic<bool> done = false;
  std::exception_ptr thrown;
  const pthread_t waiting = pthread_self();
  std::thread worker([&] {
    try {
      work();
    } catch (...) {
      thrown = std::current_exception();
    }
    done = true;
    pthread_kill(waiting, done_signal);
  });
  pthread_sigmask(SIG_BLOCK, &crashes, nullptr);
  End end;
  wait(end, set, done, until);
  if (end.early()) {
    stop = true;
    End ignored;
    wait(ignored, set, done, Clock::now() + moment);
  }
  end.done = done;
  if (!end.done) {
    worker.detach();
    return end;
  }
  worker.join();
  // The worker's own signal may still be pending; it must not be once it can be delivered.
  const timespec now{};
  while (sigtimedwait(&set, nullptr, &now) == done_signal) {
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (thrown) std::rethrow_exception(thrown);
  return end;
}

void leave(int status) {
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  std::_Exit(written ? status : bad_use);
}

std::string reason_text(const End& end) {
  return end.signal == 0 ? "the time was up" : fmt::format("SIG{} came", sigabbrev_np(end.signal));
}

int status_of(const End& end, int otherwise) {
  return end.signal == 0 ? otherwise : 128 + end.signal;
}

}  // namespace spb::cli
