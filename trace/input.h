// SPDX-License-Identifier: GPL-2.0-only
// Text files, plain or xz, read line by line in bounded memory; and the error that bad input ends
// in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "program/words.h"

namespace spb::trace {

/// What was found and what was expected instead, without the place.
struct Complaint {
  std::string found;
  std::string expected;
};

/// Input that cannot be understood, with its place. Line 0 means the file as a whole.
class InputError : public spb::InputError {
 public:
  InputError(const std::string& file, uint64_t line, const Complaint& complaint);
};

/// The lines of one file. Memory is bounded by the longest line allowed, a choice of the caller,
/// and by liblzma's decoder (128 MiB at most), whatever the file claims to hold. Every function but
/// the accessors throws InputError.
class LineReader {
 public:
  static constexpr std::size_t max_line_bytes = 64 * 1024;

  /// A file that begins with the magic of xz is decompressed, any other is read as it is; a name
  /// that ends in .xz promises the former.
  explicit LineReader(const std::filesystem::path& file,
                      std::size_t line_bytes_max = max_line_bytes);
  /// Text in memory, never decompressed; `name` stands for the file in errors.
  LineReader(std::string_view text, std::string name, std::size_t line_bytes_max = max_line_bytes);
  ~LineReader();
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;

  /// The next line without its end (LF or CRLF); false at the end. `line` lives until the next
  /// call.
  bool next(std::string_view& line);
  /// The same, for files that are known to end with a line end: a last line without one was cut,
  /// and is refused, since half a number is another number.
  bool next_whole(std::string_view& line);
  /// Refuses the line that next() gave last if it was cut.
  void require_whole(std::string_view line) const;

  const std::string& name() const { return name_; }
  /// The number of the line that next() gave last, from 1.
  uint64_t line_number() const { return line_number_; }
  /// An error about that line.
  [[noreturn]] void refuse(const Complaint& complaint) const;

 private:
  class Source;
  bool fill();
  void take(std::size_t length, std::size_t ending, std::string_view& line);

  std::string name_;
  std::size_t line_bytes_max_;
  std::unique_ptr<Source> source_;
  std::string buffer_;       ///< owns the text of a file; unused for text in memory
  std::string_view unread_;  ///< what next() has not given yet
  uint64_t line_number_ = 0;
  bool at_end_ = false;
  bool is_cut_ = false;  ///< the line that next() gave last has no end
};

/// Whether the path leads to anything, be it to what cannot be opened: opening it says why.
bool is_there(const std::filesystem::path& path);

/// `folder/name` or `folder/name.xz`, whichever exists (the plain one first); empty if neither
/// does.
std::filesystem::path plain_or_xz(const std::filesystem::path& folder, std::string_view name);

}  // namespace spb::trace
