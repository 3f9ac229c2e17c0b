// SPDX-License-Identifier: GPL-2.0-only
// cvc5 as a second opinion: another program, another process, the same text.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "smt/solver.h"

namespace spb::smt {

namespace {

std::string program_path() {
  const char* path = std::getenv("PATH");
  std::string folders = path ? path : "/usr/bin:/bin";
  for (std::size_t at = 0; at <= folders.size();) {
    const std::size_t end = std::min(folders.find(':', at), folders.size());
    const std::string file = folders.substr(at, end - at) + "/cvc5";
    if (access(file.c_str(), X_OK) == 0) return file;
    at = end + 1;
  }
  return {};
}

/// A file that is gone when this is: the script for the other process.
class Script {
 public:
  explicit Script(const std::string& text) {
    path_ = (std::filesystem::temp_directory_path() / "spbcheck-XXXXXX").string();
    const int file = mkstemp(path_.data());
    ok_ = file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (file >= 0) close(file);
  }
  ~Script() { std::remove(path_.c_str()); }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;
  bool ok() const { return ok_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool ok_ = false;
};

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

/// Runs a program and returns what it wrote to standard output and error.
std::string output_of(const std::vector<std::string>& words, double& seconds) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return "pipe failed";
  std::vector<char*> arguments;
  for (const std::string& word : words)
    arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  // Not fork(): Z3's handlers for it do not end where two threads fork at once.
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  pid_t child = 0;
  const int refused =
      posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  std::string output;
  std::array<char, 4096> buffer;
  for (ssize_t got; (got = read(ends[0], buffer.data(), buffer.size())) > 0;)
    output.append(buffer.data(), static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  rusage used{};
  if (refused == 0) wait4(child, &status, 0, &used);
  seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
  return output;
}

Answer answer_in(const std::string& output) {
  if (output.starts_with("unsat")) return Answer::unsat;
  if (output.starts_with("sat")) return Answer::sat;
  if (output.starts_with("unknown") || output.find("interrupted by timeout") != std::string::npos) {
    return Answer::unknown;
  }
  return Answer::error;
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
  const Script script(text);
  if (!script.ok()) {
    reply.detail = "cannot write " + script.path();
    return reply;
  }
  const std::string output = output_of(
      {program, "--lang=smt2", "--tlimit=" + std::to_string(budget.milliseconds), script.path()},
      reply.seconds);
  reply.answer = answer_in(output);
  if (reply.answer == Answer::error) reply.detail = output.substr(0, 200);
  return reply;
}

}  // namespace spb::smt
