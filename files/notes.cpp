// SPDX-License-Identifier: GPL-2.0-only
#include "files/notes.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "program/printable.h"

namespace spb {

namespace {

constexpr const char* unknown = "-";

std::string text_of(const std::optional<uint64_t>& count) {
  return count ? std::to_string(*count) : unknown;
}

/// Seconds since 1970, to the thousandth: several processes write.
std::string now_text() {
  using namespace std::chrono;
  const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  const std::string thousandths = std::to_string(1000 + now % 1000);
  return std::to_string(now / 1000) + "." + thousandths.substr(1);
}

}  // namespace

void Notes::add(std::initializer_list<std::string> fields) const {
  if (!are_taken()) return;
  std::string line;
  for (const std::string& field : fields) {
    line += line.empty() ? "" : "\t";
    for (const char c : field)
      line += c == '\t' || c == '\n' || c == '\r' ? ' ' : c;
  }
  line += '\n';
  const int file = open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  const bool written =
      file >= 0 && write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  const int why = errno;
  if (file >= 0) close(file);
  if (!written) {
    throw std::runtime_error(printable(path_) + ": found " + std::strerror(why) +
                             ", expected a file that notes can be added to");
  }
}

void Notes::add(const ProgressNote& progress) const {
  if (!are_taken()) return;
  add({"sample", progress.engine, std::to_string(getpid()), now_text(),
       std::to_string(progress.executions), std::to_string(progress.operations),
       text_of(progress.rows), text_of(progress.cells)});
}

bool Pace::is_due() {
  const Clock::time_point now = Clock::now();
  if (now < next_) return false;
  next_ = now + std::chrono::seconds(1) + (now - begin_) / 20;
  return true;
}

}  // namespace spb
