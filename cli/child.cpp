// SPDX-License-Identifier: GPL-2.0-only
#include "cli/child.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "program/printable.h"

extern char** environ;

namespace spb::cli {

namespace {

[[noreturn]] void refuse(const std::string& program, int failed) {
  throw std::runtime_error(printable(program) + ": found " + std::strerror(failed) +
                           ", expected a program that can be run");
}

/// A file without a name, that what a child says goes to.
class Memory {
 public:
  explicit Memory(const std::string& program) : file_(memfd_create("said", MFD_CLOEXEC)) {
    if (file_ < 0) refuse(program, errno);
  }
  ~Memory() { close(file_); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  int get() const { return file_; }
  std::string text() const {
    std::string text;
    std::array<char, 64 * 1024> buffer;
    off_t at = 0;
    for (ssize_t got; (got = pread(file_, buffer.data(), buffer.size(), at)) > 0; at += got)
      text.append(buffer.data(), static_cast<std::size_t>(got));
    return text;
  }

 private:
  int file_;
};

/// Pointers to words that outlive them, with the null that ends them.
std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const std::string& word : words)
    result.push_back(const_cast<char*>(word.c_str()));
  return result;
}

struct Descriptors {
  int output;
  int errors;
  int failed;  ///< where the reason goes if the program cannot be run
};

/// In the new process: calls that are allowed there alone.
[[noreturn]] void become(char* const* arguments, char* const* environment, const Descriptors& to,
                         pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (input >= 0) dup2(input, STDIN_FILENO);
  dup2(to.output, STDOUT_FILENO);
  dup2(to.errors, STDERR_FILENO);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  if (getppid() == parent) execve(arguments[0], arguments, environment);
  const int failed = errno;
  if (write(to.failed, &failed, sizeof failed) < 0) _exit(126);
  _exit(127);
}

int wait_for(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

ChildEnd run_child(const std::vector<std::string>& words,
                   const std::vector<std::string>& environment) {
  const std::string& program = words.front();
  const Memory output(program);
  const Memory errors(program);
  const Memory failure(program);
  std::vector<char*> arguments = pointers(words);
  arguments.push_back(nullptr);
  // The first of a name counts.
  std::vector<char*> variables = pointers(environment);
  for (char** one = environ; *one != nullptr; ++one)
    variables.push_back(*one);
  variables.push_back(nullptr);
  const pid_t parent = getpid();
  // Not fork(): Z3 has handlers for it, which two threads must not run at once.
  const pid_t child = _Fork();
  if (child < 0) refuse(program, errno);
  if (child == 0) {
    become(arguments.data(), variables.data(), {output.get(), errors.get(), failure.get()}, parent);
  }
  const int status = wait_for(child);
  int failed = 0;
  if (pread(failure.get(), &failed, sizeof failed, 0) == sizeof failed) refuse(program, failed);
  return {status, output.text(), errors.text()};
}

std::string own_program() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

}  // namespace spb::cli
