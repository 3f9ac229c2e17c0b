// SPDX-License-Identifier: GPL-2.0-only
#include "trace/input.h"

#include <lzma.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace spb::trace {

namespace {

constexpr std::size_t read_bytes = 256 * 1024;
constexpr uint64_t decoder_memory_bytes_max = 128 * 1024 * 1024;
constexpr std::string_view xz_magic{
    "\xFD"
    "7zXZ\0",
    6};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

}  // namespace

InputError::InputError(const std::string& file, uint64_t line, const Complaint& complaint)
    : spb::InputError(file, static_cast<uint32_t>(line), 0, complaint.found, complaint.expected) {}

/// The bytes of a file, decompressed where it begins like an xz file.
class LineReader::Source {
 public:
  Source(const std::filesystem::path& path, std::string name) : name_(std::move(name)) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) refuse("a folder", "a file");
    file_.reset(std::fopen(path.c_str(), "rb"));
    if (!file_) refuse(std::strerror(errno), "a file that can be opened");
    read_raw();
    is_xz_ = std::string_view(raw_.data(), raw_end_).starts_with(xz_magic);
    if (is_xz_) {
      start_decoder();
    } else if (path.extension() == ".xz") {
      refuse("no xz stream at the beginning", "an xz file, as the name promises");
    }
  }
  ~Source() { lzma_end(&decoder_); }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  /// Up to `capacity` bytes; 0 only at the end.
  std::size_t read(char* to, std::size_t capacity) {
    return is_xz_ ? read_xz(to, capacity) : read_plain(to, capacity);
  }

 private:
  [[noreturn]] void refuse(std::string found, std::string expected) const {
    throw InputError(name_, 0, {std::move(found), std::move(expected)});
  }

  void read_raw() {
    raw_next_ = 0;
    raw_end_ = std::fread(raw_.data(), 1, raw_.size(), file_.get());
    if (std::ferror(file_.get())) refuse(std::strerror(errno), "a file that can be read");
  }

  void start_decoder() {
    if (lzma_stream_decoder(&decoder_, decoder_memory_bytes_max, LZMA_CONCATENATED) != LZMA_OK) {
      refuse("no memory for the xz decoder", "128 MiB of free memory");
    }
  }

  std::size_t read_plain(char* to, std::size_t capacity) {
    if (raw_next_ == raw_end_) read_raw();
    const std::size_t count = std::min(capacity, raw_end_ - raw_next_);
    std::memcpy(to, raw_.data() + raw_next_, count);
    raw_next_ += count;
    return count;
  }

  std::size_t read_xz(char* to, std::size_t capacity) {
    decoder_.next_out = reinterpret_cast<uint8_t*>(to);
    decoder_.avail_out = capacity;
    while (!finished_ && decoder_.avail_out == capacity)
      decode_some();
    return capacity - decoder_.avail_out;
  }

  void decode_some() {
    if (raw_next_ == raw_end_ && raw_end_ != 0) read_raw();
    decoder_.next_in = reinterpret_cast<const uint8_t*>(raw_.data() + raw_next_);
    decoder_.avail_in = raw_end_ - raw_next_;
    const lzma_ret result = lzma_code(&decoder_, raw_end_ == 0 ? LZMA_FINISH : LZMA_RUN);
    raw_next_ = raw_end_ - decoder_.avail_in;
    finished_ = result == LZMA_STREAM_END;
    if (finished_ || result == LZMA_OK) return;
    if (result == LZMA_BUF_ERROR)
      refuse("the end of the file within an xz stream", "a whole xz file");
    if (result == LZMA_MEMLIMIT_ERROR) {
      refuse("an xz stream that needs more than 128 MiB to decode", "xz -9 or below");
    }
    refuse("a damaged xz stream", "an xz file that `xz -t` accepts");
  }

  std::string name_;
  File file_;
  bool is_xz_ = false;
  bool finished_ = false;
  lzma_stream decoder_ = LZMA_STREAM_INIT;
  std::array<char, read_bytes> raw_;
  std::size_t raw_next_ = 0;
  std::size_t raw_end_ = 0;
};

LineReader::LineReader(const std::filesystem::path& file, std::size_t line_bytes_max)
    : name_(file.string()),
      line_bytes_max_(line_bytes_max),
      source_(std::make_unique<Source>(file, name_)) {}

LineReader::LineReader(std::string_view text, std::string name, std::size_t line_bytes_max)
    : name_(std::move(name)), line_bytes_max_(line_bytes_max), unread_(text), at_end_(true) {}

LineReader::~LineReader() = default;

void LineReader::refuse(const Complaint& complaint) const {
  throw InputError(name_, line_number_, complaint);
}

/// Reads on behind what is unread, at most a line's length; false at the end of the file.
bool LineReader::fill() {
  if (at_end_) return false;
  const std::size_t kept = unread_.size();
  if (kept != 0) std::memmove(buffer_.data(), unread_.data(), kept);
  if (buffer_.size() < kept + read_bytes) buffer_.resize(kept + read_bytes);
  const std::size_t count = source_->read(buffer_.data() + kept, buffer_.size() - kept);
  unread_ = std::string_view(buffer_).substr(0, kept + count);
  at_end_ = count == 0;
  return !at_end_;
}

void LineReader::take(std::size_t length, std::size_t ending, std::string_view& line) {
  ++line_number_;
  line = unread_.substr(0, length);
  unread_.remove_prefix(length + ending);
  if (length > line_bytes_max_) {
    refuse({"a line of more than " + std::to_string(line_bytes_max_) + " bytes", "lines of text"});
  }
  if (line.ends_with('\r')) line.remove_suffix(1);
}

bool LineReader::next(std::string_view& line) {
  std::size_t searched = 0;
  for (;;) {
    const std::size_t newline = unread_.find('\n', searched);
    if (newline != std::string_view::npos) {
      take(newline, 1, line);
      return true;
    }
    searched = unread_.size();
    if (searched <= line_bytes_max_ && fill()) continue;
    if (unread_.empty()) return false;
    is_cut_ = true;
    take(unread_.size(), 0, line);
    return true;
  }
}

bool LineReader::next_whole(std::string_view& line) {
  if (!next(line)) return false;
  require_whole(line);
  return true;
}

void LineReader::require_whole(std::string_view line) const {
  if (!is_cut_) return;
  refuse({"the end of the file inside its last line, " + quoted(line),
          "a line end: the file was cut. If it is whole, add the line end"});
}

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::symlink_status(path, ignored).type() !=
         std::filesystem::file_type::not_found;
}

std::filesystem::path plain_or_xz(const std::filesystem::path& folder, std::string_view name) {
  std::filesystem::path plain = folder / name;
  if (is_there(plain)) return plain;
  std::filesystem::path packed = plain;
  packed += ".xz";
  return is_there(packed) ? packed : std::filesystem::path();
}

}  // namespace spb::trace
