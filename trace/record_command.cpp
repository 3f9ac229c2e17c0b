// SPDX-License-Identifier: GPL-2.0-only
#include "trace/record_command.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "program/words.h"

namespace spb::trace {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds between_looks{100};
constexpr std::chrono::seconds grace{5};
constexpr int ending_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

[[noreturn]] void refuse_system(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) refuse_system("pipe");
  return {ends[0], ends[1]};
}

pid_t fork_or_refuse() {
  const pid_t pid = fork();
  if (pid < 0) refuse_system("fork");
  return pid;
}

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

/// An int that a child writes where it could not exec; nothing where it could.
int error_from(int read_end) {
  int error = 0;
  ssize_t count = 0;
  do {
    count = read(read_end, &error, sizeof error);
  } while (count < 0 && errno == EINTR);
  close(read_end);
  return count == sizeof error ? error : 0;
}

[[noreturn]] void become(const std::vector<std::string>& words, int error_end) {
  std::vector<char*> arguments;
  for (const std::string& word : words)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  const int error = errno;
  const ssize_t ignored = write(error_end, &error, sizeof error);
  _exit(ignored == sizeof error ? 127 : 126);
}

}  // namespace

std::string signal_name(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

// ---- signals

HeldSignals::HeldSignals() {
  sigemptyset(&held_);
  for (const int signal : ending_signals)
    if (!is_ignored(signal)) sigaddset(&held_, signal);
  sigaddset(&held_, SIGCHLD);
  // Taking the terminal back from the background is meant.
  sigset_t blocked = held_;
  sigaddset(&blocked, SIGTTOU);
  sigprocmask(SIG_BLOCK, &blocked, &before_);
  // Writing past a limit or to a closed pipe is an error to be told.
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGXFSZ, &ignore, &file_size_before_);
  sigaction(SIGPIPE, &ignore, &pipe_before_);
}

HeldSignals::~HeldSignals() {
  let_go();
}

void HeldSignals::let_go() const {
  sigaction(SIGXFSZ, &file_size_before_, nullptr);
  sigaction(SIGPIPE, &pipe_before_, nullptr);
  sigprocmask(SIG_SETMASK, &before_, nullptr);
}

int HeldSignals::wait(std::chrono::milliseconds time) const {
  const timespec limit{time.count() / 1000, time.count() % 1000 * 1'000'000};
  const int signal = sigtimedwait(&held_, nullptr, &limit);
  return signal > 0 ? signal : 0;
}

void HeldSignals::check() const {
  for (;;) {
    const int signal = wait(std::chrono::milliseconds(0));
    if (signal == 0) return;
    if (signal != SIGCHLD)
      throw std::runtime_error("ended by " + signal_name(signal) +
                               " before the recording was whole; nothing is left of it");
  }
}

// ---- the command

Command::Command(const std::vector<std::string>& words, const HeldSignals& signals)
    : signals_(signals), has_terminal_(isatty(STDIN_FILENO) != 0) {
  const Pipe error = make_pipe();
  pid_ = fork_or_refuse();
  if (pid_ == 0) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // it does not outlive a recorder that was killed
    if (has_terminal_) tcsetpgrp(STDIN_FILENO, getpgrp());
    signals.let_go();
    become(words, error.write_end);
  }
  setpgid(pid_, pid_);
  close(error.write_end);
  const int reason = error_from(error.read_end);
  if (reason == 0) return;
  waitpid(pid_, nullptr, 0);
  ended_ = true;
  take_terminal_back();
  throw std::runtime_error(words.front() + ": found " + quoted(std::strerror(reason)) +
                           ", expected a command that can be run");
}

Command::~Command() {
  if (ended_) return;
  kill(-pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  take_terminal_back();
}

void Command::take_terminal_back() const {
  if (has_terminal_) tcsetpgrp(STDIN_FILENO, getpgrp());
}

bool Command::has_ended() {
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG | WUNTRACED) != pid_) return false;
  if (WIFSTOPPED(status)) {
    // Nobody could wake it: the shell that started the recording does not know it.
    kill(-pid_, SIGCONT);
    return false;
  }
  end_.status = status;
  return true;
}

/// A second reason to end kills it at once.
void Command::end_soon(int signal) {
  const bool again = kill_at_.has_value();
  end_.killed = end_.killed || again;
  kill(-pid_, again ? SIGKILL : signal);
  kill(-pid_, SIGCONT);
  kill_at_ = Clock::now() + grace;
}

CommandEnd Command::wait(const std::function<std::string()>& limit_reached) {
  while (!has_ended()) {
    const int signal = signals_.wait(between_looks);
    if (signal != 0 && signal != SIGCHLD) {
      if (end_.passed_on == 0) end_.passed_on = signal;
      end_soon(signal);
    } else if (kill_at_ && Clock::now() > *kill_at_) {
      end_soon(SIGKILL);
    } else if (!kill_at_) {
      end_.limit = limit_reached();
      if (!end_.limit.empty()) end_soon(SIGTERM);
    }
  }
  ended_ = true;
  take_terminal_back();
  return end_;
}

// ---- the guard

Guard::Guard(const std::function<void()>& clean_up) {
  const Pipe pipe = make_pipe();
  pid_ = fork_or_refuse();
  if (pid_ != 0) {
    close(pipe.read_end);
    pipe_ = pipe.write_end;
    return;
  }
  close(pipe.write_end);
  setsid();
  char all_is_well = 0;
  ssize_t count = 0;
  do {
    count = read(pipe.read_end, &all_is_well, 1);
  } while (count < 0 && errno == EINTR);
  if (count != 1) clean_up();
  _exit(0);
}

Guard::~Guard() {
  const ssize_t ignored = write(pipe_, "1", 1);
  close(pipe_);
  if (ignored == 1) waitpid(pid_, nullptr, 0);
}

}  // namespace spb::trace
