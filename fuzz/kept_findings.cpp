// SPDX-License-Identifier: GPL-2.0-only
#include "fuzz/kept_findings.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "program/digest.h"

namespace spb::fuzz {

namespace fs = std::filesystem;

namespace {

// A program of a campaign is smaller; a larger one needs more room and may not find it.
constexpr off_t room_bytes = 4096;
constexpr std::size_t name_digits = 8;

[[noreturn]] void refuse(const fs::path& path, const char* expected) {
  throw std::runtime_error(path.string() + ": found " + std::strerror(errno) + ", expected " +
                           expected);
}

std::string short_digest(const std::string& text) {
  return digest_text(digest(text), name_digits);
}

bool write_all(int file, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(file, bytes.data(), bytes.size());
    if (n <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

// ---- the count

SharedCount::SharedCount(const fs::path& path) {
  const int file = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
  if (file < 0) refuse(path, "a file to count in");
  // Room on the disk first: a mapped page without any would be a signal later.
  errno = posix_fallocate(file, 0, sizeof *number_);
  if (errno != 0) refuse(path, "room for a number");
  void* memory = mmap(nullptr, sizeof *number_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) refuse(path, "a file to count in");
  close(file);
  number_ = static_cast<std::atomic<uint64_t>*>(memory);
}

SharedCount::~SharedCount() {
  munmap(number_, sizeof *number_);
}

// ---- the files

KeptFindings::KeptFindings(const fs::path& folder)
    : folder_(folder),
      room_(folder / (".room-" + std::to_string(getpid()))),
      executions_(folder / ".executions") {
  take_room();
}

KeptFindings::~KeptFindings() {
  unlink(room_.c_str());
}

/// By what stands in the folder: an earlier process may have kept it.
KeptFindings::LeastBytes KeptFindings::kept_of(const std::string& kind) const {
  const std::string begin = "found-" + kind + "-";
  LeastBytes kept;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(begin)) continue;
    std::error_code gone;
    const auto bytes = static_cast<std::size_t>(entry.file_size(gone));
    if (gone) continue;
    auto& least = kept.emplace(name.substr(begin.size(), name_digits), bytes).first->second;
    least = std::min(least, bytes);
  }
  return kept;
}

bool KeptFindings::is_news(const std::string& kind, const std::string& reading, std::size_t bytes) {
  auto known = kinds_.find(kind);
  if (known == kinds_.end()) known = kinds_.emplace(kind, kept_of(kind)).first;
  LeastBytes& kept = known->second;
  const auto seen = kept.find(reading);
  if (seen == kept.end() && kept.size() >= readings_max) return false;
  // A little shorter is the minimiser's work.
  if (seen != kept.end() && bytes > seen->second / 2) return false;
  kept[reading] = bytes;
  return true;
}

bool KeptFindings::keep(const std::string& kind, const std::string& reading,
                        std::span<const uint8_t> bytes) {
  const std::string kind_name = short_digest(kind);
  const std::string reading_name = short_digest(reading);
  if (!is_news(kind_name, reading_name, bytes.size())) return false;
  const std::string content = digest_text(digest(std::as_bytes(bytes)));
  write(folder_ / ("found-" + kind_name + "-" + reading_name + "-" + content), bytes);
  take_room();
  return true;
}

void KeptFindings::write(const fs::path& name, std::span<const uint8_t> bytes) const {
  const int file = open(room_.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
  if (file < 0) refuse(room_, "room for a finding");
  const bool whole = write_all(file, bytes) &&
                     ftruncate(file, static_cast<off_t>(bytes.size())) == 0 && fsync(file) == 0;
  close(file);
  if (!whole || rename(room_.c_str(), name.c_str()) != 0) refuse(name, "room for a finding");
}

void KeptFindings::take_room() const {
  const int file = open(room_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
  if (file < 0) refuse(room_, "a folder to keep findings in");
  const int failure = posix_fallocate(file, 0, room_bytes);
  close(file);
  errno = failure;
  if (failure != 0) refuse(room_, "room for a finding");
}

}  // namespace spb::fuzz
