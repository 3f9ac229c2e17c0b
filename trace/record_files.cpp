// SPDX-License-Identifier: GPL-2.0-only
#include "trace/record_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include "program/words.h"

namespace spb::trace {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t proc_bytes_max = std::size_t{64} << 20;

[[noreturn]] void refuse_system(const fs::path& path, const std::string& expected) {
  const int error = errno;
  std::string wanted = expected;
  if (error == EACCES || error == EPERM) wanted += "; run it as root";
  throw MachineError(path, quoted(std::strerror(error)), wanted);
}

void write_all(int fd, const fs::path& path, std::string_view text, const std::string& expected) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) refuse_system(path, expected);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void reach_disk(const fs::path& path, const Descriptor& file) {
  // A file system without fsync has nothing to wait for.
  if (fsync(file.get()) != 0 && errno != EINVAL && errno != EROFS)
    refuse_system(path, "room on the disk");
}

fs::path parent_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// `FOLDER/` names the folder.
fs::path without_slash(fs::path path) {
  return path.has_filename() ? path : path.parent_path();
}

}  // namespace

MachineError::MachineError(const fs::path& path, const std::string& found,
                           const std::string& expected)
    : std::runtime_error(path.string() + ": found " + found + ", expected " + expected) {}

Descriptor::Descriptor(const fs::path& path, int flags, unsigned mode)
    : fd_(open(path.c_str(), flags | O_CLOEXEC, mode)) {
  if (fd_ >= 0) return;
  const bool creates = (flags & O_CREAT) != 0;
  refuse_system(path, creates ? "a place for a new file" : "a file that can be opened");
}

Descriptor::~Descriptor() {
  close(fd_);
}

std::string read_text(const fs::path& path) {
  const Descriptor file(path, O_RDONLY);
  std::string text;
  for (;;) {
    const std::size_t kept = text.size();
    text.resize(kept + 65536);
    const ssize_t count = read(file.get(), text.data() + kept, 65536);
    text.resize(kept + static_cast<std::size_t>(count > 0 ? count : 0));
    if (count == 0) return text;
    if (count < 0 && errno != EINTR) refuse_system(path, "a file that can be read");
    if (text.size() > proc_bytes_max) throw MachineError(path, "more than 64 MiB", "less");
  }
}

void write_value(const fs::path& path, std::string_view value) {
  // O_TRUNC makes no difference to tracefs but for `trace`, which it empties.
  const Descriptor file(path, O_WRONLY | O_TRUNC);
  write_all(file.get(), path, value, "a kernel that takes " + quoted(value));
}

NewFile::NewFile(const fs::path& path)
    : path_(path), file_(path, O_WRONLY | O_CREAT | O_EXCL, 0644) {}

void NewFile::write(std::string_view text) {
  write_all(file_.get(), path_, text, "room on the disk");
}

void NewFile::finish() {
  reach_disk(path_, file_);
}

NewFolder::NewFolder(const fs::path& place) : place_(without_slash(place)) {
  std::error_code ignored;
  const bool exists = fs::exists(fs::symlink_status(place_, ignored));
  if (exists && !(fs::is_directory(place_, ignored) && fs::is_empty(place_, ignored)))
    throw MachineError(place_, "something that exists", "a new folder, or an empty one");
  growing_ = place_;
  growing_ += "." + std::to_string(getpid()) + ".tmp";
  if (mkdir(growing_.c_str(), 0755) != 0) {
    const fs::path growing = std::exchange(growing_, {});
    refuse_system(growing, "a place for a new folder");
  }
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (!growing_.empty()) fs::remove_all(growing_, ignored);
}

void NewFolder::write(std::string_view name, std::string_view text) const {
  NewFile file(growing_ / name);
  file.write(text);
  file.finish();
}

void NewFolder::finish() {
  reach_disk(growing_, Descriptor(growing_, O_RDONLY | O_DIRECTORY));
  if (std::rename(growing_.c_str(), place_.c_str()) != 0)
    refuse_system(place_, "a new folder, or an empty one");
  growing_.clear();
  const fs::path parent = parent_of(place_);
  reach_disk(parent, Descriptor(parent, O_RDONLY | O_DIRECTORY));
}

}  // namespace spb::trace
