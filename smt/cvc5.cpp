// SPDX-License-Identifier: GPL-2.0-only
// cvc5 as a second opinion: another program, another process, the same text on its standard input.
// No file is written, so there is no folder that could be missing or full.
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "smt/solver.h"

namespace spb::smt {

namespace {

using Clock = std::chrono::steady_clock;

/// The first one in PATH that can be run; else the first one at all, whose error then says why.
std::string program_path() {
  const char* path = std::getenv("PATH");
  const std::string folders = path ? path : "/usr/bin:/bin";
  std::string unusable;
  for (std::size_t at = 0; at <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', at), folders.size());
    const std::string file = folders.substr(at, end - at) + "/cvc5";
    if (access(file.c_str(), X_OK) == 0) return file;
    if (unusable.empty() && access(file.c_str(), F_OK) == 0) unusable = file;
    at = end + 1;
  }
  return unusable;
}

/// A file descriptor of ours.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return number_; }
  bool ok() const { return number_ >= 0; }
  void reset(int number = -1) {
    if (number_ >= 0) close(number_);
    number_ = number;
  }

 private:
  int number_;
};

/// The text in memory, to be read from its beginning.
int in_memory(const std::string& text) {
  const int file = memfd_create("question", MFD_CLOEXEC);
  for (std::size_t at = 0; file >= 0 && at < text.size();) {
    const ssize_t written = write(file, text.data() + at, text.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      close(file);
      return -1;
    }
    at += static_cast<std::size_t>(written);
  }
  if (file >= 0) lseek(file, 0, SEEK_SET);
  return file;
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// What a process of its own said, and how it ended.
struct Said {
  std::string output;
  std::string trouble;  ///< why there is nothing to judge; empty: it ended by itself
  double seconds = 0;   ///< of computing
};

class Child {
 public:
  Child(const std::vector<std::string>& words, uint32_t idle_seconds) : idle_max_(idle_seconds) {
    for (const std::string& word : words)
      arguments_.push_back(const_cast<char*>(word.c_str()));
    arguments_.push_back(nullptr);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0 && !ended_) end();
  }

  Said run(const std::string& input) {
    Said said;
    if (const int failed = start(input)) {
      said.trouble = std::string("no process for it: ") + std::strerror(failed);
      return said;
    }
    listen(said);
    said.seconds = seconds_of(used_.ru_utime) + seconds_of(used_.ru_stime);
    int failed = 0;
    if (read(errors_.get(), &failed, sizeof failed) == sizeof failed) {
      said.trouble = std::string("it cannot be run: ") + std::strerror(failed);
    }
    return said;
  }

 private:
  static constexpr std::size_t output_max = 64 * 1024;
  /// Far beyond what the limit on resources lets it compute.
  static constexpr rlim_t computing_seconds_max = 600;

  /// 0, or why there is no process.
  int start(const std::string& input) {
    const Descriptor question(in_memory(input));
    int output[2] = {-1, -1};
    int errors[2] = {-1, -1};
    if (!question.ok() || pipe2(output, O_CLOEXEC) != 0) return errno;
    output_.reset(output[0]);
    const Descriptor output_end(output[1]);
    if (pipe2(errors, O_CLOEXEC) != 0) return errno;
    errors_.reset(errors[0]);
    const Descriptor errors_end(errors[1]);
    const pid_t parent = getpid();
    // Not fork(): Z3's handlers for it do not end where two threads fork at once.
    pid_ = _Fork();
    if (pid_ == 0) become(question.get(), output_end.get(), errors_end.get(), parent);
    return pid_ > 0 ? 0 : errno;
  }

  /// In the new process: calls that are allowed there alone.
  [[noreturn]] void become(int input, int output, int errors, pid_t parent) {
    sigset_t none;
    sigemptyset(&none);
    // It ends with us, however we end, and is the head of a group that can be ended as a whole.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    const rlimit computing{computing_seconds_max, computing_seconds_max};
    setrlimit(RLIMIT_CPU, &computing);
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    if (getppid() == parent) execv(arguments_[0], arguments_.data());
    const int failed = errno;
    if (write(errors, &failed, sizeof failed) < 0) _exit(126);
    _exit(127);
  }

  void listen(Said& said) {
    auto idle_since = Clock::now();
    double computed = 0;
    while (!ended_) {
      take_output(said.output);
      if (said.output.size() > output_max) {
        said.trouble = "it says more than " + std::to_string(output_max) + " bytes";
      } else if (const double now = computed_so_far(); now > computed) {
        computed = now;
        idle_since = Clock::now();
      } else if (Clock::now() - idle_since > idle_max_) {
        said.trouble =
            "it has not computed for " + std::to_string(idle_max_.count()) + " s and says nothing";
      }
      if (!said.trouble.empty()) return end();
      reap(WNOHANG);
    }
    while (take_output(said.output)) {
    }
    if (WIFSIGNALED(status_)) {
      said.trouble = "it was ended by signal " + std::to_string(WTERMSIG(status_));
    }
  }

  /// Waits a little for output; the end of it is not the end of the process.
  bool take_output(std::string& output) {
    constexpr int milliseconds = 20;
    constexpr int milliseconds_at_the_end = 1;
    const int patience = output_.ok() ? milliseconds : milliseconds_at_the_end;
    pollfd ready{output_.get(), POLLIN, 0};
    if (poll(&ready, 1, ended_ ? 0 : patience) <= 0) return false;
    std::array<char, 4096> buffer;
    const ssize_t got = read(output_.get(), buffer.data(), buffer.size());
    if (got > 0) output.append(buffer.data(), static_cast<std::size_t>(got));
    if (got == 0) output_.reset();
    return got > 0;
  }

  double computed_so_far() const {
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  }

  void reap(int flags) {
    if (wait4(pid_, &status_, flags, &used_) == pid_) ended_ = true;
  }

  void end() {
    kill(-pid_, SIGKILL);
    kill(pid_, SIGKILL);
    reap(0);
  }

  std::vector<char*> arguments_;
  std::chrono::seconds idle_max_;  ///< even a loaded machine gives it some time within this
  Descriptor output_;
  Descriptor errors_;
  pid_t pid_ = -1;
  bool ended_ = false;
  int status_ = 0;
  rusage used_{};
};

Answer answer_in(const std::string& output) {
  if (output.starts_with("unsat")) return Answer::unsat;
  if (output.starts_with("sat")) return Answer::sat;
  if (output.starts_with("unknown")) return Answer::unknown;
  // It says so where it does not understand the question: no fault of the machine.
  return output.find("(error") != std::string::npos ? Answer::error : Answer::trouble;
}

}  // namespace

bool cvc5_installed() {
  return !program_path().empty();
}

Reply ask_cvc5(const std::string& text, const Budget& budget) {
  Reply reply;
  const std::string program = program_path();
  if (program.empty()) {
    reply.answer = Answer::absent;
    return reply;
  }
  const Said said =
      Child({program, "--lang=smt2", "--rlimit=" + std::to_string(budget.cvc5_rlimit)},
            budget.idle_seconds)
          .run(text);
  reply.seconds = said.seconds;
  reply.answer = said.trouble.empty() ? answer_in(said.output) : Answer::trouble;
  if (reply.answer == Answer::error) reply.detail = said.output.substr(0, 200);
  if (reply.answer != Answer::trouble) return reply;
  const std::string found = "it says '" + said.output.substr(0, 100) + "'";
  reply.detail = program + ": " + (said.trouble.empty() ? found : said.trouble);
  return reply;
}

}  // namespace spb::smt
