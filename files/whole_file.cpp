// SPDX-License-Identifier: GPL-2.0-only
#include "files/whole_file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <random>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "files/temporary_names.h"
#include "program/printable.h"

namespace spb {

namespace fs = std::filesystem;

namespace {

fs::path folder_of(const fs::path& target) {
  return target.has_parent_path() ? target.parent_path() : fs::path(".");
}

fs::path temporary_beside(const fs::path& target) {
  constexpr const char* digits = "0123456789abcdef";
  std::random_device chance;
  std::string unique;
  for (int i = 0; i < 16; ++i)
    unique += digits[chance() % 16];
  // A name may be as long as the file system allows, so the target's own is not part of it.
  return folder_of(target) / (".spbcheck-" + unique + ".tmp");
}

fs::path behind_links(const fs::path& target) {
  std::error_code error;
  if (!fs::is_symlink(fs::symlink_status(target, error))) return target;
  fs::path real = fs::canonical(target, error);
  if (error) {
    throw std::runtime_error(printable(target.string()) +
                             ": found a link that leads to no file, expected a " +
                             "file or a new name");
  }
  return real;
}

std::string path_of(int file) {
  return "/proc/self/fd/" + std::to_string(file);
}

/// As many open files as the machine allows: one conversion may write hundreds.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

constexpr mode_t new_mode = 0666;

int open_file(const fs::path& path, int flags) {
  int file = open(path.c_str(), flags | O_WRONLY | O_CLOEXEC, new_mode);
  if (file < 0 && errno == EMFILE) {
    raise_file_limit();
    file = open(path.c_str(), flags | O_WRONLY | O_CLOEXEC, new_mode);
  }
  return file;
}

}  // namespace

void WholeFile::refuse(const std::string& what) const {
  throw std::runtime_error(printable(asked_.string()) + ": " + what);
}

WholeFile::WholeFile(const fs::path& target) : asked_(target), target_(behind_links(target)) {
  nameless_ = open_nameless();
  if (!nameless_) open_temporary();
}

WholeFile::~WholeFile() {
  stream_.close();
  if (file_ >= 0) close(file_);
  if (temporary_.empty()) return;
  unlink(temporary_.c_str());
  keep_at_signal(temporary_);
}

bool WholeFile::open_nameless() {
  file_ = open_file(folder_of(target_), O_TMPFILE);
  if (file_ < 0) return false;
  stream_.open(path_of(file_), std::ios::binary | std::ios::out);
  if (stream_) return true;
  // Without /proc such a file could get no name either.
  close(std::exchange(file_, -1));
  stream_.clear();
  return false;
}

void WholeFile::open_temporary() {
  const fs::path name = temporary_beside(target_);
  remove_at_signal(name);
  file_ = open_file(name, O_CREAT | O_EXCL);
  if (file_ < 0) {
    const std::string why = std::strerror(errno);
    keep_at_signal(name);
    refuse("found a place that cannot be written to (" + why + "), expected a folder with room");
  }
  temporary_ = name;
  stream_.open(temporary_, std::ios::binary | std::ios::out);
}

void WholeFile::complete() {
  errno = 0;
  stream_.close();
  if (stream_ && fsync(file_) == 0) return;
  const std::string why = errno != 0 ? std::string(" (") + std::strerror(errno) + ")" : "";
  refuse("found a write that failed" + why + ", expected room on the disk");
}

void WholeFile::keep_mode_of_target() const {
  struct stat old {};
  if (stat(target_.c_str(), &old) != 0) return;
  // Only root may give a file away; for everyone else the owner is the same already.
  if (fchown(file_, old.st_uid, old.st_gid) != 0) errno = 0;
  fchmod(file_, old.st_mode & 07777U);
}

void WholeFile::link_to(const fs::path& path) const {
  if (linkat(AT_FDCWD, path_of(file_).c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0) {
    return;
  }
  if (errno == EEXIST) refuse("found a file that exists, expected a new file");
  refuse(std::string("found no way to name it (") + std::strerror(errno) + ")");
}

void WholeFile::rename_temporary() {
  if (rename(temporary_.c_str(), target_.c_str()) != 0) {
    refuse(std::string("found no way to name it (") + std::strerror(errno) + ")");
  }
  keep_at_signal(temporary_);
  temporary_.clear();
}

void WholeFile::name(bool replace) {
  const bool exists = fs::exists(fs::symlink_status(target_));
  if (exists && !replace) refuse("found a file that exists, expected a new file");
  if (exists) keep_mode_of_target();
  if (nameless_ && !exists) {
    link_to(target_);
    return;
  }
  if (nameless_) {
    const fs::path name = temporary_beside(target_);
    remove_at_signal(name);
    temporary_ = name;
    link_to(temporary_);
  }
  rename_temporary();
}

void write_whole(const fs::path& target, const std::string& text) {
  WholeFile file(target);
  file.stream() << text;
  file.complete();
  file.name(true);
}

}  // namespace spb
