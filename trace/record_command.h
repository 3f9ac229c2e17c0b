// SPDX-License-Identifier: GPL-2.0-only
// Signals that a recording lives through, the command that it records, and a guard that cleans up
// behind a recorder that was killed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace spb::trace {

/// While it lives, signals that would end the program wait until somebody asks for them. One that
/// was ignored before (by nohup, or a shell's `&`) stays ignored.
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  /// The next signal within that time, SIGCHLD among them; 0 if none came.
  int wait(std::chrono::milliseconds time) const;
  /// Throws Interrupted if a signal to end has come; a SIGCHLD is passed over.
  void check() const;
  /// What a command is to have instead.
  void let_go() const;

 private:
  sigset_t held_;
  sigset_t before_;
  struct sigaction file_size_before_;
  struct sigaction pipe_before_;
};

/// "SIGINT".
std::string signal_name(int signal);

/// The command's end, and who was its cause.
struct CommandEnd {
  int status = 0;       ///< as waitpid() tells it
  int passed_on = 0;    ///< a signal that came for the recorder and went to the command
  std::string limit;    ///< the bound that was reached first; empty: none
  bool killed = false;  ///< it had to be killed
};

/// A command in a process group of its own, which is the terminal's while it runs.
class Command {
 public:
  /// Starts it, or throws std::runtime_error where there is no such program.
  Command(const std::vector<std::string>& words, const HeldSignals& signals);
  /// Kills what is left of it.
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  /// Waits for its end. `limit_reached` is asked a few times a second; once it names a bound, or a
  /// signal comes, the command is asked to end, and killed if it does not within five seconds.
  CommandEnd wait(const std::function<std::string()>& limit_reached);

 private:
  bool has_ended();
  void end_soon(int signal);
  void take_terminal_back() const;

  const HeldSignals& signals_;
  pid_t pid_ = -1;
  bool ended_ = false;
  bool has_terminal_ = false;
  std::optional<std::chrono::steady_clock::time_point> kill_at_;
  CommandEnd end_;
};

/// A process that waits for the recorder's end and runs `clean_up` unless it was told that all is
/// well: SIGKILL, too, leaves nothing behind.
class Guard {
 public:
  explicit Guard(const std::function<void()>& clean_up);
  /// All is well.
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

 private:
  pid_t pid_ = -1;
  int pipe_ = -1;
};

}  // namespace spb::trace
